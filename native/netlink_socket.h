#ifndef RTNETLINK_NETLINK_SOCKET_H_
#define RTNETLINK_NETLINK_SOCKET_H_

#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "buffer.h"
#include "interrupt.h"
#include "message_groups.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// What came back for a batch of requests, complete or up to a failure.
struct Exchange {
  Buffer messages;
  Status status;
  // Whether a request was refused: an error other than 0 is among the messages.
  bool rejected = false;
};

// Gives a netlink socket a port, and refuses what other processes send to that: it would take the room of the kernel's
// answers. What they send to a group still arrives.
Status ConnectToKernel(int fd);

// A netlink socket for requests. It belongs for good to the network namespace in which it was opened. Its calls block,
// so they are made on the executor's threads, one at a time.
class NetlinkSocket {
 public:
  // Opens a socket in the namespace of the calling thread.
  static Result<NetlinkSocket> Open(int protocol);
  // Takes a socket that somebody else has opened, wherever that was. EPROTONOSUPPORT of 'socket' if it is no netlink
  // socket.
  static Result<NetlinkSocket> Adopt(UniqueFd fd);

  // Sends requests and waits until all are carried out: those that ask for it are acknowledged, and the last in each
  // send anyway, but for those of a whole group. Successful acknowledgements that say nothing more are counted and
  // dropped, all other answers returned. `fixups` are records of type Fixup, `groups` of type GroupRecord, in the order
  // of their messages.
  Exchange Send(Buffer& requests, const Buffer& fixups, const Buffer& groups, Slots& slots, const Interrupt& interrupt);

  // Sends the request of a dump, the last of some messages. Until ContinueDump came to the end, or DrainDump was
  // called, nothing else may be sent. If a name is unknown it is not sent and `rejection` has the answer.
  Status StartDump(Buffer& request, const Buffer& fixups, const Buffer& groups, Buffer& rejection,
                   const Interrupt& interrupt);
  // Fills `chunk` with messages of a dump, up to about kChunkSize; true at the end of the dump, whose last message,
  // NLMSG_DONE or NLMSG_ERROR, is in the chunk. EMSGSIZE where it does not end: see kMostEmptyDatagrams.
  Result<bool> ContinueDump(std::uint32_t sequence, Buffer& chunk, const Interrupt& interrupt);
  // Reads and forgets the rest of a dump, so that the socket can be used again; false where it does not end.
  bool DrainDump(std::uint32_t sequence, const Interrupt& interrupt);

  // The sequence number of the last request in a buffer; EINVAL if there is none.
  static Result<std::uint32_t> SequenceOf(const Buffer& request);

  // For what is asked of its namespace by ioctl.
  int fd() const { return fd_.get(); }

  // What a batch is made of.
  // Makes the send buffer large enough for one Write of so many bytes, as far as the process may.
  void GrowSendBuffer(std::size_t size) const;
  Status Write(const std::uint8_t* bytes, std::size_t size);
  // Answers the size of one datagram of the kernel, EMSGSIZE if it does not fit the parts.
  Result<std::size_t> Receive(iovec* parts, std::size_t count, std::chrono::milliseconds timeout,
                              const Interrupt& interrupt);
  // The index of the link that has a name, or alternative name, of at most 15 bytes in the socket's namespace.
  Result<std::uint32_t> FindIndex(const char (&name)[16]) const;
  // Memory of the calling thread for what is received.
  static std::pair<std::uint8_t*, std::size_t> Spill();

  // The kernel answers before sendmsg returns. What is not there by then never comes, and the socket must not wait for
  // it forever.
  static constexpr std::chrono::milliseconds kAnswerTimeout{5000};
  // The kernel goes on with a dump in an empty datagram where the next message has no room in its memory, which grows
  // to 32 KiB with the second one. What has no room there never comes, and the dump never ends.
  static constexpr int kMostEmptyDatagrams = 4;
  static constexpr std::size_t kChunkSize = std::size_t{512} * 1024;

 private:
  explicit NetlinkSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_NETLINK_SOCKET_H_

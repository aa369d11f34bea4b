#ifndef RTNETLINK_NETLINK_SOCKET_H_
#define RTNETLINK_NETLINK_SOCKET_H_

#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "buffer.h"
#include "interrupt.h"
#include "netlink_messages.h"
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

// A netlink socket for requests. It belongs for good to the network namespace in which it was opened. Its calls block,
// so they are made on the executor's threads, one at a time.
class NetlinkSocket {
 public:
  // Opens a socket in the namespace of the calling thread.
  static Result<NetlinkSocket> Open(int protocol);

  // Sends requests and waits until all are carried out: those that ask for it are acknowledged, and the last in each
  // send anyway. Successful acknowledgements that say nothing more are counted and dropped, all other answers returned.
  // `fixups` are records of type Fixup in the order of their messages.
  Exchange Send(Buffer& requests, const Buffer& fixups, const Interrupt& interrupt);

  // Sends the request of a dump. Until ContinueDump came to the end, or DrainDump was called, nothing else may be sent.
  // If a name is unknown nothing is sent and `rejection` has the answer.
  Status StartDump(Buffer& request, const Buffer& fixups, Buffer& rejection);
  // Fills `chunk` with messages of a dump, up to about kChunkSize; true at the end of the dump, whose last message,
  // NLMSG_DONE or NLMSG_ERROR, is in the chunk.
  Result<bool> ContinueDump(std::uint32_t sequence, Buffer& chunk, const Interrupt& interrupt);
  // Reads and forgets the rest of a dump, so that the socket can be used again.
  void DrainDump(std::uint32_t sequence, const Interrupt& interrupt);

  // The sequence number of a buffer that holds one request; EINVAL if it does not.
  static Result<std::uint32_t> SequenceOf(const Buffer& request);

  static constexpr std::size_t kChunkSize = std::size_t{512} * 1024;

 private:
  // The name that was looked up last: many requests about one device ask for it once.
  struct IndexOfName {
    char name[sizeof(Fixup::name)] = "";
    std::uint32_t index = 0;  // of none
  };

  explicit NetlinkSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  Status SendBytes(const std::uint8_t* bytes, std::size_t size);
  // Without `pending` nothing is acknowledged but what asks for it.
  Status SendBatch(Buffer& requests, const Buffer& fixup_records, PendingAcknowledgements* pending, Buffer& rejections);
  Status ReceiveAnswers(PendingAcknowledgements& pending, Exchange& exchange, const Interrupt& interrupt);
  static void KeepAnswers(const std::uint8_t* memory, std::size_t size, PendingAcknowledgements& pending,
                          Exchange& exchange);
  Result<std::uint32_t> ResolveName(const Fixup& fixup) const;
  bool Apply(const Fixup& fixup, const nlmsghdr& request, Buffer& requests, Buffer& rejections,
             IndexOfName& known) const;
  Result<std::size_t> Receive(iovec* parts, std::size_t count, std::chrono::milliseconds timeout,
                              const Interrupt& interrupt);

  UniqueFd fd_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_NETLINK_SOCKET_H_

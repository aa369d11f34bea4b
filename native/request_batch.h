#ifndef RTNETLINK_REQUEST_BATCH_H_
#define RTNETLINK_REQUEST_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "buffer.h"
#include "interrupt.h"
#include "message_groups.h"
#include "netlink_messages.h"
#include "netlink_socket.h"
#include "result.h"

namespace rtnetlink {

// One batch of requests on its way through a socket: names become numbers when their message's turn comes, messages are
// sent together as far as none depends on the answer to another, and answers are kept.
class RequestBatch {
 public:
  RequestBatch(NetlinkSocket& socket, Buffer& requests, Slots& slots, const Interrupt& interrupt)
      : socket_(socket), requests_(requests), slots_(slots), interrupt_(interrupt) {}

  // Sends everything and waits for the answers.
  Exchange Run(const Buffer& fixups, const Buffer& groups);
  // As Run, but the last request is that of a dump, whose answers are left to others. `rejection` has the answer if it
  // was not sent.
  Status Start(const Buffer& fixups, const Buffer& groups, Buffer& rejection);

 private:
  using Fixups = std::vector<Fixup>;
  using WholeGroups = std::vector<WholeGroup>;

  Status Read(const Buffer& fixups, const Buffer& groups);
  Status SendAll();
  // Sends the messages that are ready, up to an offset.
  Status SendUpTo(std::size_t end);
  Status SendAndReceive(std::size_t end);
  // Takes notice of a message of a group that must not be cut; with the last of them sends it and goes on to the next.
  Status PassWhole(const NetlinkMessage& message, WholeGroups::const_iterator& group);
  // Sends a group that must not be cut, behind the answers to what is before it, and receives its own answers.
  Status SendWhole(const WholeGroup& group);
  void Expect(const std::uint8_t* bytes, std::size_t size);
  // Leaves a message out that is not to be sent.
  Status PassOver(const NetlinkMessage& message);
  // Whether a message names links that are known only when those before it are answered.
  bool NeedsAnswers(Fixups::const_iterator begin, Fixups::const_iterator end) const;
  // False if there is no such link or family; the answer to the message says so then.
  bool Apply(const Fixup& fixup, const nlmsghdr& request);
  Result<std::uint32_t> IndexOf(const Fixup& fixup);
  // The message type of a family that was looked up before.
  Result<std::uint16_t> TypeOf(const Fixup& fixup) const;
  // Receives until nothing is waited for any more; with `rest` also what is there by then and was not asked for.
  Status ReceiveAnswers(bool rest = false);
  void KeepAnswers(const std::uint8_t* memory, std::size_t size);

  NetlinkSocket& socket_;
  Buffer& requests_;
  Slots& slots_;
  const Interrupt& interrupt_;

  bool ends_in_dump_ = false;
  Fixups fixups_;
  MessageGroups groups_;
  std::size_t begin_ = 0;  // of the messages that are ready and not yet sent
  PendingAcknowledgements pending_;
  // Of the whole group whose answers are received, the sequence number of its first message. An error of that one tells
  // that the kernel has looked at none of the others, or has given up all of them.
  std::optional<std::uint32_t> whole_;
  Exchange exchange_;
  // The name that was looked up last: many requests about one device ask for it once.
  char known_name_[sizeof(Fixup::name)] = "";
  std::uint32_t known_index_ = 0;  // of none
};

}  // namespace rtnetlink

#endif  // RTNETLINK_REQUEST_BATCH_H_

#ifndef RTNETLINK_NETLINK_MESSAGES_H_
#define RTNETLINK_NETLINK_MESSAGES_H_

#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "buffer.h"

namespace rtnetlink {

// One message among several: a copy of its header, and where it is.
struct NetlinkMessage {
  nlmsghdr header;
  std::size_t offset;  // from the beginning of all

  std::size_t end() const { return offset + header.nlmsg_len; }
};

// Walks whole messages that lie one behind the other, each aligned to four bytes.
class MessageWalk {
 public:
  MessageWalk(const std::uint8_t* bytes, std::size_t size) : bytes_(bytes), size_(size) {}

  // The next message; nothing at the end, or where a length makes no sense.
  std::optional<NetlinkMessage> Next();
  // Whether the walk came to the end, rather than to bytes that are no message.
  bool complete() const { return offset_ >= size_; }

 private:
  const std::uint8_t* bytes_;
  std::size_t size_;
  std::size_t offset_ = 0;
};

// The outcome that an acknowledgement carries: 0 or an errno. EBADMSG if it is too short to tell.
int AcknowledgedError(const NetlinkMessage& message, const std::uint8_t* bytes);

// A record by which a request names what only the kernel can resolve, a device or a generic netlink family;
// lib/native.ts describes the fields.
struct Fixup {
  std::uint32_t message;
  std::uint32_t field;
  std::uint32_t flags;
  std::uint32_t slot;
  char name[16];
};
static_assert(sizeof(Fixup) == 32);

constexpr std::uint32_t kFixupAfterEarlier = 1;
constexpr std::uint32_t kFixupType = 2;

// Appends the negative acknowledgement that the kernel would send, had it looked up the name itself: `field` is the
// offset of the culprit in its message.
void AppendRejection(Buffer& out, const nlmsghdr& request, int error, std::uint32_t field);

// The acknowledgements that a batch waits for.
class PendingAcknowledgements {
 public:
  // A request that does not ask for an acknowledgement is answered if it fails, and not waited for.
  void Expect(std::uint32_t sequence, bool asked = true) {
    entries_.push_back({sequence, !asked});
    if (asked) ++open_;
  }
  // Whether the sequence number is one of the batch.
  bool Knows(std::uint32_t sequence) { return Find(sequence) != nullptr; }
  void Acknowledge(std::uint32_t sequence);
  // Nothing more is waited for.
  void AcknowledgeAll();
  bool all() const { return open_ == 0; }

 private:
  struct Entry {
    std::uint32_t sequence;
    bool acknowledged;
  };

  Entry* Find(std::uint32_t sequence);

  std::vector<Entry> entries_;
  std::size_t hint_ = 0;  // the kernel answers in order, so the next answer is for this entry or the one behind it
  std::size_t open_ = 0;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_NETLINK_MESSAGES_H_

#ifndef RTNETLINK_MESSAGE_GROUPS_H_
#define RTNETLINK_MESSAGE_GROUPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "buffer.h"
#include "netlink_messages.h"
#include "result.h"

namespace rtnetlink {

// Numbers that one message of a call learns and later ones use, in whatever namespace those are sent: indexes of links,
// and message types of generic netlink families.
class Slots {
 public:
  std::optional<std::uint32_t> Get(std::uint32_t slot) const;
  // The first value stays: a link that was found once is that link.
  void Fill(std::uint32_t slot, std::uint32_t value);

 private:
  std::vector<std::pair<std::uint32_t, std::uint32_t>> values_;
};

// A record about one message of a batch; lib/native.ts describes the fields.
struct GroupRecord {
  std::uint32_t message = 0;
  std::uint32_t group = 0;
  std::uint32_t flags = 0;
  std::uint32_t slot = 0;
  std::uint32_t attribute = 0;
  std::uint32_t header = 16;
};
static_assert(sizeof(GroupRecord) == 24);

constexpr std::uint32_t kGroupUndo = 1;
constexpr std::uint32_t kGroupWhole = 2;

// Where a group stands among the messages that goes to the kernel in one send, such as a batch of nf_tables.
struct WholeGroup {
  std::size_t begin;
  std::size_t end;
};

// Which messages of a batch belong together, since one call asked for them: behind one that fails the others of its
// group are not sent, but for those that undo what the first did.
class MessageGroups {
 public:
  // EINVAL unless the records are in the order of their messages, which are those of the batch, and each whole group
  // is in one piece.
  static Result<MessageGroups> Read(const Buffer& requests, const Buffer& records);

  // In the order of their messages.
  const std::vector<WholeGroup>& wholes() const { return wholes_; }
  // Whether a message is sent only when those before it are answered. Called for each message in turn.
  bool Follows(const NetlinkMessage& message);
  // Whether the message that was asked about last is to be sent, now that those before it are answered.
  bool IsDue() const;
  // The request of this sequence number failed.
  void Fail(std::uint32_t sequence);
  // Takes from a reply what its request's records ask for.
  void Learn(const NetlinkMessage& reply, const std::uint8_t* bytes, Slots& slots) const;

 private:
  struct Member {
    std::uint32_t sequence;
    std::uint32_t group;
    bool first;
    const GroupRecord* record;  // the first of its message
  };
  struct Group {
    std::uint32_t number;
    bool failed;        // at any of its messages
    bool failed_first;  // so there is nothing to undo
  };

  Group* Find(std::uint32_t number);
  Status ReadWholes(const Buffer& requests);

  std::vector<GroupRecord> records_;
  std::size_t next_ = 0;  // of the records
  std::vector<Member> members_;
  std::vector<Group> groups_;
  std::vector<WholeGroup> wholes_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_MESSAGE_GROUPS_H_

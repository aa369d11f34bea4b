#include "message_groups.h"

#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>

namespace rtnetlink {
namespace {

// Where the index stands in the header of a reply about a link: struct ifinfomsg.
constexpr std::size_t kIndexOffset = 4;

template <typename Number>
std::optional<std::uint32_t> ReadNumber(const NetlinkMessage& reply, const std::uint8_t* bytes, std::size_t offset) {
  Number value = 0;
  if (reply.offset + offset + sizeof value > reply.end()) return std::nullopt;
  std::memcpy(&value, bytes + reply.offset + offset, sizeof value);
  return value;
}

// The number in an attribute that stands behind a family's header: a u16 where it is as short as that.
std::optional<std::uint32_t> ReadAttribute(const NetlinkMessage& reply, const std::uint8_t* bytes, std::uint32_t number,
                                           std::size_t header_size) {
  std::size_t at = sizeof(nlmsghdr) + NLMSG_ALIGN(header_size);
  while (at + sizeof(nlattr) <= reply.header.nlmsg_len) {
    nlattr attribute{};
    std::memcpy(&attribute, bytes + reply.offset + at, sizeof attribute);
    if (attribute.nla_len < sizeof attribute) return std::nullopt;
    if ((attribute.nla_type & NLA_TYPE_MASK) == number) {
      const std::size_t size = attribute.nla_len - sizeof attribute;
      const std::size_t value = at + sizeof attribute;
      if (size == sizeof(std::uint16_t)) return ReadNumber<std::uint16_t>(reply, bytes, value);
      if (size < sizeof(std::uint32_t)) return std::nullopt;
      return ReadNumber<std::uint32_t>(reply, bytes, value);
    }
    at += NLA_ALIGN(attribute.nla_len);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> Slots::Get(std::uint32_t slot) const {
  for (const auto& [number, value] : values_) {
    if (number == slot) return value;
  }
  return std::nullopt;
}

void Slots::Fill(std::uint32_t slot, std::uint32_t value) {
  if (!Get(slot)) values_.emplace_back(slot, value);
}

Result<MessageGroups> MessageGroups::Read(const Buffer& requests, const Buffer& records) {
  if (records.size() % sizeof(GroupRecord) != 0) return Error{EINVAL, "groups"};
  MessageGroups groups;
  groups.records_.resize(records.size() / sizeof(GroupRecord));
  if (groups.records_.empty()) return groups;
  std::memcpy(groups.records_.data(), records.data(), records.size());
  auto record = groups.records_.cbegin();
  MessageWalk walk(requests.data(), requests.size());
  while (const auto message = walk.Next()) {
    while (record != groups.records_.cend() && record->message == message->offset) ++record;
  }
  if (record != groups.records_.cend()) return Error{EINVAL, "groups"};
  const Status read = groups.ReadWholes(requests);
  if (!read.ok()) return read.error();
  return groups;
}

Status MessageGroups::ReadWholes(const Buffer& requests) {
  std::unordered_set<std::uint32_t> whole;
  std::unordered_set<std::uint32_t> others;
  std::uint32_t open = 0;  // the whole group that the message before is of
  auto record = records_.cbegin();
  MessageWalk walk(requests.data(), requests.size());
  while (const auto message = walk.Next()) {
    const bool noted = record != records_.cend() && record->message == message->offset;
    const std::uint32_t group = noted ? record->group : 0;
    if (!noted || (record->flags & kGroupWhole) == 0) {
      open = 0;
      if (group != 0) others.insert(group);
    } else if (group != 0 && group == open) {
      wholes_.back().end = message->end();
    } else {
      // A second piece of it, or none at all.
      if (group == 0 || !whole.insert(group).second) return Error{EINVAL, "groups"};
      open = group;
      wholes_.push_back({message->offset, message->end()});
    }
    while (record != records_.cend() && record->message == message->offset) ++record;
  }
  const bool mixed =
      std::any_of(whole.begin(), whole.end(), [&](std::uint32_t each) { return others.count(each) > 0; });
  return mixed ? Error{EINVAL, "groups"} : Status();
}

bool MessageGroups::Follows(const NetlinkMessage& message) {
  if (next_ == records_.size() || records_[next_].message != message.offset) return false;
  const GroupRecord& record = records_[next_];
  while (next_ < records_.size() && records_[next_].message == message.offset) ++next_;
  const Group* group = Find(record.group);
  const bool first = record.group == 0 || group == nullptr;
  if (first && record.group != 0) groups_.push_back({record.group, false, false});
  members_.push_back({message.header.nlmsg_seq, record.group, first, &record});
  return !first;
}

bool MessageGroups::IsDue() const {
  const Member& member = members_.back();
  const auto group =
      std::find_if(groups_.begin(), groups_.end(), [&](const Group& each) { return each.number == member.group; });
  const bool undo = (member.record->flags & kGroupUndo) != 0;
  return undo ? group->failed && !group->failed_first : !group->failed;
}

void MessageGroups::Fail(std::uint32_t sequence) {
  for (const Member& member : members_) {
    if (member.sequence != sequence) continue;
    Group* group = Find(member.group);
    if (group == nullptr) return;
    group->failed_first = group->failed_first || member.first;
    group->failed = true;
    return;
  }
}

void MessageGroups::Learn(const NetlinkMessage& reply, const std::uint8_t* bytes, Slots& slots) const {
  for (const Member& member : members_) {
    if (member.sequence != reply.header.nlmsg_seq) continue;
    const GroupRecord* end = records_.data() + records_.size();
    for (const GroupRecord* record = member.record; record != end && record->message == member.record->message;
         ++record) {
      if (record->slot == 0) continue;
      const auto value = record->attribute == 0
                             ? ReadNumber<std::uint32_t>(reply, bytes, sizeof(nlmsghdr) + kIndexOffset)
                             : ReadAttribute(reply, bytes, record->attribute, record->header);
      if (value) slots.Fill(record->slot, *value);
    }
    return;
  }
}

MessageGroups::Group* MessageGroups::Find(std::uint32_t number) {
  const auto found =
      std::find_if(groups_.begin(), groups_.end(), [&](const Group& each) { return each.number == number; });
  return found == groups_.end() ? nullptr : &*found;
}

}  // namespace rtnetlink

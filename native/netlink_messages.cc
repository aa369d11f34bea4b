#include "netlink_messages.h"

#include <cerrno>
#include <cstring>
#include <limits>

namespace rtnetlink {

std::optional<NetlinkMessage> MessageWalk::Next() {
  if (size_ < offset_ || size_ - offset_ < sizeof(nlmsghdr)) return std::nullopt;
  NetlinkMessage message{};
  std::memcpy(&message.header, bytes_ + offset_, sizeof message.header);
  const std::size_t length = message.header.nlmsg_len;
  if (length < sizeof(nlmsghdr) || length > size_ - offset_) return std::nullopt;
  message.offset = offset_;
  // The padding of the last message may be missing.
  offset_ += (length + NLMSG_ALIGNTO - 1) & ~std::size_t{NLMSG_ALIGNTO - 1};
  return message;
}

int AcknowledgedError(const NetlinkMessage& message, const std::uint8_t* bytes) {
  std::int32_t error = 0;
  if (message.header.nlmsg_len < sizeof(nlmsghdr) + sizeof error) return EBADMSG;
  std::memcpy(&error, bytes + message.offset + sizeof(nlmsghdr), sizeof error);
  // What no kernel says has no negative.
  return error == std::numeric_limits<std::int32_t>::min() ? EBADMSG : -error;
}

void AppendRejection(Buffer& out, const nlmsghdr& request, int error, std::uint32_t field) {
  struct {
    nlmsghdr header;
    nlmsgerr error;
    nlattr offset_header;
    std::uint32_t offset;
  } message{};
  static_assert(sizeof message == 44, "no padding crosses to JavaScript");
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = NLMSG_ERROR;
  message.header.nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
  message.header.nlmsg_seq = request.nlmsg_seq;
  message.error.error = -error;
  message.error.msg = request;
  message.offset_header.nla_len = sizeof message.offset_header + sizeof message.offset;
  message.offset_header.nla_type = NLMSGERR_ATTR_OFFS;
  message.offset = field;
  out.Append(&message, sizeof message);
}

void PendingAcknowledgements::Acknowledge(std::uint32_t sequence) {
  Entry* entry = Find(sequence);
  if (entry == nullptr || entry->acknowledged) return;
  entry->acknowledged = true;
  --open_;
}

void PendingAcknowledgements::AcknowledgeAll() {
  for (Entry& entry : entries_) entry.acknowledged = true;
  open_ = 0;
}

PendingAcknowledgements::Entry* PendingAcknowledgements::Find(std::uint32_t sequence) {
  for (std::size_t step = 0; step < entries_.size(); ++step) {
    const std::size_t index = (hint_ + step) % entries_.size();
    if (entries_[index].sequence == sequence) {
      hint_ = index;
      return &entries_[index];
    }
  }
  return nullptr;
}

}  // namespace rtnetlink

#include "request_batch.h"

#include <linux/netlink.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace rtnetlink {
namespace {

using std::chrono::milliseconds;

bool IsOfType(const Fixup& fixup) { return (fixup.flags & kFixupType) != 0; }

// Whether a fixup fills what it may in its message: the message's type, or four bytes behind the header.
bool IsInside(const Fixup& fixup, const NetlinkMessage& message) {
  if (IsOfType(fixup)) {
    return fixup.field == message.offset + offsetof(nlmsghdr, nlmsg_type) && fixup.slot != 0 && fixup.name[0] == '\0';
  }
  return fixup.field >= message.offset + sizeof(nlmsghdr) &&
         std::size_t{fixup.field} + sizeof(std::uint32_t) <= message.end();
}

// The fixups of a batch; EINVAL unless the batch consists of whole messages and each fixup, in order, lies in one.
Result<std::vector<Fixup>> ReadFixups(const Buffer& requests, const Buffer& records) {
  if (records.size() % sizeof(Fixup) != 0) return Error{EINVAL, "fixups"};
  std::vector<Fixup> fixups(records.size() / sizeof(Fixup));
  if (!fixups.empty()) std::memcpy(fixups.data(), records.data(), records.size());

  auto fixup = fixups.begin();
  MessageWalk walk(requests.data(), requests.size());
  while (const auto message = walk.Next()) {
    for (; fixup != fixups.end() && fixup->message == message->offset; ++fixup) {
      if (!IsInside(*fixup, *message)) return Error{EINVAL, "fixups"};
    }
  }
  if (!walk.complete()) return Error{EINVAL, "requests"};
  if (fixup != fixups.end()) return Error{EINVAL, "fixups"};
  return fixups;
}

// Has the last of some messages acknowledged, as the sign that all of them were carried out: the kernel does so in
// order, and tells of failures unasked.
void AskForAcknowledgement(std::uint8_t* bytes, std::size_t size) {
  MessageWalk walk(bytes, size);
  std::optional<NetlinkMessage> last;
  while (const auto message = walk.Next()) last = message;
  if (!last) return;
  last->header.nlmsg_flags |= NLM_F_ACK;
  std::memcpy(bytes + last->offset, &last->header, sizeof last->header);
}

// Whether nothing is filled in in groups that are sent in one piece.
bool AreWhole(const std::vector<WholeGroup>& groups, const std::vector<Fixup>& fixups) {
  auto group = groups.begin();
  return std::none_of(fixups.begin(), fixups.end(), [&](const Fixup& fixup) {
    while (group != groups.end() && group->end <= fixup.message) ++group;
    return group != groups.end() && fixup.message >= group->begin;
  });
}

// Whether a message names links that are known only when those before it are done.
bool NeedsEarlier(std::vector<Fixup>::const_iterator begin, std::vector<Fixup>::const_iterator end) {
  return std::any_of(begin, end, [](const Fixup& each) { return (each.flags & kFixupAfterEarlier) != 0; });
}

}  // namespace

Exchange RequestBatch::Run(const Buffer& fixups, const Buffer& groups) {
  exchange_.status = Read(fixups, groups);
  if (exchange_.status.ok()) {
    exchange_.status = SendAll();
    // After a failure too: what was sent before it has been carried out and answered.
    const Status received = ReceiveAnswers();
    if (exchange_.status.ok()) exchange_.status = received;
  }
  return std::move(exchange_);
}

Status RequestBatch::Start(const Buffer& fixups, const Buffer& groups, Buffer& rejection) {
  const Status read = Read(fixups, groups);
  if (!read.ok()) return read;
  const auto& wholes = groups_.wholes();
  if (!wholes.empty() && NLMSG_ALIGN(wholes.back().end) >= requests_.size()) return Error{EINVAL, "groups"};
  ends_in_dump_ = true;
  const Status sent = SendAll();
  if (exchange_.rejected) rejection = std::move(exchange_.messages);
  return sent;
}

Status RequestBatch::Read(const Buffer& fixups, const Buffer& groups) {
  auto read_fixups = ReadFixups(requests_, fixups);
  if (!read_fixups.ok()) return read_fixups.error();
  auto read_groups = MessageGroups::Read(requests_, groups);
  if (!read_groups.ok()) return read_groups.error();
  fixups_ = std::move(read_fixups.value());
  groups_ = std::move(read_groups.value());
  return AreWhole(groups_.wholes(), fixups_) ? Status() : Error{EINVAL, "fixups"};
}

Status RequestBatch::SendAll() {
  auto fixup = fixups_.cbegin();
  auto whole = groups_.wholes().cbegin();
  MessageWalk walk(requests_.data(), requests_.size());
  while (const auto message = walk.Next()) {
    if (whole != groups_.wholes().cend() && message->offset >= whole->begin) {
      const Status sent = PassWhole(*message, whole);
      if (!sent.ok()) return sent;
      continue;
    }
    const auto first = fixup;
    fixup = std::find_if(first, fixups_.cend(), [&](const Fixup& each) { return each.message != message->offset; });
    const bool follows = groups_.Follows(*message);
    if (follows || NeedsAnswers(first, fixup)) {
      const Status done = SendAndReceive(message->offset);
      if (!done.ok()) return done;
    } else if (NeedsEarlier(first, fixup)) {
      // The kernel has carried out a message before the call that sends it returns.
      const Status sent = SendUpTo(message->offset);
      if (!sent.ok()) return sent;
    }
    const bool due = !follows || groups_.IsDue();
    if (due && std::all_of(first, fixup, [&](const Fixup& each) { return Apply(each, message->header); })) continue;
    const Status passed = PassOver(*message);
    if (!passed.ok()) return passed;
  }
  return SendUpTo(requests_.size());
}

Status RequestBatch::SendUpTo(std::size_t end) {
  std::uint8_t* bytes = requests_.data() + begin_;
  const std::size_t size = end - begin_;
  begin_ = end;
  known_index_ = 0;
  if (size == 0) return {};
  const bool is_dump = ends_in_dump_ && end == requests_.size();
  if (!is_dump) AskForAcknowledgement(bytes, size);
  const Status sent = socket_.Write(bytes, size);
  if (sent.ok() && !is_dump) Expect(bytes, size);
  return sent;
}

Status RequestBatch::PassWhole(const NetlinkMessage& message, WholeGroups::const_iterator& group) {
  (void)groups_.Follows(message);
  return message.end() < group->end ? Status() : SendWhole(*group++);
}

Status RequestBatch::SendWhole(const WholeGroup& group) {
  const Status before = SendAndReceive(group.begin);
  if (!before.ok()) return before;
  begin_ = std::min<std::size_t>(NLMSG_ALIGN(group.end), requests_.size());
  const std::uint8_t* bytes = requests_.data() + group.begin;
  const std::size_t size = group.end - group.begin;
  socket_.GrowSendBuffer(size);
  const Status sent = socket_.Write(bytes, size);
  if (!sent.ok()) return sent;
  Expect(bytes, size);
  whole_ = MessageWalk(bytes, size).Next()->header.nlmsg_seq;
  const Status received = ReceiveAnswers(true);
  whole_.reset();
  return received;
}

void RequestBatch::Expect(const std::uint8_t* bytes, std::size_t size) {
  MessageWalk walk(bytes, size);
  while (const auto message = walk.Next()) {
    pending_.Expect(message->header.nlmsg_seq, (message->header.nlmsg_flags & NLM_F_ACK) != 0);
  }
}

Status RequestBatch::SendAndReceive(std::size_t end) {
  const Status sent = SendUpTo(end);
  return sent.ok() ? ReceiveAnswers() : sent;
}

Status RequestBatch::PassOver(const NetlinkMessage& message) {
  const Status sent = SendUpTo(message.offset);
  begin_ = std::min<std::size_t>(NLMSG_ALIGN(message.end()), requests_.size());
  return sent;
}

bool RequestBatch::NeedsAnswers(Fixups::const_iterator begin, Fixups::const_iterator end) const {
  return std::any_of(
      begin, end, [&](const Fixup& each) { return each.slot != 0 && each.name[0] == '\0' && !slots_.Get(each.slot); });
}

bool RequestBatch::Apply(const Fixup& fixup, const nlmsghdr& request) {
  const auto fill = [&](const auto& number) {
    if (!number.ok()) return number.error().code;
    std::memcpy(requests_.data() + fixup.field, &number.value(), sizeof number.value());
    return 0;
  };
  const int error = IsOfType(fixup) ? fill(TypeOf(fixup)) : fill(IndexOf(fixup));
  if (error == 0) return true;
  AppendRejection(exchange_.messages, request, error, fixup.field - fixup.message);
  exchange_.rejected = true;
  groups_.Fail(request.nlmsg_seq);
  return false;
}

Result<std::uint16_t> RequestBatch::TypeOf(const Fixup& fixup) const {
  const auto type = slots_.Get(fixup.slot);
  if (!type || *type > std::numeric_limits<std::uint16_t>::max()) return Error{ENOENT, "type"};
  return static_cast<std::uint16_t>(*type);
}

Result<std::uint32_t> RequestBatch::IndexOf(const Fixup& fixup) {
  if (fixup.slot != 0) {
    if (const auto known = slots_.Get(fixup.slot)) return *known;
  }
  if (known_index_ == 0 || std::memcmp(known_name_, fixup.name, sizeof known_name_) != 0) {
    const auto index = socket_.FindIndex(fixup.name);
    if (!index.ok()) return index.error();
    known_index_ = index.value();
    std::memcpy(known_name_, fixup.name, sizeof known_name_);
  }
  if (fixup.slot != 0) slots_.Fill(fixup.slot, known_index_);
  return std::uint32_t{known_index_};
}

Status RequestBatch::ReceiveAnswers(bool rest) {
  Status lost;
  const auto [memory, room] = NetlinkSocket::Spill();
  while (rest || !pending_.all()) {
    const bool waits = lost.ok() && !pending_.all();
    iovec part{memory, room};
    const auto received =
        socket_.Receive(&part, 1, waits ? NetlinkSocket::kAnswerTimeout : milliseconds(0), interrupt_);
    if (!received.ok()) {
      if (!lost.ok()) return lost;
      if (!waits && received.error().code == ETIMEDOUT) return {};
      if (received.error().code != ENOBUFS && received.error().code != EMSGSIZE) return received.error();
      // Some answers are gone; those that were kept can still be read, without waiting for more.
      lost = received.error();
      continue;
    }
    KeepAnswers(memory, received.value());
  }
  return lost;
}

void RequestBatch::KeepAnswers(const std::uint8_t* memory, std::size_t size) {
  MessageWalk walk(memory, size);
  while (const auto message = walk.Next()) {
    const nlmsghdr& header = message->header;
    // Late answers to a batch that failed.
    if (!pending_.Knows(header.nlmsg_seq)) continue;
    if (header.nlmsg_type == NLMSG_ERROR) {
      pending_.Acknowledge(header.nlmsg_seq);
      const bool success = AcknowledgedError(*message, memory) == 0;
      if (success && (header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) continue;
      if (!success) groups_.Fail(header.nlmsg_seq);
      if (!success && header.nlmsg_seq == whole_) pending_.AcknowledgeAll();
      exchange_.rejected = exchange_.rejected || !success;
    } else {
      groups_.Learn(*message, memory, slots_);
    }
    exchange_.messages.Append(memory + message->offset, header.nlmsg_len);
    exchange_.messages.Align();
  }
}

}  // namespace rtnetlink

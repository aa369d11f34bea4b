#include "netlink_socket.h"

#include <linux/netlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

namespace rtnetlink {
namespace {

using std::chrono::milliseconds;

constexpr int kReceiveBuffer = 1024 * 1024;

// Room for one recvmsg. The kernel fills at most 32 KiB of it with a dump, unless one message needs more.
constexpr std::size_t kReceiveRoom = std::size_t{64} * 1024;
// What does not fit there spills into memory of the thread: links with hundreds of virtual functions.
constexpr std::size_t kSpillRoom = std::size_t{256} * 1024;

// The kernel answers before sendmsg returns. What is not there by then never comes, and the socket must not wait for
// it forever.
constexpr milliseconds kAnswerTimeout{5000};

std::uint8_t* SpillMemory() {
  // Only the pages that a datagram ever reached take memory.
  static thread_local const std::unique_ptr<std::uint8_t[]> kSpill(new std::uint8_t[kSpillRoom]);
  return kSpill.get();
}

Status SetOption(int fd, int level, int name, int value) {
  if (::setsockopt(fd, level, name, &value, sizeof value) != 0) return Error::Last("setsockopt");
  return {};
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
      const bool inside = fixup->field >= message->offset + sizeof(nlmsghdr) &&
                          std::size_t{fixup->field} + sizeof(std::uint32_t) <= message->end();
      if (!inside) return Error{EINVAL, "fixups"};
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

}  // namespace

Result<NetlinkSocket> NetlinkSocket::Open(int protocol) {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd) return Error::Last("socket");
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
    const Status set = SetOption(fd.get(), SOL_NETLINK, option, 1);
    // Without strict checking NETLINK_ROUTE ignores what it does not understand; the others check as they please.
    if (!set.ok() && (protocol == NETLINK_ROUTE || set.error().code != ENOPROTOOPT)) return set.error();
  }
  // Beyond net.core.rmem_max with CAP_NET_ADMIN, else as far as that goes. A smaller buffer works too.
  if (!SetOption(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer).ok()) {
    (void)SetOption(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBuffer).ok();
  }
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return Error::Last("bind");
  return NetlinkSocket(std::move(fd));
}

Result<std::uint32_t> NetlinkSocket::SequenceOf(const Buffer& request) {
  MessageWalk walk(request.data(), request.size());
  const auto message = walk.Next();
  if (!message || !walk.complete()) return Error{EINVAL, "request"};
  return message->header.nlmsg_seq;
}

Exchange NetlinkSocket::Send(Buffer& requests, const Buffer& fixups, const Interrupt& interrupt) {
  Exchange exchange;
  PendingAcknowledgements pending;
  exchange.status = SendBatch(requests, fixups, &pending, exchange.messages);
  // After a failure too: what was sent before it has been carried out and answered.
  exchange.rejected = !exchange.messages.empty();
  const Status received = ReceiveAnswers(pending, exchange, interrupt);
  if (exchange.status.ok()) exchange.status = received;
  return exchange;
}

Status NetlinkSocket::SendBatch(Buffer& requests, const Buffer& fixup_records, PendingAcknowledgements* pending,
                                Buffer& rejections) {
  const auto fixups = ReadFixups(requests, fixup_records);
  if (!fixups.ok()) return fixups.error();

  std::size_t begin = 0;  // of the messages that are ready and not yet sent
  const auto send_up_to = [&](std::size_t end) -> Status {
    std::uint8_t* bytes = requests.data() + begin;
    const std::size_t size = end - begin;
    begin = end;
    if (pending != nullptr) AskForAcknowledgement(bytes, size);
    const Status sent = SendBytes(bytes, size);
    if (!sent.ok() || pending == nullptr) return sent;
    MessageWalk walk(bytes, size);
    while (const auto message = walk.Next()) {
      pending->Expect(message->header.nlmsg_seq, (message->header.nlmsg_flags & NLM_F_ACK) != 0);
    }
    return {};
  };

  IndexOfName known;
  auto fixup = fixups.value().begin();
  MessageWalk walk(requests.data(), requests.size());
  while (const auto message = walk.Next()) {
    const auto last =
        std::find_if(fixup, fixups.value().end(), [&](const Fixup& each) { return each.message != message->offset; });
    const bool after_earlier =
        std::any_of(fixup, last, [](const Fixup& each) { return (each.flags & kFixupAfterEarlier) != 0; });
    if (after_earlier) {
      // The kernel has carried out a message before the call that sends it returns.
      const Status sent = send_up_to(message->offset);
      if (!sent.ok()) return sent;
      known = {};
    }
    const bool applied = std::all_of(
        fixup, last, [&](const Fixup& each) { return Apply(each, message->header, requests, rejections, known); });
    fixup = last;
    if (!applied) {
      const Status sent = send_up_to(message->offset);
      if (!sent.ok()) return sent;
      begin = std::min<std::size_t>(NLMSG_ALIGN(message->end()), requests.size());
    }
  }
  return send_up_to(requests.size());
}

Status NetlinkSocket::SendBytes(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return {};
  // The kernel is the default destination.
  while (::send(fd_.get(), bytes, size, 0) < 0) {
    if (errno != EINTR) return Error::Last("sendmsg");
  }
  return {};
}

Result<std::uint32_t> NetlinkSocket::ResolveName(const Fixup& fixup) const {
  static_assert(sizeof fixup.name == IFNAMSIZ);
  const std::size_t length = ::strnlen(fixup.name, sizeof fixup.name);
  if (length == sizeof fixup.name) return Error{EINVAL, "name"};
  // No device is called so, but the ioctl would cut an alias label ('eth0:1') and find another device.
  if (std::memchr(fixup.name, ':', length) != nullptr) return Error{ENODEV, "name"};
  // Answers for the socket's namespace, without RTNL, and knows alternative names as well.
  ifreq request{};
  std::memcpy(request.ifr_name, fixup.name, length);
  if (::ioctl(fd_.get(), SIOCGIFINDEX, &request) != 0) return Error::Last("SIOCGIFINDEX");
  return static_cast<std::uint32_t>(request.ifr_ifindex);
}

bool NetlinkSocket::Apply(const Fixup& fixup, const nlmsghdr& request, Buffer& requests, Buffer& rejections,
                          IndexOfName& known) const {
  if (known.index == 0 || std::memcmp(known.name, fixup.name, sizeof known.name) != 0) {
    const auto index = ResolveName(fixup);
    if (!index.ok()) {
      AppendRejection(rejections, request, index.error().code, fixup.field - fixup.message);
      return false;
    }
    known.index = index.value();
    std::memcpy(known.name, fixup.name, sizeof known.name);
  }
  std::memcpy(requests.data() + fixup.field, &known.index, sizeof known.index);
  return true;
}

void NetlinkSocket::KeepAnswers(const std::uint8_t* memory, std::size_t size, PendingAcknowledgements& pending,
                                Exchange& exchange) {
  MessageWalk walk(memory, size);
  while (const auto message = walk.Next()) {
    const nlmsghdr& header = message->header;
    // Late answers to a batch that failed.
    if (!pending.Knows(header.nlmsg_seq)) continue;
    if (header.nlmsg_type == NLMSG_ERROR) {
      pending.Acknowledge(header.nlmsg_seq);
      const bool success = AcknowledgedError(*message, memory) == 0;
      if (success && (header.nlmsg_flags & NLM_F_ACK_TLVS) == 0) continue;
      exchange.rejected = exchange.rejected || !success;
    }
    exchange.messages.Append(memory + message->offset, header.nlmsg_len);
    exchange.messages.Align();
  }
}

Status NetlinkSocket::ReceiveAnswers(PendingAcknowledgements& pending, Exchange& exchange, const Interrupt& interrupt) {
  Status lost;
  std::uint8_t* memory = SpillMemory();
  while (!pending.all()) {
    iovec part{memory, kSpillRoom};
    const auto received = Receive(&part, 1, lost.ok() ? kAnswerTimeout : milliseconds(0), interrupt);
    if (!received.ok()) {
      if (!lost.ok()) return lost;
      if (received.error().code != ENOBUFS && received.error().code != EMSGSIZE) return received.error();
      // Some answers are gone; those that were kept can still be read, without waiting for more.
      lost = received.error();
      continue;
    }
    KeepAnswers(memory, received.value(), pending, exchange);
  }
  return lost;
}

Status NetlinkSocket::StartDump(Buffer& request, const Buffer& fixups, Buffer& rejection) {
  return SendBatch(request, fixups, nullptr, rejection);
}

Result<bool> NetlinkSocket::ContinueDump(std::uint32_t sequence, Buffer& chunk, const Interrupt& interrupt) {
  while (chunk.size() < kChunkSize) {
    // Most dumps end within the first room.
    if (chunk.capacity() - chunk.size() < kReceiveRoom) {
      chunk.Reserve(chunk.capacity() == 0 ? kReceiveRoom : kChunkSize + kReceiveRoom);
    }
    const std::size_t begin = chunk.size();
    const std::size_t room = chunk.capacity() - begin;
    iovec parts[] = {{chunk.data() + begin, room}, {SpillMemory(), kSpillRoom}};
    const auto received = Receive(parts, 2, kAnswerTimeout, interrupt);
    if (!received.ok()) return received.error();
    if (received.value() > room) {
      chunk.Resize(begin + room);
      chunk.Append(SpillMemory(), received.value() - room);
    } else {
      chunk.Resize(begin + received.value());
    }

    MessageWalk walk(chunk.data() + begin, chunk.size() - begin);
    bool ours = false;
    while (const auto message = walk.Next()) {
      if (message->header.nlmsg_seq != sequence) break;
      ours = true;
      if (message->header.nlmsg_type == NLMSG_DONE || message->header.nlmsg_type == NLMSG_ERROR) {
        chunk.Resize(begin + message->end());
        chunk.Align();
        return true;
      }
    }
    if (ours) {
      chunk.Align();
    } else {
      chunk.Resize(begin);  // late answers to an exchange that failed
    }
  }
  return false;
}

void NetlinkSocket::DrainDump(std::uint32_t sequence, const Interrupt& interrupt) {
  std::uint8_t* memory = SpillMemory();
  while (!interrupt.triggered()) {
    // Reading is what makes the kernel produce more, so an empty queue is an end, too.
    const ssize_t size = ::recv(fd_.get(), memory, kSpillRoom, MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != ENOBUFS) return;
    MessageWalk walk(memory, size < 0 ? 0 : static_cast<std::size_t>(size));
    while (const auto message = walk.Next()) {
      const auto type = message->header.nlmsg_type;
      if (message->header.nlmsg_seq == sequence && (type == NLMSG_DONE || type == NLMSG_ERROR)) return;
    }
  }
}

Result<std::size_t> NetlinkSocket::Receive(iovec* parts, std::size_t count, milliseconds timeout,
                                           const Interrupt& interrupt) {
  std::size_t room = 0;
  for (std::size_t part = 0; part < count; ++part) room += parts[part].iov_len;
  for (;;) {
    sockaddr_nl sender{};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = parts;
    message.msg_iovlen = count;
    // MSG_TRUNC returns the whole length, so that a datagram that was cut is noticed.
    const ssize_t size = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return Error::Last("recvmsg");
      const Status readable = interrupt.WaitReadable(fd_.get(), timeout);
      if (!readable.ok()) return Error{readable.error().code, "recvmsg"};
      continue;
    }
    // Any process may send to a netlink socket; only the kernel has no port.
    if (sender.nl_pid != 0) continue;
    if (static_cast<std::size_t>(size) > room) return Error{EMSGSIZE, "recvmsg"};
    return static_cast<std::size_t>(size);
  }
}

}  // namespace rtnetlink

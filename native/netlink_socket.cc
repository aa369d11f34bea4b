#include "netlink_socket.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

#include "request_batch.h"

namespace rtnetlink {
namespace {

using std::chrono::milliseconds;

constexpr int kReceiveBuffer = 1024 * 1024;
// Of the send buffer the kernel leaves so much free: it refuses more at once with EMSGSIZE.
constexpr std::size_t kSendOverhead = 32;

// Room for one recvmsg. The kernel fills at most 32 KiB of it with a dump, unless one message needs more.
constexpr std::size_t kReceiveRoom = std::size_t{64} * 1024;
// What does not fit there spills into memory of the thread: links with hundreds of virtual functions.
constexpr std::size_t kSpillRoom = std::size_t{256} * 1024;

std::uint8_t* SpillMemory() {
  // Only the pages that a datagram ever reached take memory.
  static thread_local const std::unique_ptr<std::uint8_t[]> kSpill(new std::uint8_t[kSpillRoom]);
  return kSpill.get();
}

Status SetOption(int fd, int level, int name, int value) {
  if (::setsockopt(fd, level, name, &value, sizeof value) != 0) return Error::Last("setsockopt");
  return {};
}

Result<int> GetOption(int fd, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(fd, SOL_SOCKET, name, &value, &size) != 0) return Error::Last("getsockopt");
  return value;
}

// What requests need of a socket.
Status SetOptions(int fd, int protocol) {
  for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
    const Status set = SetOption(fd, SOL_NETLINK, option, 1);
    // Without strict checking NETLINK_ROUTE ignores what it does not understand; the others check as they please.
    if (!set.ok() && (protocol == NETLINK_ROUTE || set.error().code != ENOPROTOOPT)) return set;
  }
  // Beyond net.core.rmem_max with CAP_NET_ADMIN, else as far as that goes. A smaller buffer works too.
  if (!SetOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer).ok()) {
    (void)SetOption(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer).ok();
  }
  return {};
}

// Keeps what a datagram behind `begin` has of a dump; true at the dump's end.
bool KeepOfDump(std::uint32_t sequence, Buffer& chunk, std::size_t begin) {
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
  return false;
}

}  // namespace

Status ConnectToKernel(int fd) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) != 0) return Error::Last("connect");
  return {};
}

Result<NetlinkSocket> NetlinkSocket::Open(int protocol) {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd) return Error::Last("socket");
  const Status set = SetOptions(fd.get(), protocol);
  if (!set.ok()) return set.error();
  const Status connected = ConnectToKernel(fd.get());
  if (!connected.ok()) return connected.error();
  return NetlinkSocket(std::move(fd));
}

Result<NetlinkSocket> NetlinkSocket::Adopt(UniqueFd fd) {
  const auto domain = GetOption(fd.get(), SO_DOMAIN);
  if (!domain.ok()) return domain.error();
  if (domain.value() != AF_NETLINK) return Error{EPROTONOSUPPORT, "socket"};
  const auto protocol = GetOption(fd.get(), SO_PROTOCOL);
  if (!protocol.ok()) return protocol.error();
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) return Error::Last("fcntl");
  const Status set = SetOptions(fd.get(), protocol.value());
  if (!set.ok()) return set.error();
  const Status connected = ConnectToKernel(fd.get());
  if (!connected.ok()) return connected.error();
  return NetlinkSocket(std::move(fd));
}

Result<std::uint32_t> NetlinkSocket::SequenceOf(const Buffer& request) {
  MessageWalk walk(request.data(), request.size());
  std::optional<NetlinkMessage> last;
  while (const auto message = walk.Next()) last = message;
  if (!last || !walk.complete()) return Error{EINVAL, "request"};
  return last->header.nlmsg_seq;
}

Exchange NetlinkSocket::Send(Buffer& requests, const Buffer& fixups, const Buffer& groups, Slots& slots,
                             const Interrupt& interrupt) {
  return RequestBatch(*this, requests, slots, interrupt).Run(fixups, groups);
}

Status NetlinkSocket::StartDump(Buffer& request, const Buffer& fixups, const Buffer& groups, Buffer& rejection,
                                const Interrupt& interrupt) {
  Slots slots;
  return RequestBatch(*this, request, slots, interrupt).Start(fixups, groups, rejection);
}

void NetlinkSocket::GrowSendBuffer(std::size_t size) const {
  const auto now = GetOption(fd_.get(), SO_SNDBUF);
  if (now.ok() && size + kSendOverhead <= static_cast<std::size_t>(now.value())) return;
  // The kernel doubles what it is given.
  const std::size_t half = std::min<std::size_t>(size / 2 + kSendOverhead, std::numeric_limits<int>::max() / 2);
  // Beyond net.core.wmem_max with CAP_NET_ADMIN, else as far as that goes. Where that is too little, sending tells so.
  if (!SetOption(fd_.get(), SOL_SOCKET, SO_SNDBUFFORCE, static_cast<int>(half)).ok()) {
    (void)SetOption(fd_.get(), SOL_SOCKET, SO_SNDBUF, static_cast<int>(half)).ok();
  }
}

Status NetlinkSocket::Write(const std::uint8_t* bytes, std::size_t size) {
  // The kernel is the default destination.
  while (::send(fd_.get(), bytes, size, 0) < 0) {
    if (errno != EINTR) return Error::Last("sendmsg");
  }
  return {};
}

Result<std::uint32_t> NetlinkSocket::FindIndex(const char (&name)[16]) const {
  static_assert(sizeof name == IFNAMSIZ);
  const std::size_t length = ::strnlen(name, sizeof name);
  if (length == sizeof name) return Error{EINVAL, "name"};
  // No device is called so, but the ioctl would cut an alias label ('eth0:1') and find another device.
  if (std::memchr(name, ':', length) != nullptr) return Error{ENODEV, "name"};
  // Answers for the socket's namespace, without RTNL, and knows alternative names as well.
  ifreq request{};
  std::memcpy(request.ifr_name, name, length);
  if (::ioctl(fd_.get(), SIOCGIFINDEX, &request) != 0) return Error::Last("SIOCGIFINDEX");
  return static_cast<std::uint32_t>(request.ifr_ifindex);
}

std::pair<std::uint8_t*, std::size_t> NetlinkSocket::Spill() { return {SpillMemory(), kSpillRoom}; }

Result<bool> NetlinkSocket::ContinueDump(std::uint32_t sequence, Buffer& chunk, const Interrupt& interrupt) {
  int empty = 0;
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
    if (received.value() == 0 && ++empty > kMostEmptyDatagrams) return Error{EMSGSIZE, "recvmsg"};
    if (received.value() > room) {
      chunk.Resize(begin + room);
      chunk.Append(SpillMemory(), received.value() - room);
    } else {
      chunk.Resize(begin + received.value());
    }

    if (KeepOfDump(sequence, chunk, begin)) return true;
  }
  return false;
}

bool NetlinkSocket::DrainDump(std::uint32_t sequence, const Interrupt& interrupt) {
  std::uint8_t* memory = SpillMemory();
  int empty = 0;
  while (!interrupt.triggered()) {
    // Reading is what makes the kernel produce more, so an empty queue is an end, too.
    const ssize_t size = ::recv(fd_.get(), memory, kSpillRoom, MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != ENOBUFS) return true;
    if (size == 0 && ++empty > kMostEmptyDatagrams) return false;
    MessageWalk walk(memory, size < 0 ? 0 : static_cast<std::size_t>(size));
    while (const auto message = walk.Next()) {
      const auto type = message->header.nlmsg_type;
      if (message->header.nlmsg_seq == sequence && (type == NLMSG_DONE || type == NLMSG_ERROR)) return true;
    }
  }
  return true;
}

Result<std::size_t> NetlinkSocket::Receive(iovec* parts, std::size_t count, milliseconds timeout,
                                           const Interrupt& interrupt) {
  using Clock = std::chrono::steady_clock;
  // Known when there is something to wait for.
  std::optional<Clock::time_point> deadline;
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
      const auto now = Clock::now();
      if (!deadline) deadline = now + timeout;
      const auto left = std::chrono::ceil<milliseconds>(*deadline - now);
      const Status readable = interrupt.WaitReadable(fd_.get(), left);
      if (!readable.ok()) return Error{readable.error().code, "recvmsg"};
      continue;
    }
    // From the time before it was connected, or to a group of a socket that was adopted. Only the kernel has no port.
    if (sender.nl_pid != 0) {
      if (interrupt.triggered()) return Error{ECANCELED, "recvmsg"};
      continue;
    }
    if (static_cast<std::size_t>(size) > room) return Error{EMSGSIZE, "recvmsg"};
    return static_cast<std::size_t>(size);
  }
}

}  // namespace rtnetlink

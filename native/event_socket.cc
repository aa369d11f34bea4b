#include "event_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "namespace_guard.h"
#include "netlink_socket.h"

namespace rtnetlink {
namespace {

// A link's event takes 2.3 KB of it. It takes memory only while events wait, and the reader fetches them at once.
constexpr int kReceiveBuffer = 16 * 1024 * 1024;

}  // namespace

Result<EventSocket> EventSocket::Open(const NetworkNamespace& network_namespace, int protocol,
                                      const std::vector<std::int32_t>& groups) {
  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  auto socket = OpenHere(protocol, groups);
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return socket;
}

Result<EventSocket> EventSocket::OpenHere(int protocol, const std::vector<std::int32_t>& groups) {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd) return Error::Last("socket");
  // Beyond net.core.rmem_max with CAP_NET_ADMIN, else as far as that goes. A smaller buffer works too.
  constexpr int kSize = kReceiveBuffer;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kSize, sizeof kSize) != 0) {
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kSize, sizeof kSize);
  }
  const Status connected = ConnectToKernel(fd.get());
  if (!connected.ok()) return connected.error();
  for (const std::int32_t group : groups) {
    // The mask of bind knows the first 32 groups only.
    if (::setsockopt(fd.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0) {
      return Error::Last("setsockopt");
    }
  }
  return EventSocket(std::move(fd));
}

Result<std::size_t> EventSocket::Receive(std::uint8_t* memory, std::size_t room) {
  for (;;) {
    sockaddr_nl sender{};
    iovec part{memory, room};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    // MSG_TRUNC returns the whole length, so that a datagram that was cut is noticed.
    const ssize_t size = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0) {
      if (errno == EINTR) continue;
      return Error::Last("recvmsg");
    }
    // Any process may send to a group; only the kernel has no port.
    if (sender.nl_pid != 0) continue;
    if (static_cast<std::size_t>(size) > room) return Error{EMSGSIZE, "recvmsg"};
    return static_cast<std::size_t>(size);
  }
}

}  // namespace rtnetlink

#include "socket_factory.h"

#include <sys/socket.h>

#include <cstring>

#include "namespace_guard.h"

namespace rtnetlink {

Result<UniqueFd> MakeSocket(const NetworkNamespace& network_namespace, const SocketOptions& options) {
  sockaddr_storage address{};
  if (options.address.size() > sizeof address) return Error{EINVAL, "bind"};
  if (options.options.size() % 3 != 0) return Error{EINVAL, "setsockopt"};

  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  UniqueFd fd(::socket(options.family, options.type | SOCK_CLOEXEC | SOCK_NONBLOCK, options.protocol));
  if (!fd) return Error::Last("socket");
  // A socket keeps its namespace: the rest is done at home.
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();

  for (std::size_t i = 0; i < options.options.size(); i += 3) {
    const int* option = &options.options[i];
    if (::setsockopt(fd.get(), option[0], option[1], &option[2], sizeof option[2]) != 0) {
      return Error::Last("setsockopt");
    }
  }
  if (!options.address.empty()) {
    std::memcpy(&address, options.address.data(), options.address.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(fd.get(), generic, static_cast<socklen_t>(options.address.size())) != 0) return Error::Last("bind");
  }
  return fd;
}

}  // namespace rtnetlink

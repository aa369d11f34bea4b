#include "socket_factory.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "namespace_guard.h"

namespace rtnetlink {
namespace {

struct OptionHeader {
  std::int32_t level;
  std::int32_t name;
  std::uint32_t size;
};

Status SetOptions(const UniqueFd& fd, const Buffer& options, std::uint32_t* set) {
  const std::uint8_t* at = options.data();
  std::size_t left = options.size();
  for (; left > 0; ++*set) {
    OptionHeader header{};
    if (left < sizeof header) return Error{EINVAL, "options"};
    std::memcpy(&header, at, sizeof header);
    at += sizeof header;
    left -= sizeof header;
    if (left < header.size) return Error{EINVAL, "options"};
    if (::setsockopt(fd.get(), header.level, header.name, at, header.size) != 0) return Error::Last("setsockopt");
    at += header.size;
    left -= header.size;
  }
  return {};
}

using AddressCall = int (*)(int, const sockaddr*, socklen_t);

Status WithAddress(AddressCall call, const char* name, const UniqueFd& fd, const Buffer& bytes) {
  sockaddr_storage address{};
  if (bytes.empty()) return {};
  if (bytes.size() > sizeof address) return Error{EINVAL, "address"};
  std::memcpy(&address, bytes.data(), bytes.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (call(fd.get(), generic, static_cast<socklen_t>(bytes.size())) != 0) return Error::Last(name);
  return {};
}

Result<UniqueFd> OpenInside(const NetworkNamespace& network_namespace, const SocketOptions& options) {
  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  UniqueFd fd(::socket(options.family, options.type | SOCK_CLOEXEC | SOCK_NONBLOCK, options.protocol));
  if (!fd) return Error::Last("socket");
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return fd;
}

}  // namespace

MadeSocket MakeSocket(const NetworkNamespace& network_namespace, const SocketOptions& options) {
  MadeSocket made;
  auto fd = OpenInside(network_namespace, options);
  if (!fd.ok()) {
    made.status = fd.error();
    return made;
  }
  // A socket keeps its namespace: the rest is done at home.
  made.status = SetOptions(fd.value(), options.options, &made.options_set);
  if (made.status.ok()) made.status = WithAddress(::bind, "bind", fd.value(), options.address);
  if (made.status.ok()) made.status = WithAddress(::connect, "connect", fd.value(), options.peer);
  if (made.status.ok()) made.fd = std::move(fd.value());
  return made;
}

}  // namespace rtnetlink

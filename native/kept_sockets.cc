#include "kept_sockets.h"

#include <sys/socket.h>

#include <optional>
#include <utility>

namespace rtnetlink {
namespace {

std::optional<std::uint64_t> CookieOf(int fd) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  if (::getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return std::nullopt;
  return cookie;
}

}  // namespace

int KeptSockets::Lend(Key key) {
  const auto found = kept_.find(key);
  if (found == kept_.end()) return -1;
  const auto cookie = CookieOf(found->second.get());
  const int fd = found->second.Release();
  kept_.erase(found);
  // Without one it could not be told from what has its number later.
  if (cookie) lent_.emplace(key, Lent{fd, *cookie});
  return fd;
}

void KeptSockets::CloseAll() {
  kept_.clear();
  for (const auto& [key, lent] : std::exchange(lent_, {})) {
    if (CookieOf(lent.fd) == lent.cookie) const UniqueFd left(lent.fd);
  }
}

}  // namespace rtnetlink

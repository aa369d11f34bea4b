#include "helper/failure.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace rtnetlink::helper {

Failure Failure::Last(const char* call, const char* file) {
  Failure failure;
  failure.code = errno;
  failure.call = call;
  (void)std::snprintf(failure.file.data(), failure.file.size(), "%s", file);  // cut where it is too long
  return failure;
}

void Report(int status, const Failure& failure) {
  std::array<char, PATH_MAX + 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%d %s %s", failure.code, failure.call, failure.file.data());
  if (length < 0) return;
  const auto size = std::min(static_cast<std::size_t>(length), text.size() - 1);
  // Without MSG_NOSIGNAL a library that is gone would end the helper by a signal.
  (void)::send(status, text.data(), size, MSG_NOSIGNAL);
}

}  // namespace rtnetlink::helper

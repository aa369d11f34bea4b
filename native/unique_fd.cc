#include "unique_fd.h"

#include <unistd.h>

#include <utility>

namespace rtnetlink {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = other.Release();
  }
  return *this;
}

void UniqueFd::Reset() {
  const int fd = Release();
  // Linux has freed the number even where close fails (EINTR, EIO): nothing is left to retry.
  if (fd >= 0) (void)::close(fd);
}

int UniqueFd::Release() { return std::exchange(fd_, -1); }

}  // namespace rtnetlink

#include "words.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "unique_fd.h"

namespace rtnetlink {

Result<std::string> ReadAll(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return Error::Last("open");
  std::string text;
  std::array<char, 16384> chunk{};
  for (;;) {
    const ssize_t size = ::read(file.get(), chunk.data(), chunk.size());
    if (size < 0) return Error::Last("read");
    if (size == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace rtnetlink

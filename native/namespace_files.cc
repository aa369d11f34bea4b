#include "namespace_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "namespace_guard.h"

namespace rtnetlink {
namespace {

constexpr Error kInterrupted{ECANCELED, "interrupt"};
constexpr Error kTooLarge{EFBIG, "read"};
// Most files are shorter; a sysctl clears as much memory as it is asked for.
constexpr std::size_t kFirstRead = 4096;
// The kernel hands out no sysctl of more in one read, and does not continue.
constexpr std::size_t kLargestSysctl = std::size_t{1} << 20;

// Enters a namespace, works there with one of its directories, and comes home.
template <typename Work>
auto Visit(const NetworkNamespace& network_namespace, FileRoot root, Work work)
    -> decltype(work(std::declval<const FileTree&>())) {
  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  auto result = [&]() -> decltype(work(std::declval<const FileTree&>())) {
    const auto tree = FileTree::Open(root);
    if (!tree.ok()) return tree.error();
    return work(tree.value());
  }();
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return result;
}

Result<std::size_t> Read(int fd, void* bytes, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(fd, bytes, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return Error::Last("read");
  }
}

Result<Buffer> ReadToEnd(int fd, std::size_t limit, const Interrupt& interrupt) {
  Buffer content;
  content.Reserve(kFirstRead);
  for (;;) {
    if (content.size() == content.capacity()) content.Reserve(2 * content.capacity());
    const auto got = Read(fd, content.data() + content.size(), content.capacity() - content.size());
    if (!got.ok()) return got.error();
    if (got.value() == 0) return content;
    content.Resize(content.size() + got.value());
    if (content.size() > limit) return kTooLarge;
    if (interrupt.triggered()) return kInterrupted;
  }
}

// A sysctl gives its whole value to one read, and cuts it where that has no room for it.
Result<Buffer> ReadSysctl(int fd, std::size_t limit) {
  Buffer content;
  for (std::size_t room = kFirstRead; room <= kLargestSysctl; room *= 4) {
    if (::lseek(fd, 0, SEEK_SET) != 0) return Error::Last("lseek");
    content.Reserve(room);
    const auto got = Read(fd, content.data(), room);
    if (!got.ok()) return got.error();
    content.Resize(got.value());
    if (content.size() > limit) return kTooLarge;
    if (content.size() < room) return content;
  }
  return kTooLarge;
}

Result<Buffer> ReadContent(FileRoot root, int fd, std::size_t limit, const Interrupt& interrupt) {
  return root == FileRoot::kSysctl ? ReadSysctl(fd, limit) : ReadToEnd(fd, limit, interrupt);
}

Status WriteFile(const FileTree& tree, const std::string& path, std::string_view content) {
  const auto file = tree.OpenFile(path, O_WRONLY);
  if (!file.ok()) return file.error();
  const ssize_t taken = ::write(file.value().get(), content.data(), content.size());
  if (taken < 0) return Error::Last("write");
  // Linux 6.1 answers 1 when it has set net.ipv6.conf.DEVICE.forwarding, whatever the size. A rest of white space has
  // nothing to say.
  const auto rest = content.substr(std::min(static_cast<std::size_t>(taken), content.size()));
  if (rest.find_first_not_of(" \t\n") != std::string_view::npos) return Error{EMSGSIZE, "write"};
  return {};
}

struct FileRecord {
  std::string path;
  std::string_view content;
};

// Takes the record off the front of what is left.
Result<FileRecord> NextRecord(std::string_view& records) {
  constexpr Error kMalformed{EINVAL, "records"};
  std::array<std::uint32_t, 2> sizes{};
  if (records.size() < sizeof sizes) return kMalformed;
  std::memcpy(sizes.data(), records.data(), sizeof sizes);
  const auto [path, content] = sizes;
  const std::string_view rest = records.substr(sizeof sizes);
  if (path > rest.size() || content > rest.size() - path) return kMalformed;
  records = rest.substr(std::size_t{path} + content);
  return FileRecord{std::string(rest.substr(0, path)), rest.substr(path, content)};
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Result<Directory> OpenDirectory(UniqueFd fd) {
  Directory directory(::fdopendir(fd.get()));
  if (!directory) return Error::Last("fdopendir");
  (void)fd.Release();  // the directory closes it
  return directory;
}

class Lister {
 public:
  Lister(FileRoot root, bool deep, std::size_t limit, const Interrupt& interrupt)
      : root_(root), deep_(deep), limit_(limit), interrupt_(interrupt) {}

  // Lists a directory, its entries' names behind a prefix.
  Status List(UniqueFd fd, const std::string& prefix) {
    const auto opened = OpenDirectory(std::move(fd));
    if (!opened.ok()) return opened.error();
    DIR* directory = opened.value().get();
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(directory);
      if (entry == nullptr) return errno == 0 ? Status() : Error::Last("readdir");
      const std::string name = static_cast<const char*>(entry->d_name);
      if (name == "." || name == "..") continue;
      const Status added =
          deep_ ? AddDeep(::dirfd(directory), name, entry->d_type, prefix) : Add(name, entry->d_type, 0, {});
      if (!added.ok()) return added;
    }
  }

  Buffer& records() { return records_; }

 private:
  Status Add(const std::string& name, std::uint32_t type, int error, const Buffer& content) {
    const std::array<std::uint32_t, 4> header{static_cast<std::uint32_t>(name.size()), type,
                                              static_cast<std::uint32_t>(error),
                                              static_cast<std::uint32_t>(content.size())};
    records_.Append(header.data(), sizeof header);
    records_.Append(name.data(), name.size());
    records_.Append(content.data(), content.size());
    return records_.size() > limit_ ? kTooLarge : Status();
  }

  Status AddDeep(int directory, const std::string& name, unsigned char type, const std::string& prefix) {
    if (interrupt_.triggered()) return kInterrupted;
    if (type != DT_DIR && type != DT_REG) return {};
    auto fd = FileTree::OpenBeneath(directory, name, O_RDONLY | O_NOFOLLOW | (type == DT_DIR ? O_DIRECTORY : 0));
    if (!fd.ok() && fd.error().code == ENOENT) return {};
    if (type == DT_DIR) return fd.ok() ? List(std::move(fd.value()), prefix + name + "/") : fd.error();
    const auto content = fd.ok() ? ReadContent(root_, fd.value().get(), limit_, interrupt_) : fd.error();
    if (content.ok()) return Add(prefix + name, type, 0, content.value());
    return Add(prefix + name, type, content.error().code, {});
  }

  FileRoot root_;
  bool deep_;
  std::size_t limit_;
  const Interrupt& interrupt_;
  Buffer records_;
};

}  // namespace

Result<Buffer> ReadFile(const NetworkNamespace& network_namespace, const FilePlace& place, std::size_t limit,
                        const Interrupt& interrupt) {
  return Visit(network_namespace, place.root, [&](const FileTree& tree) -> Result<Buffer> {
    const auto file = tree.OpenFile(place.path, O_RDONLY);
    if (!file.ok()) return file.error();
    return ReadContent(place.root, file.value().get(), limit, interrupt);
  });
}

Written WriteFiles(const NetworkNamespace& network_namespace, FileRoot root, const Buffer& records,
                   const Interrupt& interrupt) {
  std::uint32_t count = 0;
  const Status status = Visit(network_namespace, root, [&](const FileTree& tree) -> Status {
    std::string_view left(reinterpret_cast<const char*>(records.data()), records.size());
    for (; !left.empty(); ++count) {
      if (interrupt.triggered()) return Error{ECANCELED, "interrupt"};
      const auto record = NextRecord(left);
      if (!record.ok()) return record.error();
      const Status written = WriteFile(tree, record.value().path, record.value().content);
      if (!written.ok()) return written;
    }
    return {};
  });
  return {status, count};
}

Result<Buffer> ReadDirectory(const NetworkNamespace& network_namespace, const FilePlace& place, bool deep,
                             std::size_t limit, const Interrupt& interrupt) {
  return Visit(network_namespace, place.root, [&](const FileTree& tree) -> Result<Buffer> {
    auto directory = tree.OpenFile(place.path, O_RDONLY | O_DIRECTORY);
    if (!directory.ok()) return directory.error();
    Lister lister(place.root, deep, limit, interrupt);
    const Status listed = lister.List(std::move(directory.value()), "");
    if (!listed.ok()) return listed.error();
    return std::move(lister.records());
  });
}

}  // namespace rtnetlink

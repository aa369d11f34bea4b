#include "processes.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>

namespace rtnetlink {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// The number that is a directory's whole name; 0 if it is none.
std::int32_t ToPid(const std::string& name) {
  std::int32_t pid = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, pid);
  return parsed.ec == std::errc() && parsed.ptr == end && pid > 0 ? pid : 0;
}

}  // namespace

Result<std::vector<std::int32_t>> ProcessesIn(const NetworkNamespace& network_namespace, const Interrupt& interrupt) {
  const std::unique_ptr<DIR, CloseDirectory> proc(::opendir("/proc"));
  if (!proc) return Error::Last("opendir");
  const int directory = ::dirfd(proc.get());
  if (directory < 0) return Error::Last("dirfd");
  struct stat own{};
  if (::fstatat(directory, "self/ns/net", &own, 0) != 0) return Error{ENODEV, "procfs"};

  std::vector<std::int32_t> pids;
  for (;;) {
    if (interrupt.triggered()) return Error{ECANCELED, "interrupt"};
    errno = 0;
    const dirent* entry = ::readdir(proc.get());
    if (entry == nullptr) break;
    const std::int32_t pid = ToPid(static_cast<const char*>(entry->d_name));
    if (pid == 0) continue;
    struct stat status{};
    const std::string file = std::to_string(pid) + "/ns/net";
    if (::fstatat(directory, file.c_str(), &status, 0) != 0) continue;
    if (status.st_dev == network_namespace.device() && status.st_ino == network_namespace.inode()) pids.push_back(pid);
  }
  if (errno != 0) return Error::Last("readdir");
  std::sort(pids.begin(), pids.end());
  return pids;
}

}  // namespace rtnetlink

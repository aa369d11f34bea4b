#include "helper/namespace_entry.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>

namespace rtnetlink::helper {
namespace {

using Path = std::array<char, PATH_MAX>;

struct CloseDirectory {
  void operator()(DIR* directory) const { (void)::closedir(directory); }
};

bool IsHome(int network_namespace) {
  struct stat target{};
  struct stat home{};
  if (::fstat(network_namespace, &target) != 0 || ::stat("/proc/self/ns/net", &home) != 0) return false;
  return target.st_dev == home.st_dev && target.st_ino == home.st_ino;
}

// "directory/name"; false if that is too long.
bool Join(Path& path, const char* directory, const char* name) {
  const int length = std::snprintf(path.data(), path.size(), "%s/%s", directory, name);
  return length >= 0 && static_cast<std::size_t>(length) < path.size();
}

// sysfs shows the devices of the network namespace in which it was mounted.
Failure MountSys(const char* sys) {
  bool read_only = false;
  if (::umount2(sys, MNT_DETACH) != 0) {
    // It may be no mount, or one that must stay: then ours lies over it, read-only where that one is.
    struct statvfs present{};
    read_only = ::statvfs(sys, &present) == 0 && (present.f_flag & ST_RDONLY) != 0;
  }
  constexpr auto kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (::mount("sysfs", sys, "sysfs", read_only ? kFlags | MS_RDONLY : kFlags, nullptr) != 0) {
    return Failure::Last("mount", sys);
  }
  return {};
}

Failure BindEntries(const char* from, const char* over) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(from));
  if (!directory) return errno == ENOENT || errno == ENOTDIR ? Failure() : Failure::Last("open", from);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) return errno == 0 ? Failure() : Failure::Last("readdir", from);
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
    Path source{};
    Path target{};
    if (!Join(source, from, entry->d_name) || !Join(target, over, entry->d_name)) {
      errno = ENAMETOOLONG;
      return Failure::Last("mount", from);
    }
    if (::mount(source.data(), target.data(), nullptr, MS_BIND, nullptr) != 0) {
      return Failure::Last("mount", target.data());
    }
  }
}

Failure BindOverrides(const char* name, const Places& places) {
  if (std::strchr(name, '/') != nullptr || std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) {
    errno = EINVAL;
    return Failure::Last("mount", name);
  }
  Path from{};
  if (*name == '\0' || !Join(from, places.overrides, name)) return {};
  return BindEntries(from.data(), places.etc);
}

// A working directory inside the old /sys would still show what is outside.
Failure ReturnTo(const char* directory, const char* sys) {
  const std::size_t length = std::strlen(sys);
  if (std::strncmp(directory, sys, length) != 0 || (directory[length] != '/' && directory[length] != '\0')) return {};
  if (::chdir(directory) != 0) return Failure::Last("chdir", directory);
  return {};
}

}  // namespace

Failure EnterNamespace(const Request& request, const Places& places) {
  const bool at_home = IsHome(request.network_namespace);
  if (at_home && request.name == nullptr) return {};

  Path directory{};
  if (::getcwd(directory.data(), directory.size()) == nullptr) directory[0] = '\0';  // removed, or out of reach
  if (!at_home && ::setns(request.network_namespace, CLONE_NEWNET) != 0) return Failure::Last("setns");
  if (::unshare(CLONE_NEWNS) != 0) return Failure::Last("unshare");
  // What is mounted outside later appears inside, and nothing of what is mounted inside gets out.
  if (::mount(nullptr, "/", nullptr, MS_SLAVE | MS_REC, nullptr) != 0) return Failure::Last("mount", "/");
  if (auto failure = MountSys(places.sys)) return failure;
  if (request.name != nullptr) {
    if (auto failure = BindOverrides(request.name, places)) return failure;
  }
  return ReturnTo(directory.data(), places.sys);
}

}  // namespace rtnetlink::helper

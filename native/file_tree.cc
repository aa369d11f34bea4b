#include "file_tree.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

namespace rtnetlink {
namespace {

constexpr Error kNoProc{ENODEV, "procfs"};

// Makes a system call that older C libraries have no function for, and that answers a descriptor.
template <typename... Arguments>
UniqueFd OpenFd(int number, Arguments... arguments) {
  return UniqueFd(static_cast<int>(::syscall(number, arguments...)));
}

Result<UniqueFd> OpenProc(const char* directory) {
  UniqueFd fd(::open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    const Error failure = Error::Last("open");
    return failure.code == ENOENT ? kNoProc : failure;
  }
  struct statfs filesystem{};
  if (::fstatfs(fd.get(), &filesystem) != 0) return Error::Last("fstatfs");
  if (filesystem.f_type != PROC_SUPER_MAGIC) return kNoProc;
  return fd;
}

// What is mounted at /sys shows the namespace in which it was mounted, whoever looks. So sysfs is mounted once more,
// here and now, at no place in any tree: the mount ends with its descriptor.
Result<UniqueFd> MountSysfs() {
  const UniqueFd context = OpenFd(SYS_fsopen, "sysfs", FSOPEN_CLOEXEC);
  if (!context) return Error::Last("fsopen");
  if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return Error::Last("fsconfig");
  }
  UniqueFd mount =
      OpenFd(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (!mount) return Error::Last("fsmount");
  return mount;
}

// The prefix would be no bound for a path that climbs, since links in sysfs have to.
bool Climbs(const std::string& path) {
  return path.find('\0') != std::string::npos || ("/" + path + "/").find("/../") != std::string::npos;
}

}  // namespace

Result<FileTree> FileTree::Open(FileRoot root) {
  const bool is_sysfs = root == FileRoot::kClassNet;
  auto fd = is_sysfs ? MountSysfs() : OpenProc(root == FileRoot::kSysctl ? "/proc/sys/net" : "/proc/thread-self/net");
  if (!fd.ok()) return fd.error();
  return FileTree(std::move(fd.value()), is_sysfs ? "class/net/" : "");
}

Result<UniqueFd> FileTree::OpenBeneath(int directory, const std::string& path, int flags) {
  constexpr int kMaxAttempts = 1000;
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  for (int attempt = 1;; ++attempt) {
    const char* name = path.empty() ? "." : path.c_str();
    UniqueFd fd = OpenFd(SYS_openat2, directory, name, &how, sizeof how);
    if (fd) return fd;
    // Where a link climbs, a mount or a renaming anywhere on the machine meanwhile makes the kernel unsure.
    if (errno != EAGAIN || attempt == kMaxAttempts) return Error::Last("openat2");
  }
}

Result<UniqueFd> FileTree::OpenFile(const std::string& path, int flags) const {
  if (Climbs(path)) return Error{EXDEV, "openat2"};
  return OpenBeneath(root_.get(), prefix_ + path, flags);
}

}  // namespace rtnetlink

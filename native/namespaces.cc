#include "namespaces.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <mutex>

#include "namespace_guard.h"

namespace rtnetlink {
namespace {

// Verification fails under the name of the call that tells namespaces apart.
constexpr Error kNoNetworkNamespace{EINVAL, "NS_GET_NSTYPE"};

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

std::string OwnFd(int fd) { return "/proc/thread-self/fd/" + std::to_string(fd); }

Status CheckNsfs(int fd) {
  struct statfs filesystem{};
  if (::fstatfs(fd, &filesystem) != 0) return Error::Last("fstatfs");
  if (filesystem.f_type != NSFS_MAGIC) return kNoNetworkNamespace;
  return {};
}

// Which mount a path is on, and whether it is that mount's root; kernels before 5.8 do not say.
struct MountState {
  bool known = false;
  bool root = false;
  std::uint64_t id = 0;
};

Result<MountState> StateOf(const std::string& directory) {
  struct statx status{};
  if (::statx(AT_FDCWD, directory.c_str(), AT_STATX_DONT_SYNC, STATX_MNT_ID, &status) != 0) return Error::Last("statx");
  MountState state;
  state.known = (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 && (status.stx_mask & STATX_MNT_ID) != 0;
  state.root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  state.id = status.stx_mnt_id;
  return state;
}

// The mounts that this process has seen to being shared: walking all mounts in a directory of thousands once is enough.
class SharedMounts {
 public:
  static SharedMounts& Instance() {
    static auto& instance = *new SharedMounts;  // never destroyed: threads may outlive static destructors
    return instance;
  }

  bool Has(const std::string& directory, const MountState& state) {
    const std::lock_guard lock(mutex_);
    const auto found = ids_.find(directory);
    return state.known && state.root && found != ids_.end() && found->second == state.id;
  }
  void Add(const std::string& directory, const MountState& state) {
    const std::lock_guard lock(mutex_);
    ids_[directory] = state.id;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::uint64_t> ids_;
};

// Locks a directory against other programs that prepare it. Anybody who may read it can hold the lock, so after a
// while we go on without: at worst the directory is then mounted on itself twice.
void Lock(int directory, const Interrupt& interrupt) {
  using std::chrono::milliseconds;
  for (milliseconds waited{0}; waited < milliseconds(1000); waited += milliseconds(10)) {
    if (::flock(directory, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
    if (!interrupt.Sleep(milliseconds(10))) return;
  }
}

// Makes sure that the directory exists and is a shared mount, so that namespaces mounted in it appear in, and vanish
// from, other mount namespaces too. Otherwise a container started meanwhile would keep every namespace alive.
Status PrepareDirectory(const std::string& directory, const Interrupt& interrupt) {
  const char* path = directory.c_str();
  auto state = StateOf(directory);
  // Only the first namespace of a machine finds no directory.
  if (!state.ok() && state.error().code == ENOENT) {
    if (::mkdir(path, 0755) != 0 && errno != EEXIST) return Error::Last("mkdir");
    state = StateOf(directory);
  }
  if (!state.ok()) return state.error();
  auto& shared = SharedMounts::Instance();
  if (shared.Has(directory, state.value())) return {};

  const UniqueFd lock(::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock) return Error::Last("open");
  Lock(lock.get(), interrupt);
  if (::mount("", path, "none", MS_SHARED | MS_REC, nullptr) != 0) {
    // EINVAL: it is no mount yet.
    if (errno != EINVAL) return Error::Last("mount");
    if (::mount(path, path, "none", MS_BIND | MS_REC, nullptr) != 0) return Error::Last("mount");
    if (::mount("", path, "none", MS_SHARED | MS_REC, nullptr) != 0) return Error::Last("mount");
  }
  state = StateOf(directory);
  if (state.ok()) shared.Add(directory, state.value());
  return {};
}

// Mounts a namespace on a file that is made for it.
Status Mount(const NetworkNamespace& network_namespace, const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0));
  if (!file) return Error::Last("open");
  if (::mount(OwnFd(network_namespace.fd()).c_str(), path.c_str(), "none", MS_BIND, nullptr) != 0) {
    const Error failure = Error::Last("mount");
    (void)::unlink(path.c_str());  // the mount's failure is the one to report
    return failure;
  }
  return {};
}

}  // namespace

Result<NetworkNamespace> NetworkNamespace::Open(const std::string& file, bool follow) {
  if (HasNul(file)) return Error{EINVAL, "open"};
  // O_PATH names a file without opening it: no wait for the other end of a pipe, no driver that springs to life.
  const UniqueFd path(::open(file.c_str(), O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW)));
  if (!path) return Error::Last("open");
  struct stat status{};
  if (::fstat(path.get(), &status) != 0) return Error::Last("fstat");
  if (S_ISLNK(status.st_mode)) return Error{ELOOP, "open"};
  const Status checked = CheckNsfs(path.get());
  if (!checked.ok()) return checked.error();
  UniqueFd fd(::open(OwnFd(path.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return Error::Last("open");
  return Adopt(std::move(fd));
}

Result<NetworkNamespace> NetworkNamespace::Adopt(UniqueFd fd) {
  const Status checked = CheckNsfs(fd.get());
  if (!checked.ok()) return checked.error();
  const int type = ::ioctl(fd.get(), NS_GET_NSTYPE);
  if (type < 0) return Error::Last("NS_GET_NSTYPE");
  if (type != CLONE_NEWNET) return kNoNetworkNamespace;
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return Error::Last("fstat");
  return NetworkNamespace(std::move(fd), status.st_dev, status.st_ino);
}

Result<NetworkNamespace> NetworkNamespace::Current() {
  UniqueFd fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd) return Error::Last("open");
  return Adopt(std::move(fd));
}

Status MountPoint::Check() const {
  const bool sane = !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                    !HasNul(name) && !directory.empty() && !HasNul(directory);
  return sane ? Status() : Error{EINVAL, "name"};
}

Result<CreatedNamespace> MakeNamespace() {
  auto guard = NamespaceGuard::Unshare();
  if (!guard.ok()) return guard.error();
  auto network_namespace = NetworkNamespace::Current();
  if (!network_namespace.ok()) return network_namespace.error();
  auto socket = NetlinkSocket::Open(NETLINK_ROUTE);
  if (!socket.ok()) return socket.error();
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return CreatedNamespace{std::move(network_namespace.value()), std::move(socket.value())};
}

Result<CreatedNamespace> CreateNamespace(const MountPoint& mount_point, const Interrupt& interrupt,
                                         Function<Result<CreatedNamespace>()> make) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane.error();
  // Making a namespace is dear: look first. Whoever takes the name from here on is noticed by O_EXCL.
  struct stat status{};
  if (::lstat(mount_point.path().c_str(), &status) == 0) return Error{EEXIST, "open"};
  auto created = make();
  if (!created.ok()) return created;
  const Status kept = KeepNamespace(created.value().network_namespace, mount_point, interrupt);
  if (!kept.ok()) return kept.error();
  return created;
}

Status KeepNamespace(const NetworkNamespace& network_namespace, const MountPoint& mount_point,
                     const Interrupt& interrupt) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane;
  // The file exists only for the moment that the mount takes, and only at home: an interrupted process hardly ever
  // leaves one, and nobody who lists the directory meets a name without a namespace.
  const Status prepared = PrepareDirectory(mount_point.directory, interrupt);
  if (!prepared.ok()) return prepared;
  if (interrupt.triggered()) return Error{ECANCELED, "mount"};
  return Mount(network_namespace, mount_point.path());
}

Status RemoveNamespace(const MountPoint& mount_point, const std::optional<NamespaceIdentity>& identity) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane;
  const std::string path = mount_point.path();
  if (identity) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return Error::Last("lstat");
    if (status.st_dev != identity->device || status.st_ino != identity->inode) return {};
  }
  for (int attempts = 8;; --attempts) {
    // EINVAL: a file that nothing is mounted on, left by a program that failed half-way. ENOENT is unlink's to report.
    if (::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != EINVAL && errno != ENOENT) {
      return Error::Last("umount2");
    }
    if (::unlink(path.c_str()) == 0) return {};
    // EBUSY: mounted more than once.
    if (errno != EBUSY || attempts == 0) return Error::Last("unlink");
  }
}

Result<NetlinkSocket> OpenNetlink(const NetworkNamespace& network_namespace, int protocol) {
  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  auto socket = NetlinkSocket::Open(protocol);
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return socket;
}

}  // namespace rtnetlink

#include "named_namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace rtnetlink {
namespace {

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

std::string OwnFd(int fd) { return "/proc/thread-self/fd/" + std::to_string(fd); }

bool IsSame(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// Of <linux/stat.h>, since Linux 6.8: ids of mounts that are never given again.
constexpr unsigned kUniqueMountId = 0x4000;

// Which mount a path is on, and whether it is that mount's root; kernels before 5.8 do not say.
struct MountState {
  bool known = false;
  bool root = false;
  std::uint64_t id = 0;
};

Result<MountState> StateOf(const std::string& directory) {
  struct statx status{};
  constexpr unsigned kMask = STATX_MNT_ID | kUniqueMountId;
  if (::statx(AT_FDCWD, directory.c_str(), AT_STATX_DONT_SYNC, kMask, &status) != 0) return Error::Last("statx");
  MountState state;
  state.known = (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 && (status.stx_mask & kMask) != 0;
  state.root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  state.id = status.stx_mnt_id;
  return state;
}

// The mounts that this process has seen to being shared, with all mounts in them: walking thousands of those once is
// enough.
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
  // The mount itself may have been made private since then. Before 6.8 it may even be another one with the same id. To
  // make it shared again costs next to nothing.
  if (shared.Has(directory, state.value())) {
    if (::mount("", path, "none", MS_SHARED, nullptr) == 0) return {};
    if (errno != EINVAL) return Error::Last("mount");
  }

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

// The mode of files that are made here. It is seen as long as nothing is mounted on them.
constexpr mode_t kOwnMode = S_IRUSR;
// A file of another program that is younger may be about to be mounted on.
constexpr std::time_t kUnderWay = 10;

// Locks the file of a name. Only who may read it can hold the lock: whoever makes it, or sweeps, for a moment.
Status LockFile(int file, const Interrupt& interrupt) {
  using std::chrono::milliseconds;
  for (milliseconds waited{0}; ::flock(file, LOCK_EX | LOCK_NB) != 0; waited += milliseconds(1)) {
    if (errno != EWOULDBLOCK || waited > milliseconds(1000)) return Error::Last("flock");
    if (!interrupt.Sleep(milliseconds(1))) return Error{ECANCELED, "flock"};
  }
  return {};
}

// Makes the file of a name, and locks it.
Result<UniqueFd> MakeFile(const std::string& path, const Interrupt& interrupt) {
  for (;;) {
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnMode));
    if (!file) return Error::Last("open");
    const Status locked = LockFile(file.get(), interrupt);
    struct stat status{};
    if (locked.ok() && ::fstat(file.get(), &status) != 0) return Error::Last("fstat");
    // A sweep may have taken it for left over before it was locked.
    if (locked.ok() && status.st_nlink == 0) continue;
    if (locked.ok()) return file;
    (void)::unlink(path.c_str());  // the lock's failure is the one to report
    return locked.error();
  }
}

bool IsPlain(const struct stat& status) { return S_ISREG(status.st_mode) && status.st_size == 0; }

bool IsUnderWay(const struct stat& status) {
  if ((status.st_mode & 07777) == kOwnMode) return false;  // its lock tells
  const std::time_t age = std::time(nullptr) - status.st_mtime;
  return age < kUnderWay && age > -kUnderWay;
}

// Opens and locks the file of a name on which nothing is mounted, if nobody is about to. EEXIST of 'open' for anything
// else.
Result<UniqueFd> TakeLeftOver(const std::string& path) {
  constexpr Error kTaken{EEXIST, "open"};
  const UniqueFd found(::open(path.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  if (!found) return Error::Last("open");
  struct stat status{};
  struct statfs filesystem{};
  if (::fstat(found.get(), &status) != 0) return Error::Last("fstat");
  if (::fstatfs(found.get(), &filesystem) != 0) return Error::Last("fstatfs");
  if (!IsPlain(status) || filesystem.f_type == NSFS_MAGIC || IsUnderWay(status)) return kTaken;
  UniqueFd file(::open(OwnFd(found.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return errno == EACCES ? kTaken : Error::Last("open");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return kTaken;
  // Who had the lock before may have mounted on it, or removed it.
  struct stat now{};
  if (::lstat(path.c_str(), &now) != 0) return Error::Last("lstat");
  if (!IsSame(now, status)) return kTaken;
  return file;
}

// The file to mount on, locked: a new one, or one that was left over.
Result<UniqueFd> FileFor(const std::string& path, const Interrupt& interrupt) {
  auto file = MakeFile(path, interrupt);
  if (file.ok() || file.error().code != EEXIST) return file;
  auto left = TakeLeftOver(path);
  if (left.ok()) {
    (void)::fchmod(left.value().get(), kOwnMode);  // without it another program's file is known by its age, as before
    return left;
  }
  // Gone by now: as if it had been there a moment longer.
  return left.error().code == ENOENT ? file.error() : left.error();
}

// Mounts a namespace on the file of a name.
Status Mount(const NetworkNamespace& network_namespace, const std::string& path, const Interrupt& interrupt) {
  for (int attempts = 8;; --attempts) {
    const auto file = FileFor(path, interrupt);
    if (!file.ok()) return file.error();
    if (::mount(OwnFd(network_namespace.fd()).c_str(), path.c_str(), "none", MS_BIND, nullptr) == 0) return {};
    const Error failure = Error::Last("mount");
    // Whoever deletes the name that was there before may have removed the file.
    struct stat status{};
    const bool is_gone = ::lstat(path.c_str(), &status) != 0 && errno == ENOENT;
    if (is_gone && attempts > 0) continue;
    (void)::unlink(path.c_str());  // the mount's failure is the one to report
    return failure;
  }
}

// Whether a name leads to a namespace; a symbolic link that leads nowhere counts as leading to any.
Result<bool> LeadsTo(const std::string& path, const NamespaceIdentity& identity) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return Error::Last("lstat");
  if (S_ISLNK(status.st_mode) && ::stat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<bool>(true) : Error::Last("stat");
  }
  return status.st_dev == identity.device && status.st_ino == identity.inode;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Whether a name leads to no network namespace, or nowhere.
bool IsNone(const Error& error) {
  constexpr std::array kNone{ENOENT, ENOTDIR, ELOOP, ESRCH};
  const std::string_view call = error.call;
  return (error.code == EINVAL && call == "NS_GET_NSTYPE") ||
         (call == "open" && std::find(kNone.begin(), kNone.end(), error.code) != kNone.end());
}

void AppendName(Buffer& records, const std::string& name, int error, const NamespaceIdentity& identity) {
  struct {
    std::uint32_t size;
    std::int32_t error;
    double device;
    double inode;
  } const record{static_cast<std::uint32_t>(name.size()), error, static_cast<double>(identity.device),
                 static_cast<double>(identity.inode)};
  records.Append(&record, sizeof record);
  records.Append(name.data(), name.size());
}

}  // namespace

Status MountPoint::Check() const {
  const bool sane = !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
                    !HasNul(name) && !directory.empty() && !HasNul(directory);
  return sane ? Status() : Error{EINVAL, "name"};
}

Result<CreatedNamespace> CreateNamespace(const MountPoint& mount_point, const Interrupt& interrupt,
                                         Function<Result<CreatedNamespace>()> make) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane.error();
  // Making a namespace is dear: look first. Whoever takes the name from here on is noticed later.
  struct stat status{};
  if (::lstat(mount_point.path().c_str(), &status) == 0) {
    const auto left = TakeLeftOver(mount_point.path());
    if (!left.ok() && left.error().code != ENOENT) return left.error();
  }
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
  // The file exists only for the moment that the mount takes: a process that is killed hardly ever leaves one, and
  // nobody who lists the directory meets a name without a namespace.
  const Status prepared = PrepareDirectory(mount_point.directory, interrupt);
  if (!prepared.ok()) return prepared;
  if (interrupt.triggered()) return Error{ECANCELED, "mount"};
  return Mount(network_namespace, mount_point.path(), interrupt);
}

Status RemoveNamespace(const MountPoint& mount_point, const std::optional<NamespaceIdentity>& identity) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane;
  const std::string path = mount_point.path();
  for (int attempts = 8;; --attempts) {
    // Each time: who creates a namespace may take the file for left over when it is unmounted.
    if (identity) {
      const auto leads = LeadsTo(path, *identity);
      if (!leads.ok()) return leads.error();
      if (!leads.value()) return {};
    }
    // EINVAL: a link, or a file that nothing is mounted on, left by a program that failed half-way. ENOENT is unlink's
    // to report.
    if (::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != EINVAL && errno != ENOENT) {
      return Error::Last("umount2");
    }
    if (::unlink(path.c_str()) == 0) return {};
    // EBUSY: mounted more than once.
    if (errno != EBUSY || attempts == 0) return Error::Last("unlink");
  }
}

Status RemoveLeftOver(const MountPoint& mount_point) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane;
  const std::string path = mount_point.path();
  const auto file = TakeLeftOver(path);
  if (!file.ok()) return file.error();
  return ::unlink(path.c_str()) == 0 ? Status() : Error::Last("unlink");
}

Result<Buffer> ListNamespaces(const std::string& directory, const Interrupt& interrupt) {
  const std::unique_ptr<DIR, CloseDirectory> opened(::opendir(directory.c_str()));
  if (!opened) return errno == ENOENT ? Result<Buffer>(Buffer()) : Error::Last("open");
  Buffer records;
  for (;;) {
    if (interrupt.triggered()) return Error{ECANCELED, "interrupt"};
    errno = 0;
    const dirent* entry = ::readdir(opened.get());
    if (entry == nullptr) break;
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    const auto found = NetworkNamespace::Open(MountPoint{directory, name}.path());
    if (found.ok()) {
      AppendName(records, name, 0, {found.value().device(), found.value().inode()});
    } else if (!IsNone(found.error())) {
      AppendName(records, name, found.error().code, {});
    }
  }
  if (errno != 0) return Error::Last("readdir");
  return records;
}

}  // namespace rtnetlink

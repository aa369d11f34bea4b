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
#include <memory>
#include <string_view>
#include <utility>

#include "shared_directory.h"
#include "statx.h"

namespace rtnetlink {
namespace {

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

std::string OwnFd(int fd) { return "/proc/thread-self/fd/" + std::to_string(fd); }

bool IsSame(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool IsSame(const NamespaceIdentity& one, const NamespaceIdentity& other) {
  return one.device == other.device && one.inode == other.inode;
}

// The mode of files that are made here. It is seen as long as nothing is mounted on them.
constexpr mode_t kOwnMode = S_IRUSR;
// A file of another program that is younger may be about to be mounted on.
constexpr std::time_t kUnderWay = 10;

constexpr Error kTaken{EEXIST, "open"};

// Another look after a moment, for about a second: whoever has the lock of a file has it for a moment only.
class Patience {
 public:
  explicit Patience(const Interrupt& interrupt) : interrupt_(interrupt) {}

  // False when it is at its end.
  bool Wait() {
    ++waits_;
    return waits_ < 500 && interrupt_.Sleep(std::chrono::milliseconds(waits_ < 10 ? 1 : 2));
  }
  bool interrupted() const { return interrupt_.triggered(); }

 private:
  const Interrupt& interrupt_;
  int waits_ = 0;
};

bool IsPlain(const struct stat& status) { return S_ISREG(status.st_mode) && status.st_size == 0; }

bool IsUnderWay(const struct stat& status) {
  if ((status.st_mode & 07777) == kOwnMode) return false;  // its lock tells
  const std::time_t age = std::time(nullptr) - status.st_mtime;
  return age < kUnderWay && age > -kUnderWay;
}

// Whether a path leads to an open file itself: the file is not removed, and nothing is mounted on it.
bool LeadsToFile(const std::string& path, int file) {
  struct stat one{};
  struct stat other{};
  return ::lstat(path.c_str(), &one) == 0 && ::fstat(file, &other) == 0 && IsSame(one, other);
}

// Takes the lock of the file that a path leads to. EWOULDBLOCK if another has it, or if the path leads elsewhere by
// now: then it is time for another look.
Status LockFile(int file, const std::string& path) {
  constexpr Error kAgain{EWOULDBLOCK, "flock"};
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK ? kAgain : Error::Last("flock");
  return LeadsToFile(path, file) ? Status() : kAgain;
}

// Opens the file of a name on which nothing is mounted, if it was left over or is locked. EEXIST of 'open' for anything
// else.
Result<UniqueFd> OpenLeftOver(const std::string& path) {
  const UniqueFd found(::open(path.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  if (!found) return Error::Last("open");
  struct stat status{};
  struct statfs filesystem{};
  if (::fstat(found.get(), &status) != 0) return Error::Last("fstat");
  if (::fstatfs(found.get(), &filesystem) != 0) return Error::Last("fstatfs");
  if (!IsPlain(status) || filesystem.f_type == NSFS_MAGIC || IsUnderWay(status)) return kTaken;
  UniqueFd file(::open(OwnFd(found.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return errno == EACCES ? kTaken : Error::Last("open");
  return file;
}

// EEXIST of 'open' if a namespace is mounted on the file of a name, under whichever path and in whichever mount
// namespace. `mounted` is what a look has found, or empty.
Status CheckUnused(const MountPoint& mount_point, std::optional<MountedFiles>& mounted) {
  if (!mounted) {
    auto looked = MountedFiles::Look(mount_point.directory);
    if (!looked.ok()) return looked.error();
    mounted = std::move(looked.value());
  }
  return mounted->Has(mount_point.name) ? kTaken : Status();
}

// Makes the file of a name and locks it. EEXIST of 'open' if there is one, EWOULDBLOCK if another had the lock first.
Result<UniqueFd> MakeFile(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnMode));
  if (!file) return Error::Last("open");
  const Status locked = LockFile(file.get(), path);
  if (locked.ok()) return file;
  if (locked.error().code != EWOULDBLOCK) (void)::unlink(path.c_str());  // the lock's failure is the one to report
  return locked.error();
}

// Locks the file of a name that was left over. EWOULDBLOCK if another has the lock, or if it is gone.
Result<UniqueFd> TakeLeftOver(const MountPoint& mount_point) {
  const std::string path = mount_point.path();
  auto file = OpenLeftOver(path);
  if (!file.ok()) return file.error().code == ENOENT ? Error{EWOULDBLOCK, "open"} : file.error();
  const Status locked = LockFile(file.value().get(), path);
  if (!locked.ok()) return locked.error();
  std::optional<MountedFiles> mounted;
  const Status unused = CheckUnused(mount_point, mounted);
  if (!unused.ok()) return unused.error();
  (void)::fchmod(file.value().get(), kOwnMode);  // without it the file is known by its age, as before
  return file;
}

// The file to mount on, locked: a new one, or one that was left over. EEXIST of 'open' if the name is taken.
Result<UniqueFd> FileFor(const MountPoint& mount_point, const Interrupt& interrupt) {
  Patience patience(interrupt);
  for (;;) {
    auto file = MakeFile(mount_point.path());
    if (!file.ok() && file.error().code == EEXIST) file = TakeLeftOver(mount_point);
    if (file.ok() || file.error().code != EWOULDBLOCK) return file;
    if (!patience.Wait()) return patience.interrupted() ? Error{ECANCELED, "flock"} : kTaken;
  }
}

// Mounts a namespace on the file of a name.
Status Mount(const NetworkNamespace& network_namespace, const MountPoint& mount_point, const Interrupt& interrupt) {
  const std::string path = mount_point.path();
  for (int attempts = 8;; --attempts) {
    const auto opened = FileFor(mount_point, interrupt);
    if (!opened.ok()) return opened.error();
    const int file = opened.value().get();
    // On the file that is locked, whatever the path leads to by now.
    if (::mount(OwnFd(network_namespace.fd()).c_str(), OwnFd(file).c_str(), "none", MS_BIND, nullptr) != 0) {
      const Error failure = Error::Last("mount");
      struct stat status{};
      // A program that knows nothing of the lock may have removed the file.
      if (failure.code == ENOENT && attempts > 0 && ::fstat(file, &status) == 0 && status.st_nlink == 0) continue;
      if (LeadsToFile(path, file)) (void)::unlink(path.c_str());  // the mount's failure is the one to report
      return failure;
    }
    struct stat there{};
    const bool is_kept = ::lstat(path.c_str(), &there) == 0 && there.st_dev == network_namespace.device() &&
                         there.st_ino == network_namespace.inode();
    if (is_kept) return {};
    // Such a program has removed or renamed the file, and has perhaps the name for something else.
    (void)::umount2(OwnFd(file).c_str(), MNT_DETACH);  // EINVAL if the mount has gone with the file
    if (attempts == 0) return kTaken;
  }
}

// What is found under a name that is to be removed.
struct Found {
  UniqueFd file;
  NamespaceIdentity identity{};
  mode_t mode = 0;
  bool is_mounted = false;
};

Result<Found> Find(const std::string& path) {
  Found found;
  found.file = UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
  if (!found.file) return Error::Last(errno == ENOENT ? "unlink" : "open");
  struct stat status{};
  if (::fstat(found.file.get(), &status) != 0) return Error::Last("fstat");
  found.identity = {status.st_dev, status.st_ino};
  found.mode = status.st_mode;
  struct statfs filesystem{};
  if (::fstatfs(found.file.get(), &filesystem) != 0) return Error::Last("fstatfs");
  struct statx extended{};
  found.is_mounted = filesystem.f_type == NSFS_MAGIC ||
                     (Statx(found.file.get(), "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &extended) == 0 &&
                      (extended.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0);
  return found;
}

// Whether a symbolic link leads to a namespace; one that leads nowhere counts as leading to any, and a file to none.
Result<bool> LinkLeadsTo(const Found& found, const std::string& path, const NamespaceIdentity& identity) {
  if (!S_ISLNK(found.mode)) return false;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return errno == ENOENT ? Result<bool>(true) : Error::Last("stat");
  return IsSame(identity, {status.st_dev, status.st_ino});
}

// Unmounts what was found, and not what may be mounted there by now. False if it is unmounted already.
Result<bool> Unmount(const Found& found, const MountPoint& mount_point) {
  // Where the file could not be removed afterwards, the name is better left as it is.
  if (::access(mount_point.directory.c_str(), W_OK) != 0 && errno == EROFS) return Error{EROFS, "unlink"};
  if (::umount2(OwnFd(found.file.get()).c_str(), MNT_DETACH) == 0) return true;
  // Without /proc the path has to serve.
  if (errno == ENOENT && ::umount2(mount_point.path().c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) return true;
  return errno == EINVAL || errno == ENOENT ? Result<bool>(false) : Error::Last("umount2");
}

// Removes a file on which nothing is mounted, holding its lock. EWOULDBLOCK if another has it.
Status RemoveFile(const Found& found, const std::string& path) {
  UniqueFd file;
  if (S_ISREG(found.mode)) {
    file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    // Who may not read it cannot lock it.
    if (!file && errno != EACCES) return errno == ENOENT ? Error{EWOULDBLOCK, "flock"} : Error::Last("open");
  }
  if (file) {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return Error::Last("fstat");
    const bool is_found = status.st_dev == found.identity.device && status.st_ino == found.identity.inode;
    const Status locked = is_found ? LockFile(file.get(), path) : Error{EWOULDBLOCK, "flock"};
    if (!locked.ok()) return locked;
  }
  return ::unlink(path.c_str()) == 0 ? Status() : Error::Last("unlink");
}

// The removal of a name, a look at a time.
class Removal {
 public:
  Removal(const MountPoint& mount_point, const std::optional<NamespaceIdentity>& identity)
      : mount_point_(mount_point), path_(mount_point.path()), identity_(identity), wanted_(identity) {}

  // Looks at what is there and does what can be done about it. Absent if another look is needed.
  std::optional<Status> Look() {
    has_unmounted_ = false;
    const auto looked = Find(path_);
    if (!looked.ok()) return is_unmounted_ && looked.error().code == ENOENT ? Status() : Status(looked.error());
    const Found& found = looked.value();
    return found.is_mounted ? TakeMount(found) : TakeFile(found);
  }
  // Whether the last look unmounted something.
  bool has_unmounted() const { return has_unmounted_; }
  // When there is no time for another look.
  Status GiveUp() const {
    if (failure_.code != EWOULDBLOCK) return failure_;
    // Somebody else has the file.
    return is_unmounted_ ? Status() : Error{EBUSY, "flock"};
  }

 private:
  std::optional<Status> TakeMount(const Found& found) {
    if (!wanted_) wanted_ = found.identity;
    if (!IsSame(*wanted_, found.identity)) return Status();
    const auto unmounted = Unmount(found, mount_point_);
    if (!unmounted.ok()) return Status(unmounted.error());
    has_unmounted_ = unmounted.value();
    is_unmounted_ = is_unmounted_ || has_unmounted_;
    return std::nullopt;
  }
  std::optional<Status> TakeFile(const Found& found) {
    if (identity_ && !is_unmounted_) {
      const auto leads = LinkLeadsTo(found, path_, *identity_);
      if (!leads.ok()) return Status(leads.error());
      if (!leads.value()) return Status();
    }
    const Status removed = RemoveFile(found, path_);
    if (removed.ok()) return removed;
    failure_ = removed.error();
    // EBUSY: somebody has mounted on it. ENOENT: removed meanwhile. The next look tells.
    const bool is_for_now = failure_.code == EWOULDBLOCK || failure_.code == EBUSY || failure_.code == ENOENT;
    return is_for_now ? std::nullopt : std::optional<Status>(removed);
  }

  const MountPoint& mount_point_;
  const std::string path_;
  const std::optional<NamespaceIdentity>& identity_;
  // The namespace that is removed: given, or found at the first look.
  std::optional<NamespaceIdentity> wanted_;
  bool is_unmounted_ = false;
  bool has_unmounted_ = false;
  Error failure_{EBUSY, "unlink"};
};

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
    const auto left = OpenLeftOver(mount_point.path());
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
  return Mount(network_namespace, mount_point, interrupt);
}

Status RemoveNamespace(const MountPoint& mount_point, const Interrupt& interrupt,
                       const std::optional<NamespaceIdentity>& identity) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane;
  Removal removal(mount_point, identity);
  Patience patience(interrupt);
  for (;;) {
    const auto ended = removal.Look();
    if (ended) return *ended;
    // Behind an unmounting the next look is at what is there now, at once.
    if (removal.has_unmounted() || patience.Wait()) continue;
    return patience.interrupted() ? Error{ECANCELED, "interrupt"} : removal.GiveUp();
  }
}

Status RemoveLeftOver(const MountPoint& mount_point, std::optional<MountedFiles>& mounted) {
  const Status sane = mount_point.Check();
  if (!sane.ok()) return sane;
  const std::string path = mount_point.path();
  const auto file = OpenLeftOver(path);
  if (!file.ok()) return file.error();
  const Status locked = LockFile(file.value().get(), path);
  if (!locked.ok()) return locked.error().code == EWOULDBLOCK ? kTaken : locked;
  const Status unused = CheckUnused(mount_point, mounted);
  if (!unused.ok()) return unused;
  if (::unlink(path.c_str()) == 0) return {};
  // EBUSY: mounted on under another path, since the look.
  return errno == EBUSY ? kTaken : Error::Last("unlink");
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

#include "shared_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>

#include "statx.h"
#include "unique_fd.h"

namespace rtnetlink {
namespace {

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
  if (Statx(AT_FDCWD, directory.c_str(), AT_STATX_DONT_SYNC, kMask, &status) != 0) return Error::Last("statx");
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

}  // namespace

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

}  // namespace rtnetlink

#ifndef RTNETLINK_NAMED_NAMESPACES_H_
#define RTNETLINK_NAMED_NAMESPACES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "buffer.h"
#include "function.h"
#include "interrupt.h"
#include "mounted_files.h"
#include "namespaces.h"
#include "result.h"

namespace rtnetlink {

// Namespaces that have names, as `ip netns` keeps them: each a file in a directory, on which the namespace is mounted.
//
// Who does what, and under which lock. The lock of a name is that of the file itself (flock); a kill releases it. It
// counts only if the path still leads to the file afterwards: not to another one, and not to what is mounted on it. Who
// does not get it looks again after a moment.
//
// - A name is given: the file is made (O_EXCL) or one that was left over is taken, and locked. The namespace is mounted
//   on that file and not on the path (/proc/self/fd), so that it can be on no other; ENOENT if a program that knows
//   nothing of locks removed the file meanwhile: then all is done again, as it is when the path leads elsewhere
//   afterwards. The lock is held until the namespace is mounted.
// - A name is removed: first what the path leads to is looked at, once. Only a namespace of that identity is unmounted,
//   again by its descriptor, and no lock is needed for it: who comes later is not hit. Then the file is locked and
//   removed. If another has taken it for left over by then, the name is its.
// - A sweep locks a file that was left over and removes it.
// - The lock of the directory is the one that iproute2 takes while it makes the directory a shared mount, and it is
//   taken for that alone.
//
// A program that is killed between making the file and mounting, or between unmounting and removing the file, leaves a
// plain file. Such a file is left over if nobody has its lock and no mount namespace has anything mounted on it: see
// MountedFiles. Files made here have a mode of their own. Files of other programs, which do not lock them, count as
// left over after some seconds.

// The file of a name.
struct MountPoint {
  std::string directory;
  std::string name;

  // EINVAL unless the name is that of a file in the directory.
  Status Check() const;
  std::string path() const { return directory + "/" + name; }
};

// Gives what `make` makes, or a new namespace, a name. A failure leaves nothing behind; EEXIST of 'open' if the name is
// taken, and then nothing is made. A file that was left over is used.
Result<CreatedNamespace> CreateNamespace(const MountPoint& mount_point, const Interrupt& interrupt,
                                         Function<Result<CreatedNamespace>()> make = MakeNamespace);
// Keeps a namespace that is open under a name. A failure leaves nothing behind; EEXIST of 'open' if the name is taken.
Status KeepNamespace(const NetworkNamespace& network_namespace, const MountPoint& mount_point,
                     const Interrupt& interrupt);
// Unmounts and removes what keeps a namespace under a name; of a symbolic link the link alone. Only the namespace that
// the name leads to at first is removed. With an identity, a name that leads to another namespace is left alone. EROFS
// of 'unlink' where the file could not be removed: then nothing is done.
Status RemoveNamespace(const MountPoint& mount_point, const Interrupt& interrupt,
                       const std::optional<NamespaceIdentity>& identity = std::nullopt);
// Removes a file that was left over; EEXIST of 'open' if it is anything else. Where namespaces are mounted is looked up
// at most once, and kept in `mounted` for further files of the directory.
Status RemoveLeftOver(const MountPoint& mount_point, std::optional<MountedFiles>& mounted);

// The names that lead to a network namespace, as records: u32 size of the name, i32 errno of following it (then the
// numbers are 0), double device, double inode, the name. Nothing where there is no directory.
Result<Buffer> ListNamespaces(const std::string& directory, const Interrupt& interrupt);

}  // namespace rtnetlink

#endif  // RTNETLINK_NAMED_NAMESPACES_H_

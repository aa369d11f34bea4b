#ifndef RTNETLINK_NAMED_NAMESPACES_H_
#define RTNETLINK_NAMED_NAMESPACES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "buffer.h"
#include "function.h"
#include "interrupt.h"
#include "namespaces.h"
#include "result.h"

namespace rtnetlink {

// Namespaces that have names, as `ip netns` keeps them: each a file in a directory, on which the namespace is mounted.
//
// A program that is killed between making the file and mounting, or between unmounting and removing the file, leaves a
// plain file. Whether such a file is left over or about to be mounted on is told as follows. Files made here have a
// mode of their own and are locked (flock) until the namespace is mounted; a kill releases the lock. Files of other
// programs count as left over after some seconds.

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
// Unmounts and removes what keeps a namespace under a name; of a symbolic link the link alone. With an identity, a name
// that leads to another namespace is left alone.
Status RemoveNamespace(const MountPoint& mount_point, const std::optional<NamespaceIdentity>& identity = std::nullopt);
// Removes a file that was left over; EEXIST of 'open' if it is anything else.
Status RemoveLeftOver(const MountPoint& mount_point);

// The names that lead to a network namespace, as records: u32 size of the name, i32 errno of following it (then the
// numbers are 0), double device, double inode, the name. Nothing where there is no directory.
Result<Buffer> ListNamespaces(const std::string& directory, const Interrupt& interrupt);

}  // namespace rtnetlink

#endif  // RTNETLINK_NAMED_NAMESPACES_H_

#ifndef RTNETLINK_FILE_TREE_H_
#define RTNETLINK_FILE_TREE_H_

#include <string>
#include <utility>

#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// The directories whose contents depend on the network namespace. The numbers are known to lib/native.ts.
enum class FileRoot {
  kProcNet = 0,   // /proc/net, of the calling thread rather than of the main one
  kSysctl = 1,    // /proc/sys/net
  kClassNet = 2,  // /sys/class/net, and what its links lead to
};

// One of these directories, of the network namespace that the calling thread is in. No path leads out of it: neither
// '..' nor a symbolic link nor a mount.
class FileTree {
 public:
  // ENODEV of 'procfs' where /proc is not what it should be.
  static Result<FileTree> Open(FileRoot root);
  // Opens a file below a directory; the empty path is the directory itself. EXDEV if the path would lead out.
  static Result<UniqueFd> OpenBeneath(int directory, const std::string& path, int flags);

  Result<UniqueFd> OpenFile(const std::string& path, int flags) const;

 private:
  FileTree(UniqueFd root, std::string prefix) : root_(std::move(root)), prefix_(std::move(prefix)) {}

  UniqueFd root_;
  std::string prefix_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_FILE_TREE_H_

#ifndef RTNETLINK_MOUNTED_FILES_H_
#define RTNETLINK_MOUNTED_FILES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "result.h"

namespace rtnetlink {

// The files of a directory on which a namespace is mounted, under whichever path, in any mount namespace of a process
// that can be looked at. A file that is removed vanishes from all of them, and what is mounted on it with it: it may
// belong to a container that shares the directory, but not its mounts. Read from /proc/PID/mountinfo.
class MountedFiles {
 public:
  static Result<MountedFiles> Look(const std::string& directory);

  bool Has(const std::string& name) const { return names_.find(name) != names_.end(); }

 private:
  explicit MountedFiles(std::set<std::string> names) : names_(std::move(names)) {}

  std::set<std::string> names_;
};

// Where a directory is: the numbers of its device as mountinfo has them, and its path in the file system.
struct DirectoryPlace {
  std::string device;
  std::string path;
};

// The names of files of a directory on which a namespace is mounted, by one mount table (the text of a mountinfo).
std::vector<std::string> NamesMountedOn(const std::string& mountinfo, const DirectoryPlace& directory);

}  // namespace rtnetlink

#endif  // RTNETLINK_MOUNTED_FILES_H_

#ifndef RTNETLINK_TEST_NAMED_NAMESPACES_FIXTURE_H_
#define RTNETLINK_TEST_NAMED_NAMESPACES_FIXTURE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <cstdint>
#include <ctime>
#include <string>

#include "named_namespaces.h"
#include "support.h"

namespace rtnetlink::test {

inline std::uint64_t InodeOf(const std::string& file) {
  struct stat status{};
  EXPECT_EQ(::stat(file.c_str(), &status), 0);
  return status.st_ino;
}

inline bool IsNamespace(const std::string& file) {
  struct statfs filesystem{};
  return ::statfs(file.c_str(), &filesystem) == 0 && filesystem.f_type == NSFS_MAGIC;
}

// Makes a file as it is before a namespace is mounted on it.
inline void Leave(const std::string& path, mode_t mode, std::time_t age = 0) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  ASSERT_TRUE(file);
  ASSERT_EQ(::fchmod(file.get(), mode), 0);
  const std::time_t then = std::time(nullptr) - age;
  const timespec times[] = {{then, 0}, {then, 0}};
  ASSERT_EQ(::futimens(file.get(), times), 0);
}

constexpr mode_t kOwnMode = S_IRUSR;

class NamedNamespacesTest : public KernelTest {
 protected:
  Result<CreatedNamespace> Create(const std::string& name) {
    Result<CreatedNamespace> result = Error{};
    OnExecutor([&] { result = CreateNamespace(MountPoint{directory(), name}, interrupt_); });
    return result;
  }
  Status Keep(const NetworkNamespace& network_namespace, const std::string& name) {
    Status result;
    OnExecutor([&] { result = KeepNamespace(network_namespace, MountPoint{directory(), name}, interrupt_); });
    return result;
  }
  std::string Path(const std::string& name) { return directory() + "/" + name; }
};

}  // namespace rtnetlink::test

#endif  // RTNETLINK_TEST_NAMED_NAMESPACES_FIXTURE_H_

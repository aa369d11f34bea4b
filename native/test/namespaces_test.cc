#include "namespaces.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>

#include "support.h"

namespace rtnetlink {
namespace {

namespace fs = std::filesystem;

std::uint64_t InodeOf(const std::string& file) {
  struct stat status{};
  EXPECT_EQ(::stat(file.c_str(), &status), 0);
  return status.st_ino;
}

bool IsNamespace(const std::string& file) {
  struct statfs filesystem{};
  return ::statfs(file.c_str(), &filesystem) == 0 && filesystem.f_type == NSFS_MAGIC;
}

// Makes a system call fail with ENOSPC on the calling thread from here on.
void Forbid(int number) {
  sock_filter program[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(number)},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSPC},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog filter{4, program};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0), 0);
}

TEST(NetworkNamespaceTest, OpensTheFileOfANamespace) {
  const auto opened = NetworkNamespace::Open("/proc/self/ns/net", true);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().inode(), InodeOf("/proc/self/ns/net"));
  EXPECT_EQ(::fcntl(opened.value().fd(), F_GETFD), FD_CLOEXEC);
}

TEST(NetworkNamespaceTest, RefusesEverythingElse) {
  for (const char* file : {"/dev/null", "/dev/tty", "/proc/self/ns/mnt", "/proc/self/status", "/"}) {
    const auto opened = NetworkNamespace::Open(file, true);
    EXPECT_EQ(opened.error().code, EINVAL) << file;
    EXPECT_STREQ(opened.error().call, "NS_GET_NSTYPE") << file;
  }
  EXPECT_EQ(NetworkNamespace::Open("/nothing/there", true).error().code, ENOENT);
  EXPECT_EQ(NetworkNamespace::Open(std::string("/proc/self/ns/net\0x", 19), true).error().code, EINVAL);
  EXPECT_EQ(NetworkNamespace::Open("", true).error().code, ENOENT);
}

TEST(NetworkNamespaceTest, FollowsLinksOnlyIfTold) {
  const auto refused = NetworkNamespace::Open("/proc/self/ns/net", false);
  EXPECT_EQ(refused.error().code, ELOOP);
  EXPECT_STREQ(refused.error().call, "open");
}

TEST(NetworkNamespaceTest, AdoptsOnlyNamespaces) {
  EXPECT_TRUE(NetworkNamespace::Adopt(UniqueFd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC))).ok());
  EXPECT_STREQ(NetworkNamespace::Adopt(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC))).error().call,
               "NS_GET_NSTYPE");
}

class NamespacesTest : public test::KernelTest {
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

TEST_F(NamespacesTest, AFifoDoesNotBlock) {
  ASSERT_EQ(::mkfifo(Path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(NetworkNamespace::Open(Path("fifo"), true).error().code, EINVAL);
}

TEST_F(NamespacesTest, ANamespaceWithoutANameIsANewOne) {
  const std::size_t before = test::OpenDescriptors();
  {
    const CreatedNamespace first = Scratch();
    const CreatedNamespace second = Scratch();
    EXPECT_NE(first.network_namespace.inode(), second.network_namespace.inode());
  }
  // The executor's thread keeps its home open.
  EXPECT_LE(test::OpenDescriptors(), before + 1);
}

TEST_F(NamespacesTest, TheExecutorComesHome) {
  const std::uint64_t home = InodeOf("/proc/self/ns/net");
  Scratch();
  OnExecutor([&] { EXPECT_EQ(InodeOf("/proc/thread-self/ns/net"), home); });
}

TEST_F(NamespacesTest, ANameIsAMountPoint) {
  const auto created = Create("blue");

  ASSERT_TRUE(created.ok()) << created.error().call;
  EXPECT_TRUE(IsNamespace(Path("blue")));
  const auto opened = NetworkNamespace::Open(Path("blue"), false);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().inode(), created.value().network_namespace.inode());
}

TEST_F(NamespacesTest, TheDirectoryIsMadeAndShared) {
  const std::string inner = directory() + "/netns";
  OnExecutor([&] {
    ASSERT_TRUE(CreateNamespace(MountPoint{inner, "a"}, interrupt_).ok());
    ASSERT_TRUE(CreateNamespace(MountPoint{inner, "b"}, interrupt_).ok());
  });

  std::ifstream mounts("/proc/thread-self/mountinfo");
  int found = 0;
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(' ' + inner + ' ') == std::string::npos) continue;
    ++found;
    EXPECT_NE(line.find(" shared:"), std::string::npos) << line;
  }
  EXPECT_EQ(found, 1);
  for (const char* name : {"/a", "/b"}) ::umount2((inner + name).c_str(), MNT_DETACH);
  ::umount2(inner.c_str(), MNT_DETACH);
}

TEST_F(NamespacesTest, ATakenNameIsLeftAlone) {
  ASSERT_TRUE(Create("blue").ok());
  const std::uint64_t inode = InodeOf(Path("blue"));

  const auto again = Create("blue");

  EXPECT_EQ(again.error().code, EEXIST);
  EXPECT_STREQ(again.error().call, "open");
  EXPECT_EQ(InodeOf(Path("blue")), inode);
}

TEST_F(NamespacesTest, ALinkUnderTheNameIsNotFollowed) {
  fs::create_symlink("/tmp/nothing-there", Path("link"));
  EXPECT_EQ(Create("link").error().code, EEXIST);
  EXPECT_FALSE(fs::exists("/tmp/nothing-there"));
}

TEST_F(NamespacesTest, NamesThatAreNoFileNames) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a\0b", 3)}) {
    EXPECT_EQ(Create(name).error().code, EINVAL) << name;
    EXPECT_EQ(RemoveNamespace({directory(), name}).error().code, EINVAL) << name;
  }
  EXPECT_EQ(Create(std::string(256, 'x')).error().code, ENAMETOOLONG);
}

TEST_F(NamespacesTest, AFailureHalfWayLeavesNothing) {
  ASSERT_TRUE(Create("first").ok());  // prepares the directory
  const std::size_t before = test::OpenDescriptors();
  OnExecutor([] { Forbid(SYS_mount); });

  const auto failed = Create("second");

  EXPECT_EQ(failed.error().code, ENOSPC);
  EXPECT_STREQ(failed.error().call, "mount");
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("second"))));
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST_F(NamespacesTest, AnInterruptLeavesNothing) {
  interrupt_.Trigger();
  EXPECT_EQ(Create("blue").error().code, ECANCELED);
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("blue"))));
}

TEST_F(NamespacesTest, KeepingGivesANameToWhatIsOpen) {
  const CreatedNamespace scratch = Scratch();

  const Status kept = Keep(scratch.network_namespace, "blue");

  ASSERT_TRUE(kept.ok()) << kept.error().call;
  EXPECT_TRUE(IsNamespace(Path("blue")));
  EXPECT_EQ(InodeOf(Path("blue")), scratch.network_namespace.inode());
  EXPECT_TRUE(Keep(scratch.network_namespace, "another").ok());
}

TEST_F(NamespacesTest, KeepingUnderANameThatIsTakenLeavesItAlone) {
  const CreatedNamespace scratch = Scratch();
  ASSERT_TRUE(Create("blue").ok());
  const std::uint64_t inode = InodeOf(Path("blue"));
  const std::size_t before = test::OpenDescriptors();

  const Status kept = Keep(scratch.network_namespace, "blue");

  EXPECT_EQ(kept.error().code, EEXIST);
  EXPECT_STREQ(kept.error().call, "open");
  EXPECT_EQ(InodeOf(Path("blue")), inode);
  EXPECT_EQ(test::OpenDescriptors(), before);
  EXPECT_EQ(Keep(scratch.network_namespace, "a/b").error().code, EINVAL);
}

TEST_F(NamespacesTest, KeepingThatFailsHalfWayLeavesNothing) {
  const CreatedNamespace scratch = Scratch();
  ASSERT_TRUE(Create("first").ok());  // prepares the directory
  const std::size_t before = test::OpenDescriptors();
  OnExecutor([] { Forbid(SYS_mount); });

  const Status failed = Keep(scratch.network_namespace, "second");

  EXPECT_EQ(failed.error().code, ENOSPC);
  EXPECT_STREQ(failed.error().call, "mount");
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("second"))));
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST_F(NamespacesTest, RemovingUnmountsAndUnlinks) {
  ASSERT_TRUE(Create("blue").ok());
  // Once more on top.
  ASSERT_EQ(::mount("/proc/self/ns/net", Path("blue").c_str(), "none", MS_BIND, nullptr), 0);

  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}).ok());

  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("blue"))));
  const Status again = RemoveNamespace({directory(), "blue"});
  EXPECT_EQ(again.error().code, ENOENT);
  EXPECT_STREQ(again.error().call, "unlink");
}

TEST_F(NamespacesTest, RemovingLeavesANameThatLeadsElsewhere) {
  const auto first = Create("blue");
  ASSERT_TRUE(first.ok());
  const NetworkNamespace& blue = first.value().network_namespace;
  struct stat status{};

  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}, NamespaceIdentity{blue.device(), blue.inode() + 1}).ok());
  EXPECT_EQ(::stat((directory() + "/blue").c_str(), &status), 0);

  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}, NamespaceIdentity{blue.device(), blue.inode()}).ok());
  EXPECT_NE(::stat((directory() + "/blue").c_str(), &status), 0);

  const Status gone = RemoveNamespace({directory(), "blue"}, NamespaceIdentity{blue.device(), blue.inode()});
  EXPECT_EQ(gone.error().code, ENOENT);
}

TEST_F(NamespacesTest, RemovingTakesAFileThatNothingIsMountedOn) {
  std::ofstream(Path("stale")).close();
  EXPECT_TRUE(RemoveNamespace({directory(), "stale"}).ok());
  EXPECT_FALSE(fs::exists(Path("stale")));
}

}  // namespace
}  // namespace rtnetlink

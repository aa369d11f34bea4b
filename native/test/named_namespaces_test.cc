#include "named_namespaces.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "named_namespaces_fixture.h"

namespace rtnetlink {
namespace {

namespace fs = std::filesystem;
using test::InodeOf;
using test::IsNamespace;
using test::kOwnMode;
using test::Leave;
using test::NamedNamespacesTest;

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

TEST_F(NamedNamespacesTest, ANameIsAMountPoint) {
  const auto created = Create("blue");

  ASSERT_TRUE(created.ok()) << created.error().call;
  EXPECT_TRUE(IsNamespace(Path("blue")));
  const auto opened = NetworkNamespace::Open(Path("blue"));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().inode(), created.value().network_namespace.inode());
}

TEST_F(NamedNamespacesTest, TheDirectoryIsMadeAndShared) {
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

TEST_F(NamedNamespacesTest, ATakenNameIsLeftAlone) {
  ASSERT_TRUE(Create("blue").ok());
  const std::uint64_t inode = InodeOf(Path("blue"));

  const auto again = Create("blue");

  EXPECT_EQ(again.error().code, EEXIST);
  EXPECT_STREQ(again.error().call, "open");
  EXPECT_EQ(InodeOf(Path("blue")), inode);
}

TEST_F(NamedNamespacesTest, ALinkUnderTheNameIsNotFollowed) {
  fs::create_symlink("/tmp/nothing-there", Path("link"));
  EXPECT_EQ(Create("link").error().code, EEXIST);
  EXPECT_FALSE(fs::exists("/tmp/nothing-there"));
}

TEST_F(NamedNamespacesTest, NamesThatAreNoFileNames) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a\0b", 3)}) {
    EXPECT_EQ(Create(name).error().code, EINVAL) << name;
    EXPECT_EQ(RemoveNamespace({directory(), name}, interrupt_).error().code, EINVAL) << name;
  }
  EXPECT_EQ(Create(std::string(256, 'x')).error().code, ENAMETOOLONG);
}

TEST_F(NamedNamespacesTest, AFailureHalfWayLeavesNothing) {
  ASSERT_TRUE(Create("first").ok());  // prepares the directory
  const std::size_t before = test::OpenDescriptors();
  OnExecutor([] { Forbid(SYS_mount); });

  const auto failed = Create("second");

  EXPECT_EQ(failed.error().code, ENOSPC);
  EXPECT_STREQ(failed.error().call, "mount");
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("second"))));
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST_F(NamedNamespacesTest, AnInterruptLeavesNothing) {
  interrupt_.Trigger();
  EXPECT_EQ(Create("blue").error().code, ECANCELED);
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("blue"))));
}

TEST_F(NamedNamespacesTest, KeepingGivesANameToWhatIsOpen) {
  const CreatedNamespace scratch = Scratch();

  const Status kept = Keep(scratch.network_namespace, "blue");

  ASSERT_TRUE(kept.ok()) << kept.error().call;
  EXPECT_TRUE(IsNamespace(Path("blue")));
  EXPECT_EQ(InodeOf(Path("blue")), scratch.network_namespace.inode());
  EXPECT_TRUE(Keep(scratch.network_namespace, "another").ok());
}

TEST_F(NamedNamespacesTest, KeepingUnderANameThatIsTakenLeavesItAlone) {
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

TEST_F(NamedNamespacesTest, KeepingThatFailsHalfWayLeavesNothing) {
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

TEST_F(NamedNamespacesTest, RemovingUnmountsAndUnlinks) {
  ASSERT_TRUE(Create("blue").ok());
  // Once more on top.
  ASSERT_EQ(::mount(Path("blue").c_str(), Path("blue").c_str(), "none", MS_BIND, nullptr), 0);

  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}, interrupt_).ok());

  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("blue"))));
  const Status again = RemoveNamespace({directory(), "blue"}, interrupt_);
  EXPECT_EQ(again.error().code, ENOENT);
  EXPECT_STREQ(again.error().call, "unlink");
}

TEST_F(NamedNamespacesTest, RemovingLeavesANameThatLeadsElsewhere) {
  const auto first = Create("blue");
  ASSERT_TRUE(first.ok());
  const NetworkNamespace& blue = first.value().network_namespace;
  struct stat status{};

  EXPECT_TRUE(
      RemoveNamespace({directory(), "blue"}, interrupt_, NamespaceIdentity{blue.device(), blue.inode() + 1}).ok());
  EXPECT_EQ(::stat((directory() + "/blue").c_str(), &status), 0);

  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}, interrupt_, NamespaceIdentity{blue.device(), blue.inode()}).ok());
  EXPECT_NE(::stat((directory() + "/blue").c_str(), &status), 0);

  const Status gone =
      RemoveNamespace({directory(), "blue"}, interrupt_, NamespaceIdentity{blue.device(), blue.inode()});
  EXPECT_EQ(gone.error().code, ENOENT);
}

TEST_F(NamedNamespacesTest, RemovingTakesAFileThatNothingIsMountedOn) {
  std::ofstream(Path("stale")).close();
  EXPECT_TRUE(RemoveNamespace({directory(), "stale"}, interrupt_).ok());
  EXPECT_FALSE(fs::exists(Path("stale")));
}

TEST_F(NamedNamespacesTest, RemovingTakesALinkAlone) {
  const auto created = Create("blue");
  ASSERT_TRUE(created.ok());
  const NetworkNamespace& blue = created.value().network_namespace;
  const NamespaceIdentity identity{blue.device(), blue.inode()};
  fs::create_symlink(Path("blue"), Path("link"));
  fs::create_symlink("/nowhere", Path("dangling"));
  fs::create_symlink("/proc/self/ns/net", Path("elsewhere"));

  for (const char* name : {"link", "dangling", "elsewhere"}) {
    EXPECT_TRUE(RemoveNamespace({directory(), name}, interrupt_, identity).ok()) << name;
  }
  EXPECT_TRUE(IsNamespace(Path("blue")));
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("link"))));
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("dangling"))));
  EXPECT_TRUE(fs::exists(fs::symlink_status(Path("elsewhere"))));

  EXPECT_TRUE(RemoveNamespace({directory(), "elsewhere"}, interrupt_).ok());
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("elsewhere"))));
}

TEST_F(NamedNamespacesTest, RemovingAgainLooksAtTheIdentityAgain) {
  const auto first = Create("blue");
  ASSERT_TRUE(first.ok());
  const NetworkNamespace& blue = first.value().network_namespace;
  // Below that of the identity is another one.
  ASSERT_TRUE(Create("red").ok());
  ASSERT_EQ(
      ::mount(("/proc/self/fd/" + std::to_string(blue.fd())).c_str(), Path("red").c_str(), "none", MS_BIND, nullptr),
      0);

  EXPECT_TRUE(RemoveNamespace({directory(), "red"}, interrupt_, NamespaceIdentity{blue.device(), blue.inode()}).ok());

  EXPECT_TRUE(IsNamespace(Path("red")));
  EXPECT_NE(InodeOf(Path("red")), blue.inode());
}

TEST_F(NamedNamespacesTest, AFileThatWasLeftOverIsUsed) {
  Leave(Path("blue"), kOwnMode);
  Leave(Path("red"), 0, 60);

  for (const char* name : {"blue", "red"}) {
    const auto created = Create(name);
    ASSERT_TRUE(created.ok()) << name << created.error().call;
    EXPECT_EQ(InodeOf(Path(name)), created.value().network_namespace.inode());
    EXPECT_TRUE(RemoveNamespace({directory(), name}, interrupt_).ok());
  }
}

TEST_F(NamedNamespacesTest, AFileThatIsAboutToBeMountedOnIsLeftAlone) {
  Leave(Path("young"), 0);
  Leave(Path("locked"), kOwnMode);
  const UniqueFd lock(::open(Path("locked").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);

  std::optional<MountedFiles> mounted;
  for (const char* name : {"young", "locked"}) {
    EXPECT_EQ(Create(name).error().code, EEXIST) << name;
    EXPECT_EQ(RemoveLeftOver({directory(), name}, mounted).error().code, EEXIST) << name;
    EXPECT_TRUE(fs::exists(Path(name)));
  }
}

TEST_F(NamedNamespacesTest, OnlyFilesThatWereLeftOverAreRemovedAsSuch) {
  ASSERT_TRUE(Create("blue").ok());
  Leave(Path("stale"), kOwnMode);
  fs::create_symlink("stale", Path("link"));
  std::ofstream(Path("full")) << "x";
  ASSERT_EQ(::mkfifo(Path("fifo").c_str(), kOwnMode), 0);
  fs::create_directory(Path("inner"));
  const std::size_t before = test::OpenDescriptors();

  std::optional<MountedFiles> mounted;
  EXPECT_TRUE(RemoveLeftOver({directory(), "stale"}, mounted).ok());
  for (const char* name : {"blue", "link", "full", "fifo", "inner"}) {
    EXPECT_EQ(RemoveLeftOver({directory(), name}, mounted).error().code, EEXIST) << name;
  }
  EXPECT_EQ(RemoveLeftOver({directory(), "nothing"}, mounted).error().code, ENOENT);
  EXPECT_EQ(RemoveLeftOver({directory(), "../x"}, mounted).error().code, EINVAL);
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST(NamesMountedOnTest, OnlyThoseOfTheDirectory) {
  const std::string table =
      "20 1 0:25 / /run rw shared:5 - tmpfs t rw\n"
      "21 20 0:25 /netns /run/netns rw shared:6 - tmpfs t rw\n"
      "22 20 0:25 /netns /run/host rw - tmpfs t rw\n"
      "23 21 0:4 net:[1] /run/netns/a rw - nsfs nsfs rw\n"
      "24 22 0:4 net:[2] /run/host/b\\040c rw - nsfs nsfs rw\n"
      "25 20 0:4 net:[3] /run/docker/netns/d rw - nsfs nsfs rw\n"
      "26 20 0:4 net:[4] /run/netns/e rw - nsfs nsfs rw\n"
      "27 99 0:4 net:[5] /f rw - nsfs nsfs rw\n"
      "28 21 0:25 /x /run/netns/g rw - tmpfs t rw\n";
  EXPECT_EQ(NamesMountedOn(table, {"0:25", "/netns"}), (std::vector<std::string>{"a", "b c", "e", "f"}));
}

struct Listed {
  std::string name;
  std::int32_t error;
  double inode;
};

std::vector<Listed> Names(const Buffer& records) {
  std::vector<Listed> names;
  for (std::size_t at = 0; at < records.size();) {
    std::uint32_t size = 0;
    Listed one{};
    std::memcpy(&size, records.data() + at, sizeof size);
    std::memcpy(&one.error, records.data() + at + 4, sizeof one.error);
    std::memcpy(&one.inode, records.data() + at + 16, sizeof one.inode);
    one.name.assign(reinterpret_cast<const char*>(records.data()) + at + 24, size);
    at += 24 + size;
    names.push_back(one);
  }
  return names;
}

TEST_F(NamedNamespacesTest, TheListHasNamesThatLeadToANetworkNamespace) {
  const auto created = Create("blue");
  ASSERT_TRUE(created.ok());
  Leave(Path("stale"), kOwnMode);
  fs::create_symlink("/nowhere", Path("dangling"));
  fs::create_symlink("loop", Path("loop"));
  fs::create_symlink("/proc/self/ns/mnt", Path("mounts"));
  fs::create_directory(Path("inner"));

  const auto listed = ListNamespaces(directory(), interrupt_);

  ASSERT_TRUE(listed.ok()) << listed.error().call;
  const auto names = Names(listed.value());
  ASSERT_EQ(names.size(), 1U);
  EXPECT_EQ(names[0].name, "blue");
  EXPECT_EQ(names[0].error, 0);
  EXPECT_EQ(names[0].inode, static_cast<double>(created.value().network_namespace.inode()));
  const auto nowhere = ListNamespaces(Path("nowhere"), interrupt_);
  EXPECT_TRUE(nowhere.ok() && nowhere.value().empty());
  EXPECT_EQ(ListNamespaces(Path("stale"), interrupt_).error().code, ENOTDIR);
}

TEST_F(NamedNamespacesTest, TheListTellsWhatCouldNotBeLookedAt) {
  ASSERT_TRUE(Create("blue").ok());
  OnExecutor([] { Forbid(SYS_fstatfs); });

  Result<Buffer> listed = Error{};
  OnExecutor([&] { listed = ListNamespaces(directory(), interrupt_); });

  ASSERT_TRUE(listed.ok());
  const auto names = Names(listed.value());
  ASSERT_EQ(names.size(), 1U);
  EXPECT_EQ(names[0].error, ENOSPC);
}

}  // namespace
}  // namespace rtnetlink

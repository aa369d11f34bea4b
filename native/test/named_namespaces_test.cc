#include "named_namespaces.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>
#include <vector>

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

#ifdef SYS_unlink
constexpr int kUnlink = SYS_unlink;
#else
constexpr int kUnlink = SYS_unlinkat;
#endif

// Runs something on a thread of its own, which stops before each system call of a number until it is told to go on.
class Stopping {
 public:
  Stopping(int number, std::function<void()> work) {
    std::promise<int> listener;
    thread_ = std::thread([&listener, number, work = std::move(work)] {
      sock_filter program[] = {
          {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
          {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(number)},
          {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF},
          {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
      };
      const sock_fprog filter{4, program};
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      constexpr unsigned kListener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
      listener.set_value(static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kListener, &filter)));
      work();
    });
    listener_ = UniqueFd(listener.get_future().get());
  }
  ~Stopping() { thread_.join(); }

  // Waits until it is before its next such call.
  void Await() {
    stopped_ = {};
    ASSERT_EQ(::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &stopped_), 0);
  }
  void GoOn() {
    seccomp_notif_resp response{};
    response.id = stopped_.id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ASSERT_EQ(::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response), 0);
  }

 private:
  std::thread thread_;
  UniqueFd listener_;
  seccomp_notif stopped_{};
};

class NamedNamespacesTest : public test::KernelTest {
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

// Makes a file as it is before a namespace is mounted on it.
void Leave(const std::string& path, mode_t mode, std::time_t age = 0) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  ASSERT_TRUE(file);
  ASSERT_EQ(::fchmod(file.get(), mode), 0);
  const std::time_t then = std::time(nullptr) - age;
  const timespec times[] = {{then, 0}, {then, 0}};
  ASSERT_EQ(::futimens(file.get(), times), 0);
}

constexpr mode_t kOwnMode = S_IRUSR;

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

// Mounts the namespace of this process on a file of that name, as another program does.
void Occupy(const std::string& path) {
  std::ofstream(path).close();
  ASSERT_EQ(::mount("/proc/self/ns/net", path.c_str(), "none", MS_BIND, nullptr), 0);
}

int MountsOn(const std::string& path) {
  std::ifstream mounts("/proc/thread-self/mountinfo");
  int found = 0;
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(' ' + path + ' ') != std::string::npos) ++found;
  }
  return found;
}

TEST_F(NamedNamespacesTest, ANamespaceIsMountedOnNoOtherFileThanTheOneThatIsLocked) {
  const CreatedNamespace scratch = Scratch();
  ASSERT_TRUE(Create("first").ok());  // prepares the directory
  Leave(Path("blue"), kOwnMode);
  Status kept;
  {
    Stopping creator(SYS_mount,
                     [&] { kept = KeepNamespace(scratch.network_namespace, {directory(), "blue"}, interrupt_); });
    creator.Await();  // that of the directory
    creator.GoOn();
    creator.Await();
    // As a program does that knows nothing of the lock.
    ASSERT_EQ(::unlink(Path("blue").c_str()), 0);
    Occupy(Path("blue"));
    creator.GoOn();
  }

  EXPECT_EQ(kept.error().code, EEXIST);
  EXPECT_EQ(MountsOn(Path("blue")), 1);
  EXPECT_EQ(InodeOf(Path("blue")), InodeOf("/proc/self/ns/net"));
}

TEST_F(NamedNamespacesTest, ANameThatIsFreeAgainBeforeTheMountIsGiven) {
  const CreatedNamespace scratch = Scratch();
  ASSERT_TRUE(Create("first").ok());
  Leave(Path("blue"), kOwnMode);
  Status kept;
  {
    Stopping creator(SYS_mount,
                     [&] { kept = KeepNamespace(scratch.network_namespace, {directory(), "blue"}, interrupt_); });
    creator.Await();
    creator.GoOn();
    creator.Await();
    ASSERT_EQ(::unlink(Path("blue").c_str()), 0);
    creator.GoOn();
    creator.Await();
    creator.GoOn();
  }

  EXPECT_TRUE(kept.ok()) << kept.error().call;
  EXPECT_EQ(InodeOf(Path("blue")), scratch.network_namespace.inode());
}

TEST_F(NamedNamespacesTest, AFileThatIsBeingRemovedIsNotTaken) {
  const CreatedNamespace scratch = Scratch();
  ASSERT_TRUE(Create("blue").ok());
  Status removed;
  Status kept;
  std::thread creator;
  {
    Stopping remover(kUnlink, [&] { removed = RemoveNamespace({directory(), "blue"}, interrupt_); });
    remover.Await();
    std::optional<MountedFiles> mounted;
    EXPECT_EQ(RemoveLeftOver({directory(), "blue"}, mounted).error().code, EEXIST);
    creator = std::thread([&] { kept = KeepNamespace(scratch.network_namespace, {directory(), "blue"}, interrupt_); });
    ::usleep(20000);
    EXPECT_EQ(MountsOn(Path("blue")), 0);
    remover.GoOn();
  }
  creator.join();

  EXPECT_TRUE(removed.ok()) << removed.error().call;
  EXPECT_TRUE(kept.ok()) << kept.error().call;
  EXPECT_EQ(InodeOf(Path("blue")), scratch.network_namespace.inode());
}

TEST_F(NamedNamespacesTest, OneRemovalRemovesOneNamespace) {
  ASSERT_TRUE(Create("blue").ok());
  Status removed;
  {
    Stopping remover(SYS_umount2, [&] { removed = RemoveNamespace({directory(), "blue"}, interrupt_); });
    remover.Await();
    // Another removes the name, and gives it to another namespace.
    ASSERT_EQ(::umount2(Path("blue").c_str(), MNT_DETACH), 0);
    ASSERT_EQ(::unlink(Path("blue").c_str()), 0);
    Occupy(Path("blue"));
    remover.GoOn();
  }

  EXPECT_TRUE(removed.ok()) << removed.error().call;
  EXPECT_EQ(InodeOf(Path("blue")), InodeOf("/proc/self/ns/net"));
}

TEST_F(NamedNamespacesTest, ARemovalThatAnotherCompletesHasSucceeded) {
  const auto created = Create("blue");
  ASSERT_TRUE(created.ok());
  const NetworkNamespace& blue = created.value().network_namespace;
  Status removed;
  {
    Stopping remover(kUnlink, [&] {
      removed = RemoveNamespace({directory(), "blue"}, interrupt_, NamespaceIdentity{blue.device(), blue.inode()});
    });
    remover.Await();
    ASSERT_EQ(::unlink(Path("blue").c_str()), 0);
    remover.GoOn();
  }

  EXPECT_TRUE(removed.ok()) << removed.error().call;
}

TEST_F(NamedNamespacesTest, NothingIsUnmountedWhereTheFileCannotBeRemoved) {
  ASSERT_TRUE(Create("blue").ok());
  ASSERT_EQ(::mount("", directory().c_str(), "none", MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);

  const Status removed = RemoveNamespace({directory(), "blue"}, interrupt_);

  EXPECT_EQ(removed.error().code, EROFS);
  EXPECT_STREQ(removed.error().call, "unlink");
  EXPECT_TRUE(IsNamespace(Path("blue")));
  ASSERT_EQ(::mount("", directory().c_str(), "none", MS_REMOUNT | MS_BIND, nullptr), 0);
  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}, interrupt_).ok());
}

TEST_F(NamedNamespacesTest, AFileThatIsMountedOnUnderAnotherPathIsLeftAlone) {
  ASSERT_TRUE(Create("first").ok());
  Leave(Path("blue"), kOwnMode);
  const std::string alias = directory() + "-alias";
  fs::create_directory(alias);
  ASSERT_EQ(::mount(directory().c_str(), alias.c_str(), "none", MS_BIND, nullptr), 0);
  ASSERT_EQ(::mount("", alias.c_str(), "none", MS_PRIVATE, nullptr), 0);
  ASSERT_EQ(::mount("/proc/self/ns/net", (alias + "/blue").c_str(), "none", MS_BIND, nullptr), 0);

  EXPECT_EQ(Create("blue").error().code, EEXIST);
  std::optional<MountedFiles> mounted;
  EXPECT_EQ(RemoveLeftOver({directory(), "blue"}, mounted).error().code, EEXIST);
  EXPECT_TRUE(IsNamespace(alias + "/blue"));

  ASSERT_EQ(::umount2((alias + "/blue").c_str(), MNT_DETACH), 0);
  ASSERT_EQ(::umount2(alias.c_str(), MNT_DETACH), 0);
  fs::remove(alias);
  EXPECT_TRUE(Create("blue").ok());
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

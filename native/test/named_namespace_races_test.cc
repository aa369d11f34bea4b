#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

#include "named_namespaces_fixture.h"

// What two programs do at once that make and remove the same names: one is stopped before a system call, while the
// other goes on.

namespace rtnetlink {
namespace {

namespace fs = std::filesystem;
using test::InodeOf;
using test::IsNamespace;
using test::kOwnMode;
using test::Leave;

using NamedNamespaceRacesTest = test::NamedNamespacesTest;

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

TEST_F(NamedNamespaceRacesTest, ANamespaceIsMountedOnNoOtherFileThanTheOneThatIsLocked) {
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

TEST_F(NamedNamespaceRacesTest, ANameThatIsFreeAgainBeforeTheMountIsGiven) {
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

TEST_F(NamedNamespaceRacesTest, AFileThatIsBeingRemovedIsNotTaken) {
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

TEST_F(NamedNamespaceRacesTest, OneRemovalRemovesOneNamespace) {
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

TEST_F(NamedNamespaceRacesTest, ARemovalThatAnotherCompletesHasSucceeded) {
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

TEST_F(NamedNamespaceRacesTest, NothingIsUnmountedWhereTheFileCannotBeRemoved) {
  ASSERT_TRUE(Create("blue").ok());
  ASSERT_EQ(::mount("", directory().c_str(), "none", MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);

  const Status removed = RemoveNamespace({directory(), "blue"}, interrupt_);

  EXPECT_EQ(removed.error().code, EROFS);
  EXPECT_STREQ(removed.error().call, "unlink");
  EXPECT_TRUE(IsNamespace(Path("blue")));
  ASSERT_EQ(::mount("", directory().c_str(), "none", MS_REMOUNT | MS_BIND, nullptr), 0);
  EXPECT_TRUE(RemoveNamespace({directory(), "blue"}, interrupt_).ok());
}

TEST_F(NamedNamespaceRacesTest, AFileThatIsMountedOnUnderAnotherPathIsLeftAlone) {
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

}  // namespace
}  // namespace rtnetlink

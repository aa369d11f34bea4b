#include "namespaces.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support.h"

namespace rtnetlink {
namespace {

std::uint64_t InodeOf(const std::string& file) {
  struct stat status{};
  EXPECT_EQ(::stat(file.c_str(), &status), 0);
  return status.st_ino;
}

TEST(NetworkNamespaceTest, OpensTheFileOfANamespace) {
  const auto opened = NetworkNamespace::Open("/proc/self/ns/net");
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().inode(), InodeOf("/proc/self/ns/net"));
  EXPECT_EQ(::fcntl(opened.value().fd(), F_GETFD), FD_CLOEXEC);
}

TEST(NetworkNamespaceTest, RefusesEverythingElse) {
  for (const char* file : {"/dev/null", "/dev/tty", "/proc/self/ns/mnt", "/proc/self/status", "/"}) {
    const auto opened = NetworkNamespace::Open(file);
    EXPECT_EQ(opened.error().code, EINVAL) << file;
    EXPECT_STREQ(opened.error().call, "NS_GET_NSTYPE") << file;
  }
  EXPECT_EQ(NetworkNamespace::Open("/nothing/there").error().code, ENOENT);
  EXPECT_EQ(NetworkNamespace::Open(std::string("/proc/self/ns/net\0x", 19)).error().code, EINVAL);
  EXPECT_EQ(NetworkNamespace::Open("").error().code, ENOENT);
}

TEST(NetworkNamespaceTest, OpensOnlyTheOneThatIsExpected) {
  const auto found = NetworkNamespace::Open("/proc/self/ns/net");
  ASSERT_TRUE(found.ok());
  const NamespaceIdentity expected{found.value().device(), found.value().inode()};
  EXPECT_TRUE(NetworkNamespace::Open("/proc/self/ns/net", expected).ok());
  const auto other =
      NetworkNamespace::Open("/proc/self/ns/net", NamespaceIdentity{expected.device, expected.inode + 1});
  EXPECT_EQ(other.error().code, ESTALE);
}

TEST(NetworkNamespaceTest, OpensThatOfAProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  const auto opened = NetworkNamespace::OfProcess(pidfd.get());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  ASSERT_TRUE(opened.ok()) << opened.error().call;
  EXPECT_EQ(opened.value().inode(), InodeOf("/proc/self/ns/net"));
  EXPECT_EQ(NetworkNamespace::OfProcess(pidfd.get()).error().code, ESRCH);
  EXPECT_EQ(NetworkNamespace::OfProcess(-1).error().code, EBADF);
  const UniqueFd file(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(NetworkNamespace::OfProcess(file.get()).error().code, EINVAL);
}

TEST(NetworkNamespaceTest, AdoptsOnlyNamespaces) {
  EXPECT_TRUE(NetworkNamespace::Adopt(UniqueFd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC))).ok());
  EXPECT_STREQ(NetworkNamespace::Adopt(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC))).error().call,
               "NS_GET_NSTYPE");
}

class NamespacesTest : public test::KernelTest {};

TEST_F(NamespacesTest, AFifoDoesNotBlock) {
  ASSERT_EQ(::mkfifo((directory() + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(NetworkNamespace::Open((directory() + "/fifo")).error().code, EINVAL);
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

}  // namespace
}  // namespace rtnetlink

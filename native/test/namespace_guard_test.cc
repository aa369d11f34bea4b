#include "namespace_guard.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "executor.h"
#include "namespaces.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::DropCapabilities;

class NamespaceGuardTest : public test::KernelTest {
 protected:
  static std::uint64_t Here() { return NetworkNamespace::Current().value().inode(); }
};

TEST_F(NamespaceGuardTest, EntersAndComesHome) {
  const CreatedNamespace scratch = Scratch();
  OnExecutor([&] {
    const std::uint64_t home = Here();
    {
      const auto guard = NamespaceGuard::Enter(scratch.network_namespace.fd());
      ASSERT_TRUE(guard.ok());
      EXPECT_EQ(Here(), scratch.network_namespace.inode());
    }
    EXPECT_EQ(Here(), home);
  });
}

TEST_F(NamespaceGuardTest, OnlyOnThreadsOfTheExecutor) {
  const CreatedNamespace scratch = Scratch();
  EXPECT_EQ(NamespaceGuard::Enter(scratch.network_namespace.fd()).error().code, ENOTSUP);
  EXPECT_EQ(NamespaceGuard::Unshare().error().code, ENOTSUP);
}

TEST_F(NamespaceGuardTest, NeedsNoPrivilegeAtHome) {
  OnExecutor([] {
    const auto home = NetworkNamespace::Current();
    DropCapabilities();
    auto guard = NamespaceGuard::Enter(home.value().fd());
    ASSERT_TRUE(guard.ok());
    EXPECT_TRUE(guard.value().Leave().ok());
  });
  EXPECT_EQ(executor_.thread_count(), 1U);
}

TEST_F(NamespaceGuardTest, RefusesWhatIsNoNetworkNamespace) {
  OnExecutor([] {
    const auto guard = NamespaceGuard::Enter(-1);
    EXPECT_EQ(guard.error().code, EBADF);
    EXPECT_STREQ(guard.error().call, "setns");
  });
}

TEST_F(NamespaceGuardTest, AThreadThatCannotComeHomeIsReplaced) {
  pid_t lost = 0;
  OnExecutor([&] {
    lost = ::gettid();
    auto guard = NamespaceGuard::Unshare();
    ASSERT_TRUE(guard.ok());
    DropCapabilities();
    const Status home = guard.value().Leave();
    EXPECT_EQ(home.error().code, EPERM);
    EXPECT_STREQ(home.error().call, "setns");
  });

  EXPECT_EQ(executor_.thread_count(), 0U);
  OnExecutor([&] {
    EXPECT_NE(::gettid(), lost);
    EXPECT_TRUE(NamespaceGuard::Unshare().ok()) << "the successor has the capabilities of its maker";
  });
}

}  // namespace
}  // namespace rtnetlink

#include "thread_entry.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <future>
#include <thread>

#include "executor.h"
#include "namespaces.h"
#include "support.h"

namespace rtnetlink {
namespace {

class ThreadEntryTest : public test::KernelTest {
 protected:
  static std::uint64_t Here() { return NetworkNamespace::Current().value().inode(); }
  // Runs something on a thread that ends with it.
  template <typename Steps>
  static void OnThread(Steps steps) {
    std::thread(steps).join();
  }
};

TEST_F(ThreadEntryTest, AThreadWithATicketStaysInside) {
  const CreatedNamespace scratch = Scratch();
  const std::uint64_t home = Here();

  OnThread([&] {
    EXPECT_TRUE(EnterForGood(AdmitThread().value(), scratch.network_namespace.fd()).ok());
    EXPECT_EQ(Here(), scratch.network_namespace.inode());
  });
  EXPECT_EQ(Here(), home);
}

TEST_F(ThreadEntryTest, ATicketIsGoodOnce) {
  const CreatedNamespace scratch = Scratch();
  const int target = scratch.network_namespace.fd();
  const std::uint64_t used = AdmitThread().value();
  const std::uint64_t revoked = AdmitThread().value();
  RevokeThread(revoked);

  OnThread([&] {
    const std::uint64_t home = Here();
    EXPECT_EQ(EnterForGood(0, target).error().code, ENOTSUP);
    EXPECT_EQ(EnterForGood(revoked, target).error().code, ENOTSUP);
    EXPECT_EQ(Here(), home);
    EXPECT_TRUE(EnterForGood(used, target).ok());
    EXPECT_EQ(EnterForGood(used, target).error().code, ENOTSUP);
  });
  EXPECT_LT(used, std::uint64_t{1} << 53);
}

TEST_F(ThreadEntryTest, NeverOnTheMainThread) {
  const CreatedNamespace scratch = Scratch();

  EXPECT_EQ(EnterForGood(AdmitThread().value(), scratch.network_namespace.fd()).error().code, ENOTSUP);
}

TEST_F(ThreadEntryTest, SaysWhatIsRefused) {
  const CreatedNamespace scratch = Scratch();

  OnThread([&] {
    EXPECT_EQ(EnterForGood(AdmitThread().value(), -1).error().code, EBADF);
    test::DropCapabilities();
    EXPECT_EQ(EnterForGood(AdmitThread().value(), scratch.network_namespace.fd()).error().code, EPERM);
    EXPECT_TRUE(EnterForGood(AdmitThread().value(), NetworkNamespace::Current().value().fd()).ok());
  });
}

TEST_F(ThreadEntryTest, ThreadsOfTheExecutorAreAtHomeWhoeverMadeThem) {
  const CreatedNamespace scratch = Scratch();
  const std::uint64_t home = Here();

  OnThread([&] {
    ASSERT_TRUE(EnterForGood(AdmitThread().value(), scratch.network_namespace.fd()).ok());
    Executor executor;
    std::promise<std::uint64_t> seen;
    ASSERT_TRUE(executor.Post([&] { seen.set_value(Here()); }).ok());
    EXPECT_EQ(seen.get_future().get(), home);
  });
}

}  // namespace
}  // namespace rtnetlink

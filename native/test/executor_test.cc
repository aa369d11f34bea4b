#include "executor.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "namespace_guard.h"
#include "support.h"

namespace rtnetlink {
namespace {

TEST(ExecutorTest, StartsNoThreadWithoutWork) {
  const Executor executor;
  EXPECT_EQ(executor.thread_count(), 0U);
}

TEST(ExecutorTest, RunsEveryJobOnAFewThreads) {
  std::atomic<int> ran{0};
  {
    Executor executor;
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(executor.Post([&] { ++ran; }).ok());
    EXPECT_LE(executor.thread_count(), Executor::kMaxThreads);
  }
  EXPECT_EQ(ran, 1000);
}

TEST(ExecutorTest, RunsJobsSideBySide) {
  Executor executor;
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::atomic<int> waiting{0};

  for (std::size_t i = 0; i < Executor::kMaxThreads; ++i) {
    ASSERT_TRUE(executor
                    .Post([&, gate] {
                      ++waiting;
                      gate.wait();
                    })
                    .ok());
  }

  while (waiting < static_cast<int>(Executor::kMaxThreads)) std::this_thread::yield();
  EXPECT_EQ(executor.thread_count(), Executor::kMaxThreads);
  go.set_value();
}

TEST(ExecutorTest, IsSharedUntilNobodyHoldsIt) {
  auto first = Executor::Shared();
  EXPECT_EQ(Executor::Shared(), first);

  const std::weak_ptr<Executor> watch = first;
  first.reset();

  EXPECT_TRUE(watch.expired());
}

TEST(ExecutorTest, OnlyItsThreadsHaveAHome) {
  EXPECT_EQ(Executor::Home().error().code, ENOTSUP);

  Executor executor;
  std::promise<bool> at_home;
  ASSERT_TRUE(executor.Post([&] { at_home.set_value(Executor::Home().ok()); }).ok());

  EXPECT_TRUE(at_home.get_future().get());
}

class AbandonTest : public test::KernelTest {};

// Takes from the calling thread, and from no other, what it needs to change its namespace.
void DropCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2] = {};
  ASSERT_EQ(::syscall(SYS_capset, &header, none), 0);
}

TEST_F(AbandonTest, AThreadThatCannotComeHomeIsReplaced) {
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

TEST_F(AbandonTest, JobsThatWaitedForAnAbandonedThreadAreTakenOver) {
  std::promise<void> ran;
  std::promise<void> go;
  ASSERT_TRUE(executor_
                  .Post([&] {
                    go.get_future().wait();
                    Executor::AbandonThread();
                  })
                  .ok());
  ASSERT_TRUE(executor_.Post([&] { ran.set_value(); }).ok());

  go.set_value();
  while (executor_.thread_count() > 0) std::this_thread::yield();
  executor_.Replenish();

  ran.get_future().wait();
}

}  // namespace
}  // namespace rtnetlink

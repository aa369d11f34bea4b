#include "executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

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

TEST(ExecutorTest, RunsIdleJobsBehindAllOthers) {
  std::vector<int> order;
  {
    Executor executor(1);
    std::promise<void> done;
    ASSERT_TRUE(executor
                    .Post([&] {
                      executor.PostIdle([&] {
                        order.push_back(3);
                        done.set_value();
                      });
                      ASSERT_TRUE(executor.Post([&] { order.push_back(2); }).ok());
                      order.push_back(1);
                    })
                    .ok());
    done.get_future().wait();
  }
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
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

TEST(ExecutorTest, JobsThatWaitedForAnAbandonedThreadAreTakenOver) {
  Executor executor(1);
  std::promise<void> ran;
  std::promise<void> go;
  ASSERT_TRUE(executor
                  .Post([&] {
                    go.get_future().wait();
                    Executor::AbandonThread();
                  })
                  .ok());
  ASSERT_TRUE(executor.Post([&] { ran.set_value(); }).ok());

  go.set_value();

  ran.get_future().wait();
}

TEST(ExecutorTest, WhatAnAbandonedThreadRequeuesLateIsTakenOver) {
  Executor executor(1);
  std::promise<void> abandoned;
  std::promise<void> go;
  std::promise<void> ran;
  ASSERT_TRUE(executor
                  .Post([&] {
                    Executor::AbandonThread();
                    abandoned.set_value();
                    go.get_future().wait();
                    executor.Requeue([&] { ran.set_value(); });
                  })
                  .ok());

  abandoned.get_future().wait();
  executor.Replenish();
  go.set_value();

  ran.get_future().wait();
}

TEST(ExecutorTest, AThreadThatEndedHoldsNothing) {
  Executor executor(1);
  const std::size_t before = test::OpenDescriptorsOf("net:");
  std::promise<void> abandoned;
  ASSERT_TRUE(executor
                  .Post([&] {
                    Executor::AbandonThread();
                    abandoned.set_value();
                  })
                  .ok());

  abandoned.get_future().wait();

  // Though it is joined only when another one starts.
  while (test::OpenDescriptorsOf("net:") > before) std::this_thread::yield();
}

}  // namespace
}  // namespace rtnetlink

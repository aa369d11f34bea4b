#include "strand.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace rtnetlink {
namespace {

TEST(StrandTest, RunsJobsInOrderAndOneAtATime) {
  std::vector<int> order;  // not guarded: the strand is what guards it
  {
    Executor executor;
    const auto strand = std::make_shared<Strand>(executor);
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(strand
                      ->Post([&order, i] {
                        order.push_back(i);
                        return Strand::Next::kDone;
                      })
                      .ok());
    }
  }
  ASSERT_EQ(order.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(StrandTest, StrandsRunSideBySide) {
  Executor executor;
  const auto first = std::make_shared<Strand>(executor);
  const auto second = std::make_shared<Strand>(executor);
  std::promise<void> go;
  std::promise<void> done;

  ASSERT_TRUE(first
                  ->Post([&] {
                    go.get_future().wait();
                    done.set_value();
                    return Strand::Next::kDone;
                  })
                  .ok());
  ASSERT_TRUE(second
                  ->Post([&] {
                    go.set_value();
                    return Strand::Next::kDone;
                  })
                  .ok());

  done.get_future().wait();
}

TEST(StrandTest, AParkedJobKeepsItsPlaceButNoThread) {
  Executor executor;
  const auto strand = std::make_shared<Strand>(executor);
  std::atomic<int> runs{0};
  std::atomic<bool> follower{false};
  std::promise<void> done;
  ASSERT_TRUE(strand->Post([&] { return ++runs < 3 ? Strand::Next::kPark : Strand::Next::kDone; }).ok());
  ASSERT_TRUE(strand
                  ->Post([&] {
                    follower = true;
                    done.set_value();
                    return Strand::Next::kDone;
                  })
                  .ok());

  for (int run = 1; run < 3; ++run) {
    while (runs < run) std::this_thread::yield();
    std::promise<void> elsewhere;
    ASSERT_TRUE(executor.Post([&] { elsewhere.set_value(); }).ok());
    elsewhere.get_future().wait();
    EXPECT_FALSE(follower);
    strand->Wake();
  }

  done.get_future().wait();
  EXPECT_EQ(runs, 3);
}

TEST(StrandTest, AWakeBeforeTheParkIsNotLost) {
  Executor executor;
  const auto strand = std::make_shared<Strand>(executor);
  std::promise<void> done;
  int runs = 0;

  ASSERT_TRUE(strand
                  ->Post([&] {
                    if (++runs == 1) {
                      strand->Wake();
                      return Strand::Next::kPark;
                    }
                    done.set_value();
                    return Strand::Next::kDone;
                  })
                  .ok());

  done.get_future().wait();
}

}  // namespace
}  // namespace rtnetlink

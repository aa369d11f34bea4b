#include "event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>
#include <future>

#include "executor.h"

namespace rtnetlink {
namespace {

class Told final : public EventLoop::Listener {
 public:
  explicit Told(bool goes_on) : goes_on_(goes_on) {}
  bool Drain() override {
    if (!drained_) drained.set_value();
    drained_ = true;
    return goes_on_;
  }
  void Fail(Error error) override { failed.set_value(error); }

  std::promise<void> drained;
  std::promise<Error> failed;

 private:
  const bool goes_on_;
  bool drained_ = false;
};

std::shared_ptr<EventLoop> Loop() {
  std::promise<std::shared_ptr<EventLoop>> loop;
  Executor executor;
  EXPECT_TRUE(executor.Post([&] { loop.set_value(EventLoop::Shared().value()); }).ok());
  return loop.get_future().get();
}

// The only one of the process.
int EpollDescriptor() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone);
    if (!gone && target == "anon_inode:[eventpoll]") return std::stoi(entry.path().filename());
  }
  return -1;
}

TEST(EventLoopTest, WhatCannotBeAddedIsToldAndNothingHangs) {
  const auto loop = Loop();
  Told told(false);
  EXPECT_EQ(loop->Add(-1, told).error().code, EBADF);

  // Keys of nobody.
  loop->Remove(0);
  loop->Remove(77);

  const UniqueFd event(::eventfd(1, EFD_CLOEXEC));
  const auto key = loop->Add(event.get(), told);
  ASSERT_TRUE(key.ok());
  told.drained.get_future().wait();
  loop->Remove(key.value());
}

TEST(EventLoopTest, OneThatCannotWaitAnyMoreFailsItsListenersAndIsReplaced) {
  const auto loop = Loop();
  const int epoll = EpollDescriptor();
  ASSERT_GE(epoll, 0);
  Told told(true);
  const UniqueFd event(::eventfd(0, EFD_CLOEXEC));
  const auto key = loop->Add(event.get(), told);
  ASSERT_TRUE(key.ok());
  const UniqueFd other(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::dup3(other.get(), epoll, O_CLOEXEC), epoll);

  // It still waits for what it waited for; the next time it finds no epoll.
  ASSERT_EQ(::eventfd_write(event.get(), 1), 0);

  const Error failure = told.failed.get_future().get();
  EXPECT_EQ(failure.code, EINVAL);
  EXPECT_STREQ(failure.call, "epoll_wait");
  loop->Remove(key.value());
  EXPECT_EQ(loop->Add(event.get(), told).error().code, EINVAL);
  EXPECT_NE(Loop(), loop);
}

}  // namespace
}  // namespace rtnetlink

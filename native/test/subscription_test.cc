#include "subscription.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.h"

namespace rtnetlink {
namespace {

using test::AddBlackhole;
using test::AddBridge;
using test::Answer;
using test::Join;

// Takes what a subscription delivers.
class Inbox {
 public:
  std::shared_ptr<Mailbox> mailbox() { return mailbox_; }

  // The next completion of any kind.
  Completion Next() {
    std::unique_lock lock(mutex_);
    while (taken_.empty()) {
      woken_.wait(lock, [&] { return wakes_ > 0 || !taken_.empty(); });
      wakes_ = 0;
      lock.unlock();
      auto some = mailbox_->Take();
      lock.lock();
      for (auto& one : some) taken_.push_back(std::move(one));
    }
    Completion next = std::move(taken_.front());
    taken_.pop_front();
    return next;
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  int wakes_ = 0;
  std::deque<Completion> taken_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>([this] {
    const std::lock_guard lock(mutex_);
    ++wakes_;
    woken_.notify_one();
  });
};

std::size_t EventThreads() {
  std::size_t count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "comm");
    std::string name;
    std::getline(file, name);
    if (name == "rtnetlink-event") ++count;
  }
  return count;
}

// A thread that was joined stands in /proc for a moment longer.
std::size_t EventThreadsLeft() {
  for (int attempt = 0; attempt < 1000 && EventThreads() > 0; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return EventThreads();
}

// Keeps the loop's thread busy, so that events pile up in the kernel.
class Obstacle final : public EventLoop::Listener {
 public:
  Obstacle() : loop_(EventLoop::Shared().value()), event_(::eventfd(1, EFD_CLOEXEC)) {
    key_ = loop_->Add(event_.get(), *this).value();
    reached_.get_future().wait();
  }
  ~Obstacle() {
    cleared_.set_value();
    loop_->Remove(key_);
  }
  Obstacle(const Obstacle&) = delete;
  Obstacle& operator=(const Obstacle&) = delete;
  bool Drain() override {
    reached_.set_value();
    cleared_.get_future().wait();
    return false;
  }
  void Fail(Error /*error*/) override {}

 private:
  std::shared_ptr<EventLoop> loop_;
  UniqueFd event_;
  EventLoop::Key key_ = 0;
  std::promise<void> reached_;
  std::promise<void> cleared_;
};

class SubscriptionTest : public test::KernelTest {
 protected:
  // A subscription to a namespace's links and IPv4 routes, in force.
  std::unique_ptr<Subscription> Listen(const CreatedNamespace& scratch, std::size_t queue = Subscription::kQueueSize) {
    auto subscription = std::make_unique<Subscription>(7, inbox_.mailbox(), queue);
    OnExecutor(
        [&] { subscription->Open(scratch.network_namespace, NETLINK_ROUTE, {RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE}); });
    const Completion first = inbox_.Next();
    EXPECT_EQ(first.kind, Completion::Kind::kChunk);
    EXPECT_TRUE(first.data.empty());
    return subscription;
  }
  void AddLink(CreatedNamespace& scratch, const std::string& name) { Send(scratch, Join({AddBridge(1, name)})); }
  // Each makes an event that says which it is.
  void AddRoutes(CreatedNamespace& scratch, std::uint32_t from, std::uint32_t count) {
    while (count > 0) {
      Buffer requests;
      for (std::uint32_t i = 1; i <= 500 && count > 0; ++i, ++from, --count) {
        const auto request = AddBlackhole(i, from);
        requests.Append(request.data(), request.size());
      }
      Send(scratch, std::move(requests));
    }
  }
  // The messages of the next chunk.
  std::vector<Answer> NextChunk() {
    const Completion chunk = inbox_.Next();
    EXPECT_EQ(chunk.kind, Completion::Kind::kChunk);
    return test::Answers(chunk.data);
  }

  Inbox inbox_;

 private:
  void Send(CreatedNamespace& scratch, Buffer requests) {
    OnExecutor([&] {
      const Exchange exchange = test::SendTo(scratch.socket, requests, interrupt_);
      ASSERT_TRUE(exchange.status.ok());
      ASSERT_TRUE(exchange.messages.empty());
    });
  }
};

TEST_F(SubscriptionTest, HandsOnWhatHappens) {
  auto scratch = Scratch();
  auto subscription = Listen(scratch);
  subscription->Resume();

  AddLink(scratch, "br0");

  const auto messages = NextChunk();
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(messages[0].header.nlmsg_type, RTM_NEWLINK);
}

TEST_F(SubscriptionTest, QueuesUntilMoreIsAskedFor) {
  auto scratch = Scratch();
  auto subscription = Listen(scratch);
  auto second = Listen(scratch);
  second->Resume();

  AddRoutes(scratch, 0, 1000);

  // What the second one was told the first one has, too, or gets with the same turn of the loop.
  std::size_t heard = 0;
  while (heard < 1000) {
    heard += NextChunk().size();
    second->Resume();
  }
  second->Cancel();
  EXPECT_EQ(inbox_.Next().error.code, ECANCELED);
  subscription->Resume();
  std::size_t got = NextChunk().size();
  while (got < 1000) {
    subscription->Resume();
    got += NextChunk().size();
  }
  EXPECT_EQ(got, 1000U);
}

TEST_F(SubscriptionTest, AQueueThatIsFullEndsInAnOverrun) {
  constexpr std::size_t kQueue = 4096;
  auto scratch = Scratch();
  auto subscription = Listen(scratch, kQueue);
  auto witness = Listen(scratch);
  witness->Resume();

  AddRoutes(scratch, 0, 1000);
  std::size_t heard = 0;
  while (heard < 1000) {
    heard += NextChunk().size();
    witness->Resume();
  }
  witness->Cancel();
  EXPECT_EQ(inbox_.Next().error.code, ECANCELED);

  subscription->Resume();
  const Completion chunk = inbox_.Next();
  const auto messages = test::Answers(chunk.data);
  EXPECT_LE(chunk.data.size(), kQueue + sizeof(nlmsghdr));
  ASSERT_GT(messages.size(), 1U);
  EXPECT_EQ(messages.back().header.nlmsg_type, NLMSG_OVERRUN);
  EXPECT_EQ(messages.front().header.nlmsg_type, RTM_NEWROUTE);
}

TEST_F(SubscriptionTest, AnOverrunOfTheKernelComesBehindWhatIsOlder) {
  auto scratch = Scratch();
  auto subscription = Listen(scratch, std::size_t{256} * 1024 * 1024);
  constexpr std::uint32_t kRoutes = 60000;
  {
    Obstacle obstacle;
    AddRoutes(scratch, 0, kRoutes);
  }

  std::vector<std::uint16_t> types;
  while (types.empty() || types.back() != NLMSG_OVERRUN) {
    subscription->Resume();
    for (const auto& message : NextChunk()) types.push_back(message.header.nlmsg_type);
  }
  const auto overruns = static_cast<std::size_t>(std::count(types.begin(), types.end(), NLMSG_OVERRUN));
  EXPECT_EQ(overruns, 1U);
  EXPECT_GT(types.size(), 1000U);
  EXPECT_LT(types.size(), kRoutes);

  subscription->Resume();
  AddLink(scratch, "br0");
  const auto messages = NextChunk();
  ASSERT_FALSE(messages.empty());
  EXPECT_EQ(messages[0].header.nlmsg_type, RTM_NEWLINK);
}

TEST_F(SubscriptionTest, TheLastOneEndsTheThread) {
  auto scratch = Scratch();
  const std::size_t descriptors = test::OpenDescriptors();
  auto first = Listen(scratch);
  auto second = Listen(scratch);
  EXPECT_EQ(EventThreads(), 1U);

  first->Cancel();
  EXPECT_EQ(inbox_.Next().error.code, ECANCELED);
  EXPECT_EQ(EventThreads(), 1U);
  first->Cancel();
  second.reset();

  EXPECT_EQ(EventThreadsLeft(), 0U);
  EXPECT_EQ(test::OpenDescriptors(), descriptors);
}

TEST_F(SubscriptionTest, SettlesWithTheReasonWhenItCannotBegin) {
  auto scratch = Scratch();
  const std::size_t descriptors = test::OpenDescriptors();
  Subscription subscription(7, inbox_.mailbox());

  OnExecutor([&] { subscription.Open(scratch.network_namespace, NETLINK_ROUTE, {100000}); });

  const Completion settled = inbox_.Next();
  EXPECT_EQ(settled.kind, Completion::Kind::kSettled);
  EXPECT_STREQ(settled.error.call, "setsockopt");
  subscription.Cancel();
  EXPECT_TRUE(inbox_.mailbox()->Take().empty());
  EXPECT_EQ(test::OpenDescriptors(), descriptors);
}

TEST_F(SubscriptionTest, EndsWhenItIsCanceledBeforeItBegins) {
  auto scratch = Scratch();
  Subscription subscription(7, inbox_.mailbox());
  subscription.Cancel();

  OnExecutor([&] { subscription.Open(scratch.network_namespace, NETLINK_ROUTE, {RTNLGRP_LINK}); });

  EXPECT_EQ(inbox_.Next().error.code, ECANCELED);
  EXPECT_TRUE(inbox_.mailbox()->Take().empty());
  EXPECT_EQ(EventThreadsLeft(), 0U);
}

TEST_F(SubscriptionTest, ManyComeAndGoWhileMuchHappens) {
  auto scratch = Scratch();
  std::atomic<bool> stop{false};
  std::thread storm([&] {
    Executor executor(1);
    std::promise<void> done;
    ASSERT_TRUE(executor
                    .Post([&] {
                      for (std::uint32_t i = 0; !stop; ++i) {
                        Buffer request = Join({AddBlackhole(1, i)});
                        (void)test::SendTo(scratch.socket, request, interrupt_).status.ok();
                      }
                      done.set_value();
                    })
                    .ok());
    done.get_future().wait();
  });

  for (int round = 0; round < 50; ++round) {
    auto mailbox = std::make_shared<Mailbox>([] {});
    std::vector<std::shared_ptr<Subscription>> subscriptions;
    for (OperationId id = 0; id < 4; ++id) {
      auto subscription = subscriptions.emplace_back(std::make_shared<Subscription>(id, mailbox, 8192));
      ASSERT_TRUE(executor_
                      .Post([subscription, &scratch] {
                        subscription->Open(scratch.network_namespace, NETLINK_ROUTE, {RTNLGRP_IPV4_ROUTE});
                      })
                      .ok());
      subscription->Resume();
    }
    for (int i = 0; i < round; ++i) {
      for (auto& subscription : subscriptions) subscription->Resume();
      (void)mailbox->Take();
    }
    subscriptions[0]->Cancel();
    subscriptions[1]->End();
    if (round % 2 == 0) mailbox->Close();
  }
  stop = true;
  storm.join();
  OnExecutor([] {});
  EXPECT_EQ(EventThreadsLeft(), 0U);
}

class EventSocketTest : public test::KernelTest {
 protected:
  EventSocket Open(const CreatedNamespace& scratch, const std::vector<std::int32_t>& groups) {
    std::optional<EventSocket> socket;
    OnExecutor([&] {
      auto opened = EventSocket::Open(scratch.network_namespace, NETLINK_ROUTE, groups);
      ASSERT_TRUE(opened.ok());
      socket.emplace(std::move(opened.value()));
    });
    return std::move(socket.value());
  }
};

TEST_F(EventSocketTest, JoinsGroupsAbove31) {
  auto scratch = Scratch();
  const auto socket = Open(scratch, {RTNLGRP_LINK, RTNLGRP_NEXTHOP, RTNLGRP_BRVLAN});

  std::uint32_t words[4] = {};
  socklen_t size = sizeof words;
  ASSERT_EQ(::getsockopt(socket.fd(), SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &size), 0);

  EXPECT_EQ(words[0], 1U | 1U << 31U);
  EXPECT_EQ(words[1], 1U);
}

TEST_F(EventSocketTest, HearsNobodyButTheKernel) {
  auto scratch = Scratch();
  auto socket = Open(scratch, {RTNLGRP_LINK});
  const auto liar = Open(scratch, {});
  const auto lie = test::Message(RTM_DELLINK, 0, 0, test::Bytes(16));
  const auto tell = [&](const sockaddr_nl& whom) {
    return ::sendto(liar.fd(), lie.data(), lie.size(), 0, reinterpret_cast<const sockaddr*>(&whom), sizeof whom);
  };
  sockaddr_nl port{};
  socklen_t length = sizeof port;
  ASSERT_EQ(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&port), &length), 0);
  port.nl_groups = 0;
  sockaddr_nl group{};
  group.nl_family = AF_NETLINK;
  group.nl_groups = RTMGRP_LINK;

  EXPECT_EQ(tell(port), -1);
  EXPECT_EQ(errno, ECONNREFUSED);
  EXPECT_EQ(tell(group), static_cast<ssize_t>(lie.size()));

  std::uint8_t memory[256];
  EXPECT_EQ(socket.Receive(memory, sizeof memory).error().code, EAGAIN);
}

TEST_F(EventSocketTest, NoticesWhatHasNoRoom) {
  auto scratch = Scratch();
  auto socket = Open(scratch, {RTNLGRP_LINK});
  Buffer request = Join({AddBridge(1, "br0")});
  OnExecutor([&] { ASSERT_TRUE(test::SendTo(scratch.socket, request, interrupt_).status.ok()); });

  std::uint8_t memory[32];
  EXPECT_EQ(socket.Receive(memory, sizeof memory).error().code, EMSGSIZE);
}

}  // namespace
}  // namespace rtnetlink

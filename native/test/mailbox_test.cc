#include "mailbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace rtnetlink {
namespace {

Completion Numbered(OperationId id) {
  Completion completion;
  completion.id = id;
  return completion;
}

TEST(MailboxTest, KeepsTheOrderAndWakesOnce) {
  int wakes = 0;
  Mailbox mailbox([&] { ++wakes; });

  mailbox.Deliver(Numbered(1));
  mailbox.Deliver(Numbered(2));
  const auto completions = mailbox.Take();

  ASSERT_EQ(completions.size(), 2U);
  EXPECT_EQ(completions[0].id, 1);
  EXPECT_EQ(completions[1].id, 2);
  EXPECT_EQ(wakes, 1);
}

TEST(MailboxTest, WakesAgainAfterTaking) {
  int wakes = 0;
  Mailbox mailbox([&] { ++wakes; });
  mailbox.Deliver(Numbered(1));
  (void)mailbox.Take();

  mailbox.Deliver(Numbered(2));

  EXPECT_EQ(wakes, 2);
}

TEST(MailboxTest, ClosesWhatNobodyTakes) {
  Mailbox mailbox([] {});
  const int fds[] = {::open("/dev/null", O_RDONLY | O_CLOEXEC), ::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  Completion before = Numbered(1);
  before.fd = UniqueFd(fds[0]);
  Completion after = Numbered(2);
  after.fd = UniqueFd(fds[1]);

  mailbox.Deliver(std::move(before));
  mailbox.Close();
  mailbox.Deliver(std::move(after));

  EXPECT_EQ(::fcntl(fds[0], F_GETFD), -1);
  EXPECT_EQ(::fcntl(fds[1], F_GETFD), -1);
}

TEST(MailboxTest, NeverWakesAfterClose) {
  std::atomic<bool> closed{false};
  Mailbox mailbox([&] { EXPECT_FALSE(closed); });
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        mailbox.Deliver(Numbered(n));
        (void)mailbox.Take();
      }
    });
  }

  mailbox.Close();
  closed = true;

  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace rtnetlink

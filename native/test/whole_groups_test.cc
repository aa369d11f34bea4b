// Batches of nf_tables, which the kernel carries out as a whole or not at all.

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.h"

namespace rtnetlink {
namespace {

using test::Answers;
using test::BeginBatch;
using test::Bytes;
using test::EndBatch;
using test::FixupOf;
using test::Fixups;
using test::GetTable;
using test::Groups;
using test::Join;
using test::NewTable;

constexpr std::uint16_t kAsked = NLM_F_ACK | NLM_F_EXCL;
constexpr std::uint16_t kUnasked = NLM_F_EXCL;
constexpr std::size_t kMostUserData = 256;

// Messages, and notes about those that are of a group.
class Batch {
 public:
  void Add(const Bytes& message, std::uint32_t group = 5, std::uint32_t flags = kGroupWhole) {
    const GroupRecord record{static_cast<std::uint32_t>(requests_.size()), group, flags, 0, 0};
    requests_.Append(message.data(), message.size());
    if (group != 0) groups_.Append(&record, sizeof record);
  }
  Buffer& requests() { return requests_; }
  const Buffer& groups() const { return groups_; }

 private:
  Buffer requests_;
  Buffer groups_;
};

Batch Whole(const std::vector<Bytes>& messages) {
  Batch batch;
  for (const Bytes& message : messages) batch.Add(message);
  return batch;
}

class WholeGroupsTest : public test::KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    const CreatedNamespace scratch = Scratch();
    OnExecutor([&] {
      auto opened = OpenNetlink(scratch.network_namespace, NETLINK_NETFILTER);
      if (opened.ok()) socket_.emplace(std::move(opened.value()));
    });
    if (!socket_ || Find("none") != ENOENT) GTEST_SKIP() << "needs nf_tables";
  }

  Exchange Send(Batch batch, const Buffer& fixups = {}) {
    Slots slots;
    return socket_->Send(batch.requests(), fixups, batch.groups(), slots, interrupt_);
  }
  // Sends on a thread that may do nothing.
  Exchange SendUnprivileged(Batch batch) {
    Exchange exchange;
    std::thread([&] {
      test::DropCapabilities();
      exchange = Send(std::move(batch));
    }).join();
    return exchange;
  }
  // The errno of asking for a table; 0 if there is one.
  int Find(const std::string& name) {
    Batch batch;
    batch.Add(GetTable(99, name), 0);
    const auto answers = Answers(Send(std::move(batch)).messages);
    return answers.at(0).header.nlmsg_type == NLMSG_ERROR ? -answers[0].Int(0) : 0;
  }

  std::optional<NetlinkSocket> socket_;
};

// Expects an error of one message, and no other answer.
void ExpectRefusal(const Exchange& exchange, std::uint32_t sequence, int error) {
  ASSERT_TRUE(exchange.status.ok()) << exchange.status.error().call << exchange.status.error().code;
  EXPECT_TRUE(exchange.rejected);
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, sequence);
  EXPECT_EQ(answers[0].Int(0), -error);
}

TEST_F(WholeGroupsTest, IsCarriedOut) {
  const Exchange exchange =
      Send(Whole({BeginBatch(1), NewTable(2, "a", kUnasked), NewTable(3, "b", kAsked), EndBatch(4)}));

  ASSERT_TRUE(exchange.status.ok());
  EXPECT_FALSE(exchange.rejected);
  EXPECT_TRUE(exchange.messages.empty());
  EXPECT_EQ(Find("a"), 0);
  EXPECT_EQ(Find("b"), 0);
}

TEST_F(WholeGroupsTest, IsCarriedOutWhenSendReturnsIfNothingAsksForAnAcknowledgement) {
  const Exchange exchange = Send(Whole({BeginBatch(1), NewTable(2, "a", kUnasked), EndBatch(3)}));

  EXPECT_TRUE(exchange.status.ok());
  EXPECT_TRUE(exchange.messages.empty());
  EXPECT_EQ(Find("a"), 0);
}

TEST_F(WholeGroupsTest, IsRefusedAsAWhole) {
  const Exchange exchange = Send(Whole(
      {BeginBatch(1), NewTable(2, "a", kAsked), NewTable(3, "a", kAsked), NewTable(4, "b", kAsked), EndBatch(5)}));

  ExpectRefusal(exchange, 3, EEXIST);
  EXPECT_EQ(Find("a"), ENOENT);
  EXPECT_EQ(Find("b"), ENOENT);
}

TEST_F(WholeGroupsTest, AnErrorBehindTheLastAcknowledgementIsKept) {
  ExpectRefusal(Send(Whole({BeginBatch(1), NewTable(2, "a", kAsked), NewTable(3, "a", kUnasked), EndBatch(4)})), 3,
                EEXIST);
  ExpectRefusal(Send(Whole({BeginBatch(5), NewTable(6, "a", kUnasked), NewTable(7, "a", kUnasked), EndBatch(8)})), 7,
                EEXIST);
}

TEST_F(WholeGroupsTest, IsSentBetweenWhatIsBeforeAndBehindIt) {
  Batch batch;
  batch.Add(GetTable(1, "a"), 0);
  for (const Bytes& message : {BeginBatch(2), NewTable(3, "a", kUnasked), EndBatch(4)}) batch.Add(message);
  batch.Add(GetTable(5, "a"), 0);
  for (const Bytes& message : {BeginBatch(6), NewTable(7, "a", kUnasked), EndBatch(8)}) batch.Add(message, 6);
  for (const Bytes& message : {BeginBatch(9), NewTable(10, "b", kUnasked), EndBatch(11)}) batch.Add(message, 7);
  batch.Add(GetTable(12, "b"), 0);

  const Exchange exchange = Send(std::move(batch));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0].Int(0), -ENOENT);
  EXPECT_EQ(answers[1].header.nlmsg_seq, 5U);
  EXPECT_NE(answers[1].header.nlmsg_type, NLMSG_ERROR);
  EXPECT_EQ(answers[2].header.nlmsg_seq, 7U);
  EXPECT_EQ(answers[2].Int(0), -EEXIST);
  EXPECT_EQ(answers[3].header.nlmsg_seq, 12U);
  EXPECT_NE(answers[3].header.nlmsg_type, NLMSG_ERROR);
}

TEST_F(WholeGroupsTest, IsNotCutWhateverItsSize) {
  Batch tables;
  std::uint32_t sequence = 0;
  tables.Add(BeginBatch(++sequence));
  for (int i = 0; i < 1000; ++i) tables.Add(NewTable(++sequence, "t" + std::to_string(i), kAsked, kMostUserData));
  tables.Add(EndBatch(++sequence));
  // The default send buffer.
  EXPECT_GT(tables.requests().size(), std::size_t{212992});

  const Exchange exchange = Send(std::move(tables));

  EXPECT_TRUE(exchange.status.ok());
  EXPECT_TRUE(exchange.messages.empty());
  EXPECT_EQ(Find("t999"), 0);

  // Two MiB, the last of which is refused.
  Batch large;
  large.Add(BeginBatch(++sequence));
  large.Add(NewTable(++sequence, "u", kUnasked));
  while (large.requests().size() < std::size_t{2} << 20) large.Add(NewTable(++sequence, "u", 0, kMostUserData));
  large.Add(NewTable(++sequence, "t999", kUnasked));
  large.Add(EndBatch(sequence + 1));
  ExpectRefusal(Send(std::move(large)), sequence, EEXIST);
  EXPECT_EQ(Find("u"), ENOENT);
}

// What is waited for would take five seconds.
TEST_F(WholeGroupsTest, EndsAtOnceWhereItsBeginningIsRefused) {
  using Clock = std::chrono::steady_clock;
  const std::vector<Bytes> rest = {NewTable(2, "a", kAsked), NewTable(3, "b", kAsked), EndBatch(4)};
  const auto begin = Clock::now();

  ExpectRefusal(SendUnprivileged(Whole({BeginBatch(1), rest[0], rest[1], rest[2]})), 1, EPERM);
  // That of another rule set.
  ExpectRefusal(Send(Whole({BeginBatch(1, 4711), rest[0], rest[1], rest[2]})), 1, ERESTART);

  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
  EXPECT_EQ(Find("a"), ENOENT);
  EXPECT_FALSE(Send(Whole({BeginBatch(1), rest[0], rest[1], rest[2]})).rejected);
}

TEST_F(WholeGroupsTest, WithoutPrivilegesTheSendBufferGrowsNoFurtherThanTheSystemLets) {
  std::size_t most = 0;
  std::ifstream("/proc/sys/net/core/wmem_max") >> most;
  ASSERT_GT(most, 0U);
  Batch large;
  large.Add(BeginBatch(1));
  while (large.requests().size() < 2 * most) large.Add(NewTable(2, "u", 0, kMostUserData));
  large.Add(EndBatch(3));

  const Exchange exchange = SendUnprivileged(std::move(large));

  EXPECT_EQ(exchange.status.error().code, EMSGSIZE);
  EXPECT_STREQ(exchange.status.error().call, "sendmsg");
  EXPECT_EQ(Find("u"), ENOENT);
}

TEST_F(WholeGroupsTest, WhatIsNotInOnePieceIsRefused) {
  const std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> mistakes = {
      {{5, kGroupWhole}, {0, 0}, {5, kGroupWhole}},
      {{5, kGroupWhole}, {6, kGroupWhole}, {5, kGroupWhole}},
      {{5, kGroupWhole}, {5, kGroupWhole}, {5, 0}},
      {{5, 0}, {5, kGroupWhole}, {5, kGroupWhole}},
  };
  for (const auto& notes : mistakes) {
    Batch batch;
    for (const auto& [group, flags] : notes) batch.Add(GetTable(1, "a"), group, flags);
    EXPECT_STREQ(Send(std::move(batch)).status.error().call, "groups");
  }
  Buffer of_none = Join({GetTable(1, "a")});
  Slots slots;
  const Exchange exchange = socket_->Send(of_none, {}, Groups({{0, 0, kGroupWhole, 0, 0}}), slots, interrupt_);
  EXPECT_STREQ(exchange.status.error().call, "groups");
}

TEST_F(WholeGroupsTest, NothingIsFilledInInThem) {
  Batch batch = Whole({BeginBatch(1), NewTable(2, "a", kUnasked), EndBatch(3)});
  const auto at = static_cast<std::uint32_t>(BeginBatch(1).size());

  const Exchange exchange = Send(std::move(batch), Fixups({FixupOf(at, "lo")}));

  EXPECT_EQ(exchange.status.error().code, EINVAL);
  EXPECT_STREQ(exchange.status.error().call, "fixups");
  EXPECT_EQ(Find("a"), ENOENT);
}

TEST_F(WholeGroupsTest, NoDumpIsOne) {
  Batch batch = Whole({BeginBatch(1), EndBatch(2)});
  Buffer rejection;

  const Status started = socket_->StartDump(batch.requests(), {}, batch.groups(), rejection, interrupt_);

  EXPECT_STREQ(started.error().call, "groups");
}

}  // namespace
}  // namespace rtnetlink

#include "netlink_messages.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cerrno>
#include <cstring>

#include "support.h"

namespace rtnetlink {
namespace {

using test::Bytes;
using test::Join;
using test::Message;

std::size_t Count(const Buffer& messages, bool& complete) {
  MessageWalk walk(messages.data(), messages.size());
  std::size_t count = 0;
  while (walk.Next()) ++count;
  complete = walk.complete();
  return count;
}

TEST(MessageWalkTest, FindsEveryMessage) {
  bool complete = false;
  EXPECT_EQ(Count(Join({Message(16, 0, 1, Bytes(8)), Message(17, 0, 2, {}), Message(18, 0, 3, Bytes(4))}), complete),
            3U);
  EXPECT_TRUE(complete);
}

TEST(MessageWalkTest, AlignsAndForgivesMissingPaddingAtTheEnd) {
  Bytes padded = Message(16, 0, 1, Bytes(5));
  padded.resize(24);
  bool complete = false;
  EXPECT_EQ(Count(Join({padded, Message(16, 0, 2, Bytes(5))}), complete), 2U);
  EXPECT_TRUE(complete);
}

TEST(MessageWalkTest, StopsAtALengthThatMakesNoSense) {
  for (const std::uint32_t length : {0U, 15U, 25U, 0xffffffffU}) {
    Bytes message = Message(16, 0, 1, Bytes(8));
    std::memcpy(message.data(), &length, sizeof length);
    bool complete = true;
    EXPECT_EQ(Count(Join({message}), complete), 0U) << length;
    EXPECT_FALSE(complete) << length;
  }
}

TEST(MessageWalkTest, StopsAtAHeaderThatIsCut) {
  bool complete = true;
  EXPECT_EQ(Count(Join({Message(16, 0, 1, {}), Bytes(15)}), complete), 1U);
  EXPECT_FALSE(complete);
}

TEST(MessageWalkTest, NothingIsComplete) {
  bool complete = false;
  EXPECT_EQ(Count(Buffer(), complete), 0U);
  EXPECT_TRUE(complete);
}

TEST(RejectionTest, LooksLikeTheKernels) {
  nlmsghdr request{};
  request.nlmsg_len = 32;
  request.nlmsg_type = 19;
  request.nlmsg_seq = 7;
  Buffer out;

  AppendRejection(out, request, ENODEV, 20);

  const auto answers = test::Answers(out);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_type, NLMSG_ERROR);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 7U);
  EXPECT_EQ(answers[0].header.nlmsg_flags, NLM_F_CAPPED | NLM_F_ACK_TLVS);
  EXPECT_EQ(answers[0].Int(0), -ENODEV);
  EXPECT_EQ(std::memcmp(&answers[0].payload[4], &request, sizeof request), 0);
  const nlattr offset{8, NLMSGERR_ATTR_OFFS};
  EXPECT_EQ(std::memcmp(&answers[0].payload[20], &offset, sizeof offset), 0);
  EXPECT_EQ(answers[0].Int(24), 20);
}

TEST(PendingAcknowledgementsTest, CountsEachOnceInWhateverOrder) {
  PendingAcknowledgements pending;
  for (const std::uint32_t sequence : {0xffffffffU, 1U, 2U}) pending.Expect(sequence);

  pending.Acknowledge(2);
  pending.Acknowledge(2);
  pending.Acknowledge(9);
  pending.Acknowledge(0xffffffffU);
  EXPECT_FALSE(pending.all());
  EXPECT_TRUE(pending.Knows(2));
  EXPECT_FALSE(pending.Knows(9));
  pending.Acknowledge(1);

  EXPECT_TRUE(pending.all());
}

TEST(PendingAcknowledgementsTest, WaitsForThoseOnlyThatWereAskedFor) {
  PendingAcknowledgements pending;
  pending.Expect(1, false);
  pending.Expect(2);

  pending.Acknowledge(1);
  EXPECT_TRUE(pending.Knows(1));
  EXPECT_FALSE(pending.all());
  pending.Acknowledge(2);

  EXPECT_TRUE(pending.all());
}

}  // namespace
}  // namespace rtnetlink

#include "message_groups.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "support.h"

namespace rtnetlink {
namespace {

using test::AddBridge;
using test::Answers;
using test::Bytes;
using test::DeleteLink;
using test::FixupOf;
using test::Fixups;
using test::GetLink;
using test::Groups;
using test::Join;
using test::Rename;

class MessageGroupsTest : public test::KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (!IsSkipped()) scratch_.emplace(Scratch());
  }

  Exchange Send(Buffer requests, const Buffer& fixups, const Buffer& groups) {
    Slots slots;
    return scratch_->socket.Send(requests, fixups, groups, slots, interrupt_);
  }
  // The errno of asking for the link of a name; 0 if there is one.
  int Find(const std::string& name) {
    const Exchange exchange = Send(Join({GetLink(99, 0)}), Fixups({FixupOf(0, name)}), {});
    const auto answers = Answers(exchange.messages);
    return answers.at(0).header.nlmsg_type == NLMSG_ERROR ? -answers[0].Int(0) : 0;
  }

  std::optional<CreatedNamespace> scratch_;
};

std::uint32_t Size(const Bytes& message) { return static_cast<std::uint32_t>(message.size()); }

TEST_F(MessageGroupsTest, NothingOfAGroupIsSentBehindAFailure) {
  const Bytes first = AddBridge(1, "br0");
  const Bytes twice = AddBridge(2, "br0");
  const Bytes third = AddBridge(3, "br1");
  const std::uint32_t second_at = Size(first);
  const std::uint32_t third_at = second_at + Size(twice);
  const std::uint32_t fourth_at = third_at + Size(third);

  const Exchange exchange =
      Send(Join({first, twice, third, AddBridge(4, "br2")}), {},
           Groups({{0, 5, 0, 0, 0}, {second_at, 5, 0, 0, 0}, {third_at, 5, 0, 0, 0}, {fourth_at, 6, 0, 0, 0}}));

  ASSERT_TRUE(exchange.status.ok());
  EXPECT_TRUE(exchange.rejected);
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 2U);
  EXPECT_EQ(Find("br0"), 0);
  EXPECT_EQ(Find("br1"), ENODEV);
  EXPECT_EQ(Find("br2"), 0);
}

TEST_F(MessageGroupsTest, WhatUndoesIsSentBehindAFailureOnly) {
  const Bytes create = AddBridge(1, "br0");
  const Bytes change = Rename(2, 0, "br1");
  const std::uint32_t change_at = Size(create);
  const std::uint32_t undo_at = change_at + Size(change);
  const Buffer groups = Groups({{0, 5, 0, 7, 0}, {change_at, 5, 0, 0, 0}, {undo_at, 5, kGroupUndo, 0, 0}});
  const Buffer fixups = Fixups({FixupOf(change_at, "br0", 0, 7), FixupOf(undo_at, "br0", 0, 7)});

  EXPECT_FALSE(Send(Join({create, change, DeleteLink(3, 0)}), fixups, groups).rejected);
  EXPECT_EQ(Find("br1"), 0);

  // The name is taken now: what was made is undone.
  EXPECT_TRUE(Send(Join({create, change, DeleteLink(3, 0)}), fixups, groups).rejected);
  EXPECT_EQ(Find("br0"), ENODEV);
  EXPECT_EQ(Find("br1"), 0);

  // Nothing was made, and what is there by the name is another's.
  EXPECT_FALSE(Send(Join({create}), {}, {}).rejected);
  EXPECT_TRUE(Send(Join({create, change, DeleteLink(3, 0)}), fixups, groups).rejected);
  EXPECT_EQ(Find("br0"), 0);
}

TEST_F(MessageGroupsTest, ASlotKeepsTheLinkThatANameWasFirst) {
  const Bytes rename = Rename(3, 0, "br1");
  Buffer requests = Join({AddBridge(1, "br0"), AddBridge(2, "br9"), rename, rename});
  const auto first = static_cast<std::uint32_t>(requests.size() - 2 * rename.size());
  const std::uint32_t second = first + Size(rename);
  const Buffer fixups =
      Fixups({FixupOf(first, "br0", kFixupAfterEarlier, 7), FixupOf(second, "br0", kFixupAfterEarlier, 7)});

  const Exchange exchange = Send(std::move(requests), fixups, Groups({{first, 5, 0, 0, 0}, {second, 5, 0, 0, 0}}));

  EXPECT_FALSE(exchange.rejected);
  EXPECT_EQ(Find("br1"), 0);
}

TEST_F(MessageGroupsTest, ALookUpTellsTheIndexToWhatIsBehindIt) {
  const Bytes look_up = GetLink(1, 1);
  const Bytes get = GetLink(2, 0);
  const std::uint32_t at = Size(look_up);

  const Exchange found = Send(Join({look_up, get}), Fixups({FixupOf(at, "", 0, 7)}), Groups({{0, 0, 0, 7, 0}}));
  const Exchange lost = Send(Join({GetLink(1, 4711), get}), Fixups({FixupOf(at, "", 0, 7)}), Groups({{0, 0, 0, 7, 0}}));

  ASSERT_EQ(Answers(found.messages).size(), 2U);
  EXPECT_EQ(Answers(found.messages)[1].Int(4), 1);
  ASSERT_EQ(Answers(lost.messages).size(), 2U);
  EXPECT_EQ(Answers(lost.messages)[1].Int(0), -ENODEV);
}

TEST_F(MessageGroupsTest, AnAttributeOfAReplyFillsASlot) {
  // The MTU of lo, taken for the index of a link that there is not.
  const Bytes look_up = GetLink(1, 1);
  const Exchange exchange = Send(Join({look_up, GetLink(2, 0)}), Fixups({FixupOf(Size(look_up), "", 0, 7)}),
                                 Groups({{0, 0, 0, 7, IFLA_MTU}}));

  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].header.nlmsg_type, NLMSG_ERROR);
  EXPECT_EQ(answers[1].Int(0), -ENODEV);
}

TEST_F(MessageGroupsTest, RecordsOfNoMessageAreRefused) {
  const Buffer groups = Groups({{4, 5, 0, 0, 0}});
  EXPECT_STREQ(Send(Join({GetLink(1, 1)}), {}, groups).status.error().call, "groups");
  EXPECT_STREQ(Send(Join({GetLink(1, 1)}), {}, Join({Bytes(19)})).status.error().call, "groups");
}

}  // namespace
}  // namespace rtnetlink

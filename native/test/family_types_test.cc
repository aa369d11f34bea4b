// Generic netlink: the type of a message is the number of its family, which is looked up by a message before it.

#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "support.h"

namespace rtnetlink {
namespace {

using test::Answers;
using test::Bytes;
using test::DumpFamilies;
using test::Fixups;
using test::GetFamily;
using test::Groups;
using test::Join;
using test::TypeFixup;

constexpr std::uint32_t kHeader = sizeof(genlmsghdr);
constexpr std::uint32_t kOffset = offsetof(nlmsghdr, nlmsg_type);

class FamilyTypesTest : public test::KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    const CreatedNamespace scratch = Scratch();
    OnExecutor([&] {
      auto opened = OpenNetlink(scratch.network_namespace, NETLINK_GENERIC);
      ASSERT_TRUE(opened.ok());
      socket_.emplace(std::move(opened.value()));
    });
  }

  Exchange Send(Buffer requests, const Buffer& fixups, const Buffer& groups) {
    return socket_->Send(requests, fixups, groups, slots_, interrupt_);
  }

  std::optional<NetlinkSocket> socket_;
  Slots slots_;
};

const Bytes kLookUp = GetFamily(1, "nlctrl");
const Bytes kVain = GetFamily(1, "no-such-family");
const auto kBehind = static_cast<std::uint32_t>(kLookUp.size());
const auto kBehindVain = static_cast<std::uint32_t>(kVain.size());

Buffer FamilyIn(std::uint32_t slot) { return Groups({{0, 0, 0, slot, CTRL_ATTR_FAMILY_ID, kHeader}}); }

TEST_F(FamilyTypesTest, ALookUpTellsTheTypeToWhatIsBehindIt) {
  const Exchange exchange =
      Send(Join({kLookUp, GetFamily(2, "nlctrl", 0)}), Fixups({TypeFixup(kBehind, 7)}), FamilyIn(7));

  ASSERT_TRUE(exchange.status.ok());
  EXPECT_FALSE(exchange.rejected);
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[1].header.nlmsg_type, GENL_ID_CTRL);
  EXPECT_EQ(slots_.Get(7), GENL_ID_CTRL);
}

TEST_F(FamilyTypesTest, ATypeThatIsKnownNeedsNoLookUp) {
  ASSERT_FALSE(Send(Join({kLookUp}), {}, FamilyIn(7)).rejected);

  const Exchange exchange = Send(Join({GetFamily(2, "nlctrl", 0)}), Fixups({TypeFixup(0, 7)}), {});

  EXPECT_FALSE(exchange.rejected);
  EXPECT_EQ(Answers(exchange.messages).size(), 1U);
}

TEST_F(FamilyTypesTest, WithoutItsFamilyAMessageIsNotSent) {
  const Exchange exchange = Send(Join({kVain, GetFamily(2, "nlctrl", 0), GetFamily(3, "nlctrl")}),
                                 Fixups({TypeFixup(kBehindVain, 7)}), FamilyIn(7));

  ASSERT_TRUE(exchange.status.ok());
  EXPECT_TRUE(exchange.rejected);
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 1U);
  EXPECT_EQ(answers[0].Int(0), -ENOENT);
  EXPECT_EQ(answers[1].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[1].header.nlmsg_type, NLMSG_ERROR);
  EXPECT_EQ(answers[1].Int(0), -ENOENT);
  EXPECT_EQ(answers[1].Int(24), static_cast<int>(kOffset));
  EXPECT_EQ(answers[2].header.nlmsg_type, GENL_ID_CTRL);
}

TEST_F(FamilyTypesTest, NothingOfAGroupIsSentWithoutItsFamily) {
  const Bytes second = GetFamily(2, "nlctrl", 0);
  const auto third = static_cast<std::uint32_t>(kBehindVain + second.size());
  const Exchange exchange =
      Send(Join({kVain, second, GetFamily(3, "nlctrl")}), Fixups({TypeFixup(kBehindVain, 7)}),
           Groups({{0, 0, 0, 7, CTRL_ATTR_FAMILY_ID, kHeader}, {kBehindVain, 5, 0, 0, 0}, {third, 5, 0, 0, 0}}));

  EXPECT_EQ(Answers(exchange.messages).size(), 2U);
}

TEST_F(FamilyTypesTest, ADumpIsOfAFamilyThatIsLookedUp) {
  Buffer request = Join({kLookUp, DumpFamilies(2, 0)});
  Buffer rejection;
  ASSERT_TRUE(socket_->StartDump(request, Fixups({TypeFixup(kBehind, 7)}), FamilyIn(7), rejection, interrupt_).ok());
  Buffer chunk;
  const auto at_end = socket_->ContinueDump(2, chunk, interrupt_);

  EXPECT_TRUE(rejection.empty());
  ASSERT_TRUE(at_end.ok());
  EXPECT_TRUE(at_end.value());
  const auto answers = Answers(chunk);
  EXPECT_EQ(answers.front().header.nlmsg_type, GENL_ID_CTRL);
  EXPECT_EQ(answers.back().header.nlmsg_type, NLMSG_DONE);
}

TEST_F(FamilyTypesTest, ADumpOfNoFamilyIsNotSent) {
  Buffer request = Join({kVain, DumpFamilies(2, 0)});
  Buffer rejection;
  ASSERT_TRUE(
      socket_->StartDump(request, Fixups({TypeFixup(kBehindVain, 7)}), FamilyIn(7), rejection, interrupt_).ok());

  const auto answers = Answers(rejection);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[1].Int(0), -ENOENT);
}

TEST_F(FamilyTypesTest, TypesOfWhatIsNoTypeAreRefused) {
  Fixup elsewhere = TypeFixup(0, 7);
  elsewhere.field += 2;
  Fixup named = TypeFixup(0, 7);
  named.name[0] = 'l';

  for (const Fixup& fixup : {elsewhere, named, TypeFixup(0, 0), TypeFixup(4, 7)}) {
    EXPECT_STREQ(Send(Join({kLookUp}), Fixups({fixup}), {}).status.error().call, "fixups");
  }
}

}  // namespace
}  // namespace rtnetlink

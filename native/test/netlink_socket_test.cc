#include "netlink_socket.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "namespace_guard.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::AddBlackhole;
using test::AddBridge;
using test::Answers;
using test::Bytes;
using test::DumpLinks;
using test::DumpRoutes;
using test::FixupOf;
using test::Fixups;
using test::GetLink;
using test::Join;

class NetlinkSocketTest : public test::KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (!IsSkipped()) scratch_.emplace(Scratch());
  }

  NetlinkSocket& socket() { return scratch_->socket; }
  Exchange Send(Buffer requests, const Buffer& fixups = {}, const Buffer& groups = {}) {
    Slots slots;
    return socket().Send(requests, fixups, groups, slots, interrupt_);
  }

  Status StartDump(Buffer request) {
    Buffer rejection;
    const Status started = socket().StartDump(request, {}, {}, rejection, interrupt_);
    EXPECT_TRUE(rejection.empty());
    return started;
  }

  // A dump with so many messages that it takes several chunks.
  void AddRoutes(std::uint32_t count) {
    for (std::uint32_t begin = 1; begin <= count; begin += 500) {
      Buffer requests;
      for (std::uint32_t i = begin; i < begin + 500; ++i) {
        const Bytes request = AddBlackhole(i, i);
        requests.Append(request.data(), request.size());
      }
      const Exchange exchange = Send(std::move(requests));
      ASSERT_TRUE(exchange.status.ok());
      ASSERT_TRUE(exchange.messages.empty());
    }
  }

  std::optional<CreatedNamespace> scratch_;
};

TEST_F(NetlinkSocketTest, APlainAcknowledgementIsOnlyCounted) {
  const Exchange exchange = Send(Join({AddBridge(1, "br0")}));

  EXPECT_TRUE(exchange.status.ok());
  EXPECT_TRUE(exchange.messages.empty());
}

TEST_F(NetlinkSocketTest, AFailureConcernsItsRequestOnly) {
  const Exchange exchange = Send(Join({AddBridge(1, "br0"), AddBridge(2, "br0"), AddBridge(3, "br1")}));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[0].Int(0), -EEXIST);
}

// A request without NLM_F_ACK.
Bytes Unasked(Bytes request) {
  nlmsghdr header{};
  std::memcpy(&header, request.data(), sizeof header);
  header.nlmsg_flags &= ~NLM_F_ACK;
  std::memcpy(request.data(), &header, sizeof header);
  return request;
}

TEST_F(NetlinkSocketTest, RequestsThatAskForNoAcknowledgementAreCarriedOutWhenSendReturns) {
  const Exchange exchange = Send(Join({Unasked(AddBridge(1, "br0")), Unasked(AddBridge(2, "br1"))}));

  EXPECT_TRUE(exchange.status.ok());
  EXPECT_TRUE(exchange.messages.empty());
  const Exchange names = Send(Join({GetLink(3, 0), GetLink(4, 0)}), Fixups({FixupOf(0, "br0"), FixupOf(32, "br1")}));
  EXPECT_EQ(Answers(names.messages).size(), 2U);
  EXPECT_FALSE(names.rejected);
}

TEST_F(NetlinkSocketTest, FailuresAreToldUnasked) {
  const Bytes twice = Unasked(AddBridge(2, "br0"));
  const Exchange exchange = Send(Join({Unasked(AddBridge(1, "br0")), twice, Unasked(AddBridge(3, "br1")), twice}));

  EXPECT_TRUE(exchange.rejected);
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[0].Int(0), -EEXIST);
}

TEST_F(NetlinkSocketTest, ALastRequestThatIsNotSentLeavesNoFailureUnread) {
  const Bytes add = Unasked(AddBridge(1, "br0"));
  const auto size = static_cast<std::uint32_t>(add.size());
  const Exchange exchange =
      Send(Join({add, Unasked(AddBridge(2, "br0")), Unasked(GetLink(3, 0))}), Fixups({FixupOf(2 * size, "nothing")}));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 3U);
  EXPECT_EQ(answers[0].Int(0), -ENODEV);
  EXPECT_EQ(answers[1].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[1].Int(0), -EEXIST);
}

TEST_F(NetlinkSocketTest, ANameIsLookedUpAgainBehindWhatMayChangeIt) {
  const auto size = static_cast<std::uint32_t>(GetLink(1, 0).size());
  const Bytes add = AddBridge(3, "br0");
  const auto behind = 2 * size + static_cast<std::uint32_t>(add.size());

  const Exchange exchange =
      Send(Join({GetLink(1, 0), GetLink(2, 0), add, GetLink(4, 0), GetLink(5, 0)}),
           Fixups({FixupOf(0, "lo"), FixupOf(size, "lo"), FixupOf(behind, "br0", kFixupAfterEarlier),
                   FixupOf(behind + size, "lo", kFixupAfterEarlier)}));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 4U);
  EXPECT_EQ(answers[0].Int(4), 1);
  EXPECT_EQ(answers[1].Int(4), 1);
  EXPECT_GT(answers[2].Int(4), 1);
  EXPECT_EQ(answers[3].Int(4), 1);
}

TEST_F(NetlinkSocketTest, AnswersComeWithoutTheirAcknowledgement) {
  const Exchange exchange = Send(Join({GetLink(5, 1), GetLink(6, 1)}));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].header.nlmsg_type, RTM_NEWLINK);
  EXPECT_EQ(answers[1].header.nlmsg_seq, 6U);
}

TEST_F(NetlinkSocketTest, MalformedBatchesAreNotSent) {
  Bytes cut = AddBridge(2, "br1");
  cut.resize(cut.size() - 4);
  const Exchange exchange = Send(Join({AddBridge(1, "br0"), cut}));
  EXPECT_EQ(exchange.status.error().code, EINVAL);
  EXPECT_STREQ(exchange.status.error().call, "requests");

  EXPECT_TRUE(Answers(Send(Join({AddBridge(3, "br0")})).messages).empty());
}

TEST_F(NetlinkSocketTest, AFixupFindsADeviceThatTheBatchMakes) {
  const Bytes add = AddBridge(1, "br0");
  const auto second = static_cast<std::uint32_t>(add.size());

  const Exchange exchange = Send(Join({add, GetLink(2, 0)}), Fixups({FixupOf(second, "br0", kFixupAfterEarlier)}));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_type, RTM_NEWLINK);
  EXPECT_GT(answers[0].Int(4), 1);
}

TEST_F(NetlinkSocketTest, AFixupLooksInTheSocketsNamespace) {
  const Exchange exchange = Send(Join({GetLink(1, 0)}), Fixups({FixupOf(0, "lo")}));

  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].Int(4), 1);
}

TEST_F(NetlinkSocketTest, AnUnknownNameRejectsItsRequestOnly) {
  const auto second = static_cast<std::uint32_t>(GetLink(1, 1).size());
  const Exchange exchange =
      Send(Join({GetLink(1, 1), GetLink(2, 0), GetLink(3, 1)}), Fixups({FixupOf(second, "nothing")}));

  ASSERT_TRUE(exchange.status.ok());
  const auto answers = Answers(exchange.messages);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].header.nlmsg_type, NLMSG_ERROR);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 2U);
  EXPECT_EQ(answers[0].Int(0), -ENODEV);
  EXPECT_EQ(answers[0].Int(24), static_cast<int>(test::kIndexField));
  EXPECT_EQ(answers[1].header.nlmsg_seq, 1U);
  EXPECT_EQ(answers[2].header.nlmsg_seq, 3U);
}

TEST_F(NetlinkSocketTest, NamesThatCannotBeLookedUp) {
  EXPECT_EQ(Answers(Send(Join({GetLink(1, 0)}), Fixups({FixupOf(0, "sixteen-letters-")})).messages)[0].Int(0), -EINVAL);
  EXPECT_EQ(Answers(Send(Join({GetLink(2, 0)}), Fixups({FixupOf(0, "lo:1")})).messages)[0].Int(0), -ENODEV);
  EXPECT_EQ(Answers(Send(Join({GetLink(3, 0)}), Fixups({FixupOf(0, "")})).messages)[0].Int(0), -ENODEV);
}

TEST_F(NetlinkSocketTest, FixupsOutsideTheirMessageAreRefused) {
  for (const std::uint32_t field : {0U, 15U, 29U, 1000U, 0xffffffffU}) {
    Fixup fixup = FixupOf(0, "lo");
    fixup.field = field;
    EXPECT_STREQ(Send(Join({GetLink(1, 0)}), Fixups({fixup})).status.error().call, "fixups") << field;
  }
  EXPECT_STREQ(Send(Join({GetLink(1, 0)}), Fixups({FixupOf(4, "lo")})).status.error().call, "fixups");
  EXPECT_STREQ(Send(Join({GetLink(1, 0)}), Join({Bytes(27)})).status.error().call, "fixups");
}

TEST_F(NetlinkSocketTest, AnOverrunIsAnErrorAndTheSocketGoesOn) {
  Buffer requests;
  for (std::uint32_t i = 1; i <= 4000; ++i) {
    const Bytes request = GetLink(i, 1);
    requests.Append(request.data(), request.size());
  }
  const Exchange exchange = Send(std::move(requests));
  EXPECT_EQ(exchange.status.error().code, ENOBUFS);
  EXPECT_STREQ(exchange.status.error().call, "recvmsg");
  EXPECT_GT(Answers(exchange.messages).size(), 100U);

  const Exchange next = Send(Join({GetLink(5000, 1)}));

  EXPECT_TRUE(next.status.ok());
  EXPECT_EQ(Answers(next.messages).size(), 1U);
}

TEST_F(NetlinkSocketTest, ASmallDumpIsOneChunk) {
  ASSERT_TRUE(StartDump(Join({DumpLinks(1)})).ok());
  Buffer chunk;
  const auto at_end = socket().ContinueDump(1, chunk, interrupt_);

  ASSERT_TRUE(at_end.ok());
  EXPECT_TRUE(at_end.value());
  const auto answers = Answers(chunk);
  EXPECT_EQ(answers.front().header.nlmsg_type, RTM_NEWLINK);
  EXPECT_EQ(answers.back().header.nlmsg_type, NLMSG_DONE);
}

TEST_F(NetlinkSocketTest, ALargeDumpIsComplete) {
  AddRoutes(20000);

  ASSERT_TRUE(StartDump(Join({DumpRoutes(77)})).ok());
  std::size_t routes = 0;
  std::size_t chunks = 0;
  for (bool end = false; !end; ++chunks) {
    Buffer chunk;
    const auto at_end = socket().ContinueDump(77, chunk, interrupt_);
    ASSERT_TRUE(at_end.ok());
    end = at_end.value();
    EXPECT_LE(chunk.size(), NetlinkSocket::kChunkSize + std::size_t{64} * 1024);
    for (const auto& answer : Answers(chunk)) routes += answer.header.nlmsg_type == RTM_NEWROUTE ? 1 : 0;
  }

  EXPECT_GE(routes, 20000U);
  EXPECT_GT(chunks, 1U);
}

TEST_F(NetlinkSocketTest, ADrainedDumpLeavesAUsableSocket) {
  AddRoutes(20000);
  ASSERT_TRUE(StartDump(Join({DumpRoutes(1)})).ok());
  Buffer chunk;
  ASSERT_FALSE(socket().ContinueDump(1, chunk, interrupt_).value());

  EXPECT_TRUE(socket().DrainDump(1, interrupt_));

  ASSERT_TRUE(StartDump(Join({DumpLinks(2)})).ok());
  Buffer links;
  ASSERT_TRUE(socket().ContinueDump(2, links, interrupt_).value());
  EXPECT_EQ(Answers(links).front().header.nlmsg_type, RTM_NEWLINK);
}

TEST_F(NetlinkSocketTest, ARefusedDumpEndsWithItsError) {
  Bytes request = DumpRoutes(3);
  request.resize(request.size() + 4);  // strict checking wants no bytes that are no attribute
  const auto length = static_cast<std::uint32_t>(request.size());
  std::memcpy(request.data(), &length, sizeof length);
  request[16] = 200;  // no such family, and flags that a dump must not have
  request[24] = 1;
  ASSERT_TRUE(StartDump(Join({request})).ok());
  Buffer chunk;
  const auto at_end = socket().ContinueDump(3, chunk, interrupt_);

  ASSERT_TRUE(at_end.ok());
  EXPECT_TRUE(at_end.value());
  const auto answers = Answers(chunk);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_LT(answers[0].Int(0), 0);
}

TEST_F(NetlinkSocketTest, ADumpOfAnUnknownNameIsNotSent) {
  Buffer request = Join({DumpLinks(3)});
  Buffer rejection;
  ASSERT_TRUE(socket().StartDump(request, Fixups({FixupOf(0, "nothing")}), {}, rejection, interrupt_).ok());

  const auto answers = Answers(rejection);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 3U);
  EXPECT_EQ(answers[0].Int(0), -ENODEV);
  EXPECT_EQ(Answers(Send(Join({GetLink(4, 1)})).messages).size(), 1U);
}

TEST_F(NetlinkSocketTest, ARequestThatNobodyAnswersIsInterrupted) {
  // Not a dump, so that no NLMSG_DONE follows.
  ASSERT_TRUE(StartDump(Join({GetLink(1, 1)})).ok());
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    interrupt_.Trigger();
  });
  Buffer chunk;
  // The link, its acknowledgement - an NLMSG_ERROR, which ends a dump - and then nothing more.
  ASSERT_TRUE(socket().ContinueDump(1, chunk, interrupt_).ok());

  const auto waited = socket().ContinueDump(1, chunk, interrupt_);
  interrupter.join();

  EXPECT_EQ(waited.error().code, ECANCELED);
}

TEST_F(NetlinkSocketTest, OtherProcessesCannotSendToIt) {
  OnExecutor([&] {
    auto guard = NamespaceGuard::Enter(scratch_->network_namespace.fd());
    ASSERT_TRUE(guard.ok());
    const Exchange first = Send(Join({GetLink(1, 1)}));
    const std::uint32_t port = Answers(first.messages)[0].header.nlmsg_pid;
    const UniqueFd forger(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl target{};
    target.nl_family = AF_NETLINK;
    target.nl_pid = port;
    const Bytes forged = test::Message(RTM_NEWLINK, 0, 2, Bytes(16, 0xee));

    const auto sent =
        ::sendto(forger.get(), forged.data(), forged.size(), 0, reinterpret_cast<sockaddr*>(&target), sizeof target);

    EXPECT_EQ(sent, -1);
    EXPECT_EQ(errno, ECONNREFUSED);
  });
}

TEST_F(NetlinkSocketTest, OtherProtocolsOpenToo) {
  OnExecutor([&] {
    const auto generic = OpenNetlink(scratch_->network_namespace, NETLINK_GENERIC);
    EXPECT_TRUE(generic.ok());
    const auto nothing = OpenNetlink(scratch_->network_namespace, 31);
    EXPECT_EQ(nothing.error().code, EPROTONOSUPPORT);
    EXPECT_STREQ(nothing.error().call, "socket");
  });
}

}  // namespace
}  // namespace rtnetlink

#include "session.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <memory>

#include "session_fixture.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::AddBlackhole;
using test::DumpLinks;
using test::DumpRoutes;
using test::GetLink;
using test::Join;
using test::SessionTest;
using test::Settled;

TEST_F(SessionTest, UnknownHandlesSettle) {
  session_->Send(1, 77, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->Dump(2, 77, {Join({DumpLinks(1)}), {}, {}, {}}, 1);
  session_->OpenNetlink(3, 77, NETLINK_ROUTE, false);
  session_->OpenSocket(4, 77, {AF_INET, SOCK_STREAM, 0, {}, {}, {}});
  session_->ReadFile(5, 77, {FileRoot::kProcNet, "dev"}, 1);
  session_->WriteFiles(6, 77, FileRoot::kSysctl, {});
  session_->ReadDirectory(7, 77, {FileRoot::kProcNet, ""}, false, 1);
  session_->KeepNamespace(8, 77, {"/nowhere", "x"});
  session_->FindProcesses(9, 77);
  for (OperationId id = 1; id <= 9; ++id) {
    EXPECT_EQ(Await(id).error.code, EBADF);
    EXPECT_STREQ(Await(id).error.call, "handle");
  }
}

TEST_F(SessionTest, OperationsOfOneSocketRunInOrder) {
  MakeNamespace();
  for (OperationId id = 1; id <= 200; ++id) {
    session_->Send(id, socket_, {Join({GetLink(static_cast<std::uint32_t>(id), 1)}), {}, {}, {}});
  }
  for (OperationId id = 1; id <= 200; ++id) {
    const auto answers = test::Answers(Await(id).data);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].header.nlmsg_seq, static_cast<std::uint32_t>(id));
  }
}

TEST_F(SessionTest, ADumpStaysWithinItsWindow) {
  MakeNamespace();
  AddRoutes();
  session_->Dump(1, socket_, {Join({DumpRoutes(9)}), {}, {}, {}}, 1);
  session_->Send(2, socket_, {Join({GetLink(10, 1)}), {}, {}, {}});
  AwaitChunks(1, 1);

  // The dump is parked: the executor is free, while the namespace's queue waits.
  session_->OpenSocket(3, namespace_, {AF_INET, SOCK_STREAM, 0, {}, {}, {}});
  ASSERT_EQ(Await(3).error.code, 0);
  EXPECT_EQ(chunks_[1].size(), 1U);
  EXPECT_EQ(settled_.count(2), 0U);

  while (settled_.count(1) == 0) {
    session_->Resume(1);
    Take();
  }
  EXPECT_EQ(Await(1).error.code, 0);
  EXPECT_EQ(Await(2).error.code, 0);
  std::size_t routes = 0;
  for (const Buffer& chunk : chunks_[1]) {
    for (const auto& answer : test::Answers(chunk)) routes += answer.header.nlmsg_type == RTM_NEWROUTE ? 1 : 0;
  }
  EXPECT_GE(routes, 20000U);
  EXPECT_EQ(test::Answers(chunks_[1].back()).back().header.nlmsg_type, NLMSG_DONE);
}

TEST_F(SessionTest, ACanceledDumpLeavesTheSocketUsable) {
  MakeNamespace();
  AddRoutes();
  session_->Dump(1, socket_, {Join({DumpRoutes(9)}), {}, {}, {}}, 1);
  AwaitChunks(1, 1);

  session_->Cancel(1);

  EXPECT_EQ(Await(1).error.code, ECANCELED);
  session_->Dump(2, socket_, {Join({DumpLinks(10)}), {}, {}, {}}, 4);
  EXPECT_EQ(Await(2).error.code, 0);
  EXPECT_EQ(test::Answers(chunks_[2].front()).front().header.nlmsg_type, RTM_NEWLINK);
}

TEST_F(SessionTest, AQueuedDumpIsCanceledAtOnce) {
  MakeNamespace();
  AddRoutes();
  session_->Dump(1, socket_, {Join({DumpRoutes(9)}), {}, {}, {}}, 1);
  session_->Dump(2, socket_, {Join({DumpRoutes(10)}), {}, {}, {}}, 1);
  AwaitChunks(1, 1);

  session_->Cancel(2);

  EXPECT_EQ(Await(2).error.code, ECANCELED);
  EXPECT_EQ(settled_.count(1), 0U);
  session_->Cancel(1);
  EXPECT_EQ(Await(1).error.code, ECANCELED);
}

TEST_F(SessionTest, CloseLetsOperationsEnd) {
  MakeNamespace();
  session_->Send(1, socket_, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->Close(socket_);
  session_->Send(2, socket_, {Join({GetLink(2, 1)}), {}, {}, {}});

  EXPECT_EQ(Await(1).error.code, 0);
  EXPECT_EQ(Await(2).error.code, EBADF);
}

TEST_F(SessionTest, AnAdoptedDescriptorMayBeClosedAtOnce) {
  const int fd = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  session_->AdoptNamespace(1, fd);
  ::close(fd);
  session_->AdoptNamespace(2, fd);

  EXPECT_EQ(Await(1).error.code, 0);
  EXPECT_EQ(Await(1).values.size(), 4U);
  EXPECT_EQ(Await(2).error.code, EBADF);
}

struct IntOption {
  std::int32_t level;
  std::int32_t name;
  std::uint32_t size = sizeof(std::int32_t);
  std::int32_t value = 1;
};

TEST_F(SessionTest, RemovalsTellOfThoseThatFailed) {
  session_->RemoveNamespaces(1, {{{"/nowhere", "a"}, std::nullopt},
                                 {{"/nowhere", "b/c"}, std::nullopt},
                                 {{"/nowhere", "d"}, NamespaceIdentity{1, 2}}});
  const Settled& removed = Await(1);
  EXPECT_EQ(removed.error.code, 0);
  struct Record {
    std::uint32_t index;
    std::int32_t code;
    char call[16];
  } records[3];
  ASSERT_EQ(removed.data.size(), sizeof records);
  std::memcpy(records, removed.data.data(), sizeof records);
  EXPECT_EQ(records[0].code, ENOENT);
  EXPECT_STREQ(records[0].call, "unlink");
  EXPECT_EQ(records[1].index, 1U);
  EXPECT_EQ(records[1].code, EINVAL);
  EXPECT_STREQ(records[1].call, "name");
  EXPECT_EQ(records[2].index, 2U);
  EXPECT_STREQ(records[2].call, "unlink");

  session_->RemoveNamespaces(2, {});
  EXPECT_TRUE(Await(2).data.empty());
}

TEST_F(SessionTest, ASocketIsBoundInsideItsNamespaceAndTakenOnce) {
  MakeNamespace();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(80);
  const IntOption option{SOL_SOCKET, SO_REUSEADDR};
  session_->OpenSocket(1, namespace_,
                       {AF_INET, SOCK_STREAM, 0, Buffer(&option, sizeof option), Buffer(&address, sizeof address), {}});

  ASSERT_EQ(Await(1).error.code, 0);
  const UniqueFd bound(session_->LendSocket(1));
  session_->GiveSocket(1);
  ASSERT_TRUE(bound);
  EXPECT_EQ(session_->LendSocket(1), -1);
  EXPECT_EQ(session_->LendSocket(2), -1);
  sockaddr_in name{};
  socklen_t size = sizeof name;
  ASSERT_EQ(::getsockname(bound.get(), reinterpret_cast<sockaddr*>(&name), &size), 0);
  EXPECT_EQ(name.sin_port, htons(80));
  int reuse = 0;
  size = sizeof reuse;
  ASSERT_EQ(::getsockopt(bound.get(), SOL_SOCKET, SO_REUSEADDR, &reuse, &size), 0);
  EXPECT_EQ(reuse, 1);
}

TEST_F(SessionTest, ASocketThatFailsSaysWhere) {
  MakeNamespace();
  const IntOption options[] = {{SOL_SOCKET, SO_REUSEADDR}, {SOL_SOCKET, -1}, {SOL_SOCKET, SO_KEEPALIVE}};
  const std::uint8_t address[] = {AF_INET, 0, 0};
  session_->OpenSocket(1, namespace_, {AF_INET, SOCK_STREAM, 0, Buffer(options, sizeof options), {}, {}});
  session_->OpenSocket(2, namespace_, {AF_INET, SOCK_STREAM, 0, {}, Buffer(address, sizeof address), {}});
  session_->OpenSocket(3, namespace_, {-1, SOCK_STREAM, 0, {}, {}, {}});
  session_->OpenSocket(4, namespace_, {AF_INET, SOCK_STREAM, 0, Buffer(options, sizeof options[0] - 1), {}, {}});
  session_->OpenSocket(5, namespace_, {AF_INET, SOCK_STREAM, 0, Buffer(options, sizeof options[0] + 3), {}, {}});
  const std::uint8_t nobody[] = {AF_UNIX, 0, 0, 'n'};
  session_->OpenSocket(6, namespace_, {AF_UNIX, SOCK_STREAM, 0, {}, {}, Buffer(nobody, sizeof nobody)});

  EXPECT_STREQ(Await(1).error.call, "setsockopt");
  std::uint32_t options_set = 0;
  ASSERT_EQ(Await(1).data.size(), sizeof options_set);
  std::memcpy(&options_set, Await(1).data.data(), sizeof options_set);
  EXPECT_EQ(options_set, 1U);
  EXPECT_STREQ(Await(2).error.call, "bind");
  EXPECT_STREQ(Await(3).error.call, "socket");
  EXPECT_STREQ(Await(4).error.call, "options");
  EXPECT_STREQ(Await(5).error.call, "options");
  EXPECT_STREQ(Await(6).error.call, "connect");
  for (OperationId id = 1; id <= 6; ++id) EXPECT_EQ(session_->LendSocket(id), -1);
}

TEST_F(SessionTest, ASocketThatNobodyTakesIsClosed) {
  MakeNamespace();
  session_->OpenSocket(1, namespace_, {AF_INET, SOCK_STREAM, 0, {}, {}, {}});
  session_->OpenSocket(2, namespace_, {AF_INET, SOCK_STREAM, 0, {}, {}, {}});
  ASSERT_EQ(Await(1).error.code, 0);
  ASSERT_EQ(Await(2).error.code, 0);
  const std::size_t opened = test::OpenDescriptorsOf("socket:");

  session_->Close(1);
  EXPECT_EQ(test::OpenDescriptorsOf("socket:"), opened - 1);
  session_->Shutdown();

  EXPECT_LE(test::OpenDescriptorsOf("socket:"), opened - 2);
}

TEST_F(SessionTest, ASubscriptionLastsUntilItIsCanceled) {
  MakeNamespace();
  session_->Subscribe(1, namespace_, NETLINK_ROUTE, {RTNLGRP_IPV4_ROUTE});
  AwaitChunks(1, 1);
  EXPECT_TRUE(chunks_[1][0].empty());
  session_->Resume(1);
  session_->Send(2, socket_, {Join({AddBlackhole(1, 1)}), {}, {}, {}});
  AwaitChunks(1, 2);
  EXPECT_EQ(test::Answers(chunks_[1][1]).at(0).header.nlmsg_type, RTM_NEWROUTE);

  // Not of all kinds: a thread of the executor may be about to open the way home.
  const std::size_t sockets = test::OpenDescriptorsOf("socket:");
  const std::size_t waits = test::OpenDescriptorsOf("anon_inode:");
  session_->Cancel(1);

  EXPECT_EQ(Await(1).error.code, ECANCELED);
  EXPECT_EQ(test::OpenDescriptorsOf("socket:"), sockets - 1);
  EXPECT_EQ(test::OpenDescriptorsOf("anon_inode:"), waits - 2) << "what the loop waits with";
  session_->Resume(1);
  session_->Subscribe(3, 77, NETLINK_ROUTE, {});
  EXPECT_EQ(Await(3).error.code, EBADF);
}

TEST_F(SessionTest, ShutdownEndsSubscriptions) {
  const std::size_t before = test::OpenDescriptors();
  MakeNamespace();
  session_->Subscribe(1, namespace_, NETLINK_ROUTE, {RTNLGRP_LINK});
  AwaitChunks(1, 1);
  for (OperationId id = 2; id < 50; ++id) session_->Subscribe(id, namespace_, NETLINK_ROUTE, {RTNLGRP_LINK});

  session_.reset();

  EXPECT_LE(test::OpenDescriptors(), before);
}

TEST_F(SessionTest, ShutdownEndsEverythingUnderWay) {
  const std::size_t before = test::OpenDescriptors();
  for (int round = 0; round < 20; ++round) {
    // An environment of its own, which the fixture's session outlives in every other round.
    auto mailbox = std::make_shared<Mailbox>([] {});
    Session session(mailbox);
    if (round % 2 == 0) session_.reset();
    if (round % 2 == 1) session_ = std::make_unique<Session>(std::make_shared<Mailbox>([] {}));
    session.CreateNamespace(1, std::nullopt);
    std::vector<Completion> completions;
    while (completions.empty()) completions = mailbox->Take();
    const auto socket = static_cast<Session::Handle>(session.Accept(completions[0])[4]);
    session.Dump(2, socket, {Join({DumpLinks(1)}), {}, {}, {}}, 1);
    for (OperationId id = 3; id < 100; ++id) {
      session.Send(id, socket, {Join({GetLink(1, 1)}), {}, {}, {}});
      session.Dump(id + 100, socket, {Join({DumpLinks(1)}), {}, {}, {}}, 1);
      session.CreateNamespace(id + 200, std::nullopt);
      session.OpenSocket(id + 300, 1, {AF_INET, SOCK_STREAM, 0, {}, {}, {}});
      session.EnterTrip(id);
      session.CreateNamespace(id + 400, std::nullopt);
      session.Send(id + 500, id + 400, {Join({GetLink(1, 1)}), {}, {}, {}});
      session.Send(id + 600, socket, {Join({GetLink(1, 1)}), {}, {}, {}});
      session.LeaveTrip();
      if (id % 3 > 0) session.EndTrip(id);
      session.ReadDirectory(id + 700, 1, {FileRoot::kSysctl, ""}, true, std::size_t{1} << 30);
    }
  }
  session_.reset();
  EXPECT_LE(test::OpenDescriptors(), before);
}

TEST_F(SessionTest, ShutdownEndsAParkedDump) {
  const std::size_t before = test::OpenDescriptors();
  MakeNamespace();
  AddRoutes();
  session_->Dump(1, socket_, {Join({DumpRoutes(9)}), {}, {}, {}}, 1);
  AwaitChunks(1, 1);

  session_.reset();

  EXPECT_LT(test::OpenDescriptors(), before);
}

}  // namespace
}  // namespace rtnetlink

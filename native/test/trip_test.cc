#include "trip.h"

#include <gtest/gtest.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <thread>

#include "session_fixture.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::Bytes;
using test::GetLink;
using test::Join;

class TripTest : public test::SessionTest {};

// A request that numbers the namespace of a descriptor, which stands in the last four bytes.
Bytes NumberNamespace(std::uint32_t sequence, std::int32_t number) {
  struct {
    nlmsghdr header{sizeof(*this), RTM_NEWNSID, NLM_F_REQUEST | NLM_F_ACK, 0, 0};
    std::uint32_t family = 0;
    nlattr number_header{sizeof(nlattr) + sizeof(std::int32_t), NETNSA_NSID};
    std::int32_t number = 0;
    nlattr fd_header{sizeof(nlattr) + sizeof(std::int32_t), NETNSA_FD};
    std::int32_t fd = -1;
  } request;
  request.header.nlmsg_seq = sequence;
  request.number = number;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&request);
  return {bytes, bytes + sizeof request};
}

TEST_F(TripTest, ATripGoesFromSocketToSocketInOrder) {
  MakeNamespace();
  session_->EnterTrip(1000000);
  session_->CreateNamespace(1, std::nullopt);
  session_->Send(2, socket_, {Join({test::AddBridge(1, "br0")}), {}, {}, {}});
  session_->Send(3, 1, {Join({test::AddBridge(1, "br0")}), {}, {}, {}});
  Buffer numbering = Join({NumberNamespace(2, 7), NumberNamespace(3, 8)});
  const auto field = static_cast<std::uint32_t>(numbering.size() / 2 - sizeof(int));
  const auto other = static_cast<std::uint32_t>(numbering.size() - sizeof(int));
  session_->Send(4, socket_, {std::move(numbering), {}, {}, {}}, {{field, 1}, {other, 1}});
  session_->LeaveTrip();
  session_->EndTrip(1000000);
  session_->Send(5, socket_, {Join({GetLink(3, 1)}), {}, {}, {}});

  EXPECT_EQ(Await(5).error.code, 0);
  EXPECT_EQ(Await(1).values.size(), 5U);
  EXPECT_EQ(Await(1).values[0], 1);
  EXPECT_EQ(Await(2).error.code, 0);
  EXPECT_TRUE(Await(3).data.empty());
  // A namespace has one number.
  const auto answers = test::Answers(Await(4).data);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].header.nlmsg_seq, 3U);
  EXPECT_EQ(answers[0].Int(0), -EEXIST);
}

TEST_F(TripTest, NothingBehindARefusalIsSent) {
  MakeNamespace();
  session_->EnterTrip(1000000);
  session_->CreateNamespace(1, std::nullopt);
  session_->Send(2, 1, {Join({test::AddBridge(1, "br0"), test::AddBridge(2, "br0")}), {}, {}, {}});
  session_->Send(3, socket_, {Join({test::AddBridge(1, "br1")}), {}, {}, {}});
  session_->LeaveTrip();
  session_->EndTrip(1000000);

  EXPECT_EQ(Await(1).error.code, 0);
  EXPECT_EQ(Await(2).error.code, 0);
  EXPECT_EQ(test::Answers(Await(2).data)[0].Int(0), -EEXIST);
  EXPECT_EQ(Await(3).error.code, ECANCELED);
  session_->Send(4, socket_, {Join({test::AddBridge(2, "br1")}), {}, {}, {}});
  EXPECT_TRUE(Await(4).data.empty());
}

TEST_F(TripTest, NothingBehindAFailedCreationIsSent) {
  MakeNamespace();
  session_->EnterTrip(1000000);
  session_->CreateNamespace(1, MountPoint{"/nowhere/at/all", "blue"});
  session_->Send(2, 1, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->Send(3, socket_, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->LeaveTrip();
  session_->EndTrip(1000000);

  EXPECT_EQ(Await(1).error.code, ENOENT);
  EXPECT_EQ(Await(2).error.code, ECANCELED);
  EXPECT_EQ(Await(3).error.code, ECANCELED);
  session_->Send(4, 1, {Join({GetLink(1, 1)}), {}, {}, {}});
  EXPECT_EQ(Await(4).error.code, EBADF);
}

TEST_F(TripTest, TheFirstStepRunsWhileOthersAreStillToCome) {
  MakeNamespace();
  const std::size_t descriptors = test::OpenDescriptors();
  session_->EnterTrip(1000000);
  session_->CreateNamespace(1, std::nullopt);
  session_->LeaveTrip();
  // Not of the trip, and so settled although that has not ended.
  session_->Send(2, socket_, {Join({GetLink(1, 1)}), {}, {}, {}});
  EXPECT_EQ(Await(2).error.code, 0);
  while (test::OpenDescriptors() < descriptors + 2) std::this_thread::yield();
  EXPECT_EQ(settled_.count(1), 0U);

  session_->EnterTrip(1000000);
  session_->KeepNamespace(3, 1, MountPoint{directory(), "blue"});
  session_->Send(4, 1, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->LeaveTrip();
  session_->EndTrip(1000000);

  for (const OperationId id : {1, 3, 4}) EXPECT_EQ(Await(id).error.code, 0);
  const auto kept = NetworkNamespace::Open(directory() + "/blue");
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(static_cast<double>(kept.value().inode()), Await(1).values[3]);
}

TEST_F(TripTest, ATripOfItsFirstStepAloneEnds) {
  session_->EnterTrip(1000000);
  session_->CreateNamespace(1, std::nullopt);
  session_->LeaveTrip();
  session_->EndTrip(1000000);

  EXPECT_EQ(Await(1).error.code, 0);
}

TEST_F(TripTest, WhatIsAddedBehindAFailureIsCanceled) {
  session_->EnterTrip(1000000);
  session_->CreateNamespace(1, MountPoint{"/nowhere/at/all", "blue"});
  session_->LeaveTrip();
  EXPECT_EQ(Await(1).error.code, ENOENT);
  session_->CreateNamespace(2, std::nullopt);
  session_->EnterTrip(1000000);
  session_->Send(3, 2, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->Send(4, 2, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->LeaveTrip();
  session_->EndTrip(1000000);

  EXPECT_EQ(Await(2).error.code, 0);
  EXPECT_EQ(Await(3).error.code, ECANCELED);
  EXPECT_EQ(Await(4).error.code, ECANCELED);
}

TEST_F(TripTest, WhatUndoesRunsIfSomethingBehindItsStepFails) {
  MakeNamespace();
  const auto trip = [&](OperationId id, const std::string& made, const std::string& behind) {
    session_->EnterTrip(id);
    session_->Send(id + 1, socket_, {Join({test::AddBridge(1, made)}), {}, {}, {}});
    session_->Send(id + 2, socket_, {Join({test::AddBridge(2, behind)}), {}, {}, {}});
    session_->Send(id + 3, socket_, {Join({test::AddBridge(3, "undone")}), {}, {}, id + 1});
    session_->TakePlace(id + 4, namespace_);
    session_->LeaveTrip();
    session_->EndTrip(id);
  };
  trip(100, "br0", "br1");  // nothing fails
  trip(200, "br0", "br2");  // the step itself does
  session_->Send(1, socket_, {Join({test::AddBridge(1, "undone")}), {}, {}, {}});
  EXPECT_TRUE(Await(1).data.empty());
  trip(300, "br3", "br1");  // one behind it does

  EXPECT_TRUE(Await(103).data.empty());
  EXPECT_EQ(Await(104).error.code, 0);
  EXPECT_EQ(Await(202).error.code, ECANCELED);
  EXPECT_EQ(Await(203).error.code, 0);
  EXPECT_TRUE(Await(203).data.empty());
  EXPECT_EQ(Await(204).error.code, ECANCELED);
  EXPECT_EQ(test::Answers(Await(303).data)[0].Int(0), -EEXIST);  // it was sent
}

TEST_F(TripTest, AStepOfAClosedHandleFailsTheTripAndIsNotUndone) {
  MakeNamespace();
  session_->EnterTrip(100);
  session_->TakePlace(101, 4711);
  session_->Send(102, 4711, {Join({test::AddBridge(1, "br0")}), {}, {}, {}});
  session_->Send(103, socket_, {Join({test::AddBridge(2, "br1")}), {}, {}, {}});
  session_->Send(104, socket_, {Join({test::AddBridge(3, "undone")}), {}, {}, 102});
  session_->Send(105, socket_, {Join({test::AddBridge(4, "undone")}), {}, {}, 99});
  session_->LeaveTrip();
  session_->EndTrip(100);

  EXPECT_EQ(Await(101).error.code, EBADF);
  EXPECT_EQ(Await(102).error.code, ECANCELED);
  EXPECT_EQ(Await(103).error.code, ECANCELED);
  EXPECT_EQ(Await(104).error.code, 0);
  EXPECT_EQ(Await(105).error.code, 0);
  session_->Send(1, socket_, {Join({test::AddBridge(1, "undone")}), {}, {}, {}});
  EXPECT_TRUE(Await(1).data.empty());
}

TEST_F(TripTest, WhatIsAskedOfANamespaceWaitsForATripWithAPlaceInIt) {
  MakeNamespace();
  session_->CreateNamespace(1, std::nullopt);
  ASSERT_EQ(Await(1).error.code, 0);
  session_->EnterTrip(100);
  session_->Send(101, socket_, {Join({GetLink(1, 1)}), {}, {}, {}});
  session_->TakePlace(102, 1);
  session_->LeaveTrip();
  session_->ReadFile(2, 1, {FileRoot::kProcNet, "dev"}, 4096);
  session_->Send(3, 1, {Join({GetLink(1, 1)}), {}, {}, {}});
  Await(2);
  // In order: of the trip nothing is told before its end.
  EXPECT_EQ(settled_.count(101), 0U);
  session_->EndTrip(100);

  EXPECT_EQ(Await(101).error.code, 0);
  EXPECT_EQ(Await(102).error.code, 0);
  EXPECT_EQ(Await(3).error.code, 0);
}

TEST_F(TripTest, TripsPassOneAnother) {
  MakeNamespace();
  for (OperationId id = 10; id < 500; id += 10) {
    session_->EnterTrip(id);
    session_->CreateNamespace(id, std::nullopt);
    session_->Send(id + 1, id, {Join({GetLink(1, 1)}), {}, {}, {}});
    session_->Send(id + 2, socket_, {Join({GetLink(1, 1)}), {}, {}, {}});
    session_->Send(id + 3, id, {Join({GetLink(1, 1)}), {}, {}, {}});
    session_->LeaveTrip();
    session_->EndTrip(id);
  }
  for (OperationId id = 10; id < 500; id += 10) {
    for (OperationId step = 0; step < 4; ++step) EXPECT_EQ(Await(id + step).error.code, 0);
    session_->Close(id);
  }
}

TEST_F(TripTest, AHandleThatIsClosedEarlyStaysClosed) {
  const std::size_t before = test::OpenDescriptors();
  session_->CreateNamespace(1, std::nullopt);
  session_->Close(1);

  EXPECT_EQ(Await(1).error.code, 0);
  session_->Send(2, 1, {Join({GetLink(1, 1)}), {}, {}, {}});
  EXPECT_EQ(Await(2).error.code, EBADF);
  session_.reset();
  EXPECT_LE(test::OpenDescriptors(), before);
}

}  // namespace
}  // namespace rtnetlink

#include "tap.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "session_fixture.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::Answers;
using test::FixupOf;
using test::Fixups;
using test::GetLink;
using test::Join;
using test::SessionTest;
using test::Settled;

class TapTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    if (IsSkipped()) return;
    MakeNamespace();
    if (::access("/dev/net/tun", R_OK | W_OK) != 0) GTEST_SKIP() << "needs /dev/net/tun";
  }

  Settled& Open(OperationId id, TapOptions options) {
    session_->OpenTap(id, namespace_, std::move(options));
    return Await(id);
  }
  // Of the link of a name; 0 if there is none.
  int IndexOf(const std::string& name) {
    const OperationId id = ++asked_;
    session_->Send(id, socket_, {Join({GetLink(1, 0)}), Fixups({FixupOf(0, name)}), {}, {}});
    const auto answers = Answers(Await(id).data);
    return answers.at(0).header.nlmsg_type == RTM_NEWLINK ? answers[0].Int(4) : 0;
  }
  static void CloseAll(const std::vector<int>& descriptors) {
    for (const int fd : descriptors) const UniqueFd closed(fd);
  }
  static std::string NameIn(const Settled& settled) {
    return {reinterpret_cast<const char*>(settled.data.data()), settled.data.size()};
  }
  static std::size_t Held() { return test::OpenDescriptorsOf("/dev/net/tun"); }

 private:
  OperationId asked_ = 5000;
};

TapOptions Named(const std::string& name) {
  TapOptions options;
  options.name = name;
  return options;
}

TEST_F(TapTest, ADeviceEndsWithItsDescriptors) {
  TapOptions options = Named("t%d");
  options.queues = 2;
  const auto& settled = Open(1, std::move(options));

  ASSERT_EQ(settled.error.code, 0) << settled.error.call;
  EXPECT_EQ(NameIn(settled), "t0");
  ASSERT_EQ(settled.values.size(), 1U);
  EXPECT_EQ(settled.values[0], IndexOf("t0"));
  const auto descriptors = session_->TakeDescriptors(1);
  EXPECT_EQ(descriptors.size(), 2U);
  EXPECT_TRUE(session_->TakeDescriptors(1).empty());
  for (const int fd : descriptors) EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);

  session_->Close(1);
  EXPECT_NE(IndexOf("t0"), 0);
  CloseAll(descriptors);
  EXPECT_EQ(IndexOf("t0"), 0);
}

TEST_F(TapTest, WhatNobodyTakesIsClosed) {
  const auto before = Held();
  ASSERT_EQ(Open(1, Named("t0")).error.code, 0);
  ASSERT_EQ(Open(2, Named("")).error.code, 0);
  EXPECT_EQ(NameIn(Await(2)), "tap0");
  EXPECT_EQ(Held(), before + 2);

  session_->Close(1);
  while (Held() > before + 1) ::usleep(1000);
  EXPECT_EQ(IndexOf("t0"), 0);

  session_->Shutdown();
  EXPECT_EQ(Held(), before);
}

TEST_F(TapTest, APersistentOneStaysAndCanBeOpenedAgain) {
  TapOptions options = Named("t0");
  options.persistent = true;
  options.owner = 4294967294U;
  ASSERT_EQ(Open(1, options).error.code, 0);
  const int index = IndexOf("t0");
  CloseAll(session_->TakeDescriptors(1));
  EXPECT_EQ(IndexOf("t0"), index);

  TapOptions exclusive = Named("t0");
  exclusive.flags = IFF_TUN_EXCL;
  EXPECT_EQ(Open(2, exclusive).error.code, EBUSY);
  EXPECT_STREQ(Await(2).error.call, "TUNSETIFF");
  EXPECT_EQ(Open(3, Named("t0")).values, std::vector<double>{static_cast<double>(index)});
}

TEST_F(TapTest, AFailureLeavesNothing) {
  const auto before = Held();
  TapOptions options = Named("t0");
  options.queues = 3;
  options.persistent = true;
  options.header_size = 1;  // less than the struct has

  EXPECT_EQ(Open(1, options).error.code, EINVAL);

  EXPECT_STREQ(Await(1).error.call, "TUNSETVNETHDRSZ");
  EXPECT_EQ(IndexOf("t0"), 0);
  EXPECT_EQ(Held(), before);
  EXPECT_TRUE(session_->TakeDescriptors(1).empty());
}

TEST_F(TapTest, WhatCannotBe) {
  EXPECT_STREQ(Open(1, Named("sixteen-letters-")).error.call, "name");
  EXPECT_EQ(Open(2, Named("lo")).error.code, EINVAL);
  TapOptions none = Named("t0");
  none.queues = 0;
  EXPECT_STREQ(Open(3, none).error.call, "queues");
  TapOptions many = Named("t0");
  many.queues = 300;
  EXPECT_EQ(Open(4, many).error.code, E2BIG);
  EXPECT_EQ(IndexOf("t0"), 0);
}

TEST_F(TapTest, OnlyTheDeviceItself) {
  ASSERT_EQ(::mount("/dev/null", "/dev/net/tun", nullptr, MS_BIND, nullptr), 0);
  const Error error = Open(1, Named("t0")).error;
  ASSERT_EQ(::umount2("/dev/net/tun", 0), 0);

  EXPECT_EQ(error.code, ENODEV);
  EXPECT_STREQ(error.call, "open");
}

}  // namespace
}  // namespace rtnetlink

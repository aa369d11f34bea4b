#include "device_statistics.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "session_fixture.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::AddPair;
using test::Join;
using test::SessionTest;

class DeviceStatisticsTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    if (!IsSkipped()) MakeNamespace();
  }

  test::Settled& Ask(OperationId id, const std::string& device) {
    session_->DeviceStatistics(id, socket_, device);
    return Await(id);
  }
};

TEST_F(DeviceStatisticsTest, CountersOfTheDriverAreNumbers) {
  // In order: the device is made by what was asked before.
  session_->Send(1, socket_, {Join({AddPair(1, "v0", "v1")}), {}, {}, {}});
  const auto& settled = Ask(2, "v0");

  ASSERT_EQ(settled.error.code, 0) << settled.error.call;
  // The first that a veth has is the index of its peer.
  ASSERT_GE(settled.data.size(), sizeof(std::uint64_t));
  EXPECT_EQ(settled.data.size() % sizeof(std::uint64_t), 0U);
  std::uint64_t peer = 0;
  std::memcpy(&peer, settled.data.data(), sizeof peer);
  EXPECT_GT(peer, 1U);
  EXPECT_LT(peer, 10U);
}

TEST_F(DeviceStatisticsTest, WhatHasNone) {
  EXPECT_EQ(Ask(1, "lo").error.code, EOPNOTSUPP);
  EXPECT_STREQ(Ask(2, "lo").error.call, "SIOCETHTOOL");
  EXPECT_EQ(Ask(3, "nothing").error.code, ENODEV);
}

TEST_F(DeviceStatisticsTest, NamesThatNoDeviceHas) {
  for (const std::string& name : {std::string("sixteen-letters-"), std::string("l\0o", 3)}) {
    EXPECT_EQ(DeviceStatistics(-1, name).error().code, EINVAL);
    EXPECT_STREQ(DeviceStatistics(-1, name).error().call, "name");
  }
  EXPECT_EQ(DeviceStatistics(-1, "lo:1").error().code, ENODEV);
}

}  // namespace
}  // namespace rtnetlink

#include "channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "support.h"

namespace rtnetlink {
namespace {

class ChannelTest : public test::KernelTest {
 protected:
  // Opens a channel, gives its socket up, and looks at what there is then.
  void Replaced(bool replaceable) {
    CreatedNamespace scratch = Scratch();
    const auto held = std::make_shared<const NetworkNamespace>(std::move(scratch.network_namespace));
    OnExecutor([&] {
      Channel channel(nullptr, std::make_shared<NamespaceCell>(held), NETLINK_ROUTE, replaceable);
      if (!channel.Open().ok()) return;
      const int before = channel.Socket().value()->fd();
      channel.Replace();
      const auto socket = channel.Socket();
      error_ = socket.ok() ? Error{} : socket.error();
      is_open_ = ::fcntl(socket.ok() ? socket.value()->fd() : before, F_GETFD) >= 0;
    });
  }

  Error error_{EINVAL, "test"};
  bool is_open_ = false;
};

TEST_F(ChannelTest, OpensAnotherSocketInPlaceOfOneThatIsGivenUp) {
  Replaced(true);

  EXPECT_EQ(error_.code, 0);
  EXPECT_TRUE(is_open_);
}

TEST_F(ChannelTest, OpensNoOtherWhereSomethingIsTiedToTheOne) {
  is_open_ = true;
  Replaced(false);

  EXPECT_EQ(error_.code, EBADF);
  EXPECT_STREQ(error_.call, "socket");
  EXPECT_FALSE(is_open_);
}

}  // namespace
}  // namespace rtnetlink

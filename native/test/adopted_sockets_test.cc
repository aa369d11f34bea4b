// Netlink sockets that somebody else has opened.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "namespace_guard.h"
#include "session_fixture.h"
#include "support.h"

namespace rtnetlink {
namespace {

using test::AddBridge;
using test::Answers;
using test::DumpFamilies;
using test::DumpLinks;
using test::FixupOf;
using test::Fixups;
using test::GetLink;
using test::Join;
using test::SessionTest;

// The control message that takes a descriptor from one process to another.
union Rights {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

msghdr MessageWith(iovec& part, Rights& rights) {
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = rights.bytes;
  message.msg_controllen = sizeof rights.bytes;
  return message;
}

void HandOver(int channel, int fd) {
  char nothing = 0;
  iovec part{&nothing, 1};
  Rights rights{};
  const msghdr message = MessageWith(part, rights);
  rights.header = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
  std::memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
  (void)::sendmsg(channel, &message, 0);  // the other end notices
}

UniqueFd TakeOver(int channel) {
  char nothing = 0;
  iovec part{&nothing, 1};
  Rights rights{};
  msghdr message = MessageWith(part, rights);
  if (::recvmsg(channel, &message, MSG_CMSG_CLOEXEC) < 1 || message.msg_controllen < CMSG_LEN(sizeof(int))) return {};
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(&rights.header), sizeof fd);
  return UniqueFd(fd);
}

class AdoptedSocketsTest : public SessionTest {
 protected:
  // A socket as programs open it.
  static UniqueFd Opened(int protocol) { return UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)); }

  // A socket in user and network namespaces that another process has made, and the one end of which it holds.
  UniqueFd Foreign() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const pid_t child = ::fork();
    if (child == 0) {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) ::_exit(1);
      HandOver(theirs.get(), ::socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
      ::_exit(0);
    }
    theirs.Reset();
    UniqueFd taken = TakeOver(ours.get());
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
    return taken;
  }
};

TEST_F(AdoptedSocketsTest, OneOfAnotherProcessWorksWhereItWasOpened) {
  UniqueFd foreign = Foreign();
  if (!foreign) GTEST_SKIP() << "needs user namespaces";
  session_->AdoptNetlink(1, foreign.get());
  foreign.Reset();

  // At once: what is asked of it waits.
  session_->Send(2, 1, {Join({AddBridge(1, "adopted0")}), {}, {}, {}});
  session_->Send(3, 1, {Join({GetLink(2, 0)}), Fixups({FixupOf(0, "adopted0")}), {}, {}});
  session_->Dump(4, 1, {Join({DumpLinks(3)}), {}, {}, {}}, 8);

  EXPECT_EQ(Await(1).error.code, 0) << Await(1).error.call;
  EXPECT_EQ(Await(1).values, std::vector<double>{1});
  EXPECT_EQ(Await(2).error.code, 0);
  EXPECT_TRUE(Await(2).data.empty());
  EXPECT_EQ(Answers(Await(3).data).at(0).header.nlmsg_type, RTM_NEWLINK);
  EXPECT_EQ(Await(4).error.code, 0);
  EXPECT_EQ(Answers(chunks_[4].at(0)).back().header.nlmsg_type, NLMSG_DONE);
}

TEST_F(AdoptedSocketsTest, OneThatHasAPortKeepsIt) {
  const UniqueFd bound = Opened(NETLINK_ROUTE);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_pid = 4711;
  ASSERT_EQ(::bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);

  session_->AdoptNetlink(1, bound.get());
  session_->Send(2, 1, {Join({GetLink(1, 1)}), {}, {}, {}});

  EXPECT_EQ(Await(1).error.code, 0);
  EXPECT_EQ(Answers(Await(2).data).at(0).header.nlmsg_pid, 4711U);
  EXPECT_NE(::fcntl(bound.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(AdoptedSocketsTest, ItsProtocolIsItsOwn) {
  const UniqueFd generic = Opened(NETLINK_GENERIC);
  session_->AdoptNetlink(1, generic.get());
  session_->Dump(2, 1, {Join({DumpFamilies(1)}), {}, {}, {}}, 8);

  EXPECT_EQ(Await(2).error.code, 0);
  EXPECT_EQ(Answers(chunks_[2].at(0)).front().header.nlmsg_type, GENL_ID_CTRL);
}

TEST_F(AdoptedSocketsTest, WhatIsNoneIsRefused) {
  const UniqueFd unix_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  session_->AdoptNetlink(1, unix_socket.get());
  session_->AdoptNetlink(2, file.get());
  session_->AdoptNetlink(3, -1);
  session_->Send(4, 1, {Join({GetLink(1, 1)}), {}, {}, {}});

  EXPECT_EQ(Await(1).error.code, EPROTONOSUPPORT);
  EXPECT_STREQ(Await(1).error.call, "socket");
  EXPECT_EQ(Await(2).error.code, ENOTSOCK);
  EXPECT_EQ(Await(3).error.code, EBADF);
  EXPECT_EQ(Await(4).error.code, EBADF);
}

TEST_F(AdoptedSocketsTest, ItIsClosedAsOneThatWasOpened) {
  UniqueFd route = Opened(NETLINK_ROUTE);
  const std::size_t before = test::OpenDescriptorsOf("socket:");
  session_->AdoptNetlink(1, route.get());
  ASSERT_EQ(Await(1).error.code, 0);
  EXPECT_EQ(test::OpenDescriptorsOf("socket:"), before + 1);

  session_->CloseNetlink(1);

  EXPECT_EQ(test::OpenDescriptorsOf("socket:"), before);
}

}  // namespace
}  // namespace rtnetlink

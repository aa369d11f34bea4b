#include "kept_sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace rtnetlink {
namespace {

UniqueFd NewSocket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }
bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(KeptSocketsTest, ClosesWhatNobodyOwns) {
  KeptSockets sockets;
  UniqueFd kept = NewSocket();
  UniqueFd lent = NewSocket();
  UniqueFd given = NewSocket();
  const int fds[] = {kept.get(), lent.get(), given.get()};
  sockets.Keep(1, std::move(kept));
  sockets.Keep(2, std::move(lent));
  sockets.Keep(3, std::move(given));
  EXPECT_EQ(sockets.Lend(2), fds[1]);
  const UniqueFd owned(sockets.Lend(3));
  sockets.Give(3);
  EXPECT_EQ(sockets.Lend(3), -1);

  sockets.CloseAll();

  EXPECT_FALSE(IsOpen(fds[0]));
  EXPECT_FALSE(IsOpen(fds[1]));
  EXPECT_TRUE(IsOpen(fds[2]));
}

TEST(KeptSocketsTest, LeavesWhatHasTheNumberOfOneThatWasClosed) {
  KeptSockets sockets;
  sockets.Keep(1, NewSocket());
  const int fd = sockets.Lend(1);
  ASSERT_EQ(::close(fd), 0);
  const UniqueFd other = NewSocket();
  ASSERT_EQ(other.get(), fd);

  sockets.CloseAll();

  EXPECT_TRUE(IsOpen(fd));
}

}  // namespace
}  // namespace rtnetlink

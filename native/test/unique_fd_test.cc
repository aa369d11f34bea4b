#include "unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

namespace rtnetlink {
namespace {

int OpenNull() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool IsOpen(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(UniqueFdTest, ClosesAtTheEndOfItsLife) {
  const int fd = OpenNull();
  {
    const UniqueFd owner(fd);
  }
  EXPECT_FALSE(IsOpen(fd));
}

TEST(UniqueFdTest, MovesOwnership) {
  const int fd = OpenNull();
  UniqueFd first(fd);

  const UniqueFd second(std::move(first));

  EXPECT_EQ(second.get(), fd);
  EXPECT_TRUE(IsOpen(fd));
}

TEST(UniqueFdTest, AssignmentClosesWhatWasHeld) {
  const int held = OpenNull();
  UniqueFd owner(held);
  UniqueFd other(OpenNull());
  const int fd = other.get();

  owner = std::move(other);

  EXPECT_FALSE(IsOpen(held));
  EXPECT_EQ(owner.get(), fd);
}

TEST(UniqueFdTest, ReleaseHandsOver) {
  UniqueFd owner(OpenNull());

  const int fd = owner.Release();

  EXPECT_FALSE(owner);
  EXPECT_TRUE(IsOpen(fd));
  ::close(fd);
}

}  // namespace
}  // namespace rtnetlink

#include "chunk_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace rtnetlink {
namespace {

Buffer Filled() {
  Buffer buffer;
  buffer.Reserve(4096);
  buffer.Append("chunk", 5);
  return buffer;
}

TEST(ChunkMemory, HandsOnWhatItWasGiven) {
  ChunkMemory memory;
  EXPECT_EQ(memory.Take().capacity(), 0U);
  Buffer chunk = Filled();
  const std::uint8_t* bytes = chunk.data();

  memory.Give(std::move(chunk));
  Buffer next = memory.Take();

  EXPECT_EQ(next.data(), bytes);
  EXPECT_EQ(next.capacity(), 4096U);
  EXPECT_TRUE(next.empty());
  EXPECT_EQ(memory.Take().capacity(), 0U);
}

TEST(ChunkMemory, KeepsAFew) {
  ChunkMemory memory;
  for (int count = 0; count < 100; ++count) memory.Give(Filled());

  int kept = 0;
  while (memory.Take().capacity() > 0) ++kept;

  EXPECT_EQ(kept, 8);
}

TEST(Buffer, ShrinksToWhatItHolds) {
  Buffer buffer = Filled();
  buffer.Shrink();

  EXPECT_EQ(buffer.capacity(), 5U);
  EXPECT_EQ(std::memcmp(buffer.data(), "chunk", 5), 0);

  Buffer empty;
  empty.Shrink();
  EXPECT_EQ(empty.capacity(), 0U);
}

}  // namespace
}  // namespace rtnetlink

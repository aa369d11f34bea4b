#ifndef RTNETLINK_CHUNK_MEMORY_H_
#define RTNETLINK_CHUNK_MEMORY_H_

#include <cstddef>
#include <mutex>
#include <vector>

#include "buffer.h"

namespace rtnetlink {

// Memory for the chunks of dumps: what a reader is done with takes the next chunk. Memory fresh from the system costs a
// page fault for every 4 KiB, which for a large table is as much as the kernel takes to write it.
class ChunkMemory {
 public:
  // An empty buffer, with room or without. From any thread.
  Buffer Take();
  // From any thread. What is more than a few chunks is freed.
  void Give(Buffer memory);

 private:
  // As many as a list has under way at once; some 4.5 MiB.
  static constexpr std::size_t kMostSpare = 8;

  std::mutex mutex_;
  std::vector<Buffer> spare_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_CHUNK_MEMORY_H_

#include "chunk_memory.h"

#include <utility>

namespace rtnetlink {

Buffer ChunkMemory::Take() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return {};
  Buffer memory = std::move(spare_.back());
  spare_.pop_back();
  return memory;
}

void ChunkMemory::Give(Buffer memory) {
  memory.Resize(0);
  const std::lock_guard lock(mutex_);
  if (spare_.size() < kMostSpare) spare_.push_back(std::move(memory));
}

}  // namespace rtnetlink

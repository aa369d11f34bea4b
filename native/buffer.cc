#include "buffer.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <tuple>
#include <utility>

namespace rtnetlink {

Buffer::Buffer(Buffer&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  bytes_ = std::move(other.bytes_);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

void Buffer::Reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  void* grown = std::realloc(bytes_.get(), capacity);
  if (grown == nullptr) throw std::bad_alloc();
  std::ignore = bytes_.release();  // realloc took it
  bytes_.reset(static_cast<std::uint8_t*>(grown));
  capacity_ = capacity;
}

void Buffer::Append(const void* bytes, std::size_t size) {
  if (size == 0) return;
  if (size > capacity_ - size_) Reserve(std::max(size_ + size, capacity_ * 2));
  std::memcpy(bytes_.get() + size_, bytes, size);
  size_ += size;
}

void Buffer::Align() {
  constexpr std::uint8_t kZeroes[4] = {};
  Append(kZeroes, (4 - size_ % 4) % 4);
}

void Buffer::Shrink() {
  if (size_ == 0 || size_ == capacity_) return;
  void* shrunk = std::realloc(bytes_.get(), size_);
  if (shrunk == nullptr) return;
  std::ignore = bytes_.release();  // realloc took it
  bytes_.reset(static_cast<std::uint8_t*>(shrunk));
  capacity_ = size_;
}

}  // namespace rtnetlink

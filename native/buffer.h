#ifndef RTNETLINK_BUFFER_H_
#define RTNETLINK_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace rtnetlink {

// Bytes that grow without being cleared first.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const void* bytes, std::size_t size) { Append(bytes, size); }
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() = default;

  std::uint8_t* data() { return bytes_.get(); }
  const std::uint8_t* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }

  // Makes room for `capacity` bytes in all. Throws std::bad_alloc.
  void Reserve(std::size_t capacity);
  // Declares the first `size` bytes of the room as filled.
  void Resize(std::size_t size) { size_ = size; }
  void Append(const void* bytes, std::size_t size);
  // Fills up with zeroes until the size is a multiple of four, where netlink begins a message.
  void Align();

  // Gives back what the bytes take more than they fill.
  void Shrink();

 private:
  struct Free {
    void operator()(std::uint8_t* bytes) const { std::free(bytes); }
  };

  std::unique_ptr<std::uint8_t, Free> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_BUFFER_H_

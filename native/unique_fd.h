#ifndef RTNETLINK_UNIQUE_FD_H_
#define RTNETLINK_UNIQUE_FD_H_

namespace rtnetlink {

// Owns a file descriptor and closes it. Every descriptor is one from the line that opens it.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // Closes the descriptor now.
  void Reset();
  // Hands the descriptor to the caller, who closes it.
  [[nodiscard]] int Release();

 private:
  int fd_ = -1;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_UNIQUE_FD_H_

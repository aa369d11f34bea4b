#ifndef RTNETLINK_INTERRUPT_H_
#define RTNETLINK_INTERRUPT_H_

#include <atomic>
#include <chrono>

#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// Ends the waits of a session at once, and for good. Every wait of the addon's threads is a wait on this too.
class Interrupt {
 public:
  Interrupt();

  void Trigger();
  bool triggered() const { return triggered_.load(std::memory_order_acquire); }

  // Waits until `fd` can be read. Fails with ECANCELED when interrupted, with ETIMEDOUT when the time is up.
  Status WaitReadable(int fd, std::chrono::milliseconds timeout) const;
  // Sleeps; false when interrupted.
  bool Sleep(std::chrono::milliseconds time) const;

 private:
  // Absent if the process has no descriptor left: a wait then lasts until its time is up.
  UniqueFd event_;
  std::atomic<bool> triggered_{false};
};

}  // namespace rtnetlink

#endif  // RTNETLINK_INTERRUPT_H_

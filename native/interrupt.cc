#include "interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>

namespace rtnetlink {

Interrupt::Interrupt() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Interrupt::Trigger() {
  triggered_.store(true, std::memory_order_release);
  // The only failure is a counter that is full, and a full counter is as readable as any. It is never read.
  if (event_) (void)::eventfd_write(event_.get(), 1);
}

Status Interrupt::WaitReadable(int fd, std::chrono::milliseconds timeout) const {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    if (triggered()) return Error{ECANCELED, "poll"};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Error{ETIMEDOUT, "poll"};
    // poll skips a negative descriptor.
    pollfd waits[] = {{fd, POLLIN, 0}, {event_.get(), POLLIN, 0}};
    if (::poll(waits, 2, static_cast<int>(left.count())) < 0 && errno != EINTR) return Error::Last("poll");
    if (triggered()) return Error{ECANCELED, "poll"};
    // POLLERR counts too: the read that follows fetches the error.
    if (waits[0].revents != 0) return {};
  }
}

bool Interrupt::Sleep(std::chrono::milliseconds time) const { return WaitReadable(-1, time).error().code != ECANCELED; }

}  // namespace rtnetlink

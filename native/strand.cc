#include "strand.h"

#include <utility>

namespace rtnetlink {

// A thread that is woken may run at once, in place of the one that wakes it, and must not find the lock taken.

Status Strand::Post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (state_ != State::kIdle) return {};
    state_ = State::kScheduled;
  }
  const Status posted = executor_.Post([self = shared_from_this()] { self->Run(); });
  if (posted.ok()) return {};
  Job dropped;  // destroyed after the lock is released
  const std::lock_guard lock(mutex_);
  dropped = std::move(jobs_.front());
  jobs_.pop_front();
  state_ = State::kIdle;
  return posted;
}

void Strand::PostParked(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (state_ == State::kIdle) state_ = State::kParked;
}

void Strand::Continue() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  if (state_ != State::kParked) return;
  state_ = State::kScheduled;
  executor_.Requeue([self = shared_from_this()] { self->Run(); });
}

void Strand::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (state_ != State::kParked) return;
    state_ = State::kScheduled;
  }
  if (executor_.Post([self = shared_from_this()] { self->Run(); }).ok()) return;
  // Without a thread the job stays parked until the next wake.
  const std::lock_guard lock(mutex_);
  state_ = State::kParked;
}

void Strand::Run() {
  std::unique_lock lock(mutex_);
  woken_ = false;
  Job& job = jobs_.front();  // a deque leaves it in place while others are added
  lock.unlock();
  const Next next = job();
  lock.lock();

  Job ended;  // destroyed after the lock is released
  if (next == Next::kDone) {
    ended = std::move(jobs_.front());
    jobs_.pop_front();
    if (jobs_.empty()) {
      state_ = State::kIdle;
      lock.unlock();
      return;
    }
  } else if (!woken_) {
    state_ = State::kParked;
    return;
  }
  lock.unlock();
  executor_.Requeue([self = shared_from_this()] { self->Run(); });
}

}  // namespace rtnetlink

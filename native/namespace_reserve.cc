#include "namespace_reserve.h"

#include <cerrno>
#include <new>
#include <utility>

namespace rtnetlink {

void NamespaceReserve::SetTarget(std::size_t target) {
  std::deque<CreatedNamespace> surplus;  // ends after the lock is released
  const std::lock_guard lock(mutex_);
  target_ = target;
  while (ready_.size() > target_) {
    surplus.push_back(std::move(ready_.back()));
    ready_.pop_back();
  }
}

Status NamespaceReserve::Fill() {
  for (;;) {
    const auto more = MakeOne();
    if (!more.ok()) return more.error();
    if (!more.value()) return {};
  }
}

Result<CreatedNamespace> NamespaceReserve::Take() {
  {
    std::unique_lock lock(mutex_);
    if (target_ == 0) {
      lock.unlock();
      return MakeNamespace();
    }
    // What is under way is there sooner than a new one would be, but it is for one only.
    if (ready_.empty() && waiting_ < under_way_) {
      ++waiting_;
      changed_.wait(lock, [this] { return !ready_.empty() || under_way_ == 0; });
      --waiting_;
    }
    if (!ready_.empty()) {
      CreatedNamespace taken = std::move(ready_.front());
      ready_.pop_front();
      lock.unlock();
      Replace();
      return taken;
    }
  }
  Replace();
  return MakeNamespace();
}

Result<bool> NamespaceReserve::MakeOne() {
  {
    const std::lock_guard lock(mutex_);
    if (interrupt_->triggered() || ready_.size() + under_way_ >= target_) return false;
    ++under_way_;
  }
  Result<CreatedNamespace> made = Error{};
  try {
    made = MakeNamespace();
  } catch (const std::bad_alloc&) {
    // Told as any failure: somebody may wait for this one.
    made = Error{ENOMEM, "malloc"};
  }
  const std::lock_guard lock(mutex_);
  --under_way_;
  const bool wanted = made.ok() && ready_.size() < target_ && !interrupt_->triggered();
  if (wanted) ready_.push_back(std::move(made.value()));
  changed_.notify_all();
  if (!made.ok()) return made.error();
  return ready_.size() + under_way_ < target_;
}

void NamespaceReserve::Replace() {
  executor_.PostIdle([self = shared_from_this()] {
    // Without success the reserve is smaller: who makes a namespace himself is told why it fails.
    const auto more = self->MakeOne();
    if (more.ok() && more.value()) self->Replace();
  });
}

}  // namespace rtnetlink

#include "mailbox.h"

#include <utility>

namespace rtnetlink {

void Mailbox::Deliver(Completion completion) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    wake = completions_.empty();
    completions_.push_back(std::move(completion));
  }
  if (wake) Wake();
}

void Mailbox::Deliver(std::vector<Completion> completions) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || completions.empty()) return;
    wake = completions_.empty();
    for (Completion& completion : completions) completions_.push_back(std::move(completion));
  }
  if (wake) Wake();
}

std::vector<Completion> Mailbox::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(completions_, {});
}

void Mailbox::Close() {
  std::vector<Completion> undelivered;  // destroyed after the locks are released
  const std::scoped_lock lock(mutex_, wake_mutex_);
  closed_ = true;
  wake_ = nullptr;
  undelivered.swap(completions_);
}

// Not under the lock of the completions: who is woken may run at once, and takes them. Under one of its own, so that
// Close can promise that no call is under way.
void Mailbox::Wake() {
  const std::lock_guard lock(wake_mutex_);
  if (wake_) wake_();
}

}  // namespace rtnetlink

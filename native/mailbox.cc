#include "mailbox.h"

#include <utility>

namespace rtnetlink {

void Mailbox::Deliver(Completion completion) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  completions_.push_back(std::move(completion));
  // Under the lock, so that Close can promise that no call is under way.
  if (completions_.size() == 1) wake_();
}

void Mailbox::Deliver(std::vector<Completion> completions) {
  const std::lock_guard lock(mutex_);
  if (closed_ || completions.empty()) return;
  const bool wake = completions_.empty();
  for (Completion& completion : completions) completions_.push_back(std::move(completion));
  if (wake) wake_();
}

std::vector<Completion> Mailbox::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(completions_, {});
}

void Mailbox::Close() {
  std::vector<Completion> undelivered;  // destroyed after the lock is released
  const std::lock_guard lock(mutex_);
  closed_ = true;
  undelivered.swap(completions_);
}

}  // namespace rtnetlink

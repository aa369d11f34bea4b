#include "trip.h"

#include <utility>

namespace rtnetlink {

void Trip::Add(OperationId id, std::shared_ptr<Strand> strand, Work work) {
  steps_.push_back({id, std::move(strand), std::move(work)});
}

void Trip::Start() {
  if (steps_.empty()) return;
  const Status posted = steps_.front().strand->Post([self = shared_from_this()] { return self->Run(0); });
  if (!posted.ok()) return Fail(posted.error());
  for (std::size_t index = 1; index < steps_.size(); ++index) {
    steps_[index].strand->PostParked([self = shared_from_this(), index] { return self->Run(index); });
  }
  // A step that ended meanwhile may have found the next one not yet in its place.
  std::size_t next = 0;
  {
    const std::lock_guard lock(mutex_);
    next = ended_;
  }
  if (next > 0 && next < steps_.size()) steps_[next].strand->Wake();
}

Strand::Next Trip::Run(std::size_t index) {
  bool failed = false;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ != index) return Strand::Next::kPark;
    failed = failed_;
  }
  Step& step = steps_[index];
  Completion completion;
  if (failed) {
    completion.error = {ECANCELED, "trip"};
    completion.id = step.id;
  } else {
    completion = step.work();
  }
  step.work = {};  // what it holds ends before the operation is reported
  Advance(std::move(completion));
  return Strand::Next::kDone;
}

void Trip::Advance(Completion completion) {
  std::vector<Completion> ended;
  std::size_t next = 0;
  {
    const std::lock_guard lock(mutex_);
    failed_ = failed_ || completion.error.code != 0 || completion.rejected;
    completions_.push_back(std::move(completion));
    next = ++ended_;
    // A failure is told at once: its thread may be lost in a foreign namespace, and who accepts it starts another one,
    // which the steps behind it may need.
    if (failed_ || next == steps_.size()) ended = std::exchange(completions_, {});
  }
  if (!ended.empty()) mailbox_->Deliver(std::move(ended));
  if (next < steps_.size()) steps_[next].strand->Continue();
}

void Trip::Fail(Error error) {
  std::vector<Completion> ended(steps_.size());
  for (std::size_t index = 0; index < steps_.size(); ++index) {
    ended[index].id = steps_[index].id;
    ended[index].error = error;
  }
  mailbox_->Deliver(std::move(ended));
}

}  // namespace rtnetlink

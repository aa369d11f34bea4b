#include "trip.h"

#include <utility>

namespace rtnetlink {
namespace {

Completion Failed(OperationId id, Error error) {
  Completion completion;
  completion.id = id;
  completion.error = error;
  return completion;
}

constexpr Error kCanceled{ECANCELED, "trip"};

}  // namespace

void Trip::Add(OperationId id, std::shared_ptr<Strand> strand, Work work) {
  Strand& place = *strand;
  std::size_t index = 0;
  bool canceled = false;
  {
    const std::lock_guard lock(mutex_);
    index = steps_.size();
    canceled = failed_ && ended_ == index;
    // What is never done lets go of what it holds when this returns.
    steps_.push_back({id, std::move(strand), canceled ? Work() : std::move(work)});
  }
  // Behind a failure that has been told nobody comes by any more.
  if (canceled) return Advance(Failed(id, kCanceled));
  auto job = [self = shared_from_this(), index] { return self->Run(index); };
  if (index == 0) {
    const Status posted = place.Post(std::move(job));
    if (!posted.ok()) Advance(Failed(id, posted.error()));
    return;
  }
  place.PostParked(std::move(job));
  bool due = false;
  {
    // The step before may have ended when this one was not yet in its place.
    const std::lock_guard lock(mutex_);
    due = ended_ == index;
  }
  if (due) place.Wake();
}

void Trip::End() {
  std::vector<Completion> ended;
  {
    const std::lock_guard lock(mutex_);
    whole_ = true;
    if (ended_ == steps_.size()) ended = std::exchange(completions_, {});
  }
  mailbox_->Deliver(std::move(ended));
}

Strand::Next Trip::Run(std::size_t index) {
  Step* step = nullptr;
  bool failed = false;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ != index) return Strand::Next::kPark;
    step = &steps_[index];
    failed = failed_;
  }
  Completion completion = failed ? Failed(step->id, kCanceled) : step->work();
  step->work = {};  // what it holds ends before the operation is reported
  Advance(std::move(completion));
  return Strand::Next::kDone;
}

void Trip::Advance(Completion completion) {
  std::vector<Completion> ended;
  std::shared_ptr<Strand> next;
  {
    const std::lock_guard lock(mutex_);
    failed_ = failed_ || completion.error.code != 0 || completion.rejected;
    completions_.push_back(std::move(completion));
    ++ended_;
    if (ended_ < steps_.size()) next = steps_[ended_].strand;
    // A failure is told at once: its thread may be lost in a foreign namespace, and who accepts it starts another one,
    // which the steps behind it may need.
    if (failed_ || (whole_ && !next)) ended = std::exchange(completions_, {});
  }
  mailbox_->Deliver(std::move(ended));
  if (next) next->Continue();
}

}  // namespace rtnetlink

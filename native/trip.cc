#include "trip.h"

#include <utility>

namespace rtnetlink {
namespace {

Completion Done(OperationId id) {
  Completion completion;
  completion.id = id;
  return completion;
}

Completion Failed(OperationId id, Error error) {
  Completion completion = Done(id);
  completion.error = error;
  return completion;
}

constexpr Error kCanceled{ECANCELED, "trip"};

}  // namespace

void Trip::Add(OperationId id, std::shared_ptr<Strand> strand, Work work, std::optional<OperationId> undoes) {
  Strand& place = *strand;
  std::size_t index = 0;
  bool canceled = false;
  {
    const std::lock_guard lock(mutex_);
    index = steps_.size();
    canceled = failed_ && !undoes && ended_ == index;
    // Of a step that is not there nothing can be undone, as of the step itself.
    std::optional<std::size_t> undone;
    if (undoes) undone = index;
    for (std::size_t each = 0; undoes && each < index; ++each) {
      if (steps_[each].id == *undoes) undone = each;
    }
    // What is never done lets go of what it holds when this returns.
    steps_.push_back({id, std::move(strand), canceled ? Work() : std::move(work), undone});
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

Completion Trip::Perform(Step& step, std::optional<std::size_t> failed) {
  if (step.undoes) {
    // What failed itself, or was never begun, left nothing to undo.
    if (!failed || *failed <= *step.undoes) return Done(step.id);
  } else if (failed) {
    return Failed(step.id, kCanceled);
  }
  return step.work();
}

Strand::Next Trip::Run(std::size_t index) {
  Step* step = nullptr;
  std::optional<std::size_t> failed;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ != index) return Strand::Next::kPark;
    step = &steps_[index];
    failed = failed_;
  }
  Completion completion = Perform(*step, failed);
  step->work = {};  // what it holds ends before the operation is reported
  Advance(std::move(completion));
  return Strand::Next::kDone;
}

void Trip::Advance(Completion completion) {
  std::vector<Completion> ended;
  std::shared_ptr<Strand> next;
  {
    const std::lock_guard lock(mutex_);
    if (!failed_ && (completion.error.code != 0 || completion.rejected)) failed_ = ended_;
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

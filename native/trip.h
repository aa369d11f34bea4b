#ifndef RTNETLINK_TRIP_H_
#define RTNETLINK_TRIP_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "function.h"
#include "mailbox.h"
#include "message_groups.h"
#include "strand.h"

namespace rtnetlink {

// Operations on several sockets that are carried out one behind the other, mostly by one thread, and reported together
// once the last has ended: of several trips between threads, each of which costs tens of microseconds, one is left. The
// first operation begins as soon as it is added, while the others are still being put together. The first failure
// cancels what is behind it, but for what undoes a step that was done. Must be held by a std::shared_ptr.
class Trip : public std::enable_shared_from_this<Trip> {
 public:
  using Work = Function<Completion()>;

  explicit Trip(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

  // Appends an operation, which takes its place in the queue of its strand at once; `work` runs when the strand has
  // done what it was given before, and all steps before succeeded. One that `undoes` an earlier step runs instead if a
  // step between the two failed, and has nothing to do otherwise.
  void Add(OperationId id, std::shared_ptr<Strand> strand, Work work, std::optional<OperationId> undoes = std::nullopt);
  // Nothing more is added: the operations are reported when the last has ended. Once.
  void End();
  // What its steps learn for one another. Only for the step that runs.
  Slots& slots() { return slots_; }

 private:
  struct Step {
    OperationId id;
    std::shared_ptr<Strand> strand;
    Work work;
    std::optional<std::size_t> undoes;  // the index of that step
  };

  // How the step whose turn it is ends; called without the lock.
  static Completion Perform(Step& step, std::optional<std::size_t> failed);
  Strand::Next Run(std::size_t index);
  // Notes how the step whose turn it is ended, and lets the next one go on, or delivers.
  void Advance(Completion completion);

  const std::shared_ptr<Mailbox> mailbox_;
  Slots slots_;

  std::mutex mutex_;                     // guards what follows, but for the work of the step that runs
  std::deque<Step> steps_;               // which leaves them in place while others are added
  std::vector<Completion> completions_;  // that are not yet delivered
  std::size_t ended_ = 0;
  std::optional<std::size_t> failed_;  // the first step that did
  bool whole_ = false;                 // no step is missing any more
};

}  // namespace rtnetlink

#endif  // RTNETLINK_TRIP_H_

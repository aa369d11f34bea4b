#ifndef RTNETLINK_TRIP_H_
#define RTNETLINK_TRIP_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "function.h"
#include "mailbox.h"
#include "result.h"
#include "strand.h"

namespace rtnetlink {

// Operations on several sockets that are carried out one behind the other, mostly by one thread, and reported together
// once the last has ended: of several trips between threads, each of which costs tens of microseconds, one is left. The
// first failure cancels what is behind it. Must be held by a std::shared_ptr.
class Trip : public std::enable_shared_from_this<Trip> {
 public:
  using Work = Function<Completion()>;

  explicit Trip(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

  // Appends an operation; `work` runs when the strand has done what it was given before, and all steps before
  // succeeded.
  void Add(OperationId id, std::shared_ptr<Strand> strand, Work work);
  // Queues every step on its strand, where it keeps its place among what is asked for later. Once.
  void Start();

 private:
  struct Step {
    OperationId id;
    std::shared_ptr<Strand> strand;
    Work work;
  };

  Strand::Next Run(std::size_t index);
  // Notes how a step ended, and lets the next one go on or delivers.
  void Advance(Completion completion);
  // Settles every operation: nothing could be started.
  void Fail(Error error);

  const std::shared_ptr<Mailbox> mailbox_;
  std::vector<Step> steps_;  // constant once the trip has started, but for the work of the step that runs

  std::mutex mutex_;                     // guards what follows
  std::vector<Completion> completions_;  // that are not yet delivered
  std::size_t ended_ = 0;
  bool failed_ = false;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_TRIP_H_

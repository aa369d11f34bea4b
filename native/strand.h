#ifndef RTNETLINK_STRAND_H_
#define RTNETLINK_STRAND_H_

#include <deque>
#include <memory>
#include <mutex>

#include "executor.h"
#include "function.h"
#include "result.h"

namespace rtnetlink {

// Runs jobs one after the other on the threads of an executor: what a socket is asked to do happens in order, and one
// socket occupies at most one thread. A job may park: it gives its thread back, keeps its place, and runs again after
// Wake. Must be held by a std::shared_ptr.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  enum class Next { kDone, kPark };
  using Job = Function<Next()>;

  // The executor outlives the strand's jobs, since it runs them all before it ends.
  explicit Strand(Executor& executor) : executor_(executor) {}

  // Queues a job. Fails as Executor::Post does, and then nothing was queued. On one thread only, as PostParked.
  Status Post(Job job);
  // Queues a job that is parked when its turn comes. Needs no thread, and so does not fail.
  void PostParked(Job job);
  // Lets a parked job run again. If a job is just about to park it runs again at once, so that no wake is lost; a job
  // must therefore bear being woken without cause.
  void Wake();
  // As Wake, on the calling thread of the executor as soon as that is free: no other thread has to wake up.
  void Continue();

 private:
  enum class State { kIdle, kScheduled, kParked };

  void Run();

  Executor& executor_;
  std::mutex mutex_;
  std::deque<Job> jobs_;
  State state_ = State::kIdle;
  bool woken_ = false;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_STRAND_H_

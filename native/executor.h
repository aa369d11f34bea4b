#ifndef RTNETLINK_EXECUTOR_H_
#define RTNETLINK_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "function.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// The threads of the addon. System calls that may wait for the kernel's RTNL lock, and every visit to another
// namespace, run here and never on a JavaScript thread. Threads start when there is work for them; all sessions of the
// process share one executor, and the last one to let go of it joins the threads.
class Executor {
 public:
  using Job = Function<void()>;

  // RTNL admits one writer at a time, so more threads would only wait in a longer queue.
  static constexpr std::size_t kMaxThreads = 4;

  // The executor of the process, made anew if nobody holds one. Jobs must not own it: a thread cannot join itself.
  static std::shared_ptr<Executor> Shared();

  explicit Executor(std::size_t max_threads = kMaxThreads);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  // Runs the jobs that are left, then joins all threads. Who wants that to be quick interrupts the jobs first.
  ~Executor();

  // Queues a job. Fails only if there is no thread and none can be started; the job is then dropped.
  Status Post(Job job);
  // Queues a job from one that is about to return, on a thread of the executor. That thread itself comes back for work,
  // so none is woken.
  void Requeue(Job job);
  // Queues a job that waits until a thread of the executor has nothing else to do. Wakes none: for jobs of the
  // executor. What is left when the executor ends is dropped.
  void PostIdle(Job job);
  // Starts threads in place of abandoned ones that jobs wait for, or may be about to. Not for the executor's own
  // threads: a new thread inherits the namespace of its maker.
  void Replenish();

  // Threads that take jobs.
  std::size_t thread_count() const;

  // The namespace in which the calling thread is at home, as a descriptor. Fails with ENOTSUP on a thread that is not
  // an executor's.
  static Result<int> Home();
  // The calling thread, one of the executor's, takes no further job and ends after the present one; another thread may
  // be started in its place. For a thread that is stuck in a foreign namespace.
  static void AbandonThread();

 private:
  struct Worker;

  Status StartThread();
  void Work(Worker& worker);
  void JoinFinished();

  const std::size_t max_threads_;
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Job> jobs_;
  std::deque<Job> idle_jobs_;
  std::list<Worker> workers_;
  std::size_t alive_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_EXECUTOR_H_

#include "executor.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <system_error>
#include <utility>

#include "thread_entry.h"

namespace rtnetlink {
namespace {

// Blocks all signals while a thread is made, which inherits the mask: a handler of the program never runs on ours.
class SignalBlock {
 public:
  SignalBlock() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalBlock() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalBlock(const SignalBlock&) = delete;
  SignalBlock& operator=(const SignalBlock&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

struct Executor::Worker {
  explicit Worker(Executor& owner) : executor(owner) {}

  Executor& executor;
  std::thread thread;
  Result<UniqueFd> home = Error{ENOTSUP, "setns"};
  bool abandoned = false;
  bool finished = false;

  static thread_local Worker* current;
};

thread_local Executor::Worker* Executor::Worker::current = nullptr;

Executor::Executor(std::size_t max_threads) : max_threads_(max_threads) {}

std::shared_ptr<Executor> Executor::Shared() {
  // Never destroyed: process.exit() runs static destructors while threads of ours may still work.
  static auto& mutex = *new std::mutex;
  static auto& shared = *new std::weak_ptr<Executor>;
  const std::lock_guard lock(mutex);
  auto executor = shared.lock();
  if (!executor) shared = executor = std::make_shared<Executor>();
  return executor;
}

Executor::~Executor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  posted_.notify_all();
  for (auto& worker : workers_) worker.thread.join();
  // Left over only where every thread was abandoned. Jobs own descriptors, so they have to run to their end.
  while (!jobs_.empty()) {
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
  }
}

Status Executor::Post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (jobs_.size() > idle_ && alive_ < max_threads_) {
      const Status started = StartThread();
      if (!started.ok() && alive_ == 0) {
        job = std::move(jobs_.back());  // destroyed outside the lock
        jobs_.pop_back();
        return started;
      }
    }
  }
  posted_.notify_one();
  return {};
}

void Executor::Requeue(Job job) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    wake = Worker::current == nullptr || Worker::current->abandoned;
  }
  if (wake) posted_.notify_one();
}

void Executor::PostIdle(Job job) {
  const std::lock_guard lock(mutex_);
  idle_jobs_.push_back(std::move(job));
}

void Executor::Replenish() {
  const std::lock_guard lock(mutex_);
  // A job reports before it ends: its abandoned thread may be about to requeue what is behind it.
  const bool leaving = std::any_of(workers_.begin(), workers_.end(),
                                   [](const Worker& worker) { return worker.abandoned && !worker.finished; });
  if ((jobs_.size() > idle_ || (leaving && alive_ == 0)) && alive_ < max_threads_) {
    // If it fails the jobs wait for the next attempt, which every operation makes.
    (void)StartThread().ok();
  }
}

std::size_t Executor::thread_count() const {
  const std::lock_guard lock(mutex_);
  return alive_;
}

Result<int> Executor::Home() {
  if (Worker::current == nullptr) return Error{ENOTSUP, "setns"};
  auto& home = Worker::current->home;
  // There may have been no descriptor for it when the thread began.
  if (!home.ok()) home = ComeHome();
  if (!home.ok()) return home.error();
  return home.value().get();
}

void Executor::AbandonThread() {
  Worker& worker = *Worker::current;
  const std::lock_guard lock(worker.executor.mutex_);
  if (std::exchange(worker.abandoned, true)) return;
  --worker.executor.alive_;
}

Status Executor::StartThread() {
  JoinFinished();
  const SignalBlock block;
  Worker& worker = workers_.emplace_back(*this);
  try {
    worker.thread = std::thread([this, &worker] { Work(worker); });
  } catch (const std::system_error& failure) {
    workers_.pop_back();
    return Error{failure.code().value(), "pthread_create"};
  }
  ++alive_;
  return {};
}

void Executor::JoinFinished() {
  for (auto worker = workers_.begin(); worker != workers_.end();) {
    if (!worker->finished) {
      ++worker;
      continue;
    }
    worker->thread.join();
    worker = workers_.erase(worker);
  }
}

void Executor::Work(Worker& worker) {
  Worker::current = &worker;
  (void)pthread_setname_np(pthread_self(), "rtnetlink");  // for debuggers only
  // The maker may be a worker's thread, which lives elsewhere.
  worker.home = ComeHome();

  std::unique_lock lock(mutex_);
  while (!worker.abandoned) {
    if (jobs_.empty() && (idle_jobs_.empty() || stopping_)) {
      if (stopping_) break;
      ++idle_;
      posted_.wait(lock);
      --idle_;
      continue;
    }
    auto& queue = jobs_.empty() ? idle_jobs_ : jobs_;
    Job job = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    job();
    job = Job();  // what the job owned ends before the thread counts as free
    lock.lock();
  }
  // Nobody else may come for what waits. The new thread comes home by itself.
  if (!stopping_ && alive_ == 0 && !jobs_.empty()) (void)StartThread().ok();
  // It may be joined a long time later.
  worker.home = Error{ENOTSUP, "setns"};
  worker.finished = true;
}

}  // namespace rtnetlink

#ifndef RTNETLINK_NAMESPACE_RESERVE_H_
#define RTNETLINK_NAMESPACE_RESERVE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include "executor.h"
#include "interrupt.h"
#include "namespaces.h"
#include "result.h"

namespace rtnetlink {

// Namespaces that are made before anybody asks for them, so that who asks finds the dearest part done. What is taken is
// replaced by a thread of the executor that has nothing else to do. Empty unless somebody sets a target. Must be held
// by a std::shared_ptr.
class NamespaceReserve : public std::enable_shared_from_this<NamespaceReserve> {
 public:
  // The executor outlives the reserve's jobs, since it runs them or drops them before it ends.
  NamespaceReserve(Executor& executor, std::shared_ptr<const Interrupt> interrupt)
      : executor_(executor), interrupt_(std::move(interrupt)) {}

  // How many shall be there; what is too much goes. From any thread.
  void SetTarget(std::size_t target);
  // Makes what is missing. On a thread of the executor.
  Status Fill();
  // One that is there, or is about to be, or a new one. On a thread of the executor.
  Result<CreatedNamespace> Take();

 private:
  // Makes one if one is missing; tells whether another one is.
  Result<bool> MakeOne();
  // Has a thread that is idle replace what was taken.
  void Replace();

  Executor& executor_;
  const std::shared_ptr<const Interrupt> interrupt_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<CreatedNamespace> ready_;
  std::size_t target_ = 0;
  std::size_t under_way_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_NAMESPACE_RESERVE_H_

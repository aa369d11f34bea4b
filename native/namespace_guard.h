#ifndef RTNETLINK_NAMESPACE_GUARD_H_
#define RTNETLINK_NAMESPACE_GUARD_H_

#include <utility>

#include "result.h"

namespace rtnetlink {

// Moves the calling thread into a network namespace and back. Only on threads of the executor: a thread that cannot
// come home is abandoned (see Executor::AbandonThread), never reused.
class [[nodiscard]] NamespaceGuard {
 public:
  // Enters the namespace that a descriptor stands for. Where the thread is at home already nothing happens, so that a
  // process without privileges can ask in its own namespace.
  static Result<NamespaceGuard> Enter(int target);
  // Enters a namespace made on the spot.
  static Result<NamespaceGuard> Unshare();

  NamespaceGuard(NamespaceGuard&& other) noexcept : home_(std::exchange(other.home_, -1)) {}
  NamespaceGuard(const NamespaceGuard&) = delete;
  NamespaceGuard& operator=(const NamespaceGuard&) = delete;
  NamespaceGuard& operator=(NamespaceGuard&&) = delete;
  ~NamespaceGuard();

  // Comes home early, so that a failure can be reported.
  Status Leave();

 private:
  explicit NamespaceGuard(int home) : home_(home) {}

  int home_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_NAMESPACE_GUARD_H_

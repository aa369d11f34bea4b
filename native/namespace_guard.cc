#include "namespace_guard.h"

#include <sched.h>
#include <sys/stat.h>

#include "executor.h"

namespace rtnetlink {
namespace {

constexpr int kNowhereToLeave = -1;

bool SameFile(int a, int b) {
  struct stat first{};
  struct stat second{};
  if (::fstat(a, &first) != 0 || ::fstat(b, &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace

Result<NamespaceGuard> NamespaceGuard::Enter(int target) {
  const auto home = Executor::Home();
  if (!home.ok()) return home.error();
  if (SameFile(target, home.value())) return NamespaceGuard(kNowhereToLeave);
  if (::setns(target, CLONE_NEWNET) != 0) return Error::Last("setns");
  return NamespaceGuard(home.value());
}

Result<NamespaceGuard> NamespaceGuard::Unshare() {
  const auto home = Executor::Home();
  if (!home.ok()) return home.error();
  if (::unshare(CLONE_NEWNET) != 0) return Error::Last("unshare");
  return NamespaceGuard(home.value());
}

NamespaceGuard::~NamespaceGuard() {
  // The thread's fate is what counts here, and Leave sees to it.
  (void)Leave().ok();
}

Status NamespaceGuard::Leave() {
  const int home = std::exchange(home_, -1);
  if (home < 0 || ::setns(home, CLONE_NEWNET) == 0) return {};
  const Error failure = Error::Last("setns");
  Executor::AbandonThread();
  return failure;
}

}  // namespace rtnetlink

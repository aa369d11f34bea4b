#include "thread_entry.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <set>

namespace rtnetlink {
namespace {

constexpr int kTicketBits = 53;

class Tickets {
 public:
  static Tickets& Instance() {
    static auto& instance = *new Tickets;  // never destroyed: threads may outlive static destructors
    return instance;
  }

  void Add(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    tickets_.insert(ticket);
  }
  bool Take(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    return tickets_.erase(ticket) > 0;
  }

 private:
  std::mutex mutex_;
  std::set<std::uint64_t> tickets_;
};

bool IsThere(const char* own, int target) {
  struct stat here{};
  struct stat there{};
  if (::stat(own, &here) != 0 || ::fstat(target, &there) != 0) return false;
  return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

Status Enter(int target) {
  if (IsThere("/proc/thread-self/ns/net", target)) return {};
  if (::setns(target, CLONE_NEWNET) != 0) return Error::Last("setns");
  return {};
}

}  // namespace

Result<std::uint64_t> AdmitThread() {
  std::uint64_t ticket = 0;
  if (::getrandom(&ticket, sizeof ticket, 0) != static_cast<ssize_t>(sizeof ticket)) return Error::Last("getrandom");
  ticket >>= 64 - kTicketBits;
  Tickets::Instance().Add(ticket);
  return ticket;
}

void RevokeThread(std::uint64_t ticket) { (void)Tickets::Instance().Take(ticket); }

Status EnterForGood(std::uint64_t ticket, int network_namespace) {
  if (!Tickets::Instance().Take(ticket) || ::gettid() == ::getpid()) return Error{ENOTSUP, "setns"};
  return Enter(network_namespace);
}

Result<UniqueFd> ComeHome() {
  UniqueFd home(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!home) return Error::Last("open");
  const Status entered = Enter(home.get());
  if (!entered.ok()) return entered.error();
  return home;
}

}  // namespace rtnetlink

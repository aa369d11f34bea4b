// rtnetlink-exec: enters a network namespace and becomes a program. The library starts it (lib/namespace/spawn.ts),
// since a JavaScript thread must not enter. Of the helper nothing is left to see: same process, arguments, environment,
// signals and descriptors as if the program had been started outright.

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <cstdio>

#include "helper/environment.h"
#include "helper/failure.h"
#include "helper/namespace_entry.h"
#include "helper/request.h"

namespace rtnetlink::helper {
namespace {

// What a shell answers for a program that cannot be executed. The library hears the reason itself.
constexpr int kNotExecuted = 126;

Failure CloseOnExec(int fd) {
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return Failure::Last("fcntl");
  return {};
}

// In the order, and with the one leniency, of libuv.
Failure TakeIdentity(const Request& request) {
  // Only root may, and only root has groups to lose.
  if (request.uid || request.gid) (void)::setgroups(0, nullptr);
  if (request.gid && ::setgid(*request.gid) != 0) return Failure::Last("setgid");
  if (request.uid && ::setuid(*request.uid) != 0) return Failure::Last("setuid");
  return {};
}

// Returns only if something failed.
Failure Become(const Request& request) {
  if (auto failure = CloseOnExec(request.network_namespace)) return failure;
  if (auto failure = EnterNamespace(request)) return failure;
  if (auto failure = TakeIdentity(request)) return failure;
  ::execvp(request.file, request.arguments);
  return Failure::Last("execvp");
}

int Main(int count, char** arguments) {
  const auto request = ParseRequest(count, arguments);
  if (!request) {
    (void)std::fputs("rtnetlink-exec is started by the rtnetlink library\n", stderr);
    return kNotExecuted;
  }
  RestoreEnvironment(environ);
  Failure failure = CloseOnExec(request->status);
  if (!failure) failure = Become(*request);
  Report(request->status, failure);
  return kNotExecuted;
}

}  // namespace
}  // namespace rtnetlink::helper

int main(int argc, char** argv) { return rtnetlink::helper::Main(argc, argv); }

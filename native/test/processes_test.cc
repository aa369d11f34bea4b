#include "processes.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "support.h"

namespace rtnetlink {
namespace {

class ProcessesTest : public test::KernelTest {};

// A process that is in a namespace already and waits to be killed.
pid_t StartInside(int network_namespace) {
  int ready[2];
  EXPECT_EQ(::pipe(ready), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setns(network_namespace, CLONE_NEWNET) != 0 || ::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return pid;
}

TEST_F(ProcessesTest, AreThoseInsideInOrder) {
  const CreatedNamespace scratch = Scratch();
  std::vector<std::int32_t> children;
  for (int i = 0; i < 3; ++i) children.push_back(StartInside(scratch.network_namespace.fd()));
  std::sort(children.begin(), children.end());

  const auto inside = ProcessesIn(scratch.network_namespace, interrupt_);
  for (const pid_t child : children) ::kill(child, SIGKILL);
  // As zombies they are in no namespace any more.
  siginfo_t ended{};
  for (const pid_t child : children) EXPECT_EQ(::waitid(P_PID, child, &ended, WEXITED | WNOWAIT), 0);
  const auto after = ProcessesIn(scratch.network_namespace, interrupt_);
  for (const pid_t child : children) EXPECT_EQ(::waitpid(child, nullptr, 0), child);

  EXPECT_EQ(inside.value(), children);
  EXPECT_TRUE(after.value().empty());
}

TEST_F(ProcessesTest, OfHomeHaveThisOne) {
  const auto home = NetworkNamespace::Current();
  const auto pids = ProcessesIn(home.value(), interrupt_);
  EXPECT_TRUE(std::binary_search(pids.value().begin(), pids.value().end(), ::getpid()));
}

TEST_F(ProcessesTest, AnInterruptEndsTheSearch) {
  interrupt_.Trigger();
  EXPECT_EQ(ProcessesIn(NetworkNamespace::Current().value(), interrupt_).error().code, ECANCELED);
}

}  // namespace
}  // namespace rtnetlink

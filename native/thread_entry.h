#ifndef RTNETLINK_THREAD_ENTRY_H_
#define RTNETLINK_THREAD_ENTRY_H_

#include <cstdint>

#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// The way into a namespace for the thread of a worker (lib/namespace/worker.ts), which stays there until it ends: the
// one JavaScript thread that may. Everything here is safe to call from any thread.

// Allows one thread of this process to enter. The number, below 2^53, is the ticket; it is good once.
Result<std::uint64_t> AdmitThread();
// Takes a ticket back that may not have been used.
void RevokeThread(std::uint64_t ticket);
// Moves the calling thread into a network namespace for good; where it is there already nothing happens, so that no
// privilege is needed. ENOTSUP without a ticket, and on the main thread, whose namespace is that of the process.
Status EnterForGood(std::uint64_t ticket, int network_namespace);

// Moves the calling thread into the namespace of the main thread, the home of all threads but those that entered for
// good, and returns its descriptor. For threads that are made by such a one, whose namespace they would inherit.
Result<UniqueFd> ComeHome();

}  // namespace rtnetlink

#endif  // RTNETLINK_THREAD_ENTRY_H_

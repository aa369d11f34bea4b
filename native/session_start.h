#ifndef RTNETLINK_SESSION_START_H_
#define RTNETLINK_SESSION_START_H_

#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "completions.h"
#include "session.h"

// How a session starts its operations: for the files that define them, and no others.

namespace rtnetlink {

constexpr Error kUnknownHandle{EBADF, "handle"};

// Carries out the work of an operation, unless the session has ended meanwhile. This is where memory that runs out
// becomes an operation's error.
template <typename Work>
Completion Perform(OperationId id, const Interrupt& interrupt, Work& work) {
  Completion completion;
  try {
    completion = interrupt.triggered() ? Failed(kInterrupted) : work();
  } catch (const std::bad_alloc&) {
    completion = Failed({ENOMEM, "malloc"});
  }
  completion.id = id;
  return completion;
}

// Performs an operation and reports it, when what it held is let go of: who closed that before finds it closed.
inline void Conclude(Mailbox& mailbox, Trip::Work& performance) {
  Completion completion = performance();
  performance = {};
  mailbox.Deliver(std::move(completion));
}

template <typename Work>
Trip::Work Session::Performance(OperationId id, Work work) {
  return [id, interrupt = interrupt_, work = std::move(work)]() mutable { return Perform(id, *interrupt, work); };
}

template <typename Work>
void Session::StartOn(const std::shared_ptr<Strand>& strand, OperationId id, Work work,
                      std::optional<OperationId> undoes) {
  auto performance = Performance(id, std::move(work));
  if (trip_) return trip_->Add(id, strand, std::move(performance), undoes);
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): the unique_ptr in it is moved into the step
  const Status posted = strand->Post([mailbox = mailbox_, performance = std::move(performance)]() mutable {
    Conclude(*mailbox, performance);
    return Strand::Next::kDone;
  });
  if (!posted.ok()) Settle(id, posted.error());
}

template <typename Work>
void Session::StartIn(Handle handle, OperationId id, Work work) {
  const auto found = namespaces_.find(handle);
  if (found == namespaces_.end()) return Refuse(id, kUnknownHandle);
  StartOn(found->second.strand, id, [cell = found->second.cell, work = std::move(work)]() mutable {
    const auto network_namespace = cell->Get();
    return network_namespace.ok() ? work(*network_namespace.value()) : Failed(network_namespace.error());
  });
}

template <typename Work>
void Session::Start(OperationId id, Work work) {
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): the unique_ptr in it is moved into the job
  const Status posted = executor_->Post([mailbox = mailbox_, performance = Performance(id, std::move(work))]() mutable {
    Conclude(*mailbox, performance);
  });
  if (!posted.ok()) Settle(id, posted.error());
}

}  // namespace rtnetlink

#endif  // RTNETLINK_SESSION_START_H_

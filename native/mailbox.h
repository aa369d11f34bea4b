#ifndef RTNETLINK_MAILBOX_H_
#define RTNETLINK_MAILBOX_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "buffer.h"
#include "chunk_memory.h"
#include "namespaces.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// The caller's number for an operation.
using OperationId = std::int64_t;

// News of an operation: its end, or a chunk of a dump. It owns what the operation made, until a session takes that
// over; news that nobody reads any more closes it.
struct Completion {
  enum class Kind { kSettled, kChunk };

  Kind kind = Kind::kSettled;
  OperationId id = 0;
  Error error;
  // Whether the answers in `data` include a refusal.
  bool rejected = false;
  Buffer data;
  // Who takes the memory of `data` when its reader is done with it; nobody if absent.
  std::shared_ptr<ChunkMemory> memory;
  std::shared_ptr<const NetworkNamespace> network_namespace;
  // The handle was given before the operation ended, and may have been closed since.
  bool handle_given = false;
  bool socket_opened = false;
  UniqueFd fd;
  std::vector<UniqueFd> queues;
  // Numbers for the caller, behind those of what was made.
  std::vector<double> values;
};

// Carries completions, in order, from the executor's threads to the thread of a session.
class Mailbox {
 public:
  // `wake` is called on the delivering thread when there is something to take, and not again before it was taken.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  // Delivers from any thread. After Close the completion, with what it owns, is destroyed.
  void Deliver(Completion completion);
  void Deliver(std::vector<Completion> completions);
  std::vector<Completion> Take();
  // From here on nothing is delivered, and `wake` is not called any more: not even on another thread, right now.
  void Close();

 private:
  void Wake();

  std::mutex mutex_;
  std::vector<Completion> completions_;
  bool closed_ = false;

  std::mutex wake_mutex_;  // guards what follows
  std::function<void()> wake_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_MAILBOX_H_

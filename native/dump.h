#ifndef RTNETLINK_DUMP_H_
#define RTNETLINK_DUMP_H_

#include <cstdint>
#include <memory>
#include <mutex>

#include "buffer.h"
#include "channel.h"
#include "chunk_memory.h"
#include "interrupt.h"
#include "mailbox.h"

namespace rtnetlink {

// One dump, from its request to NLMSG_DONE: a job on its socket's strand that hands on chunks and parks while the
// consumer is `window` chunks behind. The kernel produces a dump only as it is read, so a slow consumer costs nothing.
// Must be held by a std::shared_ptr.
class Dump : public std::enable_shared_from_this<Dump> {
 public:
  Dump(OperationId id, std::shared_ptr<Channel> channel, Buffer request, Buffer fixups, Buffer groups,
       std::uint32_t window, std::shared_ptr<Mailbox> mailbox, std::shared_ptr<ChunkMemory> memory,
       std::shared_ptr<const Interrupt> interrupt);

  // Queues the dump behind what its socket has to do already.
  Status Start();
  // One more chunk was consumed. From any thread.
  void Resume();
  // Ends the dump early; at once if it has not begun. From any thread.
  void Cancel();
  // Lets a parked dump notice an interrupt.
  void Wake();

 private:
  enum class Stage { kQueued, kRunning, kEnded };

  Strand::Next Run();
  Strand::Next Proceed();
  // Ends it early, and leaves the socket fit for what comes.
  Strand::Next Abort(Error error);
  Strand::Next Settle(Error error);
  Completion News(Completion::Kind kind) const;

  const OperationId id_;
  const std::shared_ptr<Channel> channel_;
  Buffer request_;
  const Buffer fixups_;
  const Buffer groups_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::shared_ptr<ChunkMemory> memory_;
  const std::shared_ptr<const Interrupt> interrupt_;
  std::uint32_t sequence_ = 0;
  bool sent_ = false;

  std::mutex mutex_;  // guards what follows
  std::uint64_t window_;
  Stage stage_ = Stage::kQueued;
  bool canceled_ = false;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_DUMP_H_

#include "dump.h"

#include <new>
#include <utility>

namespace rtnetlink {

Dump::Dump(OperationId id, std::shared_ptr<Channel> channel, Buffer request, Buffer fixups, Buffer groups,
           std::uint32_t window, std::shared_ptr<Mailbox> mailbox, std::shared_ptr<ChunkMemory> memory,
           std::shared_ptr<const Interrupt> interrupt)
    : id_(id),
      channel_(std::move(channel)),
      request_(std::move(request)),
      fixups_(std::move(fixups)),
      groups_(std::move(groups)),
      mailbox_(std::move(mailbox)),
      memory_(std::move(memory)),
      interrupt_(std::move(interrupt)),
      window_(window) {}

Status Dump::Start() {
  return channel_->strand()->Post([self = shared_from_this()] { return self->Run(); });
}

void Dump::Resume() {
  {
    const std::lock_guard lock(mutex_);
    ++window_;
  }
  Wake();
}

void Dump::Cancel() {
  bool queued = false;
  {
    const std::lock_guard lock(mutex_);
    if (stage_ == Stage::kEnded) return;
    canceled_ = true;
    queued = stage_ == Stage::kQueued;
    if (queued) stage_ = Stage::kEnded;
  }
  if (queued) {
    Completion settled = News(Completion::Kind::kSettled);
    settled.error = {ECANCELED, "recvmsg"};
    mailbox_->Deliver(std::move(settled));
  } else {
    Wake();
  }
}

void Dump::Wake() { channel_->strand()->Wake(); }

Strand::Next Dump::Run() {
  try {
    return Proceed();
  } catch (const std::bad_alloc&) {
    return Abort({ENOMEM, "malloc"});
  }
}

Strand::Next Dump::Proceed() {
  {
    const std::lock_guard lock(mutex_);
    if (stage_ == Stage::kEnded) return Strand::Next::kDone;  // canceled in the queue
    stage_ = Stage::kRunning;
  }
  if (interrupt_->triggered()) return Settle({ECANCELED, "recvmsg"});
  const auto opened = channel_->Socket();
  if (!opened.ok()) return Settle(opened.error());
  NetlinkSocket& socket = *opened.value();
  if (!sent_) {
    const auto sequence = NetlinkSocket::SequenceOf(request_);
    if (!sequence.ok()) return Settle(sequence.error());
    sequence_ = sequence.value();
    Completion rejection = News(Completion::Kind::kChunk);
    const Status started = socket.StartDump(request_, fixups_, groups_, rejection.data, *interrupt_);
    if (!started.ok()) return Settle(started.error());
    if (!rejection.data.empty()) {
      mailbox_->Deliver(std::move(rejection));
      return Settle({});
    }
    sent_ = true;
  }
  for (;;) {
    bool canceled = false;
    {
      const std::lock_guard lock(mutex_);
      canceled = canceled_;
      if (!canceled) {
        if (window_ == 0) return Strand::Next::kPark;
        --window_;
      }
    }
    if (canceled) return Abort({ECANCELED, "recvmsg"});
    Completion chunk = News(Completion::Kind::kChunk);
    chunk.memory = memory_;
    chunk.data = memory_->Take();
    const auto at_end = socket.ContinueDump(sequence_, chunk.data, *interrupt_);
    if (!at_end.ok()) return Abort(at_end.error());
    mailbox_->Deliver(std::move(chunk));
    if (at_end.value()) return Settle({});
  }
}

Strand::Next Dump::Abort(Error error) {
  const auto socket = channel_->Socket();
  // A socket on which the kernel still dumps takes no other dump.
  if (sent_ && socket.ok() && !socket.value()->DrainDump(sequence_, *interrupt_)) channel_->Replace();
  return Settle(error);
}

Strand::Next Dump::Settle(Error error) {
  {
    const std::lock_guard lock(mutex_);
    stage_ = Stage::kEnded;
  }
  Completion settled = News(Completion::Kind::kSettled);
  settled.error = error;
  mailbox_->Deliver(std::move(settled));
  return Strand::Next::kDone;
}

Completion Dump::News(Completion::Kind kind) const {
  Completion completion;
  completion.kind = kind;
  completion.id = id_;
  return completion;
}

}  // namespace rtnetlink

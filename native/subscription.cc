#include "subscription.h"

#include <linux/netlink.h>

#include <new>
#include <utility>

namespace rtnetlink {
namespace {

// Datagrams read in one go, before another socket has its turn.
constexpr int kSlice = 256;

// The kernel sends events of up to some 16 KiB, more for links with hundreds of virtual functions.
constexpr std::size_t kReceiveRoom = std::size_t{256} * 1024;

std::uint8_t* ReceiveMemory() {
  // Only the pages that a datagram ever reached take memory.
  static thread_local const std::unique_ptr<std::uint8_t[]> kMemory(new std::uint8_t[kReceiveRoom]);
  return kMemory.get();
}

}  // namespace

Subscription::Subscription(OperationId id, std::shared_ptr<Mailbox> mailbox, std::size_t queue_size)
    : id_(id), mailbox_(std::move(mailbox)), queue_size_(queue_size) {}

void Subscription::Open(const NetworkNamespace& network_namespace, int protocol,
                        const std::vector<std::int32_t>& groups) {
  try {
    Begin(network_namespace, protocol, groups);
  } catch (const std::bad_alloc&) {
    Settle({ENOMEM, "malloc"});
  }
}

void Subscription::Begin(const NetworkNamespace& network_namespace, int protocol,
                         const std::vector<std::int32_t>& groups) {
  auto socket = EventSocket::Open(network_namespace, protocol, groups);
  if (!socket.ok()) return Settle(socket.error());
  auto loop = EventLoop::Shared();
  if (!loop.ok()) return Settle(loop.error());

  Error failure;
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    socket_ = std::move(socket.value());
    const auto key = loop.value()->Add(socket_->fd(), *this);
    if (key.ok()) {
      key_ = key.value();
      loop_ = std::move(loop.value());
      // The first chunk: nobody asks for another before it.
      mailbox_->Deliver(News(Completion::Kind::kChunk));
    } else {
      failure = key.error();
    }
  }
  if (failure.code != 0) Settle(failure);
}

void Subscription::Resume() {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  wanted_ = true;
  HandOn();
}

void Subscription::Cancel() {
  Settle({ECANCELED, "recvmsg"});
  End();
}

void Subscription::End() {
  std::shared_ptr<EventLoop> loop;
  EventLoop::Key key = 0;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    loop = std::move(loop_);
    key = key_;
  }
  // Without the lock, which the loop's thread may wait for.
  if (loop) loop->Remove(key);
  const std::lock_guard lock(mutex_);
  socket_.reset();
  queue_ = Buffer();
}

bool Subscription::Drain() {
  try {
    return Read();
  } catch (const std::bad_alloc&) {
    // What is queued is given up as well, which makes room to say so.
    const std::lock_guard lock(mutex_);
    queue_ = Buffer();
    full_ = true;
    HandOn();
    return true;
  }
}

bool Subscription::Read() {
  std::uint8_t* memory = ReceiveMemory();
  Error failure;
  for (int count = 0; count < kSlice; ++count) {
    const auto received = socket_->Receive(memory, kReceiveRoom);
    if (received.ok()) {
      Queue(memory, received.value());
    } else if (received.error().code == ENOBUFS) {
      // What the kernel still keeps is older than what it dropped, and it keeps nothing new until that is read.
      lost_ = true;
    } else if (received.error().code == EMSGSIZE || received.error().code == ENOMEM) {
      MarkFull();
    } else {
      if (received.error().code != EAGAIN) failure = received.error();
      if (std::exchange(lost_, false)) MarkFull();
      break;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    HandOn();
  }
  if (failure.code == 0) return true;
  Settle(failure);
  return false;
}

void Subscription::Queue(const std::uint8_t* bytes, std::size_t size) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() + size > queue_size_) full_ = true;
  if (full_) return;
  queue_.Append(bytes, size);
  queue_.Align();
}

void Subscription::MarkFull() {
  const std::lock_guard lock(mutex_);
  full_ = true;
}

void Subscription::HandOn() {
  if (!wanted_ || (queue_.empty() && !full_)) return;
  if (full_) {
    nlmsghdr overrun{};
    overrun.nlmsg_len = sizeof overrun;
    overrun.nlmsg_type = NLMSG_OVERRUN;
    queue_.Append(&overrun, sizeof overrun);
    full_ = false;
  }
  wanted_ = false;
  Completion chunk = News(Completion::Kind::kChunk);
  chunk.data = std::exchange(queue_, Buffer());
  mailbox_->Deliver(std::move(chunk));
}

void Subscription::Settle(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
  }
  Completion settled = News(Completion::Kind::kSettled);
  settled.error = error;
  mailbox_->Deliver(std::move(settled));
}

Completion Subscription::News(Completion::Kind kind) const {
  Completion completion;
  completion.kind = kind;
  completion.id = id_;
  return completion;
}

}  // namespace rtnetlink

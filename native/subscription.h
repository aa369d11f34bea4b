#ifndef RTNETLINK_SUBSCRIPTION_H_
#define RTNETLINK_SUBSCRIPTION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "buffer.h"
#include "event_loop.h"
#include "event_socket.h"
#include "mailbox.h"

namespace rtnetlink {

// Membership in multicast groups, until it is canceled. What the groups are told is fetched from the socket at once and
// queued here, and handed on in chunks: one, and all that came meanwhile when the consumer asks for more. The first
// chunk is empty and says that the membership is in force. Where events were lost, because the kernel's buffer or the
// queue was full, stands a message NLMSG_OVERRUN: everything before it is older than the loss.
class Subscription final : public EventLoop::Listener {
 public:
  // Some ten thousand events of links.
  static constexpr std::size_t kQueueSize = std::size_t{16} * 1024 * 1024;

  Subscription(OperationId id, std::shared_ptr<Mailbox> mailbox, std::size_t queue_size = kQueueSize);
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription() { End(); }

  // Opens the socket and begins to listen, or settles with the failure. On a thread of the executor.
  void Open(const NetworkNamespace& network_namespace, int protocol, const std::vector<std::int32_t>& groups);
  // One more chunk was consumed. From the session's thread, as the next two.
  void Resume();
  // Ends it, settled with ECANCELED.
  void Cancel();
  // Ends it in silence. It may be called again.
  void End();

  bool Drain() override;
  void Fail(Error error) override { Settle(error); }

 private:
  void Begin(const NetworkNamespace& network_namespace, int protocol, const std::vector<std::int32_t>& groups);
  bool Read();
  void Queue(const std::uint8_t* bytes, std::size_t size);
  void MarkFull();
  // Delivers what is queued, if somebody waits for it. Holding the lock.
  void HandOn();
  // Once; whoever calls it sees to the socket.
  void Settle(Error error);
  Completion News(Completion::Kind kind) const;

  const OperationId id_;
  const std::shared_ptr<Mailbox> mailbox_;
  const std::size_t queue_size_;
  std::optional<EventSocket> socket_;  // only for the loop's thread, as long as the loop knows the subscription
  bool lost_ = false;                  // likewise: the kernel dropped events, and those before them are not read yet

  std::mutex mutex_;  // guards what follows
  std::shared_ptr<EventLoop> loop_;
  EventLoop::Key key_ = 0;
  Buffer queue_;
  bool full_ = false;    // events behind the queue's end were dropped, and others are until it is fetched
  bool wanted_ = false;  // the consumer waits for a chunk
  bool ended_ = false;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_SUBSCRIPTION_H_

#ifndef RTNETLINK_EVENT_LOOP_H_
#define RTNETLINK_EVENT_LOOP_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// The one thread of the process that listens to event sockets, however many there are. It never leaves the namespace in
// which the process is at home: a socket hears its own. It starts with the first subscription and ends with the last.
class EventLoop {
 public:
  // Who reads a descriptor when there is something.
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    // Reads what there is, up to a limit, and is called again for the rest. False if the descriptor is of no use any
    // more. On the thread of the loop, which the listener must not let go of.
    virtual bool Drain() = 0;
    // The loop cannot go on: nothing is drained any more. Likewise.
    virtual void Fail(Error error) = 0;

   protected:
    ~Listener() = default;
  };
  using Key = std::uint64_t;

  // The loop of the process, made anew if nobody holds one. On a thread of the executor that is at home: the loop's
  // thread inherits its namespace, and the mask that keeps the program's signal handlers away.
  static Result<std::shared_ptr<EventLoop>> Shared();

  EventLoop(UniqueFd epoll, UniqueFd stop);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  // Joins the thread, so not on that thread.
  ~EventLoop();

  // From any thread but the loop's own, both.
  Result<Key> Add(int fd, Listener& listener);
  // When it returns, the listener is not being called and will not be again.
  void Remove(Key key);

 private:
  struct Entry {
    int fd;
    Listener* listener;
  };

  Status Start();
  bool HasFailed();
  void Work();
  // Nothing if the loop was told to end.
  std::optional<Error> Wait();
  void Serve(Key key);
  void FailAll(Error error);
  template <typename Call>
  void CallOut(std::unique_lock<std::mutex>& lock, Key key, Call call);
  void Forget(Key key);

  const UniqueFd epoll_;
  const UniqueFd stop_;
  std::thread thread_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable served_;
  std::unordered_map<Key, Entry> entries_;
  Key last_key_ = 0;
  std::optional<Key> serving_;
  Error failure_;  // why it ended early
};

}  // namespace rtnetlink

#endif  // RTNETLINK_EVENT_LOOP_H_

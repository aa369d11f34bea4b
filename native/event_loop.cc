#include "event_loop.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <system_error>
#include <utility>

namespace rtnetlink {
namespace {

// Keys begin at 1.
constexpr EventLoop::Key kStop = 0;

}  // namespace

Result<std::shared_ptr<EventLoop>> EventLoop::Shared() {
  // Never destroyed: process.exit() runs static destructors while threads of ours may still work.
  static auto& mutex = *new std::mutex;
  static auto& shared = *new std::weak_ptr<EventLoop>;
  const std::lock_guard lock(mutex);
  if (auto loop = shared.lock(); loop && !loop->HasFailed()) return loop;
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return Error::Last("epoll_create1");
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop) return Error::Last("eventfd");
  auto loop = std::make_shared<EventLoop>(std::move(epoll), std::move(stop));
  const Status started = loop->Start();
  if (!started.ok()) return started.error();
  shared = loop;
  return loop;
}

EventLoop::EventLoop(UniqueFd epoll, UniqueFd stop) : epoll_(std::move(epoll)), stop_(std::move(stop)) {}

EventLoop::~EventLoop() {
  if (!thread_.joinable()) return;
  (void)::eventfd_write(stop_.get(), 1);  // it is written once, so the counter cannot be full
  thread_.join();
}

Status EventLoop::Start() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kStop;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), &event) != 0) return Error::Last("epoll_ctl");
  try {
    thread_ = std::thread([this] { Work(); });
  } catch (const std::system_error& failure) {
    return Error{failure.code().value(), "pthread_create"};
  }
  (void)pthread_setname_np(thread_.native_handle(), "rtnetlink-event");  // for debuggers only
  return {};
}

Result<EventLoop::Key> EventLoop::Add(int fd, Listener& listener) {
  const std::lock_guard lock(mutex_);
  if (failure_.code != 0) return failure_;
  const Key key = ++last_key_;
  entries_.emplace(key, Entry{fd, &listener});
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    const Error failure = Error::Last("epoll_ctl");
    entries_.erase(key);
    return failure;
  }
  return key;
}

void EventLoop::Remove(Key key) {
  std::unique_lock lock(mutex_);
  Forget(key);
  served_.wait(lock, [&] { return serving_ != key; });
}

void EventLoop::Forget(Key key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  // Cannot fail: the descriptor is open and was added.
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, found->second.fd, nullptr);
  entries_.erase(found);
}

void EventLoop::Work() {
  if (const auto failure = Wait()) FailAll(*failure);
}

std::optional<Error> EventLoop::Wait() {
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return Error::Last("epoll_wait");
    for (int i = 0; i < count; ++i) {
      const Key key = events[static_cast<std::size_t>(i)].data.u64;
      if (key == kStop) return std::nullopt;
      Serve(key);
    }
  }
}

void EventLoop::Serve(Key key) {
  std::unique_lock lock(mutex_);
  bool goes_on = false;
  CallOut(lock, key, [&](Listener& listener) { goes_on = listener.Drain(); });
  if (!goes_on) Forget(key);
}

void EventLoop::FailAll(Error error) {
  std::unique_lock lock(mutex_);
  failure_ = error;
  while (!entries_.empty()) {
    const Key key = entries_.begin()->first;
    CallOut(lock, key, [&](Listener& listener) { listener.Fail(error); });
    Forget(key);
  }
}

// Calls a listener without the lock, unless it was removed since.
template <typename Call>
void EventLoop::CallOut(std::unique_lock<std::mutex>& lock, Key key, Call call) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  Listener& listener = *found->second.listener;
  serving_ = key;
  lock.unlock();
  call(listener);
  lock.lock();
  serving_.reset();
  served_.notify_all();
}

bool EventLoop::HasFailed() {
  const std::lock_guard lock(mutex_);
  return failure_.code != 0;
}

}  // namespace rtnetlink

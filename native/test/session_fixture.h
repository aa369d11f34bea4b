#ifndef RTNETLINK_TEST_SESSION_FIXTURE_H_
#define RTNETLINK_TEST_SESSION_FIXTURE_H_

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "session.h"
#include "support.h"

namespace rtnetlink::test {

struct Settled {
  Error error;
  std::vector<double> values;
  Buffer data;
};

// A session whose JavaScript thread the test plays.
class SessionTest : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    session_ = std::make_unique<Session>(mailbox_);
  }

  // Takes completions until the operation has settled.
  Settled& Await(OperationId id) {
    while (settled_.count(id) == 0) Take();
    return settled_[id];
  }
  // Takes completions until the dump has produced so many chunks in all.
  void AwaitChunks(OperationId id, std::size_t count) {
    while (chunks_[id].size() < count) Take();
  }
  void Take() {
    std::unique_lock lock(mutex_);
    woken_.wait(lock, [&] { return wakes_ > 0; });
    wakes_ = 0;
    lock.unlock();
    for (Completion& completion : mailbox_->Take()) {
      if (completion.kind == Completion::Kind::kChunk) {
        chunks_[completion.id].push_back(std::move(completion.data));
        continue;
      }
      const auto values = session_->Accept(completion);
      ASSERT_EQ(settled_.count(completion.id), 0U) << "settled twice";
      settled_[completion.id] = {completion.error, values, std::move(completion.data)};
    }
  }

  // A namespace with a socket in it.
  void MakeNamespace() {
    session_->CreateNamespace(1000, std::nullopt);
    const auto& created = Await(1000);
    ASSERT_EQ(created.error.code, 0) << created.error.call;
    ASSERT_EQ(created.values.size(), 5U);
    namespace_ = static_cast<Session::Handle>(created.values[0]);
    socket_ = static_cast<Session::Handle>(created.values[4]);
  }
  void AddRoutes() {
    for (std::uint32_t batch = 0; batch < 40; ++batch) {
      Buffer requests;
      for (std::uint32_t i = 1; i <= 500; ++i) {
        const Bytes request = AddBlackhole(i, batch * 500 + i);
        requests.Append(request.data(), request.size());
      }
      session_->Send(2000 + batch, socket_, {std::move(requests), {}, {}, {}});
    }
    for (std::uint32_t batch = 0; batch < 40; ++batch) ASSERT_EQ(Await(2000 + batch).error.code, 0);
  }

  std::mutex mutex_;
  std::condition_variable woken_;
  int wakes_ = 0;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>([this] {
    const std::lock_guard lock(mutex_);
    ++wakes_;
    woken_.notify_one();
  });
  std::unique_ptr<Session> session_;
  std::map<OperationId, Settled> settled_;
  std::map<OperationId, std::vector<Buffer>> chunks_;
  Session::Handle namespace_ = 0;
  Session::Handle socket_ = 0;
};

}  // namespace rtnetlink::test

#endif  // RTNETLINK_TEST_SESSION_FIXTURE_H_

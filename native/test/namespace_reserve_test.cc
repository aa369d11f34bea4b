#include "namespace_reserve.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "support.h"

namespace rtnetlink {
namespace {

class NamespaceReserveTest : public test::KernelTest {
 protected:
  CreatedNamespace Take() {
    Result<CreatedNamespace> taken = Error{};
    OnExecutor([&] { taken = reserve_->Take(); });
    EXPECT_TRUE(taken.ok());
    return std::move(taken.value());
  }
  void Fill(std::size_t target) {
    reserve_->SetTarget(target);
    OnExecutor([&] { EXPECT_TRUE(reserve_->Fill().ok()); });
  }
  // As soon as the executor's idle jobs were done.
  void AwaitDescriptors(std::size_t count) {
    while (test::OpenDescriptors() != count) std::this_thread::yield();
  }

  std::shared_ptr<Interrupt> interrupt_ = std::make_shared<Interrupt>();
  std::shared_ptr<NamespaceReserve> reserve_ = std::make_shared<NamespaceReserve>(executor_, interrupt_);
};

// A descriptor of the namespace and a socket.
constexpr std::size_t kDescriptorsOfOne = 2;

TEST_F(NamespaceReserveTest, MakesWhatIsTakenIfNobodyWantsOneAhead) {
  OnExecutor([] {});
  const std::size_t before = test::OpenDescriptors();
  const CreatedNamespace taken = Take();
  OnExecutor([] {});
  EXPECT_EQ(test::OpenDescriptors(), before + kDescriptorsOfOne);
}

TEST_F(NamespaceReserveTest, KeepsAsManyAsItShall) {
  OnExecutor([] {});
  const std::size_t before = test::OpenDescriptors();

  Fill(3);
  EXPECT_EQ(test::OpenDescriptors(), before + 3 * kDescriptorsOfOne);
  Fill(1);
  EXPECT_EQ(test::OpenDescriptors(), before + kDescriptorsOfOne);
  reserve_->SetTarget(0);
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST_F(NamespaceReserveTest, ReplacesWhatWasTaken) {
  OnExecutor([] {});
  const std::size_t before = test::OpenDescriptors();
  Fill(2);
  std::set<std::uint64_t> inodes;
  std::vector<CreatedNamespace> taken;

  for (int i = 0; i < 20; ++i) {
    taken.push_back(Take());
    inodes.insert(taken.back().network_namespace.inode());
  }

  EXPECT_EQ(inodes.size(), 20U);
  AwaitDescriptors(before + 22 * kDescriptorsOfOne);
}

TEST_F(NamespaceReserveTest, ServesManyAtOnce) {
  Executor executor;
  auto reserve = std::make_shared<NamespaceReserve>(executor, interrupt_);
  reserve->SetTarget(2);
  std::mutex mutex;
  std::set<std::uint64_t> inodes;
  std::vector<CreatedNamespace> all;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(executor
                    .Post([&] {
                      auto taken = reserve->Take();
                      ASSERT_TRUE(taken.ok());
                      const std::lock_guard lock(mutex);
                      inodes.insert(taken.value().network_namespace.inode());
                      all.push_back(std::move(taken.value()));
                    })
                    .ok());
  }
  for (std::size_t count = 0; count < 100; std::this_thread::yield()) {
    const std::lock_guard lock(mutex);
    count = all.size();
  }
  EXPECT_EQ(inodes.size(), 100U);
}

TEST_F(NamespaceReserveTest, MakesNoneBehindAnInterrupt) {
  OnExecutor([] {});
  const std::size_t before = test::OpenDescriptors();
  interrupt_->Trigger();
  Fill(3);
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST_F(NamespaceReserveTest, TellsWhyItCannot) {
  reserve_->SetTarget(1);
  Status filled;
  OnExecutor([&] {
    test::DropCapabilities();
    filled = reserve_->Fill();
  });
  EXPECT_EQ(filled.error().code, EPERM);
  EXPECT_STREQ(filled.error().call, "unshare");
}

}  // namespace
}  // namespace rtnetlink

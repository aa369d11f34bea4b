#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "helper/environment.h"
#include "helper/failure.h"
#include "helper/namespace_entry.h"
#include "helper/request.h"
#include "namespaces.h"
#include "support.h"
#include "unique_fd.h"

namespace rtnetlink::helper {
namespace {

class Arguments {
 public:
  explicit Arguments(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (auto& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  int count() const { return static_cast<int>(texts_.size()); }
  char** get() { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

TEST(HelperRequestTest, HasWhatTheLibraryGives) {
  Arguments arguments({"helper", "3", "4", "1000", "-", "=blue", "sh", "arg0", "-c"});
  const auto request = ParseRequest(arguments.count(), arguments.get());

  ASSERT_TRUE(request);
  EXPECT_EQ(request->network_namespace, 3);
  EXPECT_EQ(request->status, 4);
  EXPECT_EQ(request->uid, 1000U);
  EXPECT_EQ(request->gid, std::nullopt);
  EXPECT_STREQ(request->name, "blue");
  EXPECT_STREQ(request->file, "sh");
  EXPECT_STREQ(request->arguments[0], "arg0");
  EXPECT_STREQ(request->arguments[1], "-c");
  EXPECT_EQ(request->arguments[2], nullptr);
}

TEST(HelperRequestTest, TellsANameFromNone) {
  Arguments without({"helper", "3", "4", "-", "-", "-", "sh", "sh"});
  Arguments hyphen({"helper", "3", "4", "-", "-", "=-", "sh", "sh"});

  EXPECT_EQ(ParseRequest(without.count(), without.get())->name, nullptr);
  EXPECT_STREQ(ParseRequest(hyphen.count(), hyphen.get())->name, "-");
}

TEST(HelperRequestTest, RefusesAnythingElse) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"helper"},
      {"helper", "3", "4", "-", "-", "-", "sh"},
      {"helper", "x", "4", "-", "-", "-", "sh", "sh"},
      {"helper", "3", "", "-", "-", "-", "sh", "sh"},
      {"helper", "3", "-1", "-", "-", "-", "sh", "sh"},
      {"helper", "3", "4", "12x", "-", "-", "sh", "sh"},
      {"helper", "3", "4", "-", "99999999999", "-", "sh", "sh"},
      {"helper", "3", "4", "-", "-", "blue", "sh", "sh"},
  };
  for (const auto& texts : wrong) {
    Arguments arguments(texts);
    EXPECT_FALSE(ParseRequest(arguments.count(), arguments.get())) << ::testing::PrintToString(texts);
  }
}

TEST(HelperEnvironmentTest, LosesItsMark) {
  Arguments environment({"+LD_PRELOAD=x", "NODE_CHANNEL_FD=3", "++A=b", "+"});

  RestoreEnvironment(environment.get());

  EXPECT_STREQ(environment.get()[0], "LD_PRELOAD=x");
  EXPECT_STREQ(environment.get()[1], "NODE_CHANNEL_FD=3");
  EXPECT_STREQ(environment.get()[2], "+A=b");
  EXPECT_STREQ(environment.get()[3], "");
}

TEST(HelperFailureTest, IsReportedInOneLine) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd status(ends[0]);
  UniqueFd library(ends[1]);
  errno = ENOENT;
  const Failure failure = Failure::Last("mount", "/etc/a b");

  Report(status.get(), failure);

  std::array<char, 64> text{};
  ASSERT_GT(::recv(library.get(), text.data(), text.size() - 1, 0), 0);
  EXPECT_STREQ(text.data(), "2 mount /etc/a b");

  library.Reset();
  Report(status.get(), failure);  // a signal would end the test
}

// Each test's steps run in a process of their own, as the helper's do.
class HelperEntryTest : public test::KernelTest {
 protected:
  // The number of the expectation that failed, or 0.
  static int InChild(const std::function<int()>& steps) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(steps());
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
  }
  static std::string Read(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void Write(const std::string& file, const std::string& text) { std::ofstream(file) << text; }
  static std::size_t CountDevices() {
    namespace fs = std::filesystem;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/sys/class/net"), fs::directory_iterator()));
  }
};

TEST_F(HelperEntryTest, EntersAndShowsTheDevicesInSysfs) {
  const CreatedNamespace scratch = Scratch();
  Request request;
  request.network_namespace = scratch.network_namespace.fd();
  const std::string mounts = Read("/proc/self/mountinfo");

  EXPECT_EQ(InChild([&] {
              if (EnterNamespace(request)) return 1;
              if (NetworkNamespace::Current().value().inode() != scratch.network_namespace.inode()) return 2;
              return CountDevices() == 1 ? 0 : 3;  // its loopback
            }),
            0);
  EXPECT_EQ(Read("/proc/self/mountinfo"), mounts);
}

TEST_F(HelperEntryTest, ReturnsToAWorkingDirectoryInSysfs) {
  const CreatedNamespace scratch = Scratch();
  Request request;
  request.network_namespace = scratch.network_namespace.fd();

  EXPECT_EQ(InChild([&] {
              if (::chdir("/sys/class/net") != 0) return 1;
              if (EnterNamespace(request)) return 2;
              const auto here = std::filesystem::directory_iterator(".");
              return std::distance(here, std::filesystem::directory_iterator()) == 1 ? 0 : 3;
            }),
            0);
}

TEST_F(HelperEntryTest, LaysTheFilesOfANameOverOthers) {
  const CreatedNamespace scratch = Scratch();
  const std::string etc = directory() + "/etc";
  const std::string overrides = directory() + "/netns";
  std::filesystem::create_directories(etc);
  std::filesystem::create_directories(overrides + "/blue");
  Write(etc + "/hosts", "outside");
  Write(overrides + "/blue/hosts", "inside");
  Request request;
  request.network_namespace = scratch.network_namespace.fd();
  request.name = "blue";
  const Places places{"/sys", etc.c_str(), overrides.c_str()};

  EXPECT_EQ(InChild([&] {
              if (EnterNamespace(request, places)) return 1;
              return Read(etc + "/hosts") == "inside" ? 0 : 2;
            }),
            0);
  EXPECT_EQ(Read(etc + "/hosts"), "outside");

  Write(overrides + "/blue/missing", "");
  EXPECT_EQ(InChild([&] {
              const Failure failure = EnterNamespace(request, places);
              return failure.code == ENOENT && etc + "/missing" == failure.file.data() ? 0 : 1;
            }),
            0);
}

TEST_F(HelperEntryTest, SaysWhatIsRefused) {
  const CreatedNamespace scratch = Scratch();
  Request request;
  request.network_namespace = scratch.network_namespace.fd();

  EXPECT_EQ(InChild([&] {
              test::DropCapabilities();
              const Failure failure = EnterNamespace(request);
              return failure.code == EPERM && std::string(failure.call) == "setns" ? 0 : 1;
            }),
            0);
  request.name = "../blue";
  EXPECT_EQ(InChild([&] { return EnterNamespace(request).code == EINVAL ? 0 : 1; }), 0);
}

TEST_F(HelperEntryTest, NeedsNoPrivilegeAtHome) {
  const auto home = NetworkNamespace::Current();
  Request request;
  request.network_namespace = home.value().fd();

  EXPECT_EQ(InChild([&] {
              test::DropCapabilities();
              return EnterNamespace(request) ? 1 : 0;
            }),
            0);
}

}  // namespace
}  // namespace rtnetlink::helper

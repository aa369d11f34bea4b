#include "namespace_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.h"

namespace rtnetlink {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 24;

std::string TextOf(const Buffer& content) { return {reinterpret_cast<const char*>(content.data()), content.size()}; }

struct Entry {
  std::string name;
  std::uint32_t type;
  std::uint32_t error;
  std::string content;
};

std::vector<Entry> EntriesOf(const Buffer& records) {
  std::vector<Entry> entries;
  std::string left = TextOf(records);
  while (!left.empty()) {
    std::array<std::uint32_t, 4> header{};
    std::memcpy(header.data(), left.data(), sizeof header);
    const auto [name, type, error, content] = header;
    entries.push_back({left.substr(16, name), type, error, left.substr(16 + name, content)});
    left.erase(0, 16 + std::size_t{name} + content);
  }
  return entries;
}

Buffer Records(std::initializer_list<std::pair<std::string, std::string>> files) {
  Buffer records;
  for (const auto& [path, content] : files) {
    const std::array<std::uint32_t, 2> sizes{static_cast<std::uint32_t>(path.size()),
                                             static_cast<std::uint32_t>(content.size())};
    records.Append(sizes.data(), sizeof sizes);
    records.Append(path.data(), path.size());
    records.Append(content.data(), content.size());
  }
  return records;
}

class NamespaceFilesTest : public test::KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped()) return;
    scratch_.emplace(Scratch());
  }

  void AddBridge(const std::string& name) {
    Buffer requests = test::Join({test::AddBridge(1, name)});
    const auto exchange = test::SendTo(scratch_->socket, requests, interrupt_);
    ASSERT_TRUE(exchange.status.ok());
    ASSERT_TRUE(exchange.messages.empty());
  }

  Result<Buffer> Read(FileRoot root, const std::string& path, std::size_t limit = kPlenty) {
    Result<Buffer> result = Error{};
    OnExecutor([&] { result = ReadFile(scratch_->network_namespace, {root, path}, limit, interrupt_); });
    return result;
  }
  Written Write(FileRoot root, const Buffer& records) {
    Written written{};
    OnExecutor([&] { written = WriteFiles(scratch_->network_namespace, root, records, interrupt_); });
    return written;
  }
  Result<Buffer> List(FileRoot root, const std::string& path, bool deep, std::size_t limit = kPlenty) {
    Result<Buffer> result = Error{};
    OnExecutor([&] { result = ReadDirectory(scratch_->network_namespace, {root, path}, deep, limit, interrupt_); });
    return result;
  }

  std::optional<CreatedNamespace> scratch_;
};

TEST_F(NamespaceFilesTest, EachRootIsTheNamespaces) {
  AddBridge("only-here");

  EXPECT_NE(TextOf(Read(FileRoot::kProcNet, "dev").value()).find("only-here:"), std::string::npos);
  EXPECT_EQ(TextOf(Read(FileRoot::kSysctl, "ipv4/conf/only-here/forwarding").value()), "0\n");
  EXPECT_EQ(TextOf(Read(FileRoot::kClassNet, "only-here/operstate").value()), "down\n");
  for (const char* file : {"/sys/class/net/only-here", "/proc/sys/net/ipv4/conf/only-here"}) {
    EXPECT_NE(::access(file, F_OK), 0) << file;
  }
}

TEST_F(NamespaceFilesTest, TheExecutorComesHomeAlsoFromFailures) {
  struct stat before{};
  struct stat after{};
  ASSERT_EQ(::stat("/proc/self/ns/net", &before), 0);
  Read(FileRoot::kProcNet, "nothing").ok();
  Write(FileRoot::kSysctl, Records({{"nothing", "1"}}));
  List(FileRoot::kClassNet, "nothing", false).ok();
  OnExecutor([&] { ASSERT_EQ(::stat("/proc/thread-self/ns/net", &after), 0); });
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(NamespaceFilesTest, NothingLeadsOut) {
  const std::string nul("dev\0x", 5);
  for (const FileRoot root : {FileRoot::kProcNet, FileRoot::kSysctl, FileRoot::kClassNet}) {
    for (const std::string& path :
         {std::string("../kernel"), std::string("lo/../../x"), std::string(".."), std::string("/etc/passwd"), nul}) {
      const auto read = Read(root, path);
      EXPECT_FALSE(read.ok()) << path;
      EXPECT_TRUE(read.error().code == EXDEV || read.error().code == ENOENT) << path << ' ' << read.error().code;
      EXPECT_FALSE(List(root, path, false).ok()) << path;
      EXPECT_NE(Write(root, Records({{path, "x"}})).status.error().code, 0) << path;
    }
  }
  EXPECT_EQ(Read(FileRoot::kProcNet, "../status").error().code, EXDEV);
}

TEST_F(NamespaceFilesTest, ALinkOrAMountThatLeadsOutIsNotTaken) {
  std::ofstream(directory() + "/inside") << "x";
  ASSERT_EQ(::symlink("/etc/passwd", (directory() + "/absolute").c_str()), 0);
  ASSERT_EQ(::symlink("../../etc/passwd", (directory() + "/relative").c_str()), 0);
  ASSERT_EQ(::symlink("inside", (directory() + "/good").c_str()), 0);
  const UniqueFd root(::open(directory().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));

  EXPECT_EQ(FileTree::OpenBeneath(root.get(), "absolute", O_RDONLY).error().code, EXDEV);
  EXPECT_EQ(FileTree::OpenBeneath(root.get(), "relative", O_RDONLY).error().code, EXDEV);
  const auto good = FileTree::OpenBeneath(root.get(), "good", O_RDONLY);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(::fcntl(good.value().get(), F_GETFD), FD_CLOEXEC);

  ASSERT_EQ(::mkdir((directory() + "/mount").c_str(), 0700), 0);
  ASSERT_EQ(::mount("none", (directory() + "/mount").c_str(), "tmpfs", 0, nullptr), 0);
  EXPECT_EQ(FileTree::OpenBeneath(root.get(), "mount", O_RDONLY).error().code, EXDEV);
  ::umount2((directory() + "/mount").c_str(), MNT_DETACH);
}

TEST_F(NamespaceFilesTest, MountsMeanwhileDoNotDisturb) {
  AddBridge("br0");
  ASSERT_EQ(::mkdir((directory() + "/mount").c_str(), 0700), 0);
  std::atomic<bool> stop{false};
  std::thread churn([&, path = directory() + "/mount"] {
    while (!stop) {
      ::mount("none", path.c_str(), "tmpfs", 0, nullptr);
      ::umount2(path.c_str(), MNT_DETACH);
    }
  });

  int failures = 0;
  for (int round = 0; round < 2000; ++round) failures += Read(FileRoot::kClassNet, "br0/ifindex").ok() ? 0 : 1;

  stop = true;
  churn.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(NamespaceFilesTest, ReadingIsBounded) {
  const auto whole = Read(FileRoot::kProcNet, "dev");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(Read(FileRoot::kProcNet, "dev", whole.value().size()).value().size(), whole.value().size());
  const auto cut = Read(FileRoot::kProcNet, "dev", whole.value().size() - 1);
  EXPECT_EQ(cut.error().code, EFBIG);
  EXPECT_STREQ(cut.error().call, "read");
  EXPECT_EQ(Read(FileRoot::kSysctl, "ipv4/ip_forward", 1).error().code, EFBIG);
  EXPECT_EQ(List(FileRoot::kSysctl, "ipv4", true, 1000).error().code, EFBIG);
}

TEST_F(NamespaceFilesTest, FilesAreWrittenInOrderUntilOneFails) {
  const Written written = Write(FileRoot::kSysctl, Records({{"ipv4/ip_forward", "1\n"},
                                                            {"ipv4/ip_default_ttl", "70"},
                                                            {"ipv4/ip_local_port_range", "x"},
                                                            {"ipv4/ip_nonlocal_bind", "1"}}));

  EXPECT_EQ(written.count, 2U);
  EXPECT_EQ(written.status.error().code, EINVAL);
  EXPECT_STREQ(written.status.error().call, "write");
  EXPECT_EQ(TextOf(Read(FileRoot::kSysctl, "ipv4/ip_forward").value()), "1\n");
  EXPECT_EQ(TextOf(Read(FileRoot::kSysctl, "ipv4/ip_default_ttl").value()), "70\n");
  EXPECT_EQ(TextOf(Read(FileRoot::kSysctl, "ipv4/ip_nonlocal_bind").value()), "0\n");
}

TEST_F(NamespaceFilesTest, AWriteOfWhichOnlyAPartIsTakenFails) {
  const Written written = Write(FileRoot::kSysctl, Records({{"ipv4/ip_forward", "1 2 3"}}));
  EXPECT_EQ(written.status.error().code, EMSGSIZE);
}

TEST_F(NamespaceFilesTest, ARestOfWhiteSpaceMayBeLeft) {
  // The forwarding of an IPv6 device takes the first byte alone in Linux 6.1, and one number takes "1 " of this in all.
  const Written written =
      Write(FileRoot::kSysctl, Records({{"ipv6/conf/lo/forwarding", "1\n"}, {"ipv4/ip_forward", "1  \n"}}));
  EXPECT_EQ(written.status.error().code, 0);
  EXPECT_EQ(TextOf(Read(FileRoot::kSysctl, "ipv6/conf/lo/forwarding").value()), "1\n");
}

TEST_F(NamespaceFilesTest, RecordsThatAreCutWriteNothingBehindTheCut) {
  const Buffer whole = Records({{"ipv4/ip_forward", "1\n"}, {"ipv4/ip_nonlocal_bind", "1\n"}});
  for (std::size_t size = 26; size < whole.size(); ++size) {
    const Written written = Write(FileRoot::kSysctl, Buffer(whole.data(), size));
    EXPECT_EQ(written.status.error().code, EINVAL) << size;
    EXPECT_EQ(written.count, 1U) << size;
  }
  EXPECT_EQ(TextOf(Read(FileRoot::kSysctl, "ipv4/ip_nonlocal_bind").value()), "0\n");
  EXPECT_EQ(Write(FileRoot::kSysctl, Buffer()).count, 0U);
}

TEST_F(NamespaceFilesTest, ADirectoryHasNamesAndTypes) {
  const auto entries = EntriesOf(List(FileRoot::kClassNet, "", false).value());
  const auto lo = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.name == "lo"; });
  ASSERT_NE(lo, entries.end());
  EXPECT_EQ(lo->type, DT_LNK);
  EXPECT_EQ(lo->content, "");
}

TEST_F(NamespaceFilesTest, ABranchHasAllFilesWithContents) {
  const auto entries = EntriesOf(List(FileRoot::kSysctl, "", true).value());
  const auto find = [&](const std::string& name) {
    return std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  };

  EXPECT_GT(entries.size(), 300U);
  ASSERT_NE(find("ipv4/ip_forward"), entries.end());
  EXPECT_EQ(find("ipv4/ip_forward")->content, "0\n");
  EXPECT_EQ(find("ipv4"), entries.end());
  // Only written.
  ASSERT_NE(find("ipv4/route/flush"), entries.end());
  EXPECT_EQ(find("ipv4/route/flush")->error, static_cast<std::uint32_t>(EACCES));
}

TEST_F(NamespaceFilesTest, NoDescriptorStays) {
  Read(FileRoot::kClassNet, "lo/mtu").ok();  // the executor's thread keeps its home open
  const std::size_t before = test::OpenDescriptors();
  for (const FileRoot root : {FileRoot::kProcNet, FileRoot::kSysctl, FileRoot::kClassNet}) {
    List(root, "", root == FileRoot::kSysctl).ok();
    Read(root, "").ok();
    Read(root, "nothing").ok();
    List(root, "nothing", true).ok();
    Write(root, Records({{"nothing", "x"}}));
  }
  EXPECT_EQ(test::OpenDescriptors(), before);
}

TEST_F(NamespaceFilesTest, AnInterruptEndsReading) {
  interrupt_.Trigger();
  EXPECT_EQ(List(FileRoot::kSysctl, "", true).error().code, ECANCELED);
  EXPECT_EQ(Read(FileRoot::kProcNet, "dev").error().code, ECANCELED);
}

TEST_F(NamespaceFilesTest, AProcThatIsNoneIsSaid) {
  Written written{};
  OnExecutor([&] {
    // A view of the thread's own, which ends with it.
    ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(::mount("none", "/proc/sys", "tmpfs", 0, nullptr), 0);
    written =
        WriteFiles(scratch_->network_namespace, FileRoot::kSysctl, Records({{"ipv4/ip_forward", "1"}}), interrupt_);
  });
  EXPECT_EQ(written.status.error().code, ENODEV);
  EXPECT_STREQ(written.status.error().call, "procfs");
}

}  // namespace
}  // namespace rtnetlink

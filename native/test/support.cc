#include "support.h"

#include <arpa/inet.h>
#include <linux/capability.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>

namespace rtnetlink::test {
namespace {

template <typename T>
Bytes Raw(const T& value) {
  Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

Bytes Concat(const Bytes& first, const Bytes& second) {
  Bytes bytes(first.size() + second.size());
  std::copy(second.begin(), second.end(), std::copy(first.begin(), first.end(), bytes.begin()));
  return bytes;
}

Bytes Attribute(std::uint16_t type, const Bytes& payload) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()), type};
  Bytes bytes = Concat(Raw(header), payload);
  bytes.resize(NLMSG_ALIGN(bytes.size()));
  return bytes;
}

Bytes Text(const std::string& text) { return {text.c_str(), text.c_str() + text.size() + 1}; }

constexpr std::uint16_t kAcknowledged = NLM_F_REQUEST | NLM_F_ACK;

constexpr std::uint16_t kTables = NFNL_SUBSYS_NFTABLES << 8;

Bytes OfTables(std::uint8_t family) { return Raw(nfgenmsg{family, NFNETLINK_V0, htons(NFNL_SUBSYS_NFTABLES)}); }

}  // namespace

Bytes Message(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence, const Bytes& payload) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + payload.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  header.nlmsg_seq = sequence;
  return Concat(Raw(header), payload);
}

Bytes GetLink(std::uint32_t sequence, std::int32_t index) {
  ifinfomsg link{};
  link.ifi_index = index;
  return Message(RTM_GETLINK, kAcknowledged, sequence, Raw(link));
}

Bytes AddBridge(std::uint32_t sequence, const std::string& name) {
  const Bytes attributes =
      Concat(Attribute(IFLA_IFNAME, Text(name)), Attribute(IFLA_LINKINFO, Attribute(IFLA_INFO_KIND, Text("bridge"))));
  return Message(RTM_NEWLINK, kAcknowledged | NLM_F_CREATE | NLM_F_EXCL, sequence,
                 Concat(Raw(ifinfomsg{}), attributes));
}

Bytes AddPair(std::uint32_t sequence, const std::string& name, const std::string& peer) {
  const Bytes other = Attribute(VETH_INFO_PEER, Concat(Raw(ifinfomsg{}), Attribute(IFLA_IFNAME, Text(peer))));
  const Bytes info = Concat(Attribute(IFLA_INFO_KIND, Text("veth")), Attribute(IFLA_INFO_DATA, other));
  return Message(RTM_NEWLINK, kAcknowledged | NLM_F_CREATE | NLM_F_EXCL, sequence,
                 Concat(Raw(ifinfomsg{}), Concat(Attribute(IFLA_IFNAME, Text(name)), Attribute(IFLA_LINKINFO, info))));
}

Bytes Rename(std::uint32_t sequence, std::int32_t index, const std::string& name) {
  ifinfomsg link{};
  link.ifi_index = index;
  return Message(RTM_NEWLINK, kAcknowledged, sequence, Concat(Raw(link), Attribute(IFLA_IFNAME, Text(name))));
}

Bytes DeleteLink(std::uint32_t sequence, std::int32_t index) {
  ifinfomsg link{};
  link.ifi_index = index;
  return Message(RTM_DELLINK, kAcknowledged, sequence, Raw(link));
}

Bytes AddBlackhole(std::uint32_t sequence, std::uint32_t destination) {
  rtmsg route{};
  route.rtm_family = AF_INET;
  route.rtm_dst_len = 32;
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = RTPROT_STATIC;
  route.rtm_type = RTN_BLACKHOLE;
  return Message(RTM_NEWROUTE, kAcknowledged | NLM_F_CREATE | NLM_F_EXCL, sequence,
                 Concat(Raw(route), Attribute(RTA_DST, Raw(destination))));
}

Bytes DumpLinks(std::uint32_t sequence) {
  return Message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, sequence, Raw(ifinfomsg{}));
}

Bytes DumpRoutes(std::uint32_t sequence) {
  rtmsg route{};
  route.rtm_family = AF_INET;
  return Message(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, sequence, Raw(route));
}

Bytes GetFamily(std::uint32_t sequence, const std::string& name, std::uint16_t type) {
  return Message(type, kAcknowledged, sequence,
                 Concat(Raw(genlmsghdr{CTRL_CMD_GETFAMILY, 1, 0}), Attribute(CTRL_ATTR_FAMILY_NAME, Text(name))));
}

Bytes DumpFamilies(std::uint32_t sequence, std::uint16_t type) {
  return Message(type, NLM_F_REQUEST | NLM_F_DUMP, sequence, Raw(genlmsghdr{CTRL_CMD_GETFAMILY, 1, 0}));
}

Bytes BeginBatch(std::uint32_t sequence, std::uint32_t generation) {
  const Bytes attributes = generation == 0 ? Bytes() : Attribute(NFNL_BATCH_GENID, Raw(htonl(generation)));
  return Message(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, sequence, Concat(OfTables(AF_UNSPEC), attributes));
}

Bytes EndBatch(std::uint32_t sequence) {
  return Message(NFNL_MSG_BATCH_END, NLM_F_REQUEST, sequence, OfTables(AF_UNSPEC));
}

Bytes NewTable(std::uint32_t sequence, const std::string& name, std::uint16_t flags, std::size_t user_data) {
  Bytes attributes = Attribute(NFTA_TABLE_NAME, Text(name));
  if (user_data > 0) attributes = Concat(attributes, Attribute(NFTA_TABLE_USERDATA, Bytes(user_data)));
  return Message(kTables | NFT_MSG_NEWTABLE, static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_CREATE | flags), sequence,
                 Concat(OfTables(AF_INET), attributes));
}

Bytes GetTable(std::uint32_t sequence, const std::string& name) {
  return Message(kTables | NFT_MSG_GETTABLE, kAcknowledged, sequence,
                 Concat(OfTables(AF_INET), Attribute(NFTA_TABLE_NAME, Text(name))));
}

Buffer Join(std::initializer_list<Bytes> parts) {
  Buffer buffer;
  for (const Bytes& part : parts) buffer.Append(part.data(), part.size());
  return buffer;
}

Buffer Fixups(std::initializer_list<Fixup> fixups) {
  Buffer buffer;
  for (const Fixup& fixup : fixups) buffer.Append(&fixup, sizeof fixup);
  return buffer;
}

Buffer Groups(std::initializer_list<GroupRecord> records) {
  Buffer buffer;
  for (const GroupRecord& record : records) buffer.Append(&record, sizeof record);
  return buffer;
}

Exchange SendTo(NetlinkSocket& socket, Buffer& requests, const Interrupt& interrupt) {
  Slots slots;
  return socket.Send(requests, {}, {}, slots, interrupt);
}

Fixup FixupOf(std::uint32_t message, const std::string& name, std::uint32_t flags, std::uint32_t slot) {
  Fixup fixup{};
  fixup.message = message;
  fixup.field = message + kIndexField;
  fixup.flags = flags;
  fixup.slot = slot;
  std::memcpy(fixup.name, name.data(), std::min(name.size(), sizeof fixup.name));
  return fixup;
}

Fixup TypeFixup(std::uint32_t message, std::uint32_t slot) {
  Fixup fixup{};
  fixup.message = message;
  fixup.field = message + offsetof(nlmsghdr, nlmsg_type);
  fixup.flags = kFixupType;
  fixup.slot = slot;
  return fixup;
}

std::int32_t Answer::Int(std::size_t offset) const {
  std::int32_t value = 0;
  std::memcpy(&value, payload.data() + offset, sizeof value);
  return value;
}

std::vector<Answer> Answers(const Buffer& messages) {
  std::vector<Answer> answers;
  MessageWalk walk(messages.data(), messages.size());
  while (const auto message = walk.Next()) {
    answers.push_back(
        {message->header, {messages.data() + message->offset + sizeof(nlmsghdr), messages.data() + message->end()}});
  }
  EXPECT_TRUE(walk.complete());
  return answers;
}

std::size_t OpenDescriptors() {
  namespace fs = std::filesystem;
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

std::size_t OpenDescriptorsOf(const std::string& kind) {
  namespace fs = std::filesystem;
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // that of the directory itself, for one
    if (fs::read_symlink(entry, gone).string().rfind(kind, 0) == 0) ++count;
  }
  return count;
}

void DropCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2] = {};
  ASSERT_EQ(::syscall(SYS_capset, &header, none), 0);
}

void KernelTest::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: it makes namespaces";
  static const bool kIsolated =
      ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  if (!kIsolated) GTEST_SKIP() << "needs CAP_SYS_ADMIN: it makes namespaces";
}

void KernelTest::TearDown() {
  if (directory_.empty()) return;
  while (::umount2(directory_.c_str(), MNT_DETACH) == 0) {
  }
  std::filesystem::remove_all(directory_);
}

void KernelTest::OnExecutor(const std::function<void()>& function) {
  std::promise<void> done;
  ASSERT_TRUE(executor_
                  .Post([&] {
                    function();
                    done.set_value();
                  })
                  .ok());
  done.get_future().wait();
}

CreatedNamespace KernelTest::Scratch() {
  std::optional<CreatedNamespace> scratch;
  OnExecutor([&] {
    auto created = MakeNamespace();
    ASSERT_TRUE(created.ok()) << created.error().call << ' ' << created.error().code;
    scratch.emplace(std::move(created.value()));
  });
  return std::move(scratch.value());
}

const std::string& KernelTest::directory() {
  if (directory_.empty()) {
    std::string pattern = std::filesystem::temp_directory_path() / "rtnetlink-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  return directory_;
}

}  // namespace rtnetlink::test

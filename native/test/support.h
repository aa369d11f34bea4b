#ifndef RTNETLINK_TEST_SUPPORT_H_
#define RTNETLINK_TEST_SUPPORT_H_

#include <gtest/gtest.h>
#include <linux/genetlink.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "buffer.h"
#include "executor.h"
#include "interrupt.h"
#include "message_groups.h"
#include "namespaces.h"
#include "netlink_messages.h"
#include "netlink_socket.h"

namespace rtnetlink::test {

using Bytes = std::vector<std::uint8_t>;

// Requests of rtnetlink, as few as the tests need. Sequence numbers are the caller's.
Bytes Message(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence, const Bytes& payload);
Bytes GetLink(std::uint32_t sequence, std::int32_t index);
Bytes AddBridge(std::uint32_t sequence, const std::string& name);
Bytes AddPair(std::uint32_t sequence, const std::string& name, const std::string& peer);
// A name for the link of an index.
Bytes Rename(std::uint32_t sequence, std::int32_t index, const std::string& name);
Bytes DeleteLink(std::uint32_t sequence, std::int32_t index);
Bytes AddBlackhole(std::uint32_t sequence, std::uint32_t destination);
Bytes DumpLinks(std::uint32_t sequence);
Bytes DumpRoutes(std::uint32_t sequence);
// Requests of generic netlink for the family of a name; of another `type` than the controller's, which is to be filled
// in.
Bytes GetFamily(std::uint32_t sequence, const std::string& name, std::uint16_t type = GENL_ID_CTRL);
Bytes DumpFamilies(std::uint32_t sequence, std::uint16_t type = GENL_ID_CTRL);
// Of nf_tables. A `generation` other than 0 is that of the rule set which the batch is for. Tables are of IPv4.
Bytes BeginBatch(std::uint32_t sequence, std::uint32_t generation = 0);
Bytes EndBatch(std::uint32_t sequence);
Bytes NewTable(std::uint32_t sequence, const std::string& name, std::uint16_t flags, std::size_t user_data = 0);
Bytes GetTable(std::uint32_t sequence, const std::string& name);
// Where a link message has its index.
constexpr std::uint32_t kIndexField = 20;

Buffer Join(std::initializer_list<Bytes> parts);
Buffer Fixups(std::initializer_list<Fixup> fixups);
Fixup FixupOf(std::uint32_t message, const std::string& name, std::uint32_t flags = 0, std::uint32_t slot = 0);
// Of the message's type.
Fixup TypeFixup(std::uint32_t message, std::uint32_t slot);
Buffer Groups(std::initializer_list<GroupRecord> records);

// A message of an answer: its header, and what follows.
struct Answer {
  nlmsghdr header;
  Bytes payload;

  std::int32_t Int(std::size_t offset) const;
};
std::vector<Answer> Answers(const Buffer& messages);

// Sends requests that name nothing.
Exchange SendTo(NetlinkSocket& socket, Buffer& requests, const Interrupt& interrupt);

std::size_t OpenDescriptors();
// Those that point at something of a kind: "socket:".
std::size_t OpenDescriptorsOf(const std::string& kind);

// Takes from the calling thread, and from no other, what it needs to change its namespace.
void DropCapabilities();

// For tests that ask the real kernel: as root, in a mount namespace of their own, and in network namespaces that they
// make. Everything is gone with the process.
class KernelTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Runs something on the thread of an executor that has but one, and waits for it.
  void OnExecutor(const std::function<void()>& function);
  // A socket in a namespace without a name.
  CreatedNamespace Scratch();
  // An empty directory.
  const std::string& directory();

  Executor executor_{1};
  Interrupt interrupt_;

 private:
  std::string directory_;
};

}  // namespace rtnetlink::test

#endif  // RTNETLINK_TEST_SUPPORT_H_

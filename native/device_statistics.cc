#include "device_statistics.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rtnetlink {
namespace {

// The kernel writes as many counters as the driver has by then, whatever room there is. A driver gets more of them with
// more queues: room for so many more takes no memory until it is written to.
constexpr std::size_t kSpareCounters = std::size_t{64} * 1024;

constexpr std::uint64_t kStatisticsSet = std::uint64_t{1} << ETH_SS_STATS;

Result<ifreq> RequestAbout(const std::string& device) {
  ifreq request{};
  if (device.size() >= sizeof request.ifr_name || device.find('\0') != std::string::npos) return Error{EINVAL, "name"};
  // No device is called so, but the ioctl would cut an alias label ('eth0:1') and find another device.
  if (device.find(':') != std::string::npos) return Error{ENODEV, "name"};
  std::memcpy(request.ifr_name, device.data(), device.size());
  return request;
}

Status Ask(int socket, ifreq& request, std::uint8_t* command) {
  request.ifr_data = reinterpret_cast<char*>(command);
  if (::ioctl(socket, SIOCETHTOOL, &request) != 0) return Error::Last("SIOCETHTOOL");
  return {};
}

Result<std::uint32_t> CountOf(int socket, ifreq& request) {
  ethtool_sset_info sets{ETHTOOL_GSSET_INFO, 0, kStatisticsSet};
  std::uint32_t count = 0;
  // The number of the only set stands behind the struct.
  Buffer command(&sets, sizeof sets);
  command.Append(&count, sizeof count);
  const Status asked = Ask(socket, request, command.data());
  if (!asked.ok()) return asked.error();
  std::memcpy(&sets, command.data(), sizeof sets);
  std::memcpy(&count, command.data() + sizeof sets, sizeof count);
  return (sets.sset_mask & kStatisticsSet) != 0 ? Result<std::uint32_t>(count) : Error{EOPNOTSUPP, "SIOCETHTOOL"};
}

// So many counters, or as many as there are by now; none where a newer kernel writes nothing then.
Result<Buffer> Read(int socket, ifreq& request, std::uint32_t count) {
  ethtool_stats header{ETHTOOL_GSTATS, count};
  Buffer command(&header, sizeof header);
  const std::size_t room = count + kSpareCounters;
  command.Reserve(sizeof header + room * sizeof(std::uint64_t));
  const Status asked = Ask(socket, request, command.data());
  if (!asked.ok()) return asked.error();
  std::memcpy(&header, command.data(), sizeof header);
  return Buffer(command.data() + sizeof header, std::min<std::size_t>(header.n_stats, room) * sizeof(std::uint64_t));
}

}  // namespace

Result<Buffer> DeviceStatistics(int socket, const std::string& device) {
  auto request = RequestAbout(device);
  if (!request.ok()) return request.error();
  for (int attempt = 1;; ++attempt) {
    const auto count = CountOf(socket, request.value());
    if (!count.ok()) return count.error();
    auto counters = Read(socket, request.value(), count.value());
    if (!counters.ok()) return counters;
    const bool expected = counters.value().size() == count.value() * sizeof(std::uint64_t);
    if (expected || (attempt > 1 && !counters.value().empty())) return counters;
    // The device gets and loses counters all the time.
    if (attempt > 1) return Error{EAGAIN, "SIOCETHTOOL"};
  }
}

}  // namespace rtnetlink

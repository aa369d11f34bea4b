#ifndef RTNETLINK_DEVICE_STATISTICS_H_
#define RTNETLINK_DEVICE_STATISTICS_H_

#include <string>

#include "buffer.h"
#include "result.h"

namespace rtnetlink {

// The counters that the driver of a device keeps (`ethtool -S`) in the namespace of a socket: a u64 each, in the order
// of their names (ETH_SS_STATS). EOPNOTSUPP of 'SIOCETHTOOL' if the driver keeps none. May wait for RTNL.
Result<Buffer> DeviceStatistics(int socket, const std::string& device);

}  // namespace rtnetlink

#endif  // RTNETLINK_DEVICE_STATISTICS_H_

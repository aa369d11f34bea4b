#ifndef RTNETLINK_TAP_H_
#define RTNETLINK_TAP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "namespaces.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// What a TAP device is to be.
struct TapOptions {
  std::string name;                    // empty or with %d: the kernel chooses
  std::uint16_t flags = 0;             // beside IFF_TAP and IFF_NO_PI, and IFF_MULTI_QUEUE of several queues
  std::size_t queues = 1;              // of which each has a descriptor
  std::optional<std::uint32_t> owner;  // who may open it without CAP_NET_ADMIN
  std::optional<std::uint32_t> group;
  int header_size = 0;  // of struct virtio_net_hdr before each packet; 0 as it is
  bool persistent = false;
};

struct Tap {
  std::string name;
  int index;
  std::vector<UniqueFd> queues;
};

// Makes a TAP device inside a namespace, or opens one that is there (unless IFF_TUN_EXCL is among the flags). A packet
// is read and written with each call on a descriptor, by whoever has it. Unless it is persistent the device ends with
// the descriptors. A failure leaves no device that it made. Only on threads of the executor.
Result<Tap> OpenTap(const NetworkNamespace& network_namespace, const TapOptions& options);

}  // namespace rtnetlink

#endif  // RTNETLINK_TAP_H_

#include "tap.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "namespace_guard.h"

namespace rtnetlink {
namespace {

// The device number of /dev/net/tun: TUN_MINOR of the miscellaneous devices.
constexpr dev_t kTunDevice = (10U << 8U) | 200U;

// What belongs to a namespace from the moment that it is opened.
struct Inside {
  std::vector<UniqueFd> queues;
  UniqueFd socket;
};

// Non-blocking: Node's fs reads on a thread of its pool, and a process whose read waits there does not end, not by
// process.exit() either. Neither net.Socket nor tty takes such a file, whichever way it is opened.
Result<UniqueFd> OpenTun() {
  UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return Error::Last("open");
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return Error::Last("fstat");
  const bool is_tun = S_ISCHR(status.st_mode) && status.st_rdev == kTunDevice;
  return is_tun ? Result<UniqueFd>(std::move(fd)) : Error{ENODEV, "open"};
}

Result<Inside> OpenInside(const NetworkNamespace& network_namespace, std::size_t queues) {
  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  Inside inside;
  for (std::size_t queue = 0; queue < queues; ++queue) {
    auto opened = OpenTun();
    if (!opened.ok()) return opened.error();
    inside.queues.push_back(std::move(opened.value()));
  }
  inside.socket = UniqueFd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!inside.socket) return Error::Last("socket");
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return inside;
}

Status Control(const UniqueFd& fd, std::size_t command, const char* name, std::size_t argument) {
  if (::ioctl(fd.get(), command, argument) != 0) return Error::Last(name);
  return {};
}

// Makes the device, or opens it, with the first queue, and takes the others to it.
Status Attach(const std::vector<UniqueFd>& queues, const TapOptions& options) {
  ifreq request{};
  std::memcpy(request.ifr_name, options.name.data(), options.name.size());
  unsigned flags = IFF_TAP | IFF_NO_PI | options.flags;
  if (queues.size() > 1) flags |= IFF_MULTI_QUEUE;
  for (const UniqueFd& queue : queues) {
    request.ifr_flags = static_cast<std::int16_t>(flags);
    if (::ioctl(queue.get(), TUNSETIFF, &request) != 0) return Error::Last("TUNSETIFF");
    // From now on it is there, under the name that the kernel has written.
    flags &= ~unsigned{IFF_TUN_EXCL};
  }
  return {};
}

Status SetUp(const UniqueFd& queue, const TapOptions& options) {
  Status set;
  if (options.owner) set = Control(queue, TUNSETOWNER, "TUNSETOWNER", *options.owner);
  if (set.ok() && options.group) set = Control(queue, TUNSETGROUP, "TUNSETGROUP", *options.group);
  if (!set.ok() || options.header_size == 0) return set;
  if (::ioctl(queue.get(), TUNSETVNETHDRSZ, &options.header_size) != 0) return Error::Last("TUNSETVNETHDRSZ");
  return {};
}

}  // namespace

Result<Tap> OpenTap(const NetworkNamespace& network_namespace, const TapOptions& options) {
  if (options.name.size() >= IFNAMSIZ || options.name.find('\0') != std::string::npos) return Error{EINVAL, "name"};
  if (options.queues == 0) return Error{EINVAL, "queues"};
  auto inside = OpenInside(network_namespace, options.queues);
  if (!inside.ok()) return inside.error();
  auto& [queues, socket] = inside.value();
  // A descriptor keeps its namespace: the rest is done at home.
  const Status attached = Attach(queues, options);
  if (!attached.ok()) return attached.error();
  const Status set = SetUp(queues.front(), options);
  if (!set.ok()) return set.error();
  ifreq request{};
  if (::ioctl(queues.front().get(), TUNGETIFF, &request) != 0) return Error::Last("TUNGETIFF");
  const std::string name(request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name));
  if (::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) return Error::Last("SIOCGIFINDEX");
  const int index = request.ifr_ifindex;
  // Last: behind it the device stays whatever fails.
  if (options.persistent) {
    const Status kept = Control(queues.front(), TUNSETPERSIST, "TUNSETPERSIST", 1);
    if (!kept.ok()) return kept.error();
  }
  return Tap{name, index, std::move(queues)};
}

}  // namespace rtnetlink

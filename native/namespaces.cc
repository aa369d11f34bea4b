#include "namespaces.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "namespace_guard.h"
#include "words.h"

namespace rtnetlink {
namespace {

// Verification fails under the name of the call that tells namespaces apart.
constexpr Error kNoNetworkNamespace{EINVAL, "NS_GET_NSTYPE"};

constexpr Error kNoProc{ENODEV, "procfs"};

// Of <linux/pidfd.h>, since Linux 6.11.
constexpr unsigned kPidfdGetNetNamespace = _IO(0xFF, 4);

bool HasNul(const std::string& text) { return text.find('\0') != std::string::npos; }

std::string OwnFd(int fd) { return "/proc/thread-self/fd/" + std::to_string(fd); }

Status CheckNsfs(int fd) {
  struct statfs filesystem{};
  if (::fstatfs(fd, &filesystem) != 0) return Error::Last("fstatfs");
  if (filesystem.f_type != NSFS_MAGIC) return kNoNetworkNamespace;
  return {};
}

// The process of a pidfd. EINVAL for another descriptor, ESRCH if the process has ended.
Result<int> PidOf(int pidfd) {
  if (::fcntl(pidfd, F_GETFD) < 0) return Error::Last("fcntl");
  const auto info = ReadAll("/proc/thread-self/fdinfo/" + std::to_string(pidfd));
  std::string_view words = info.ok() ? std::string_view(info.value()) : std::string_view();
  for (std::string_view word; TakeWord(words, word);) {
    if (word != "Pid:") continue;
    if (!TakeWord(words, word)) break;
    const auto pid = std::strtol(std::string(word).c_str(), nullptr, 10);
    return pid > 0 ? Result<int>(static_cast<int>(pid)) : Error{ESRCH, "pidfd"};
  }
  return Error{EINVAL, "pidfd"};
}

}  // namespace

Result<NetworkNamespace> NetworkNamespace::Open(const std::string& file,
                                                const std::optional<NamespaceIdentity>& expected) {
  if (HasNul(file)) return Error{EINVAL, "open"};
  // O_PATH names a file without opening it: no wait for the other end of a pipe, no driver that springs to life.
  const UniqueFd path(::open(file.c_str(), O_PATH | O_CLOEXEC));
  if (!path) return Error::Last("open");
  const Status checked = CheckNsfs(path.get());
  if (!checked.ok()) return checked.error();
  UniqueFd fd(::open(OwnFd(path.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return errno == ENOENT ? kNoProc : Error::Last("open");
  auto adopted = Adopt(std::move(fd));
  if (!adopted.ok() || !expected) return adopted;
  const NetworkNamespace& found = adopted.value();
  const bool is_expected = found.device() == expected->device && found.inode() == expected->inode;
  return is_expected ? std::move(adopted) : Error{ESTALE, "open"};
}

Result<NetworkNamespace> NetworkNamespace::Adopt(UniqueFd fd) {
  const Status checked = CheckNsfs(fd.get());
  if (!checked.ok()) return checked.error();
  const int type = ::ioctl(fd.get(), NS_GET_NSTYPE);
  if (type < 0) return Error::Last("NS_GET_NSTYPE");
  if (type != CLONE_NEWNET) return kNoNetworkNamespace;
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return Error::Last("fstat");
  return NetworkNamespace(std::move(fd), status.st_dev, status.st_ino);
}

Result<NetworkNamespace> NetworkNamespace::OfProcess(int pidfd) {
  const auto pid = PidOf(pidfd);
  if (!pid.ok()) return pid.error();
  UniqueFd fd(::ioctl(pidfd, kPidfdGetNetNamespace, 0));
  if (fd) return Adopt(std::move(fd));
  // Older kernels answer ENOTTY, or EINVAL where a pidfd has another ioctl already.
  if (errno != ENOTTY && errno != EINVAL) return Error::Last("pidfd");
  auto opened = Open("/proc/" + std::to_string(pid.value()) + "/ns/net");
  // As long as the process is there, nobody else has its number.
  const auto still = PidOf(pidfd);
  if (!still.ok()) return still.error();
  // It has ended, and nobody has waited for it: it keeps its number, and no namespace.
  if (!opened.ok() && opened.error().code == ENOENT) return Error{ESRCH, "pidfd"};
  return opened;
}

Result<NetworkNamespace> NetworkNamespace::Current() {
  UniqueFd fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd) return errno == ENOENT ? kNoProc : Error::Last("open");
  return Adopt(std::move(fd));
}

Result<CreatedNamespace> MakeNamespace() {
  auto guard = NamespaceGuard::Unshare();
  if (!guard.ok()) return guard.error();
  auto network_namespace = NetworkNamespace::Current();
  if (!network_namespace.ok()) return network_namespace.error();
  auto socket = NetlinkSocket::Open(NETLINK_ROUTE);
  if (!socket.ok()) return socket.error();
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return CreatedNamespace{std::move(network_namespace.value()), std::move(socket.value())};
}

Result<NetlinkSocket> OpenNetlink(const NetworkNamespace& network_namespace, int protocol) {
  auto guard = NamespaceGuard::Enter(network_namespace.fd());
  if (!guard.ok()) return guard.error();
  auto socket = NetlinkSocket::Open(protocol);
  const Status home = guard.value().Leave();
  if (!home.ok()) return home.error();
  return socket;
}

}  // namespace rtnetlink

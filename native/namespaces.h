#ifndef RTNETLINK_NAMESPACES_H_
#define RTNETLINK_NAMESPACES_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "netlink_socket.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// What tells a namespace from others.
struct NamespaceIdentity {
  std::uint64_t device;
  std::uint64_t inode;
};

// A network namespace, held by a descriptor: it lives on even if its name is removed and its processes end.
class NetworkNamespace {
 public:
  // Opens the file of a namespace, or what a symbolic link leads to. EINVAL of NS_GET_NSTYPE if it is anything else;
  // nothing but a namespace is ever really opened, so neither a pipe nor a device can do harm.
  // With an identity, ESTALE if it is another namespace.
  static Result<NetworkNamespace> Open(const std::string& file,
                                       const std::optional<NamespaceIdentity>& expected = std::nullopt);
  // Takes a descriptor, verified in the same way.
  static Result<NetworkNamespace> Adopt(UniqueFd fd);
  // That of the process of a pidfd. EINVAL of 'pidfd' for another descriptor, ESRCH if the process has ended.
  static Result<NetworkNamespace> OfProcess(int pidfd);
  // The namespace of the calling thread.
  static Result<NetworkNamespace> Current();

  int fd() const { return fd_.get(); }
  // Together these identify the namespace, as in `ls -Li /proc/self/ns/net`.
  std::uint64_t device() const { return device_; }
  std::uint64_t inode() const { return inode_; }

 private:
  NetworkNamespace(UniqueFd fd, std::uint64_t device, std::uint64_t inode)
      : fd_(std::move(fd)), device_(device), inode_(inode) {}

  UniqueFd fd_;
  std::uint64_t device_;
  std::uint64_t inode_;
};

// A namespace that is made later: filled on one thread, read on others. Requests can name it before it exists.
class NamespaceCell {
 public:
  NamespaceCell() = default;
  explicit NamespaceCell(std::shared_ptr<const NetworkNamespace> content) : content_(std::move(content)) {}

  // With the namespace, or with the reason why there is none.
  void Fill(Result<std::shared_ptr<const NetworkNamespace>> content) {
    const std::lock_guard lock(mutex_);
    content_ = std::move(content);
  }
  Result<std::shared_ptr<const NetworkNamespace>> Get() const {
    const std::lock_guard lock(mutex_);
    return content_;
  }

 private:
  mutable std::mutex mutex_;
  Result<std::shared_ptr<const NetworkNamespace>> content_ = Error{EBADF, "namespace"};
};

struct CreatedNamespace {
  NetworkNamespace network_namespace;
  NetlinkSocket socket;
};

// Makes a namespace, and a NETLINK_ROUTE socket while in there. Only on threads of the executor.
Result<CreatedNamespace> MakeNamespace();
// Opens a netlink socket in a namespace. Only on threads of the executor.
Result<NetlinkSocket> OpenNetlink(const NetworkNamespace& network_namespace, int protocol);

}  // namespace rtnetlink

#endif  // RTNETLINK_NAMESPACES_H_

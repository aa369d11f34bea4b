#ifndef RTNETLINK_CHANNEL_H_
#define RTNETLINK_CHANNEL_H_

#include <memory>
#include <optional>
#include <utility>

#include "namespaces.h"
#include "netlink_socket.h"
#include "result.h"
#include "strand.h"

namespace rtnetlink {

// A netlink socket, mostly of a namespace, and the queue of what it is asked to do. All but `strand` is for its jobs
// alone.
class Channel {
 public:
  Channel(std::shared_ptr<Strand> strand, std::shared_ptr<const NamespaceCell> network_namespace, int protocol,
          bool replaceable = true)
      : strand_(std::move(strand)),
        network_namespace_(std::move(network_namespace)),
        protocol_(protocol),
        replaceable_(replaceable) {}

  // Of a socket to be taken: no other can be opened in its place, since nobody knows where.
  explicit Channel(std::shared_ptr<Strand> strand)
      : Channel(std::move(strand), std::make_shared<NamespaceCell>(), 0, false) {}

  const std::shared_ptr<Strand>& strand() const { return strand_; }

  // Opens the socket. Where that fails, Socket tells why.
  Status Open();
  // Gives up a socket that takes no more requests, and opens another in its place, unless something is tied to the one.
  void Replace();
  void Take(NetlinkSocket socket) { socket_ = std::move(socket); }
  Result<NetlinkSocket*> Socket();

 private:
  const std::shared_ptr<Strand> strand_;
  const std::shared_ptr<const NamespaceCell> network_namespace_;
  const int protocol_;
  const bool replaceable_;
  Result<NetlinkSocket> socket_ = Error{EBADF, "socket"};
};

}  // namespace rtnetlink

#endif  // RTNETLINK_CHANNEL_H_

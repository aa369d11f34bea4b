#ifndef RTNETLINK_EVENT_SOCKET_H_
#define RTNETLINK_EVENT_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "namespaces.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// A netlink socket that is only listened to: a member of multicast groups. It belongs for good to the network namespace
// in which it was opened, and hears what happens there.
class EventSocket {
 public:
  // Opens a socket in a namespace and joins the groups; from then on nothing that they are told is missed. Only on
  // threads of the executor.
  static Result<EventSocket> Open(const NetworkNamespace& network_namespace, int protocol,
                                  const std::vector<std::int32_t>& groups);

  // Reads one datagram of the kernel without waiting. Fails with EAGAIN when there is none, with ENOBUFS when events
  // were lost before the next one that the kernel keeps, and with EMSGSIZE when a datagram had no room and is lost.
  Result<std::size_t> Receive(std::uint8_t* memory, std::size_t room);

  int fd() const { return fd_.get(); }

 private:
  explicit EventSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  static Result<EventSocket> OpenHere(int protocol, const std::vector<std::int32_t>& groups);

  UniqueFd fd_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_EVENT_SOCKET_H_

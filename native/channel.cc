#include "channel.h"

#include <cerrno>

namespace rtnetlink {

Status Channel::Open() {
  const auto network_namespace = network_namespace_->Get();
  socket_ = network_namespace.ok() ? OpenNetlink(*network_namespace.value(), protocol_) : network_namespace.error();
  return socket_.ok() ? Status() : socket_.error();
}

void Channel::Replace() {
  if (replaceable_) {
    (void)Open().ok();  // Socket tells
  } else {
    socket_ = Error{EBADF, "socket"};
  }
}

Result<NetlinkSocket*> Channel::Socket() {
  if (!socket_.ok()) return socket_.error();
  return &socket_.value();
}

}  // namespace rtnetlink

#include "channel.h"

namespace rtnetlink {

Status Channel::Open() {
  const auto network_namespace = network_namespace_->Get();
  socket_ = network_namespace.ok() ? OpenNetlink(*network_namespace.value(), protocol_) : network_namespace.error();
  return socket_.ok() ? Status() : socket_.error();
}

Result<NetlinkSocket*> Channel::Socket() {
  if (!socket_.ok()) return socket_.error();
  return &socket_.value();
}

}  // namespace rtnetlink

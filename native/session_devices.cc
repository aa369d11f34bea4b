#include <memory>
#include <string>
#include <utility>

#include "device_statistics.h"
#include "session.h"
#include "session_start.h"

// What is asked of devices, other than by messages.

namespace rtnetlink {

void Session::DeviceStatistics(OperationId id, Handle handle, std::string device) {
  auto channel = FindChannel(handle);
  if (!channel) return Refuse(id, kUnknownHandle);
  const auto strand = channel->strand();
  StartOn(strand, id, [channel = std::move(channel), device = std::move(device)] {
    const auto socket = channel->Socket();
    if (!socket.ok()) return Failed(socket.error());
    return Content(rtnetlink::DeviceStatistics(socket.value()->fd(), device));
  });
}

}  // namespace rtnetlink

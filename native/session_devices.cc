#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "device_statistics.h"
#include "session.h"
#include "session_start.h"
#include "tap.h"

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

void Session::OpenTap(OperationId id, Handle handle, TapOptions options) {
  StartIn(handle, id, [options = std::move(options)](const NetworkNamespace& network_namespace) {
    auto opened = rtnetlink::OpenTap(network_namespace, options);
    if (!opened.ok()) return Failed(opened.error());
    auto& [name, index, queues] = opened.value();
    Completion completion;
    completion.data = Buffer(name.data(), name.size());
    completion.values = {static_cast<double>(index)};
    completion.queues = std::move(queues);
    return completion;
  });
}

std::vector<int> Session::TakeDescriptors(Handle handle) {
  std::vector<int> taken;
  const auto found = queues_.find(handle);
  if (found == queues_.end()) return taken;
  taken.reserve(found->second.size());
  for (UniqueFd& queue : found->second) taken.push_back(queue.Release());
  queues_.erase(found);
  return taken;
}

void Session::CloseQueues(Handle handle) {
  const auto found = queues_.find(handle);
  if (found == queues_.end()) return;
  // With the last of them the device ends, and the kernel takes its time. Without a thread it happens here.
  (void)executor_->Post([queues = std::move(found->second)] {}).ok();
  queues_.erase(found);
}

}  // namespace rtnetlink

#ifndef RTNETLINK_HELPER_NAMESPACE_ENTRY_H_
#define RTNETLINK_HELPER_NAMESPACE_ENTRY_H_

#include "helper/failure.h"
#include "helper/request.h"

namespace rtnetlink::helper {

// Where things are. Tests put them elsewhere.
struct Places {
  const char* sys = "/sys";
  const char* etc = "/etc";
  // Has a directory for each named namespace that has files of its own.
  const char* overrides = "/etc/netns";
};

// Moves the process into the network namespace and makes the mount namespace that belongs to it: one in which /sys
// shows the devices of the namespace, and what is in /etc/netns/NAME lies over /etc. Nothing of it is seen outside. A
// process that is in the namespace already stays as it is, unless the namespace has a name, and needs no privilege.
Failure EnterNamespace(const Request& request, const Places& places = {});

}  // namespace rtnetlink::helper

#endif  // RTNETLINK_HELPER_NAMESPACE_ENTRY_H_

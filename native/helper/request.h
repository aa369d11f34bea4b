#ifndef RTNETLINK_HELPER_REQUEST_H_
#define RTNETLINK_HELPER_REQUEST_H_

#include <sys/types.h>

#include <optional>

namespace rtnetlink::helper {

// What the library asks for. The arguments of the helper, in this order; "-" stands for what is absent.
struct Request {
  // The descriptor of the network namespace.
  int network_namespace = -1;
  // The socket on which a failure is reported. It closes without a word when the program takes over.
  int status = -1;
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  // The name under which the namespace was made or opened: whose /etc/netns/NAME counts. May be null.
  const char* name = nullptr;
  // What to execute, as execvp finds it, and its arguments from the zeroth on, with a null at their end.
  const char* file = nullptr;
  char** arguments = nullptr;
};

// Nothing if these are not the arguments that the library gives.
std::optional<Request> ParseRequest(int count, char** arguments);

}  // namespace rtnetlink::helper

#endif  // RTNETLINK_HELPER_REQUEST_H_

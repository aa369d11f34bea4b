#ifndef RTNETLINK_SOCKET_FACTORY_H_
#define RTNETLINK_SOCKET_FACTORY_H_

#include <cstdint>

#include "buffer.h"
#include "namespaces.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// What a socket is to be. The addon only passes the numbers and bytes on.
struct SocketOptions {
  int family;
  int type;
  int protocol;
  Buffer options;  // i32 level, i32 name, u32 size of the value, the value; again and again
  Buffer address;  // a sockaddr to bind to; empty for none
  Buffer peer;     // a sockaddr to connect to, where that does not wait; empty for none
};

struct MadeSocket {
  Status status;
  std::uint32_t options_set = 0;
  UniqueFd fd;
};

// Makes a socket inside a namespace, non-blocking. It stays there for good, on whichever thread it is used. Ends with
// the first failure: one of 'setsockopt' is that of the option behind the `options_set` that were taken. Only on
// threads of the executor.
MadeSocket MakeSocket(const NetworkNamespace& network_namespace, const SocketOptions& options);

}  // namespace rtnetlink

#endif  // RTNETLINK_SOCKET_FACTORY_H_

#ifndef RTNETLINK_SOCKET_FACTORY_H_
#define RTNETLINK_SOCKET_FACTORY_H_

#include <cstdint>
#include <vector>

#include "buffer.h"
#include "namespaces.h"
#include "result.h"
#include "unique_fd.h"

namespace rtnetlink {

// What a socket is to be. The addon only passes the numbers on.
struct SocketOptions {
  int family;
  int type;
  int protocol;
  std::vector<std::int32_t> options;  // level, name, value; again and again
  Buffer address;                     // a sockaddr to bind to; empty for none
};

// Makes a socket inside a namespace. It stays there for good, on whichever thread it is used. Only on threads of the
// executor.
Result<UniqueFd> MakeSocket(const NetworkNamespace& network_namespace, const SocketOptions& options);

}  // namespace rtnetlink

#endif  // RTNETLINK_SOCKET_FACTORY_H_

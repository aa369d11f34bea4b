#ifndef RTNETLINK_ADDON_SOCKET_CALLS_H_
#define RTNETLINK_ADDON_SOCKET_CALLS_H_

#include <napi.h>

namespace rtnetlink {

// Defines the functions of `SocketCalls` in lib/native.ts.
void DefineSocketCalls(Napi::Env env, Napi::Object exports);

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_SOCKET_CALLS_H_

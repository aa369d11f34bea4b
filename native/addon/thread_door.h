#ifndef RTNETLINK_ADDON_THREAD_DOOR_H_
#define RTNETLINK_ADDON_THREAD_DOOR_H_

#include <napi.h>

namespace rtnetlink {

// Defines the functions of `ThreadDoor` in lib/native.ts.
void DefineThreadDoor(Napi::Env env, Napi::Object exports);

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_THREAD_DOOR_H_

#include <napi.h>

#include "addon/runtime.h"
#include "addon/socket_calls.h"
#include "addon/thread_door.h"

namespace {

// Called once for each environment: the main thread's and every worker's.
Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("Runtime", rtnetlink::Runtime::Define(env));
  rtnetlink::DefineThreadDoor(env, exports);
  rtnetlink::DefineSocketCalls(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(rtnetlink, Initialize)

#ifndef RTNETLINK_ADDON_NAMESPACE_CALLS_H_
#define RTNETLINK_ADDON_NAMESPACE_CALLS_H_

#include <napi.h>

namespace rtnetlink {

// Opening namespaces on the calling thread, for what has to be known before a request is encoded. See lib/native.ts.
void DefineNamespaceCalls(Napi::Env env, Napi::Object exports);

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_NAMESPACE_CALLS_H_

#include "addon/namespace_calls.h"

#include <fcntl.h>

#include <utility>

#include "addon/arguments.h"
#include "namespaces.h"

namespace rtnetlink {
namespace {

// The descriptor, which is the caller's from then on, or a negative errno.
Napi::Value Answer(const Napi::CallbackInfo& info, Result<NetworkNamespace> opened) {
  const int answer = opened.ok() ? std::move(opened.value()).TakeFd().Release() : -opened.error().code;
  return Napi::Number::New(info.Env(), answer);
}

Napi::Value OpenFile(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "openNamespaceFile");
  return Answer(info, NetworkNamespace::Open(arguments.Text(0), arguments.Identity(1)));
}

Napi::Value OpenDescriptor(const Napi::CallbackInfo& info) {
  UniqueFd duplicate(::fcntl(Arguments(info, "openNamespaceDescriptor").Int(0), F_DUPFD_CLOEXEC, 3));
  return Answer(info, duplicate ? NetworkNamespace::Adopt(std::move(duplicate)) : Error::Last("fcntl"));
}

Napi::Value OpenPidfd(const Napi::CallbackInfo& info) {
  return Answer(info, NetworkNamespace::OfProcess(Arguments(info, "openNamespaceOfPidfd").Int(0)));
}

}  // namespace

void DefineNamespaceCalls(Napi::Env env, Napi::Object exports) {
  exports.Set("openNamespaceFile", Napi::Function::New<OpenFile>(env));
  exports.Set("openNamespaceDescriptor", Napi::Function::New<OpenDescriptor>(env));
  exports.Set("openNamespaceOfPidfd", Napi::Function::New<OpenPidfd>(env));
}

}  // namespace rtnetlink

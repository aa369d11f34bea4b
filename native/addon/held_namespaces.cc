#include <fcntl.h>

#include <utility>

#include "addon/arguments.h"
#include "addon/runtime.h"
#include "namespaces.h"

// Namespaces that are opened on the calling thread. They are the session's like all others: what a program that ends at
// any moment has not closed is closed with it.

namespace rtnetlink {

Napi::Value Runtime::HoldNamespaceFile(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "holdNamespaceFile");
  return Hold(info, NetworkNamespace::Open(arguments.Text(1), arguments.Identity(2)));
}

Napi::Value Runtime::HoldNamespaceDescriptor(const Napi::CallbackInfo& info) {
  UniqueFd duplicate(::fcntl(Arguments(info, "holdNamespaceDescriptor").Int(1), F_DUPFD_CLOEXEC, 3));
  return Hold(info, duplicate ? NetworkNamespace::Adopt(std::move(duplicate)) : Error::Last("fcntl"));
}

Napi::Value Runtime::HoldNamespaceOfPidfd(const Napi::CallbackInfo& info) {
  return Hold(info, NetworkNamespace::OfProcess(Arguments(info, "holdNamespaceOfPidfd").Int(1)));
}

Napi::Value Runtime::Hold(const Napi::CallbackInfo& info, Result<NetworkNamespace> opened) {
  if (!opened.ok()) return Napi::Number::New(info.Env(), -opened.error().code);
  const int fd = opened.value().fd();
  StartSession().HoldNamespace(Arguments(info, "holdNamespace").Integer(0), std::move(opened.value()));
  return Napi::Number::New(info.Env(), fd);
}

}  // namespace rtnetlink

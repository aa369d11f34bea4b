#include "addon/thread_door.h"

#include <cstdint>

#include "thread_entry.h"

namespace rtnetlink {
namespace {

std::uint64_t TicketOf(const Napi::CallbackInfo& info) {
  if (!info[0].IsNumber()) throw Napi::TypeError::New(info.Env(), "argument 1 must be a number");
  return static_cast<std::uint64_t>(info[0].As<Napi::Number>().Int64Value());
}

Napi::Value Admit(const Napi::CallbackInfo& info) {
  const auto ticket = AdmitThread();
  return Napi::Number::New(info.Env(), ticket.ok() ? static_cast<double>(ticket.value()) : -ticket.error().code);
}

Napi::Value Revoke(const Napi::CallbackInfo& info) {
  RevokeThread(TicketOf(info));
  return info.Env().Undefined();
}

Napi::Value Enter(const Napi::CallbackInfo& info) {
  const auto ticket = TicketOf(info);
  if (!info[1].IsNumber()) throw Napi::TypeError::New(info.Env(), "argument 2 must be a number");
  const Status entered = EnterForGood(ticket, info[1].As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), entered.error().code);  // that of success is 0
}

}  // namespace

void DefineThreadDoor(Napi::Env env, Napi::Object exports) {
  exports.Set("admitThread", Napi::Function::New<Admit>(env));
  exports.Set("revokeThread", Napi::Function::New<Revoke>(env));
  exports.Set("enterThread", Napi::Function::New<Enter>(env));
}

}  // namespace rtnetlink

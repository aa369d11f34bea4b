#ifndef RTNETLINK_ADDON_RUNTIME_H_
#define RTNETLINK_ADDON_RUNTIME_H_

#include <napi.h>

#include <cstddef>
#include <memory>
#include <unordered_set>

#include "addon/wake_up.h"
#include "mailbox.h"
#include "session.h"

namespace rtnetlink {

// The addon's border: the class `Runtime` that lib/native.ts describes. It turns arguments into a session's operations
// and completions into calls of JavaScript. Nothing is started before the first operation, and the event loop is kept
// alive only while an operation is pending that somebody waits for.
class Runtime : public Napi::ObjectWrap<Runtime> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Runtime(const Napi::CallbackInfo& info);
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime() override;

 private:
  // The methods of operations.h.
  Napi::Value BeginOperation(const Napi::CallbackInfo& info);
  Napi::Value RunCall(const Napi::CallbackInfo& info);
  Napi::Value KeepAlive(const Napi::CallbackInfo& info);
  Napi::Value HoldNamespaceFile(const Napi::CallbackInfo& info);
  Napi::Value HoldNamespaceDescriptor(const Napi::CallbackInfo& info);
  Napi::Value HoldNamespaceOfPidfd(const Napi::CallbackInfo& info);
  Napi::Value Hold(const Napi::CallbackInfo& info, Result<NetworkNamespace> opened);

  Session& StartSession();
  // One more, or one less, keeps the event loop alive.
  void AddPending();
  void EndPending();
  void Deliver();
  void Deliver(Completion& completion);
  void DeliverChunk(Completion& completion);
  void DeliverSettled(Completion& completion);
  void Call(const Napi::FunctionReference& callback, const napi_value* arguments, std::size_t count);
  void ShutDown();
  static void OnTeardown(void* runtime);

  Napi::ObjectReference callbacks_;
  Napi::FunctionReference settled_;
  Napi::FunctionReference chunk_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<WakeUp> wake_up_;
  std::unique_ptr<Session> session_;
  std::size_t pending_ = 0;
  std::unordered_set<OperationId> not_kept_alive_;  // under way, and not counted in pending_
};

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_RUNTIME_H_

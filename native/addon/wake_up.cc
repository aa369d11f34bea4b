#include "addon/wake_up.h"

#include <memory>
#include <utility>

namespace rtnetlink {

WakeUp::WakeUp(Napi::Env env, std::function<void()> callback) : env_(env) {
  auto target = std::make_unique<Target>(Target{std::move(callback)});
  const napi_status created =
      napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "rtnetlink"), 0, 1, nullptr,
                                      Finalize, target.get(), Call, &function_);
  if (created != napi_ok) throw Napi::Error::New(env);
  target_ = target.release();
  KeepAlive(false);
}

WakeUp::~WakeUp() {
  target_->callback = nullptr;
  // Fails only if the environment has taken the function down already.
  (void)napi_release_threadsafe_function(function_, napi_tsfn_abort);
}

void WakeUp::Send() {
  // The queue is unbounded. While the environment closes nobody waits for the call.
  (void)napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking);
}

void WakeUp::KeepAlive(bool keep) {
  // Cannot fail on the JavaScript thread.
  (void)(keep ? napi_ref_threadsafe_function(env_, function_) : napi_unref_threadsafe_function(env_, function_));
}

void WakeUp::Call(napi_env env, napi_value /*function*/, void* context, void* /*data*/) {
  const auto& callback = static_cast<Target*>(context)->callback;
  // Without an environment the queue is only being emptied.
  if (env != nullptr && callback) callback();
}

void WakeUp::Finalize(napi_env /*env*/, void* /*data*/, void* context) { delete static_cast<Target*>(context); }

}  // namespace rtnetlink

#ifndef RTNETLINK_ADDON_WAKE_UP_H_
#define RTNETLINK_ADDON_WAKE_UP_H_

#include <napi.h>

#include <functional>

namespace rtnetlink {

// Calls a function on the JavaScript thread at the request of any other. A thread-safe function that carries no data:
// what there is to deliver waits in the mailbox, so that nothing is lost in its queue when the environment ends.
class WakeUp {
 public:
  // Throws Napi::Error. Does not keep the process alive at first.
  WakeUp(Napi::Env env, std::function<void()> callback);
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;
  // On the JavaScript thread, when no other sends any more. The callback is not called afterwards.
  ~WakeUp();

  // From any thread.
  void Send();
  // Whether the event loop waits for us. On the JavaScript thread.
  void KeepAlive(bool keep);

 private:
  struct Target {
    std::function<void()> callback;
  };

  static void Call(napi_env env, napi_value function, void* context, void* data);
  static void Finalize(napi_env env, void* data, void* context);

  napi_env env_;
  Target* target_;  // owned by the thread-safe function
  napi_threadsafe_function function_ = nullptr;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_ADDON_WAKE_UP_H_

#include "addon/runtime.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "addon/arguments.h"
#include "addon/operations.h"

namespace rtnetlink {
namespace {

// From here on it is cheaper to let JavaScript free the memory than to copy it.
constexpr std::size_t kExternalSize = std::size_t{64} * 1024;

napi_value Undefined(napi_env env) {
  napi_value value = nullptr;
  (void)napi_get_undefined(env, &value);  // cannot fail with these arguments
  return value;
}

napi_value ToNumber(napi_env env, double number) {
  napi_value value = nullptr;
  (void)napi_create_double(env, number, &value);  // cannot fail with these arguments
  return value;
}

napi_status ToText(napi_env env, const char* text, napi_value* value) {
  return napi_create_string_latin1(env, text, NAPI_AUTO_LENGTH, value);
}

// Memory that JavaScript has until it collects or detaches the array buffer.
struct Lent {
  Buffer data;
  std::shared_ptr<ChunkMemory> memory;
};

void TakeBack(napi_env /*env*/, void* /*bytes*/, void* hint) {
  const std::unique_ptr<Lent> lent(static_cast<Lent*>(hint));
  if (lent->memory) lent->memory->Give(std::move(lent->data));
}

napi_status ToArrayBuffer(napi_env env, Completion& completion, napi_value* value) {
  Buffer& data = completion.data;
  const std::size_t size = data.size();
  if (size >= kExternalSize) {
    // The last chunk of a dump, as a rule, which no other follows.
    if (size < data.capacity() / 2) completion.memory.reset();
    if (!completion.memory) data.Shrink();
    auto lent = std::make_unique<Lent>(Lent{std::move(data), std::move(completion.memory)});
    if (napi_create_external_arraybuffer(env, lent->data.data(), size, TakeBack, lent.get(), value) == napi_ok) {
      std::ignore = lent.release();  // TakeBack has it
      return napi_ok;
    }
    // Some runtimes allow no memory but their own.
    data = std::move(lent->data);
  }
  void* memory = nullptr;
  const napi_status created = napi_create_arraybuffer(env, size, &memory, value);
  if (created == napi_ok && size > 0) std::memcpy(memory, data.data(), size);
  return created;
}

// What is begun meanwhile belongs to a trip, if one is given.
class InTrip {
 public:
  InTrip(Session& session, std::optional<OperationId> trip) : session_(session) {
    if (trip) session_.EnterTrip(*trip);
  }
  ~InTrip() { session_.LeaveTrip(); }
  InTrip(const InTrip&) = delete;
  InTrip& operator=(const InTrip&) = delete;

 private:
  Session& session_;
};

// As Node-API hands it on, which never changes it.
template <typename Entry>
void* DataOf(const Entry& entry) {
  return const_cast<Entry*>(&entry);
}

}  // namespace

Napi::Function Runtime::Define(Napi::Env env) {
  std::vector<Napi::ClassPropertyDescriptor<Runtime>> methods = {
      InstanceMethod<&Runtime::KeepAlive>("keepAlive"),
      InstanceMethod<&Runtime::HoldNamespaceFile>("holdNamespaceFile"),
      InstanceMethod<&Runtime::HoldNamespaceDescriptor>("holdNamespaceDescriptor"),
      InstanceMethod<&Runtime::HoldNamespaceOfPidfd>("holdNamespaceOfPidfd"),
  };
  for (const Operation& operation : Operations()) {
    methods.push_back(InstanceMethod<&Runtime::BeginOperation>(operation.name, napi_default, DataOf(operation)));
  }
  for (const rtnetlink::Call& call : Calls()) {
    methods.push_back(InstanceMethod<&Runtime::RunCall>(call.name, napi_default, DataOf(call)));
  }
  return DefineClass(env, "Runtime", methods);
}

Runtime::Runtime(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Runtime>(info) {
  const Arguments arguments(info, "Runtime");
  if (!info[0].IsObject()) arguments.Fail(0, "an object");
  const auto callbacks = info[0].As<Napi::Object>();
  const auto settled = callbacks.Get("settled");
  const auto chunk = callbacks.Get("chunk");
  if (!settled.IsFunction() || !chunk.IsFunction()) arguments.Fail(0, "an object with settled and chunk");
  callbacks_ = Napi::Persistent(callbacks);
  settled_ = Napi::Persistent(settled.As<Napi::Function>());
  chunk_ = Napi::Persistent(chunk.As<Napi::Function>());
}

Runtime::~Runtime() {
  if (!session_) return;
  (void)napi_remove_env_cleanup_hook(Env(), OnTeardown, this);  // cannot fail with these arguments
  ShutDown();
}

Napi::Value Runtime::BeginOperation(const Napi::CallbackInfo& info) {
  const auto& [name, begin, trip] = *static_cast<const Operation*>(info.Data());
  const Arguments arguments(info, name);
  const auto id = arguments.Integer(0);
  const auto its_trip = trip ? arguments.OptionalInteger(*trip) : std::nullopt;
  const InTrip in_trip(StartSession(), its_trip);
  AddPending();
  try {
    begin(*session_, id, arguments);
  } catch (const Napi::Error&) {
    EndPending();  // nothing was begun: an argument is wrong
    throw;
  }
  return info.Env().Undefined();
}

Napi::Value Runtime::RunCall(const Napi::CallbackInfo& info) {
  const auto& [name, run] = *static_cast<const rtnetlink::Call*>(info.Data());
  const Arguments arguments(info, name);
  const CallResult result = session_ ? run(*session_, arguments) : CallResult();
  if (const int* number = std::get_if<int>(&result)) return Napi::Number::New(info.Env(), *number);
  const auto* numbers = std::get_if<std::vector<int>>(&result);
  if (numbers == nullptr) return info.Env().Undefined();
  const auto array = Napi::Array::New(info.Env(), numbers->size());
  for (std::uint32_t index = 0; index < numbers->size(); ++index) array.Set(index, (*numbers)[index]);
  return array;
}

Napi::Value Runtime::KeepAlive(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "keepAlive");
  const auto id = arguments.Integer(0);
  if (arguments.Boolean(1)) {
    if (not_kept_alive_.erase(id) > 0) AddPending();
  } else if (session_ && session_->IsDumping(id) && not_kept_alive_.insert(id).second) {
    EndPending();
  }
  return info.Env().Undefined();
}

Session& Runtime::StartSession() {
  if (!session_) {
    wake_up_ = std::make_unique<WakeUp>(Env(), [this] { Deliver(); });
    mailbox_ = std::make_shared<Mailbox>([wake_up = wake_up_.get()] { wake_up->Send(); });
    session_ = std::make_unique<Session>(mailbox_);
    (void)napi_add_env_cleanup_hook(Env(), OnTeardown, this);  // cannot fail with these arguments
  }
  return *session_;
}

void Runtime::AddPending() {
  if (pending_++ > 0) return;
  wake_up_->KeepAlive(true);
  Ref();  // not collected while somebody waits for its answer
}

void Runtime::EndPending() {
  if (--pending_ > 0) return;
  wake_up_->KeepAlive(false);
  Unref();
}

void Runtime::Deliver() {
  for (Completion& completion : mailbox_->Take()) Deliver(completion);
}

void Runtime::Deliver(Completion& completion) {
  const Napi::HandleScope scope(Env());
  if (completion.kind == Completion::Kind::kChunk) {
    DeliverChunk(completion);
  } else {
    DeliverSettled(completion);
    if (not_kept_alive_.erase(completion.id) == 0) EndPending();
  }
}

// While the environment ends, conversions and calls fail; the completion then keeps and closes what it brought.

void Runtime::DeliverChunk(Completion& completion) {
  napi_env env = Env();
  napi_value arguments[] = {ToNumber(env, static_cast<double>(completion.id)), nullptr};
  if (ToArrayBuffer(env, completion, &arguments[1]) != napi_ok) return;
  Call(chunk_, arguments, 2);
}

void Runtime::DeliverSettled(Completion& completion) {
  napi_env env = Env();
  const Error& error = completion.error;
  const auto values = session_->Accept(completion);
  std::vector<napi_value> arguments = {ToNumber(env, static_cast<double>(completion.id)), ToNumber(env, error.code),
                                       Undefined(env), Undefined(env)};
  if (error.code != 0 && ToText(env, error.call, &arguments[2]) != napi_ok) return;
  if (!completion.data.empty() && ToArrayBuffer(env, completion, &arguments[3]) != napi_ok) return;
  // As arguments: in an array each would take a second call.
  for (const double value : values) arguments.push_back(ToNumber(env, value));
  Call(settled_, arguments.data(), arguments.size());
}

void Runtime::Call(const Napi::FunctionReference& callback, const napi_value* arguments, std::size_t count) {
  napi_env env = Env();
  if (napi_call_function(env, callbacks_.Value(), callback.Value(), count, arguments, nullptr) == napi_ok) return;
  // An exception of the callback is the program's, as one in an event handler; the other completions still go out.
  napi_value exception = nullptr;
  if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) (void)napi_fatal_exception(env, exception);
}

void Runtime::ShutDown() {
  // First the session, which closes the mailbox: nobody sends a wake-up after that.
  session_.reset();
  wake_up_.reset();
}

void Runtime::OnTeardown(void* runtime) { static_cast<Runtime*>(runtime)->ShutDown(); }

}  // namespace rtnetlink

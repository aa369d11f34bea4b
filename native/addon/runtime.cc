#include "addon/runtime.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "addon/arguments.h"

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

napi_status ToArrayBuffer(napi_env env, Buffer& data, napi_value* value) {
  const std::size_t size = data.size();
  if (size >= kExternalSize) {
    std::uint8_t* bytes = data.Release();
    const auto release = [](napi_env, void* memory, void*) { std::free(memory); };
    if (napi_create_external_arraybuffer(env, bytes, size, release, nullptr, value) == napi_ok) return napi_ok;
    // Some runtimes allow no memory but their own.
    data = Buffer(bytes, size);
    std::free(bytes);
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

}  // namespace

Napi::Function Runtime::Define(Napi::Env env) {
  return DefineClass(env, "Runtime",
                     {
                         InstanceMethod<&Runtime::OpenNamespace>("openNamespace"),
                         InstanceMethod<&Runtime::AdoptNamespace>("adoptNamespace"),
                         InstanceMethod<&Runtime::HoldNamespaceFile>("holdNamespaceFile"),
                         InstanceMethod<&Runtime::HoldNamespaceDescriptor>("holdNamespaceDescriptor"),
                         InstanceMethod<&Runtime::HoldNamespaceOfPidfd>("holdNamespaceOfPidfd"),
                         InstanceMethod<&Runtime::CreateNamespace>("createNamespace"),
                         InstanceMethod<&Runtime::KeepNamespace>("keepNamespace"),
                         InstanceMethod<&Runtime::RemoveNamespaces>("removeNamespaces"),
                         InstanceMethod<&Runtime::ReserveNamespaces>("reserveNamespaces"),
                         InstanceMethod<&Runtime::OpenNetlink>("openNetlink"),
                         InstanceMethod<&Runtime::Send>("send"),
                         InstanceMethod<&Runtime::TakePlace>("takePlace"),
                         InstanceMethod<&Runtime::EndTrip>("endTrip"),
                         InstanceMethod<&Runtime::Dump>("dump"),
                         InstanceMethod<&Runtime::Subscribe>("subscribe"),
                         InstanceMethod<&Runtime::Resume>("resume"),
                         InstanceMethod<&Runtime::Cancel>("cancel"),
                         InstanceMethod<&Runtime::Await>("await"),
                         InstanceMethod<&Runtime::OpenSocket>("openSocket"),
                         InstanceMethod<&Runtime::LendSocket>("lendSocket"),
                         InstanceMethod<&Runtime::GiveSocket>("giveSocket"),
                         InstanceMethod<&Runtime::ReadFile>("readFile"),
                         InstanceMethod<&Runtime::WriteFiles>("writeFiles"),
                         InstanceMethod<&Runtime::ReadDirectory>("readDirectory"),
                         InstanceMethod<&Runtime::FindProcesses>("findProcesses"),
                         InstanceMethod<&Runtime::ListNamespaces>("listNamespaces"),
                         InstanceMethod<&Runtime::CloseNetlink>("closeNetlink"),
                         InstanceMethod<&Runtime::Close>("close"),
                     });
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

Napi::Value Runtime::OpenNamespace(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "openNamespace");
  const auto id = arguments.Integer(0);
  auto file = arguments.Text(1);
  Begin().OpenNamespace(id, std::move(file), arguments.Identity(2));
  return info.Env().Undefined();
}

Napi::Value Runtime::AdoptNamespace(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "adoptNamespace");
  const auto id = arguments.Integer(0);
  const int fd = arguments.Int(1);
  Begin().AdoptNamespace(id, fd);
  return info.Env().Undefined();
}

Napi::Value Runtime::CreateNamespace(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "createNamespace");
  const auto id = arguments.Integer(0);
  std::optional<MountPoint> mount_point;
  if (!arguments.IsUndefined(1) || !arguments.IsUndefined(2)) {
    mount_point = MountPoint{arguments.Text(1), arguments.Text(2)};
  }
  const auto trip = arguments.OptionalInteger(3);
  Session& session = Begin();
  const InTrip in_trip(session, trip);
  session.CreateNamespace(id, std::move(mount_point));
  return info.Env().Undefined();
}

Napi::Value Runtime::KeepNamespace(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "keepNamespace");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  MountPoint mount_point{arguments.Text(2), arguments.Text(3)};
  const auto trip = arguments.OptionalInteger(4);
  Session& session = Begin();
  const InTrip in_trip(session, trip);
  session.KeepNamespace(id, network_namespace, std::move(mount_point));
  return info.Env().Undefined();
}

Napi::Value Runtime::RemoveNamespaces(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "removeNamespaces");
  const auto id = arguments.Integer(0);
  const std::string directory = arguments.Text(1);
  const auto names = arguments.Texts(2);
  const bool left_over = arguments.IsUndefined(3);
  const auto identities = left_over ? std::vector<double>(2 * names.size()) : arguments.OptionalNumbers(3);
  if (identities.size() != 2 * names.size()) arguments.Fail(3, "two numbers for each name");
  std::vector<Session::Removal> removals;
  removals.reserve(names.size());
  for (std::size_t index = 0; index < names.size(); ++index) {
    const NamespaceIdentity identity{static_cast<std::uint64_t>(identities[2 * index]),
                                     static_cast<std::uint64_t>(identities[2 * index + 1])};
    removals.push_back(
        {{directory, names[index]}, identity.inode == 0 ? std::nullopt : std::optional(identity), left_over});
  }
  Begin().RemoveNamespaces(id, std::move(removals));
  return info.Env().Undefined();
}

Napi::Value Runtime::ReserveNamespaces(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "reserveNamespaces");
  const auto id = arguments.Integer(0);
  const std::size_t count = arguments.Size(1);
  Begin().ReserveNamespaces(id, count);
  return info.Env().Undefined();
}

Napi::Value Runtime::OpenNetlink(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "openNetlink");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  const int protocol = arguments.Int(2);
  const bool in_order = arguments.Boolean(3);
  Begin().OpenNetlink(id, network_namespace, protocol, in_order);
  return info.Env().Undefined();
}

Napi::Value Runtime::Send(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "send");
  const auto id = arguments.Integer(0);
  const auto socket = arguments.Integer(1);
  Session::Requests requests{arguments.Bytes(2), arguments.OptionalBytes(3), arguments.OptionalBytes(4),
                             arguments.OptionalInteger(6)};
  const auto trip = arguments.OptionalInteger(5);
  std::vector<Session::NamespaceField> namespaces;
  for (std::size_t index = 7; index < info.Length(); index += 2) {
    namespaces.push_back({static_cast<std::uint32_t>(arguments.Integer(index)), arguments.Integer(index + 1)});
  }
  Session& session = Begin();
  const InTrip in_trip(session, trip);
  session.Send(id, socket, std::move(requests), namespaces);
  return info.Env().Undefined();
}

Napi::Value Runtime::TakePlace(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "takePlace");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  const auto trip = arguments.Integer(2);
  Session& session = Begin();
  const InTrip in_trip(session, trip);
  session.TakePlace(id, network_namespace);
  return info.Env().Undefined();
}

Napi::Value Runtime::EndTrip(const Napi::CallbackInfo& info) {
  const auto trip = Arguments(info, "endTrip").Integer(0);
  if (session_) session_->EndTrip(trip);
  return info.Env().Undefined();
}

Napi::Value Runtime::Dump(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "dump");
  const auto id = arguments.Integer(0);
  const auto socket = arguments.Integer(1);
  Session::Requests request{arguments.Bytes(2), arguments.OptionalBytes(3), arguments.OptionalBytes(4), std::nullopt};
  const int window = arguments.Int(5);
  if (window < 1) arguments.Fail(5, "at least 1");
  Begin().Dump(id, socket, std::move(request), static_cast<std::uint32_t>(window));
  return info.Env().Undefined();
}

Napi::Value Runtime::Subscribe(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "subscribe");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  const int protocol = arguments.Int(2);
  auto groups = arguments.OptionalIntegers(3);
  Begin().Subscribe(id, network_namespace, protocol, std::move(groups));
  return info.Env().Undefined();
}

Napi::Value Runtime::Resume(const Napi::CallbackInfo& info) {
  const auto id = Arguments(info, "resume").Integer(0);
  if (session_) session_->Resume(id);
  return info.Env().Undefined();
}

Napi::Value Runtime::Cancel(const Napi::CallbackInfo& info) {
  const auto id = Arguments(info, "cancel").Integer(0);
  if (session_) session_->Cancel(id);
  return info.Env().Undefined();
}

Napi::Value Runtime::Await(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "await");
  const auto id = arguments.Integer(0);
  if (arguments.Boolean(1)) {
    if (unawaited_.erase(id) > 0) AddPending();
  } else if (session_ && session_->IsDumping(id) && unawaited_.insert(id).second) {
    EndPending();
  }
  return info.Env().Undefined();
}

Napi::Value Runtime::OpenSocket(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "openSocket");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  SocketOptions options{arguments.Int(2),           arguments.Int(3),           arguments.Int(4),
                        arguments.OptionalBytes(5), arguments.OptionalBytes(6), arguments.OptionalBytes(7)};
  Begin().OpenSocket(id, network_namespace, std::move(options));
  return info.Env().Undefined();
}

Napi::Value Runtime::LendSocket(const Napi::CallbackInfo& info) {
  const auto handle = Arguments(info, "lendSocket").Integer(0);
  return Napi::Number::New(info.Env(), session_ ? session_->LendSocket(handle) : -1);
}

Napi::Value Runtime::GiveSocket(const Napi::CallbackInfo& info) {
  const auto handle = Arguments(info, "giveSocket").Integer(0);
  if (session_) session_->GiveSocket(handle);
  return info.Env().Undefined();
}

Napi::Value Runtime::ReadFile(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "readFile");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  FilePlace place{arguments.Root(2), arguments.Text(3)};
  const std::size_t limit = arguments.Size(4);
  const auto trip = arguments.OptionalInteger(5);
  Session& session = Begin();
  const InTrip in_trip(session, trip);
  session.ReadFile(id, network_namespace, std::move(place), limit);
  return info.Env().Undefined();
}

Napi::Value Runtime::WriteFiles(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "writeFiles");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  const FileRoot root = arguments.Root(2);
  auto records = arguments.Bytes(3);
  const auto trip = arguments.OptionalInteger(4);
  Session& session = Begin();
  const InTrip in_trip(session, trip);
  session.WriteFiles(id, network_namespace, root, std::move(records));
  return info.Env().Undefined();
}

Napi::Value Runtime::ReadDirectory(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "readDirectory");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  FilePlace place{arguments.Root(2), arguments.Text(3)};
  const bool deep = arguments.Boolean(4);
  const std::size_t limit = arguments.Size(5);
  Begin().ReadDirectory(id, network_namespace, std::move(place), deep, limit);
  return info.Env().Undefined();
}

Napi::Value Runtime::FindProcesses(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "findProcesses");
  const auto id = arguments.Integer(0);
  const auto network_namespace = arguments.Integer(1);
  Begin().FindProcesses(id, network_namespace);
  return info.Env().Undefined();
}

Napi::Value Runtime::ListNamespaces(const Napi::CallbackInfo& info) {
  const Arguments arguments(info, "listNamespaces");
  const auto id = arguments.Integer(0);
  auto directory = arguments.Text(1);
  Begin().ListNamespaces(id, std::move(directory));
  return info.Env().Undefined();
}

Napi::Value Runtime::CloseNetlink(const Napi::CallbackInfo& info) {
  const auto socket = Arguments(info, "closeNetlink").Integer(0);
  if (session_) session_->CloseNetlink(socket);
  return info.Env().Undefined();
}

Napi::Value Runtime::Close(const Napi::CallbackInfo& info) {
  const auto handle = Arguments(info, "close").Integer(0);
  if (session_) session_->Close(handle);
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

Session& Runtime::Begin() {
  Session& session = StartSession();
  AddPending();
  return session;
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
    if (unawaited_.erase(completion.id) == 0) EndPending();
  }
}

// While the environment ends, conversions and calls fail; the completion then keeps and closes what it brought.

void Runtime::DeliverChunk(Completion& completion) {
  napi_env env = Env();
  napi_value arguments[] = {ToNumber(env, static_cast<double>(completion.id)), nullptr};
  if (ToArrayBuffer(env, completion.data, &arguments[1]) != napi_ok) return;
  Call(chunk_, arguments, 2);
}

void Runtime::DeliverSettled(Completion& completion) {
  napi_env env = Env();
  const Error& error = completion.error;
  const auto values = session_->Accept(completion);
  std::vector<napi_value> arguments = {ToNumber(env, static_cast<double>(completion.id)), ToNumber(env, error.code),
                                       Undefined(env), Undefined(env)};
  if (error.code != 0 && ToText(env, error.call, &arguments[2]) != napi_ok) return;
  if (!completion.data.empty() && ToArrayBuffer(env, completion.data, &arguments[3]) != napi_ok) return;
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

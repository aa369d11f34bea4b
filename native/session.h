#ifndef RTNETLINK_SESSION_H_
#define RTNETLINK_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dump.h"
#include "executor.h"
#include "interrupt.h"
#include "mailbox.h"
#include "namespaces.h"
#include "socket_factory.h"

namespace rtnetlink {

// The operations of one runtime, the handles it holds and its share in the executor; knows nothing of JavaScript. All
// methods belong to one thread, the one that takes the mailbox's completions and passes each to Accept. Every operation
// ends in exactly one completion of kind kSettled.
class Session {
 public:
  using Handle = std::int64_t;

  explicit Session(std::shared_ptr<Mailbox> mailbox);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { Shutdown(); }

  void OpenNamespace(OperationId id, std::string file, bool follow);
  void AdoptNamespace(OperationId id, int fd);
  void CreateNamespace(OperationId id, std::optional<MountPoint> mount_point);
  void RemoveNamespace(OperationId id, MountPoint mount_point);
  void OpenNetlink(OperationId id, Handle handle, int protocol);
  void Send(OperationId id, Handle handle, Buffer requests, Buffer fixups);
  void Dump(OperationId id, Handle handle, Buffer request, Buffer fixups, std::uint32_t window);
  void Resume(OperationId id);
  void Cancel(OperationId id);
  void OpenSocket(OperationId id, Handle handle, SocketOptions options);
  // Lets go of a handle. Operations under way keep what they work on until they end.
  void Close(Handle handle);

  // Takes over what a completion brings, and returns the operation's values. An fd stays with the completion until it
  // is released from there.
  std::vector<double> Accept(Completion& completion);

  // Interrupts what is under way, closes the mailbox and all handles, and lets go of the executor. Nothing may be
  // called afterwards.
  void Shutdown();

 private:
  template <typename Work>
  void Start(OperationId id, Work work);
  void Settle(OperationId id, Error error);
  std::shared_ptr<const NetworkNamespace> FindNamespace(Handle handle) const;
  std::shared_ptr<Channel> FindChannel(Handle handle) const;

  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<Interrupt> interrupt_;
  std::shared_ptr<Executor> executor_;
  std::unordered_map<Handle, std::shared_ptr<const NetworkNamespace>> namespaces_;
  std::unordered_map<Handle, std::shared_ptr<Channel>> channels_;
  std::unordered_map<OperationId, std::shared_ptr<rtnetlink::Dump>> dumps_;
  Handle last_handle_ = 0;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_SESSION_H_

#ifndef RTNETLINK_SESSION_H_
#define RTNETLINK_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "channel.h"
#include "dump.h"
#include "executor.h"
#include "interrupt.h"
#include "kept_sockets.h"
#include "mailbox.h"
#include "named_namespaces.h"
#include "namespace_files.h"
#include "namespace_reserve.h"
#include "namespaces.h"
#include "socket_factory.h"
#include "subscription.h"
#include "tap.h"
#include "trip.h"

namespace rtnetlink {

// The operations of one runtime, the handles it holds and its share in the executor; knows nothing of JavaScript. All
// methods belong to one thread, the one that takes the mailbox's completions and passes each to Accept. Every operation
// ends in exactly one completion of kind kSettled.
class Session {
 public:
  // The number of the operation that makes, or is about to make, what the handle is of. OpenNamespace, AdoptNamespace,
  // CreateNamespace, OpenNetlink and AdoptNetlink give theirs before they have ended, so that requests can be queued
  // behind them.
  using Handle = OperationId;

  // A field of a request that takes the descriptor of a namespace, which may be under way to being made.
  struct NamespaceField {
    std::uint32_t offset;
    Handle network_namespace;
  };

  // Messages, and records about them: see NetlinkSocket::Send.
  struct Requests {
    Buffer messages;
    Buffer fixups;
    Buffer groups;
    // Of a trip: sent only if something behind this operation failed.
    std::optional<OperationId> undoes;
  };

  // A name that is to be removed; with an identity it is left alone if it leads elsewhere.
  struct Removal {
    MountPoint mount_point;
    std::optional<NamespaceIdentity> identity;
    // Only a file that was left over.
    bool left_over = false;
  };

  explicit Session(std::shared_ptr<Mailbox> mailbox);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { Shutdown(); }

  void OpenNamespace(OperationId id, std::string file, std::optional<NamespaceIdentity> expected);
  void AdoptNamespace(OperationId id, int fd);
  // Takes one that is open, at once.
  void HoldNamespace(Handle handle, NetworkNamespace network_namespace);
  void CreateNamespace(OperationId id, std::optional<MountPoint> mount_point);
  void KeepNamespace(OperationId id, Handle handle, MountPoint mount_point);
  // One after the other; what cannot be removed does not keep it from the others. Records of those that failed are the
  // data, in their order.
  void RemoveNamespaces(OperationId id, std::vector<Removal> removals);
  // A socket for the requests that are kept in order with all else in the namespace; one for a dump of its own, or for
  // what the kernel ties to a socket, is opened in that order, and then goes its own way: no other takes its place.
  void OpenNetlink(OperationId id, Handle handle, int protocol, bool in_order);
  // A netlink socket that somebody else has opened; a duplicate of it.
  void AdoptNetlink(OperationId id, int fd);
  void Send(OperationId id, Handle handle, Requests requests, const std::vector<NamespaceField>& namespaces = {});
  // In the namespace of a netlink socket, behind what the socket was asked before: see device_statistics.h.
  void DeviceStatistics(OperationId id, Handle handle, std::string device);
  // The request of a dump, behind look-ups of what it names.
  void Dump(OperationId id, Handle handle, Requests request, std::uint32_t window);
  void Subscribe(OperationId id, Handle handle, int protocol, std::vector<std::int32_t> groups);
  bool IsDumping(OperationId id) const { return dumps_.count(id) > 0; }
  // Of dumps and subscriptions.
  void Resume(OperationId id);
  void Cancel(OperationId id);
  void OpenSocket(OperationId id, Handle handle, SocketOptions options);
  // Makes a TAP device in the order of a namespace: see tap.h.
  void OpenTap(OperationId id, Handle handle, TapOptions options);
  // The descriptors of its queues, which are the caller's from then on. Those that nobody takes are closed by Close,
  // and with the session.
  std::vector<int> TakeDescriptors(Handle handle);
  // Keeps so many namespaces made ahead, from which CreateNamespace takes.
  void ReserveNamespaces(OperationId id, std::size_t count);
  // Hands a socket that was opened to the caller: see KeptSockets. One that nobody takes is closed by Close, and with
  // the session.
  int LendSocket(Handle handle) { return sockets_.Lend(handle); }
  void GiveSocket(Handle handle) { sockets_.Give(handle); }
  // What is sent, written and made between EnterTrip and LeaveTrip belongs to a trip, which can be entered several
  // times, until its end.
  void EnterTrip(OperationId trip);
  void LeaveTrip();
  void EndTrip(OperationId trip);
  // Of a trip: takes a place in the order of a namespace, in which nothing is done there.
  void TakePlace(OperationId id, Handle handle);
  void ReadFile(OperationId id, Handle handle, FilePlace place, std::size_t limit);
  void WriteFiles(OperationId id, Handle handle, FileRoot root, Buffer records);
  void ReadDirectory(OperationId id, Handle handle, FilePlace place, bool deep, std::size_t limit);
  void FindProcesses(OperationId id, Handle handle);
  void ListNamespaces(OperationId id, std::string directory);
  // Closes a netlink socket, and not the namespace that was made with it and has the same handle.
  void CloseNetlink(Handle handle);
  // Lets go of a handle. Operations under way keep what they work on until they end.
  void Close(Handle handle);

  // Takes over what a completion brings, and returns the operation's values.
  std::vector<double> Accept(Completion& completion);

  // Interrupts what is under way, closes the mailbox and all handles, and lets go of the executor. Nothing may be
  // called afterwards.
  void Shutdown();

 private:
  // A namespace, and the queue in which what is asked of it waits: netlink requests, files.
  struct Place {
    std::shared_ptr<NamespaceCell> cell;
    std::shared_ptr<Strand> strand;
  };

  std::shared_ptr<Strand> MakeStrand() const { return std::make_shared<Strand>(*executor_); }
  template <typename Work>
  Trip::Work Performance(OperationId id, Work work);
  template <typename Work>
  void Start(OperationId id, Work work);
  template <typename Work>
  void StartOn(const std::shared_ptr<Strand>& strand, OperationId id, Work work,
               std::optional<OperationId> undoes = std::nullopt);
  // Runs `work` on a namespace behind all that was asked there before.
  template <typename Work>
  void StartIn(Handle handle, OperationId id, Work work);
  void Settle(OperationId id, Error error);
  // Settles an operation that cannot be begun; as a step of a trip it fails that, so that nothing behind it is done.
  void Refuse(OperationId id, Error error);
  Result<std::shared_ptr<const NetworkNamespace>> FindNamespace(Handle handle) const;
  std::shared_ptr<Channel> FindChannel(Handle handle) const;
  void CloseQueues(Handle handle);

  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<Interrupt> interrupt_;
  const std::shared_ptr<ChunkMemory> chunk_memory_ = std::make_shared<ChunkMemory>();
  std::shared_ptr<Executor> executor_;
  std::shared_ptr<NamespaceReserve> reserve_;
  // Removals go one by one, on one thread: the kernel unmounts one at a time, and many that are asked for at once then
  // wake a single thread.
  std::shared_ptr<Strand> removals_;
  std::unordered_map<Handle, Place> namespaces_;
  std::unordered_map<Handle, std::shared_ptr<Channel>> channels_;
  KeptSockets sockets_;
  std::unordered_map<Handle, std::vector<UniqueFd>> queues_;
  std::unordered_map<OperationId, std::shared_ptr<rtnetlink::Dump>> dumps_;
  std::unordered_map<OperationId, std::shared_ptr<Trip>> trips_;  // that have not ended
  std::shared_ptr<Trip> trip_;                                    // that was entered
  std::unordered_map<OperationId, std::shared_ptr<Subscription>> subscriptions_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_SESSION_H_

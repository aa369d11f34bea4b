#include "session.h"

#include <fcntl.h>
#include <linux/netlink.h>

#include <cstring>
#include <utility>

#include "completions.h"
#include "processes.h"
#include "session_start.h"

namespace rtnetlink {

Session::Session(std::shared_ptr<Mailbox> mailbox)
    : mailbox_(std::move(mailbox)),
      interrupt_(std::make_shared<Interrupt>()),
      executor_(Executor::Shared()),
      reserve_(std::make_shared<NamespaceReserve>(*executor_, interrupt_)),
      removals_(MakeStrand()) {}

void Session::OpenNamespace(OperationId id, std::string file, std::optional<NamespaceIdentity> expected) {
  auto cell = std::make_shared<NamespaceCell>();
  auto strand = MakeStrand();
  namespaces_.emplace(id, Place{cell, strand});
  StartOn(strand, id, [file = std::move(file), expected, cell = std::move(cell)] {
    Completion completion = Opened(NetworkNamespace::Open(file, expected));
    completion.handle_given = true;
    FillFrom(completion, *cell);
    return completion;
  });
}

void Session::AdoptNamespace(OperationId id, int fd) {
  // At once: the caller may close the original as soon as the call returns, and use the handle.
  UniqueFd duplicate(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  Completion completion =
      duplicate ? Opened(NetworkNamespace::Adopt(std::move(duplicate))) : Failed(Error::Last("fcntl"));
  completion.id = id;
  completion.handle_given = true;
  const auto cell = std::make_shared<NamespaceCell>();
  FillFrom(completion, *cell);
  namespaces_.emplace(id, Place{cell, MakeStrand()});
  mailbox_->Deliver(std::move(completion));
}

void Session::HoldNamespace(Handle handle, NetworkNamespace network_namespace) {
  auto held = std::make_shared<const NetworkNamespace>(std::move(network_namespace));
  namespaces_.emplace(handle, Place{std::make_shared<NamespaceCell>(std::move(held)), MakeStrand()});
}

void Session::CreateNamespace(OperationId id, std::optional<MountPoint> mount_point) {
  auto cell = std::make_shared<NamespaceCell>();
  auto strand = MakeStrand();
  auto channel = std::make_shared<Channel>(strand, cell, NETLINK_ROUTE);
  namespaces_.emplace(id, Place{cell, strand});
  channels_.emplace(id, channel);
  StartOn(strand, id,
          [mount_point = std::move(mount_point), interrupt = interrupt_, reserve = reserve_, cell = std::move(cell),
           channel] {
            auto created = mount_point ? rtnetlink::CreateNamespace(*mount_point, *interrupt,
                                                                    [&reserve] { return reserve->Take(); })
                                       : reserve->Take();
            if (!created.ok()) {
              cell->Fill(created.error());
              return Failed(created.error());
            }
            Completion completion = Opened(std::move(created.value().network_namespace));
            completion.handle_given = true;
            completion.socket_opened = true;
            FillFrom(completion, *cell);
            channel->Take(std::move(created.value().socket));
            return completion;
          });
}

void Session::KeepNamespace(OperationId id, Handle handle, MountPoint mount_point) {
  // Behind its making, if it is under way.
  StartIn(handle, id,
          [mount_point = std::move(mount_point), interrupt = interrupt_](const NetworkNamespace& network_namespace) {
            return Failed(rtnetlink::KeepNamespace(network_namespace, mount_point, *interrupt).error());
          });
}

void Session::RemoveNamespaces(OperationId id, std::vector<Removal> removals) {
  StartOn(removals_, id, [removals = std::move(removals), interrupt = interrupt_] {
    Completion completion;
    std::optional<MountedFiles> mounted;
    for (std::uint32_t index = 0; index < removals.size(); ++index) {
      const auto& [mount_point, identity, left_over] = removals[index];
      if (interrupt->triggered()) {
        AppendFailure(completion.data, index, kInterrupted);
        continue;
      }
      const Status removed =
          left_over ? RemoveLeftOver(mount_point, mounted) : RemoveNamespace(mount_point, *interrupt, identity);
      const Error& error = removed.error();
      if (error.code != 0) AppendFailure(completion.data, index, error);
    }
    return completion;
  });
}

void Session::OpenNetlink(OperationId id, Handle handle, int protocol, bool in_order) {
  const auto found = namespaces_.find(handle);
  if (found == namespaces_.end()) return Settle(id, kUnknownHandle);
  const auto& [cell, strand] = found->second;
  auto channel = std::make_shared<Channel>(in_order ? strand : MakeStrand(), cell, protocol, in_order);
  channels_.emplace(id, channel);
  StartIn(handle, id, [channel](const NetworkNamespace&) {
    Completion completion = Failed(channel->Open().error());
    completion.socket_opened = completion.error.code == 0;
    return completion;
  });
}

void Session::AdoptNetlink(OperationId id, int fd) {
  // At once: the caller may close the original as soon as the call returns, and use the handle.
  UniqueFd duplicate(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!duplicate) return Settle(id, Error::Last("fcntl"));
  const auto channel = std::make_shared<Channel>(MakeStrand());
  channels_.emplace(id, channel);
  StartOn(channel->strand(), id, [channel, duplicate = std::move(duplicate)]() mutable {
    auto adopted = NetlinkSocket::Adopt(std::move(duplicate));
    if (!adopted.ok()) return Failed(adopted.error());
    channel->Take(std::move(adopted.value()));
    Completion completion;
    completion.socket_opened = true;
    return completion;
  });
}

void Session::Send(OperationId id, Handle handle, Requests requests, const std::vector<NamespaceField>& namespaces) {
  auto channel = FindChannel(handle);
  if (!channel) return Refuse(id, kUnknownHandle);
  std::vector<std::pair<std::uint32_t, std::shared_ptr<const NamespaceCell>>> fields;
  for (const NamespaceField& field : namespaces) {
    const auto found = namespaces_.find(field.network_namespace);
    if (found == namespaces_.end()) return Refuse(id, kUnknownHandle);
    if (std::size_t{field.offset} + sizeof(int) > requests.messages.size()) return Refuse(id, {EINVAL, "namespaces"});
    fields.emplace_back(field.offset, found->second.cell);
  }
  const auto strand = channel->strand();
  const auto undoes = requests.undoes;
  StartOn(
      strand, id,
      [channel = std::move(channel), requests = std::move(requests), fields = std::move(fields),
       shared = trip_ ? &trip_->slots() : nullptr, interrupt = interrupt_]() mutable {
        const auto socket = channel->Socket();
        if (!socket.ok()) return Failed(socket.error());
        for (const auto& [offset, cell] : fields) {
          const auto network_namespace = cell->Get();
          if (!network_namespace.ok()) return Failed(network_namespace.error());
          const int fd = network_namespace.value()->fd();
          std::memcpy(requests.messages.data() + offset, &fd, sizeof fd);
        }
        Slots own;
        Exchange exchange = socket.value()->Send(requests.messages, requests.fixups, requests.groups,
                                                 shared != nullptr ? *shared : own, *interrupt);
        Completion completion;
        completion.error = exchange.status.error();
        completion.rejected = exchange.rejected;
        completion.data = std::move(exchange.messages);
        return completion;
      },
      undoes);
}

void Session::ReserveNamespaces(OperationId id, std::size_t count) {
  reserve_->SetTarget(count);
  Start(id, [reserve = reserve_] { return Failed(reserve->Fill().error()); });
}

void Session::EnterTrip(OperationId trip) {
  auto& entered = trips_[trip];
  if (!entered) entered = std::make_shared<Trip>(mailbox_);
  trip_ = entered;
}

void Session::LeaveTrip() { trip_ = nullptr; }

void Session::EndTrip(OperationId trip) {
  const auto found = trips_.find(trip);
  if (found == trips_.end()) return;
  found->second->End();
  trips_.erase(found);
}

void Session::TakePlace(OperationId id, Handle handle) {
  StartIn(handle, id, [](const NetworkNamespace&) { return Completion(); });
}

void Session::Dump(OperationId id, Handle handle, Requests request, std::uint32_t window) {
  auto channel = FindChannel(handle);
  if (!channel) return Settle(id, kUnknownHandle);
  auto dump =
      std::make_shared<rtnetlink::Dump>(id, std::move(channel), std::move(request.messages), std::move(request.fixups),
                                        std::move(request.groups), window, mailbox_, chunk_memory_, interrupt_);
  const Status started = dump->Start();
  if (!started.ok()) return Settle(id, started.error());
  dumps_.emplace(id, std::move(dump));
}

void Session::Subscribe(OperationId id, Handle handle, int protocol, std::vector<std::int32_t> groups) {
  auto network_namespace = FindNamespace(handle);
  if (!network_namespace.ok()) return Settle(id, network_namespace.error());
  auto subscription = std::make_shared<Subscription>(id, mailbox_);
  const Status posted =
      executor_->Post([subscription, network_namespace = std::move(network_namespace.value()), protocol,
                       groups = std::move(groups)] { subscription->Open(*network_namespace, protocol, groups); });
  if (!posted.ok()) return Settle(id, posted.error());
  subscriptions_.emplace(id, std::move(subscription));
}

void Session::Resume(OperationId id) {
  if (const auto dump = dumps_.find(id); dump != dumps_.end()) return dump->second->Resume();
  const auto found = subscriptions_.find(id);
  if (found != subscriptions_.end()) found->second->Resume();
}

void Session::Cancel(OperationId id) {
  if (const auto dump = dumps_.find(id); dump != dumps_.end()) return dump->second->Cancel();
  const auto found = subscriptions_.find(id);
  if (found != subscriptions_.end()) found->second->Cancel();
}

void Session::OpenSocket(OperationId id, Handle handle, SocketOptions options) {
  auto network_namespace = FindNamespace(handle);
  if (!network_namespace.ok()) return Settle(id, network_namespace.error());
  Start(id, [network_namespace = std::move(network_namespace.value()), options = std::move(options)] {
    MadeSocket made = MakeSocket(*network_namespace, options);
    Completion completion = Failed(made.status.error());  // the error of success is 0
    if (!made.status.ok()) completion.data = Buffer(&made.options_set, sizeof made.options_set);
    completion.fd = std::move(made.fd);
    return completion;
  });
}

void Session::ReadFile(OperationId id, Handle handle, FilePlace place, std::size_t limit) {
  StartIn(handle, id,
          [place = std::move(place), limit, interrupt = interrupt_](const NetworkNamespace& network_namespace) {
            return Content(rtnetlink::ReadFile(network_namespace, place, limit, *interrupt));
          });
}

void Session::WriteFiles(OperationId id, Handle handle, FileRoot root, Buffer records) {
  StartIn(handle, id,
          [root, records = std::move(records), interrupt = interrupt_](const NetworkNamespace& network_namespace) {
            const Written written = rtnetlink::WriteFiles(network_namespace, root, records, *interrupt);
            Completion completion = Failed(written.status.error());
            completion.data = Buffer(&written.count, sizeof written.count);
            return completion;
          });
}

void Session::ReadDirectory(OperationId id, Handle handle, FilePlace place, bool deep, std::size_t limit) {
  StartIn(handle, id,
          [place = std::move(place), deep, limit, interrupt = interrupt_](const NetworkNamespace& network_namespace) {
            return Content(rtnetlink::ReadDirectory(network_namespace, place, deep, limit, *interrupt));
          });
}

void Session::FindProcesses(OperationId id, Handle handle) {
  auto network_namespace = FindNamespace(handle);
  if (!network_namespace.ok()) return Settle(id, network_namespace.error());
  Start(id, [network_namespace = std::move(network_namespace.value()), interrupt = interrupt_] {
    const auto pids = ProcessesIn(*network_namespace, *interrupt);
    if (!pids.ok()) return Failed(pids.error());
    return Content(Buffer(pids.value().data(), pids.value().size() * sizeof(std::int32_t)));
  });
}

void Session::ListNamespaces(OperationId id, std::string directory) {
  Start(id, [directory = std::move(directory), interrupt = interrupt_] {
    return Content(rtnetlink::ListNamespaces(directory, *interrupt));
  });
}

void Session::CloseNetlink(Handle handle) { channels_.erase(handle); }

void Session::Close(Handle handle) {
  namespaces_.erase(handle);
  channels_.erase(handle);
  sockets_.Close(handle);
  CloseQueues(handle);
}

std::vector<double> Session::Accept(Completion& completion) {
  std::vector<double> values;
  if (completion.kind != Completion::Kind::kSettled) return values;
  dumps_.erase(completion.id);
  subscriptions_.erase(completion.id);
  // An operation that failed may have left its thread in a foreign namespace; its successor is made from here.
  if (completion.error.code != 0) {
    executor_->Replenish();
    // What the operation should have made.
    Close(completion.id);
  }
  if (completion.network_namespace) {
    const NetworkNamespace& opened = *completion.network_namespace;
    values = {static_cast<double>(completion.id), static_cast<double>(opened.fd()),
              static_cast<double>(opened.device()), static_cast<double>(opened.inode())};
    if (!completion.handle_given) {
      namespaces_.emplace(
          completion.id, Place{std::make_shared<NamespaceCell>(std::move(completion.network_namespace)), MakeStrand()});
    }
  }
  if (completion.socket_opened) values.push_back(static_cast<double>(completion.id));
  if (completion.fd) sockets_.Keep(completion.id, std::move(completion.fd));
  if (!completion.queues.empty()) queues_.emplace(completion.id, std::move(completion.queues));
  values.insert(values.end(), completion.values.begin(), completion.values.end());
  return values;
}

void Session::Shutdown() {
  if (!executor_) return;
  interrupt_->Trigger();
  // Parked dumps wake up to see the interrupt: a job that never ran to its end would keep its socket open.
  for (const auto& [id, dump] : dumps_) dump->Wake();
  dumps_.clear();
  for (const auto& [id, subscription] : subscriptions_) subscription->End();
  subscriptions_.clear();
  trip_ = nullptr;
  trips_.clear();
  mailbox_->Close();
  reserve_->SetTarget(0);
  namespaces_.clear();
  channels_.clear();
  sockets_.CloseAll();
  queues_.clear();
  executor_.reset();
}

void Session::Refuse(OperationId id, Error error) {
  if (!trip_) return Settle(id, error);
  trip_->Add(id, MakeStrand(), [id, error] {
    Completion completion = Failed(error);
    completion.id = id;
    return completion;
  });
}

void Session::Settle(OperationId id, Error error) {
  Completion completion = Failed(error);
  completion.id = id;
  mailbox_->Deliver(std::move(completion));
}

Result<std::shared_ptr<const NetworkNamespace>> Session::FindNamespace(Handle handle) const {
  const auto found = namespaces_.find(handle);
  if (found == namespaces_.end()) return kUnknownHandle;
  return found->second.cell->Get();
}

std::shared_ptr<Channel> Session::FindChannel(Handle handle) const {
  const auto found = channels_.find(handle);
  return found == channels_.end() ? nullptr : found->second;
}

}  // namespace rtnetlink

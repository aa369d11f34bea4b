#ifndef RTNETLINK_KEPT_SOCKETS_H_
#define RTNETLINK_KEPT_SOCKETS_H_

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "unique_fd.h"

namespace rtnetlink {

// Sockets that were opened for somebody, until they are his. Between the moment that he knows the descriptor and the
// one that he says so his thread may be ended at any instruction: what nobody has closed by then is closed in the end.
class KeptSockets {
 public:
  using Key = std::int64_t;

  KeptSockets() = default;
  KeptSockets(const KeptSockets&) = delete;
  KeptSockets& operator=(const KeptSockets&) = delete;
  ~KeptSockets() { CloseAll(); }

  void Keep(Key key, UniqueFd socket) { kept_.emplace(key, std::move(socket)); }
  // The descriptor, which whoever gets it is about to own; -1 if there is none. Once.
  int Lend(Key key);
  // It is his now.
  void Give(Key key) { lent_.erase(key); }
  // Closes one that was not lent.
  void Close(Key key) { kept_.erase(key); }
  // Also those that were lent, unless they are closed: called when nobody can close them meanwhile.
  void CloseAll();

 private:
  struct Lent {
    int fd;
    std::uint64_t cookie;  // of the socket, as long as the system runs
  };

  std::unordered_map<Key, UniqueFd> kept_;
  std::unordered_map<Key, Lent> lent_;
};

}  // namespace rtnetlink

#endif  // RTNETLINK_KEPT_SOCKETS_H_

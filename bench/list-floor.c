// The floor of a listing: asks the kernel for a table, receives it and walks every message and every attribute, and builds
// nothing. It asks what the library asks.
//
//   list-floor routes|links|forwarding|neighbors
//
// Prints what it found and took: {"rows": messages, "attributes": attributes, "wall": milliseconds, "cpu": milliseconds}.

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The kernel fills at most 32 KiB at once.
enum { ROOM = 64 * 1024 };

struct table {
  const char* name;
  int request;
  int family;
  size_t header;
};

static const struct table tables[] = {
    {"routes", RTM_GETROUTE, AF_UNSPEC, sizeof(struct rtmsg)},
    {"links", RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)},
    {"forwarding", RTM_GETNEIGH, AF_BRIDGE, sizeof(struct ndmsg)},
    {"neighbors", RTM_GETNEIGH, AF_UNSPEC, sizeof(struct ndmsg)},
};

struct found {
  long rows;
  long attributes;
};

static void die(const char* what) {
  perror(what);
  exit(1);
}

static int open_netlink(void) {
  const int one = 1;
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) die("socket");
  if (setsockopt(netlink, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one) < 0) die("setsockopt");
  return netlink;
}

static void ask(int netlink, const struct table* table) {
  struct {
    struct nlmsghdr message;
    char header[16];  // the largest of them
    struct rtattr attribute;
    unsigned value;
  } request = {0};
  size_t size = NLMSG_LENGTH(table->header);
  request.header[0] = (char)table->family;
  if (table->request == RTM_GETLINK) {
    request.attribute.rta_type = IFLA_EXT_MASK;
    request.attribute.rta_len = RTA_LENGTH(sizeof request.value);
    request.value = RTEXT_FILTER_SKIP_STATS;
    size += request.attribute.rta_len;
  }
  request.message.nlmsg_len = size;
  request.message.nlmsg_type = table->request;
  request.message.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.message.nlmsg_seq = 1;
  if (send(netlink, &request, size, 0) < 0) die("send");
}

static void walk_attributes(const struct nlmsghdr* message, size_t header, struct found* found) {
  const struct rtattr* attribute = (const struct rtattr*)((const char*)NLMSG_DATA(message) + NLMSG_ALIGN(header));
  int left = (int)(message->nlmsg_len - NLMSG_SPACE(header));
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) ++found->attributes;
}

// Whether it was the last.
static int receive(int netlink, size_t header, struct found* found) {
  static char room[ROOM] __attribute__((aligned(4)));
  const ssize_t size = recv(netlink, room, sizeof room, 0);
  if (size < 0) die("recv");
  unsigned left = size;
  const struct nlmsghdr* message = (const struct nlmsghdr*)room;
  for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
    if (message->nlmsg_type == NLMSG_ERROR) die("netlink");
    if (message->nlmsg_type == NLMSG_DONE) return 1;
    ++found->rows;
    walk_attributes(message, header, found);
  }
  return 0;
}

static double milliseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void list(const struct table* table) {
  struct found found = {0};
  const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  const int netlink = open_netlink();
  ask(netlink, table);
  while (!receive(netlink, table->header, &found)) continue;
  close(netlink);
  printf("{\"rows\": %ld, \"attributes\": %ld, \"wall\": %.3f, \"cpu\": %.3f}\n", found.rows, found.attributes,
         milliseconds(CLOCK_MONOTONIC) - wall, milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

int main(int argc, char** argv) {
  for (size_t index = 0; argc == 2 && index < sizeof tables / sizeof *tables; ++index) {
    if (strcmp(argv[1], tables[index].name) != 0) continue;
    list(&tables[index]);
    return 0;
  }
  fprintf(stderr, "usage: %s routes|links|forwarding|neighbors\n", argv[0]);
  return 2;
}

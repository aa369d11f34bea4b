// The floor of many things at once: the kernel calls that they take, and nothing else. One thread, messages built by hand,
// indexes known, one acknowledgement for all that is sent together.
//
//   bulk-floor routes COUNT DEVICE          adds COUNT routes, 1,000 in a send
//   bulk-floor delete-group GROUP           deletes the links of a group
//   bulk-floor move FIRST COUNT PREFIX FILE moves COUNT links, whose indexes begin with FIRST and go up by STEP, into the
//                                           namespace of a file, where they are called PREFIX0, PREFIX1 ...
//
// Prints what it took: {"wall": milliseconds, "cpu": milliseconds}. What is made is that of bulk/plan.ts.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IN_A_SEND = 1000, STEP = 2 };

static void die(const char* what) {
  perror(what);
  exit(1);
}

static double milliseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int open_netlink(void) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (netlink < 0) die("socket");
  return netlink;
}

// Messages that are sent together.

static char bytes[128 * IN_A_SEND];
static size_t size;
static struct nlmsghdr* last;

static void* append(const void* data, size_t length) {
  void* place = bytes + size;
  memcpy(place, data, length);
  size += NLMSG_ALIGN(length);
  return place;
}

static void begin_message(int type, int flags, const void* header, size_t length) {
  const struct nlmsghdr message = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags};
  last = append(&message, sizeof message);
  append(header, length);
}

static void add_attribute(int type, const void* data, size_t length) {
  const struct rtattr attribute = {.rta_type = type, .rta_len = RTA_LENGTH(length)};
  append(&attribute, sizeof attribute);
  append(data, length);
}

static void end_message(void) { last->nlmsg_len = bytes + size - (char*)last; }

// Sends what there is; failures arrive before the acknowledgement of the last.
static void transact(int netlink) {
  char answer[1024];
  if (size == 0) return;
  last->nlmsg_flags |= NLM_F_ACK;
  last->nlmsg_seq = 1;
  if (send(netlink, bytes, size, 0) < 0) die("send");
  if (recv(netlink, answer, sizeof answer, 0) < 0) die("recv");
  const struct nlmsgerr* verdict = NLMSG_DATA((const struct nlmsghdr*)answer);
  errno = -verdict->error;
  if (errno != 0) die("netlink");
  size = 0;
}

static void add_routes(int netlink, int count, const char* device) {
  const int index = if_nametoindex(device);
  if (index == 0) die(device);
  for (int number = 0; number < count; ++number) {
    const struct rtmsg header = {
        .rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_protocol = RTPROT_BOOT, .rtm_type = RTN_UNICAST};
    const unsigned destination = htonl((20u << 24) + ((unsigned)number << 8));
    const unsigned gateway = htonl((10u << 24) + ((number % 16u) << 8) + 2);
    const unsigned table = RT_TABLE_MAIN;
    begin_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
    add_attribute(RTA_DST, &destination, sizeof destination);
    add_attribute(RTA_GATEWAY, &gateway, sizeof gateway);
    add_attribute(RTA_OIF, &index, sizeof index);
    add_attribute(RTA_TABLE, &table, sizeof table);
    end_message();
    if (number % IN_A_SEND == IN_A_SEND - 1) transact(netlink);
  }
  transact(netlink);
}

static void delete_group(int netlink, unsigned group) {
  const struct ifinfomsg header = {0};
  begin_message(RTM_DELLINK, 0, &header, sizeof header);
  add_attribute(IFLA_GROUP, &group, sizeof group);
  end_message();
  transact(netlink);
}

static void move(int netlink, int first, int count, const char* prefix, const char* file) {
  char name[IFNAMSIZ];
  const int target = open(file, O_RDONLY | O_CLOEXEC);
  if (target < 0) die(file);
  for (int number = 0; number < count; ++number) {
    const struct ifinfomsg header = {.ifi_index = first + number * STEP};
    snprintf(name, sizeof name, "%s%d", prefix, number);
    begin_message(RTM_NEWLINK, 0, &header, sizeof header);
    add_attribute(IFLA_NET_NS_FD, &target, sizeof target);
    add_attribute(IFLA_IFNAME, name, strlen(name) + 1);
    end_message();
    if (number % IN_A_SEND == IN_A_SEND - 1) transact(netlink);
  }
  transact(netlink);
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  const int netlink = open_netlink();
  if (argc == 4 && strcmp(what, "routes") == 0) {
    add_routes(netlink, atoi(argv[2]), argv[3]);
  } else if (argc == 3 && strcmp(what, "delete-group") == 0) {
    delete_group(netlink, strtoul(argv[2], NULL, 0));
  } else if (argc == 6 && strcmp(what, "move") == 0) {
    move(netlink, atoi(argv[2]), atoi(argv[3]), argv[4], argv[5]);
  } else {
    fprintf(stderr, "usage: %s routes COUNT DEVICE | delete-group GROUP | move FIRST COUNT PREFIX FILE\n", argv[0]);
    return 2;
  }
  close(netlink);
  printf("{\"wall\": %.3f, \"cpu\": %.3f}\n", milliseconds(CLOCK_MONOTONIC) - wall,
         milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  return 0;
}

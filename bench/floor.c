// The floor: the kernel calls that a container network takes, and nothing else. One thread, messages built by hand, no
// look-ups, one acknowledgement for all that is sent together.
//
//   floor set-up COUNT PREFIX BRIDGE     makes COUNT networks; namespaces are called PREFIX0, PREFIX1 ...
//   floor steps COUNT PREFIX BRIDGE      makes them with a call for each step, and tells the steps apart
//   floor tear-down COUNT PREFIX         removes them, and waits until their host ends are gone
//
// Prints what it took: {"wall": milliseconds, "cpu": milliseconds}; of steps the microseconds of each network, in order:
// {"unshare": [412.3, ...], ...}. The shape of a network is that of plan.ts.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LO = 1, ETH0 = 2 };  // the indexes inside; that of eth0 is chosen when it is made

static void die(const char* what) {
  perror(what);
  exit(1);
}

static int check(int result, const char* what) {
  if (result < 0) die(what);
  return result;
}

static double milliseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

// Messages that are sent together.

struct batch {
  char bytes[2048];
  size_t size;
  struct nlmsghdr* last;
};

static void* append(struct batch* batch, const void* data, size_t size) {
  void* place = batch->bytes + batch->size;
  if (data != NULL) memcpy(place, data, size);
  batch->size += NLMSG_ALIGN(size);
  return place;
}

static void begin_message(struct batch* batch, int type, int flags, const void* header, size_t size) {
  batch->last = append(batch, NULL, NLMSG_HDRLEN);
  batch->last->nlmsg_type = type;
  batch->last->nlmsg_flags = NLM_F_REQUEST | flags;
  append(batch, header, size);
}

static void end_message(struct batch* batch) {
  batch->last->nlmsg_len = batch->bytes + batch->size - (char*)batch->last;
}

static struct rtattr* begin_nested(struct batch* batch, int type) {
  struct rtattr* attribute = append(batch, NULL, RTA_LENGTH(0));
  attribute->rta_type = type;
  return attribute;
}

static void end_nested(struct batch* batch, struct rtattr* attribute) {
  attribute->rta_len = batch->bytes + batch->size - (char*)attribute;
}

static void add_attribute(struct batch* batch, int type, const void* data, size_t size) {
  struct rtattr* attribute = begin_nested(batch, type);
  attribute->rta_len = RTA_LENGTH(size);
  append(batch, data, size);
}

static void add_text(struct batch* batch, int type, const char* text) {
  add_attribute(batch, type, text, strlen(text) + 1);
}

// Sends a batch; only the last message asks for an acknowledgement, failures of the others arrive before it.
static void transact(int netlink, struct batch* batch) {
  char answer[1024];
  batch->last->nlmsg_flags |= NLM_F_ACK;
  batch->last->nlmsg_seq = 1;
  check(send(netlink, batch->bytes, batch->size, 0), "send");
  for (;;) {
    check(recv(netlink, answer, sizeof answer, 0), "recv");
    const struct nlmsghdr* header = (const struct nlmsghdr*)answer;
    const struct nlmsgerr* verdict = NLMSG_DATA(header);
    if (header->nlmsg_type != NLMSG_ERROR) continue;
    errno = -verdict->error;
    if (errno != 0) die("netlink");
    if (header->nlmsg_seq == 1) return;
  }
}

static int open_netlink(void) { return check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket"); }

// What the networks are made of.

static void add_veth(struct batch* batch, const char* name, int bridge, int namespace, unsigned flags) {
  const struct ifinfomsg host_end = {.ifi_flags = flags, .ifi_change = flags};
  const struct ifinfomsg peer = {.ifi_index = ETH0};
  begin_message(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &host_end, sizeof host_end);
  add_text(batch, IFLA_IFNAME, name);
  if (bridge != 0) add_attribute(batch, IFLA_MASTER, &bridge, sizeof bridge);
  struct rtattr* info = begin_nested(batch, IFLA_LINKINFO);
  add_text(batch, IFLA_INFO_KIND, "veth");
  struct rtattr* data = begin_nested(batch, IFLA_INFO_DATA);
  struct rtattr* other = begin_nested(batch, VETH_INFO_PEER);
  append(batch, &peer, sizeof peer);
  add_text(batch, IFLA_IFNAME, "eth0");
  add_attribute(batch, IFLA_NET_NS_FD, &namespace, sizeof namespace);
  end_nested(batch, other);
  end_nested(batch, data);
  end_nested(batch, info);
  end_message(batch);
}

static void set_up_link(struct batch* batch, int index) {
  const struct ifinfomsg link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  begin_message(batch, RTM_NEWLINK, 0, &link, sizeof link);
  end_message(batch);
}

static void enslave(struct batch* batch, int index, int bridge) {
  const struct ifinfomsg link = {.ifi_index = index};
  begin_message(batch, RTM_NEWLINK, 0, &link, sizeof link);
  add_attribute(batch, IFLA_MASTER, &bridge, sizeof bridge);
  end_message(batch);
}

static void add_address(struct batch* batch, in_addr_t address) {
  const struct ifaddrmsg header = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = ETH0};
  begin_message(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
  add_attribute(batch, IFA_LOCAL, &address, sizeof address);
  end_message(batch);
}

static void add_default_route(struct batch* batch, in_addr_t gateway) {
  const struct rtmsg header = {.rtm_family = AF_INET,
                               .rtm_table = RT_TABLE_MAIN,
                               .rtm_protocol = RTPROT_BOOT,
                               .rtm_scope = RT_SCOPE_UNIVERSE,
                               .rtm_type = RTN_UNICAST};
  begin_message(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof header);
  add_attribute(batch, RTA_GATEWAY, &gateway, sizeof gateway);
  end_message(batch);
}

static void mount_path(char* path, size_t size, const char* prefix, int number) {
  snprintf(path, size, "/run/netns/%s%d", prefix, number);
}

static void mount_namespace(int namespace, const char* path) {
  char source[64];
  snprintf(source, sizeof source, "/proc/self/fd/%d", namespace);
  close(check(open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0), path));
  check(mount(source, path, "none", MS_BIND, NULL), "mount");
}

static in_addr_t address_of(int number) { return htonl(0x0ac80000 + number + 1); }  // 10.200.0.1 ...
static in_addr_t gateway(void) { return htonl(0x0ac8fffe); }                         // 10.200.255.254

static void make_network(int home, int host_netlink, int bridge, const char* prefix, int number) {
  char path[256], name[IFNAMSIZ];
  mount_path(path, sizeof path, prefix, number);
  snprintf(name, sizeof name, "veth%d", number);

  check(unshare(CLONE_NEWNET), "unshare");
  const int namespace = check(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  const int netlink = open_netlink();
  check(setns(home, CLONE_NEWNET), "setns");
  mount_namespace(namespace, path);

  struct batch outside = {0}, inside = {0};
  add_veth(&outside, name, bridge, namespace, IFF_UP);
  transact(host_netlink, &outside);

  set_up_link(&inside, LO);
  set_up_link(&inside, ETH0);
  add_address(&inside, address_of(number));
  add_default_route(&inside, gateway());
  transact(netlink, &inside);

  close(netlink);
  close(namespace);
}

typedef void make(int home, int host_netlink, int bridge, const char* prefix, int number);

static void set_up(int count, const char* prefix, const char* bridge_name, make* make_one) {
  const int home = check(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  const int bridge = if_nametoindex(bridge_name);
  if (bridge == 0) die(bridge_name);
  const int netlink = open_netlink();
  for (int number = 0; number < count; ++number) make_one(home, netlink, bridge, prefix, number);
}

// The same in steps, each timed.

enum { UNSHARE, OPEN, MOUNT, VETH, ENSLAVE, UP_OUTSIDE, UP_LO, UP_ETH0, ADDRESS, ROUTE, STEPS };
static const char* const step_names[STEPS] = {"unshare", "open, return", "mount",   "veth pair", "enslave",
                                              "up, outside", "up, lo",   "up, eth0", "address",   "route"};

static double* spent[STEPS];
static double last_lap;

static void lap(int step, int number) {
  const double now = milliseconds(CLOCK_MONOTONIC);
  if (step < STEPS) spent[step][number] = 1e3 * (now - last_lap);
  last_lap = milliseconds(CLOCK_MONOTONIC);
}

// Sends what one step adds to a batch, as a batch of its own.
#define SEND(netlink, step, add)       \
  do {                                 \
    struct batch batch = {0};          \
    add;                               \
    lap(STEPS, number);                \
    transact(netlink, &batch);         \
    lap(step, number);                 \
  } while (0)

static void make_in_steps(int home, int host_netlink, int bridge, const char* prefix, int number) {
  char path[256], name[IFNAMSIZ];
  mount_path(path, sizeof path, prefix, number);
  snprintf(name, sizeof name, "veth%d", number);

  lap(STEPS, number);
  check(unshare(CLONE_NEWNET), "unshare");
  lap(UNSHARE, number);
  const int namespace = check(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  const int netlink = open_netlink();
  check(setns(home, CLONE_NEWNET), "setns");
  lap(OPEN, number);
  mount_namespace(namespace, path);
  lap(MOUNT, number);

  SEND(host_netlink, VETH, add_veth(&batch, name, 0, namespace, 0));
  const int index = if_nametoindex(name);
  SEND(host_netlink, ENSLAVE, enslave(&batch, index, bridge));
  SEND(host_netlink, UP_OUTSIDE, set_up_link(&batch, index));
  SEND(netlink, UP_LO, set_up_link(&batch, LO));
  SEND(netlink, UP_ETH0, set_up_link(&batch, ETH0));
  SEND(netlink, ADDRESS, add_address(&batch, address_of(number)));
  SEND(netlink, ROUTE, add_default_route(&batch, gateway()));

  close(netlink);
  close(namespace);
}

static void print_steps(int count, const char* prefix, const char* bridge_name) {
  for (int step = 0; step < STEPS; ++step) spent[step] = calloc(count, sizeof *spent[step]);
  set_up(count, prefix, bridge_name, make_in_steps);
  for (int step = 0; step < STEPS; ++step) {
    printf("%s\"%s\": [", step == 0 ? "{" : ", ", step_names[step]);
    for (int number = 0; number < count; ++number) printf("%s%.1f", number == 0 ? "" : ", ", spent[step][number]);
    printf("]");
  }
  printf("}\n");
}

// Whether a host end is still there. Without RTNL, which the kernel needs to take them down.
static int host_ends_left(void) {
  char line[512];
  int found = 0;
  FILE* devices = fopen("/proc/net/dev", "re");
  if (devices == NULL) die("/proc/net/dev");
  while (!found && fgets(line, sizeof line, devices) != NULL) found = strstr(line, "veth") != NULL;
  fclose(devices);
  return found;
}

static void tear_down(int count, const char* prefix) {
  char path[256];
  for (int number = 0; number < count; ++number) {
    mount_path(path, sizeof path, prefix, number);
    check(umount2(path, MNT_DETACH), path);
    check(unlink(path), path);
  }
  while (host_ends_left()) usleep(1000);
}

int main(int argc, char** argv) {
  const int building = argc == 5 && strcmp(argv[1], "set-up") == 0;
  if (argc == 5 && strcmp(argv[1], "steps") == 0) {
    print_steps(atoi(argv[2]), argv[3], argv[4]);
    return 0;
  }
  if (!building && (argc != 4 || strcmp(argv[1], "tear-down") != 0)) {
    fprintf(stderr, "usage: %s set-up|steps COUNT PREFIX BRIDGE | tear-down COUNT PREFIX\n", argv[0]);
    return 2;
  }
  const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  if (building) {
    set_up(atoi(argv[2]), argv[3], argv[4], make_network);
  } else {
    tear_down(atoi(argv[2]), argv[3]);
  }
  printf("{\"wall\": %.3f, \"cpu\": %.3f}\n", milliseconds(CLOCK_MONOTONIC) - wall,
         milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  return 0;
}

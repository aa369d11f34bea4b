// The floor: the kernel calls that a container network takes, and nothing else. Messages built by hand, no look-ups, one
// acknowledgement for all that is sent together.
//
//   floor set-up COUNT PREFIX BRIDGE [THREADS]     makes COUNT networks; namespaces are called PREFIX0, PREFIX1 ...
//   floor set-up-quiet COUNT PREFIX BRIDGE [THREADS]     the same, both ends without IPv6 link-local addresses
//   floor set-up-apart COUNT PREFIX BRIDGE     an event loop has another thread make each, and waits for that one before the next
//   floor steps COUNT PREFIX BRIDGE     makes them with a call for each step, and tells the steps apart
//   floor tear-down COUNT PREFIX     removes them, and waits until their host ends are gone
//
// Prints what it took: {"wall": milliseconds, "cpu": milliseconds}; of steps the microseconds of each network, in order:
// {"unshare": [412.3, ...], ...}. The shape of a network is that of plan.ts.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/veth.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <unistd.h>

#include "netlink.h"

enum { LO = 1, ETH0 = 2 };  // the indexes inside; that of eth0 is chosen when it is made

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

// Leaves a link without IPv6 link-local addresses. It has to come before the link goes up, in a message of its own.
static void silence(struct batch* batch, const char* name) {
  const struct ifinfomsg link = {0};
  const unsigned char mode = IN6_ADDR_GEN_MODE_NONE;
  begin_message(batch, RTM_NEWLINK, 0, &link, sizeof link);
  add_text(batch, IFLA_IFNAME, name);
  struct rtattr* families = begin_nested(batch, IFLA_AF_SPEC);
  struct rtattr* family = begin_nested(batch, AF_INET6);
  add_attribute(batch, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof mode);
  end_nested(batch, family);
  end_nested(batch, families);
  end_message(batch);
}

static void set_up_named(struct batch* batch, const char* name) {
  const struct ifinfomsg link = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  begin_message(batch, RTM_NEWLINK, 0, &link, sizeof link);
  add_text(batch, IFLA_IFNAME, name);
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

static int make_namespace(int home, const char* path, int* netlink) {
  check(unshare(CLONE_NEWNET), "unshare");
  const int namespace = check(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  *netlink = open_netlink();
  check(setns(home, CLONE_NEWNET), "setns");
  mount_namespace(namespace, path);
  return namespace;
}

// What all networks of a run have in common.
struct setting {
  int home;
  int bridge;
  int quiet;
  const char* prefix;
};

static void make_network(const struct setting* setting, int host_netlink, int number) {
  char path[256], name[IFNAMSIZ];
  mount_path(path, sizeof path, setting->prefix, number);
  snprintf(name, sizeof name, "veth%d", number);
  int netlink;
  const int namespace = make_namespace(setting->home, path, &netlink);

  struct batch outside = {0}, inside = {0};
  add_veth(&outside, name, setting->bridge, namespace, setting->quiet ? 0 : IFF_UP);
  if (setting->quiet) {
    silence(&outside, name);
    set_up_named(&outside, name);
    silence(&inside, "eth0");
  }
  transact(host_netlink, &outside);

  set_up_link(&inside, LO);
  set_up_link(&inside, ETH0);
  add_address(&inside, address_of(number));
  add_default_route(&inside, gateway());
  transact(netlink, &inside);

  close(netlink);
  close(namespace);
}

typedef void make(const struct setting* setting, int host_netlink, int number);

static struct setting settle(const char* prefix, const char* bridge_name, int quiet) {
  const int home = check(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  const int bridge = if_nametoindex(bridge_name);
  if (bridge == 0) die(bridge_name);
  return (struct setting){.home = home, .bridge = bridge, .quiet = quiet, .prefix = prefix};
}

// The part of the networks that one of several threads makes.
struct share {
  pthread_t thread;
  const struct setting* setting;
  make* make_one;
  int first, step, end;
};

static void* make_share(void* of) {
  const struct share* share = of;
  const int netlink = open_netlink();
  for (int number = share->first; number < share->end; number += share->step) {
    share->make_one(share->setting, netlink, number);
  }
  close(netlink);
  return NULL;
}

static void set_up(int count, const struct setting* setting, make* make_one, int threads) {
  struct share* shares = calloc(threads, sizeof *shares);
  for (int index = 0; index < threads; ++index) {
    shares[index] = (struct share){
        .setting = setting, .make_one = make_one, .first = index, .step = threads, .end = count};
    if (index == 0) continue;
    errno = pthread_create(&shares[index].thread, NULL, make_share, &shares[index]);
    if (errno != 0) die("pthread_create");
  }
  make_share(&shares[0]);
  for (int index = 1; index < threads; ++index) pthread_join(shares[index].thread, NULL);
  free(shares);
}

// What an event loop adds at the least: it hands each network to another thread, which wakes it when that is done.

struct errand {
  const struct setting* setting;
  sem_t asked;
  int answered;  // an eventfd
  int number;    // of the network that is to be made; NONE ends the thread
};

enum { NONE = -1 };

static void* run_errands(void* of) {
  struct errand* errand = of;
  const int netlink = open_netlink();
  while (sem_wait(&errand->asked) == 0 && errand->number != NONE) {
    make_network(errand->setting, netlink, errand->number);
    check(eventfd_write(errand->answered, 1), "eventfd");
  }
  close(netlink);
  return NULL;
}

static void set_up_apart(int count, const struct setting* setting) {
  struct errand errand = {.setting = setting, .answered = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")};
  check(sem_init(&errand.asked, 0, 0), "sem_init");
  const int loop = check(epoll_create1(EPOLL_CLOEXEC), "epoll");
  struct epoll_event event = {.events = EPOLLIN};
  check(epoll_ctl(loop, EPOLL_CTL_ADD, errand.answered, &event), "epoll_ctl");
  pthread_t thread;
  errno = pthread_create(&thread, NULL, run_errands, &errand);
  if (errno != 0) die("pthread_create");
  for (int number = 0; number < count; ++number) {
    errand.number = number;
    sem_post(&errand.asked);
    check(epoll_wait(loop, &event, 1, -1), "epoll_wait");
    eventfd_t answers;
    check(eventfd_read(errand.answered, &answers), "eventfd");
  }
  errand.number = NONE;
  sem_post(&errand.asked);
  pthread_join(thread, NULL);
  close(loop);
  close(errand.answered);
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

static void make_in_steps(const struct setting* setting, int host_netlink, int number) {
  char path[256], name[IFNAMSIZ];
  mount_path(path, sizeof path, setting->prefix, number);
  snprintf(name, sizeof name, "veth%d", number);

  lap(STEPS, number);
  check(unshare(CLONE_NEWNET), "unshare");
  lap(UNSHARE, number);
  const int namespace = check(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open");
  const int netlink = open_netlink();
  check(setns(setting->home, CLONE_NEWNET), "setns");
  lap(OPEN, number);
  mount_namespace(namespace, path);
  lap(MOUNT, number);

  SEND(host_netlink, VETH, add_veth(&batch, name, 0, namespace, 0));
  const int index = if_nametoindex(name);
  SEND(host_netlink, ENSLAVE, enslave(&batch, index, setting->bridge));
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
  const struct setting setting = settle(prefix, bridge_name, 0);
  set_up(count, &setting, make_in_steps, 1);
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

static int usage(const char* program) {
  fprintf(stderr, "usage: %s set-up|set-up-quiet|set-up-apart|steps COUNT PREFIX BRIDGE [THREADS] | tear-down COUNT PREFIX\n", program);
  return 2;
}

int main(int argc, char** argv) {
  if (argc < 4) return usage(argv[0]);
  const char* action = argv[1];
  const int count = atoi(argv[2]);
  const int quiet = strcmp(action, "set-up-quiet") == 0;
  if (argc == 5 && strcmp(action, "steps") == 0) {
    print_steps(count, argv[3], argv[4]);
    return 0;
  }
  const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  if (argc >= 5 && (quiet || strcmp(action, "set-up") == 0)) {
    const struct setting setting = settle(argv[3], argv[4], quiet);
    set_up(count, &setting, make_network, argc > 5 ? atoi(argv[5]) : 1);
  } else if (argc == 5 && strcmp(action, "set-up-apart") == 0) {
    const struct setting setting = settle(argv[3], argv[4], 0);
    set_up_apart(count, &setting);
  } else if (argc == 4 && strcmp(action, "tear-down") == 0) {
    tear_down(count, argv[3]);
  } else {
    return usage(argv[0]);
  }
  printf("{\"wall\": %.3f, \"cpu\": %.3f}\n", milliseconds(CLOCK_MONOTONIC) - wall,
         milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  return 0;
}

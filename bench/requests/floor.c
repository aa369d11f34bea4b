// The floor of small requests: asks for one link by its name, again and again, over one socket, and waits for each answer.
// It asks what the library asks, and builds nothing.
//
//   floor NAME COUNT
//
// Prints what it took: {"wall": milliseconds, "cpu": milliseconds, "latency": microseconds of the median round trip,
// "index": of the link}.

#include <linux/if_link.h>

#include "netlink.h"

static int by_size(const void* a, const void* b) {
  const double first = *(const double*)a, second = *(const double*)b;
  return (first > second) - (first < second);
}

// Answers the index of the link.
static int ask(int netlink, const char* name, unsigned sequence) {
  static char room[64 * 1024] __attribute__((aligned(4)));
  const struct ifinfomsg any = {0};
  const unsigned filter = RTEXT_FILTER_SKIP_STATS;
  struct batch batch = {0};
  begin_message(&batch, RTM_GETLINK, 0, &any, sizeof any);
  add_text(&batch, IFLA_IFNAME, name);
  add_attribute(&batch, IFLA_EXT_MASK, &filter, sizeof filter);
  end_message(&batch);
  batch.last->nlmsg_seq = sequence;
  check(send(netlink, batch.bytes, batch.size, 0), "send");
  check(recv(netlink, room, sizeof room, 0), "recv");
  const struct nlmsghdr* answer = (const struct nlmsghdr*)room;
  if (answer->nlmsg_type != RTM_NEWLINK) {
    fprintf(stderr, "there is no link %s\n", name);
    exit(1);
  }
  return ((const struct ifinfomsg*)NLMSG_DATA(answer))->ifi_index;
}

int main(int argc, char** argv) {
  const int count = argc == 3 ? atoi(argv[2]) : 0;
  if (count <= 0) {
    fprintf(stderr, "usage: %s NAME COUNT\n", argv[0]);
    return 2;
  }
  const int one = 1, netlink = open_netlink();
  check(setsockopt(netlink, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one), "setsockopt");
  double* times = calloc(count, sizeof *times);
  if (times == NULL) die("calloc");
  int index = 0;
  const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int number = 0; number < count; ++number) {
    const double begin = milliseconds(CLOCK_MONOTONIC);
    index = ask(netlink, argv[1], number + 1);
    times[number] = milliseconds(CLOCK_MONOTONIC) - begin;
  }
  const double took = milliseconds(CLOCK_MONOTONIC) - wall, worked = milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  qsort(times, count, sizeof *times, by_size);
  printf("{\"wall\": %.3f, \"cpu\": %.3f, \"latency\": %.3f, \"index\": %d}\n", took, worked, 1e3 * times[count / 2],
         index);
  return 0;
}

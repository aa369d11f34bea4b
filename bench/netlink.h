// What the C programs of the benchmark share: messages built by hand, and the clock.

#ifndef BENCH_NETLINK_H
#define BENCH_NETLINK_H

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static inline void die(const char* what) {
  perror(what);
  exit(1);
}

static inline int check(int result, const char* what) {
  if (result < 0) die(what);
  return result;
}

static inline double milliseconds(clockid_t clock) {
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

static inline void* append(struct batch* batch, const void* data, size_t size) {
  void* place = batch->bytes + batch->size;
  if (data != NULL) memcpy(place, data, size);
  batch->size += NLMSG_ALIGN(size);
  return place;
}

static inline void begin_message(struct batch* batch, int type, int flags, const void* header, size_t size) {
  batch->last = append(batch, NULL, NLMSG_HDRLEN);
  batch->last->nlmsg_type = type;
  batch->last->nlmsg_flags = NLM_F_REQUEST | flags;
  append(batch, header, size);
}

static inline void end_message(struct batch* batch) {
  batch->last->nlmsg_len = batch->bytes + batch->size - (char*)batch->last;
}

static inline struct rtattr* begin_nested(struct batch* batch, int type) {
  struct rtattr* attribute = append(batch, NULL, RTA_LENGTH(0));
  attribute->rta_type = type;
  return attribute;
}

static inline void end_nested(struct batch* batch, struct rtattr* attribute) {
  attribute->rta_len = batch->bytes + batch->size - (char*)attribute;
}

static inline void add_attribute(struct batch* batch, int type, const void* data, size_t size) {
  struct rtattr* attribute = begin_nested(batch, type);
  attribute->rta_len = RTA_LENGTH(size);
  append(batch, data, size);
}

static inline void add_text(struct batch* batch, int type, const char* text) {
  add_attribute(batch, type, text, strlen(text) + 1);
}

// Sends a batch; only the last message asks for an acknowledgement, failures of the others arrive before it.
static inline void transact(int netlink, struct batch* batch) {
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

static inline int open_netlink(void) { return check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "socket"); }

#endif

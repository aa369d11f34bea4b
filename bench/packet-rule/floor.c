// The floor of single packet rules: adds the same rule to a chain again and again, each in a batch of its own, and waits for each answer.
// The batch is built once.
//
//   floor FAMILY TABLE CHAIN COUNT     the family by its number, as 1 for inet
//
// Prints what it took: {"wall": milliseconds, "cpu": milliseconds, "latency": microseconds of the median round trip}.

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <netinet/in.h>

#include "netlink.h"

static int by_size(const void* a, const void* b) {
  const double first = *(const double*)a, second = *(const double*)b;
  return (first > second) - (first < second);
}

static void add_number(struct batch* batch, int type, unsigned value) {
  const unsigned number = htonl(value);
  add_attribute(batch, type, &number, sizeof number);
}

static struct rtattr* begin_inside(struct batch* batch, int type) { return begin_nested(batch, type | NLA_F_NESTED); }

static struct rtattr* begin_expression(struct batch* batch, const char* name, struct rtattr** data) {
  struct rtattr* expression = begin_inside(batch, NFTA_LIST_ELEM);
  add_text(batch, NFTA_EXPR_NAME, name);
  *data = begin_inside(batch, NFTA_EXPR_DATA);
  return expression;
}

static void end_expression(struct batch* batch, struct rtattr* expression, struct rtattr* data) {
  end_nested(batch, data);
  end_nested(batch, expression);
}

static void load_meta(struct batch* batch, unsigned key) {
  struct rtattr *data, *expression = begin_expression(batch, "meta", &data);
  add_number(batch, NFTA_META_KEY, key);
  add_number(batch, NFTA_META_DREG, NFT_REG_1);
  end_expression(batch, expression, data);
}

static void load_payload(struct batch* batch, unsigned base, unsigned offset, unsigned size) {
  struct rtattr *data, *expression = begin_expression(batch, "payload", &data);
  add_number(batch, NFTA_PAYLOAD_BASE, base);
  add_number(batch, NFTA_PAYLOAD_OFFSET, offset);
  add_number(batch, NFTA_PAYLOAD_LEN, size);
  add_number(batch, NFTA_PAYLOAD_DREG, NFT_REG_1);
  end_expression(batch, expression, data);
}

static void compare(struct batch* batch, const void* value, size_t size) {
  struct rtattr *data, *expression = begin_expression(batch, "cmp", &data);
  add_number(batch, NFTA_CMP_SREG, NFT_REG_1);
  add_number(batch, NFTA_CMP_OP, NFT_CMP_EQ);
  struct rtattr* compared = begin_inside(batch, NFTA_CMP_DATA);
  add_attribute(batch, NFTA_DATA_VALUE, value, size);
  end_nested(batch, compared);
  end_expression(batch, expression, data);
}

static void count_and_accept(struct batch* batch) {
  struct rtattr* expression = begin_inside(batch, NFTA_LIST_ELEM);
  add_text(batch, NFTA_EXPR_NAME, "counter");
  end_nested(batch, expression);
  struct rtattr* data;
  expression = begin_expression(batch, "immediate", &data);
  add_number(batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
  struct rtattr* value = begin_inside(batch, NFTA_IMMEDIATE_DATA);
  struct rtattr* verdict = begin_inside(batch, NFTA_DATA_VERDICT);
  add_number(batch, NFTA_VERDICT_CODE, NF_ACCEPT);
  end_nested(batch, verdict);
  end_nested(batch, value);
  end_expression(batch, expression, data);
}

static void add_limit_of_batch(struct batch* batch, int type) {
  const struct nfgenmsg header = {.nfgen_family = AF_UNSPEC, .res_id = htons(NFNL_SUBSYS_NFTABLES)};
  begin_message(batch, type, 0, &header, sizeof header);
  end_message(batch);
}

// tcp dport 80 of ip saddr 10.0.0.1
static void add_rule(struct batch* batch, int family, const char* table, const char* chain) {
  const struct nfgenmsg header = {.nfgen_family = family};
  const unsigned char ipv4 = NFPROTO_IPV4, tcp = IPPROTO_TCP, source[] = {10, 0, 0, 1}, port[] = {0, 80};
  begin_message(batch, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK, &header,
                sizeof header);
  add_text(batch, NFTA_RULE_TABLE, table);
  add_text(batch, NFTA_RULE_CHAIN, chain);
  struct rtattr* expressions = begin_inside(batch, NFTA_RULE_EXPRESSIONS);
  load_meta(batch, NFT_META_NFPROTO);
  compare(batch, &ipv4, sizeof ipv4);
  load_payload(batch, NFT_PAYLOAD_NETWORK_HEADER, 12, 4);
  compare(batch, source, sizeof source);
  load_meta(batch, NFT_META_L4PROTO);
  compare(batch, &tcp, sizeof tcp);
  load_payload(batch, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
  compare(batch, port, sizeof port);
  count_and_accept(batch);
  end_nested(batch, expressions);
  end_message(batch);
}

static void send_and_wait(int netlink, const struct batch* batch) {
  static char room[64 * 1024] __attribute__((aligned(4)));
  check(send(netlink, batch->bytes, batch->size, 0), "send");
  check(recv(netlink, room, sizeof room, 0), "recv");
  const struct nlmsghdr* answer = (const struct nlmsghdr*)room;
  errno = -((const struct nlmsgerr*)NLMSG_DATA(answer))->error;
  if (answer->nlmsg_type != NLMSG_ERROR || errno != 0) die("the rule");
}

int main(int argc, char** argv) {
  const int count = argc == 5 ? atoi(argv[4]) : 0;
  if (count <= 0) {
    fprintf(stderr, "usage: %s FAMILY TABLE CHAIN COUNT\n", argv[0]);
    return 2;
  }
  struct batch batch = {0};
  add_limit_of_batch(&batch, NFNL_MSG_BATCH_BEGIN);
  add_rule(&batch, atoi(argv[1]), argv[2], argv[3]);
  add_limit_of_batch(&batch, NFNL_MSG_BATCH_END);
  const int netlink = check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), "socket");
  double* times = calloc(count, sizeof *times);
  if (times == NULL) die("calloc");
  const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
  for (int number = 0; number < count; ++number) {
    const double begin = milliseconds(CLOCK_MONOTONIC);
    send_and_wait(netlink, &batch);
    times[number] = milliseconds(CLOCK_MONOTONIC) - begin;
  }
  const double took = milliseconds(CLOCK_MONOTONIC) - wall, worked = milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  qsort(times, count, sizeof *times, by_size);
  printf("{\"wall\": %.3f, \"cpu\": %.3f, \"latency\": %.3f}\n", took, worked, 1e3 * times[count / 2]);
  return 0;
}

import { wrongValue } from '../errors';

/** Message types of NETLINK_ROUTE. */
export const RTM = {
  NEWLINK: 16,
  DELLINK: 17,
  GETLINK: 18,
  SETLINK: 19,
  NEWADDR: 20,
  DELADDR: 21,
  GETADDR: 22,
  NEWROUTE: 24,
  DELROUTE: 25,
  GETROUTE: 26,
  NEWNEIGH: 28,
  DELNEIGH: 29,
  GETNEIGH: 30,
  NEWRULE: 32,
  DELRULE: 33,
  GETRULE: 34,
  NEWQDISC: 36,
  DELQDISC: 37,
  GETQDISC: 38,
  NEWLINKPROP: 108,
  DELLINKPROP: 109,
  NEWNSID: 88,
  DELNSID: 89,
  GETNSID: 90,
  NEWNEXTHOP: 104,
  DELNEXTHOP: 105,
  GETNEXTHOP: 106,
  GETNEXTHOPBUCKET: 118,
} as const;

/** Multicast groups of NETLINK_ROUTE (RTNLGRP_*). */
export const RTNLGRP = {
  LINK: 1,
  NEIGH: 3,
  TC: 4,
  IPV4_IFADDR: 5,
  IPV4_ROUTE: 7,
  IPV4_RULE: 8,
  IPV6_IFADDR: 9,
  IPV6_ROUTE: 11,
  IPV6_RULE: 19,
  NSID: 28,
  NEXTHOP: 32,
} as const;

/** Scopes of addresses and routes (RT_SCOPE_*). */
export const scopes = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** Who made a route (RTPROT_*). */
export const routeProtocols = {
  unspecified: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  mrouted: 17,
  keepalived: 18,
  babel: 42,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
} as const;

/** What is done with a packet (RTN_*). */
export const routeTypes = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
  nat: 10,
} as const;

/** Routing tables that have names in every kernel (RT_TABLE_*). */
export const routeTables = { main: 254, local: 255, default: 253 } as const;

/** Throws for table 0, which does not exist: the kernel would use another one. */
export function refuseTableZero(table: unknown, insteadOfIt: string): void {
  if (table === 0) throw wrongValue(`must not be 0, which is no table: ${insteadOfIt}`, 'table');
}

/** Protocols above IP that routing can distinguish (IPPROTO_*). */
export const ipProtocols = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58 } as const;

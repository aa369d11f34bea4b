import { families } from '../../netfilter';
import { etherAddress, flags, interfaceName, ipAddress, numeric, type ValueType } from './value-type';

// nft's types, with its numbers for them. nft shows the elements of a set by the type that the set has.

/** Protocols above IP (IPPROTO_*). */
export const ipProtocols = {
  ...{ icmp: 1, igmp: 2, tcp: 6, udp: 17, dccp: 33, esp: 50, ah: 51, icmpv6: 58, comp: 108, sctp: 132, udplite: 136 },
} as const;

/** Protocols above Ethernet (ETH_P_*). */
const etherTypes = { ip: 0x0800, arp: 0x0806, ip6: 0x86dd, vlan: 0x8100, '8021q': 0x8100, '8021ad': 0x88a8 } as const;

const icmpTypes = {
  ...{ 'echo-reply': 0, 'destination-unreachable': 3, 'source-quench': 4, redirect: 5, 'echo-request': 8 },
  ...{ 'router-advertisement': 9, 'router-solicitation': 10, 'time-exceeded': 11, 'parameter-problem': 12 },
  ...{ 'timestamp-request': 13, 'timestamp-reply': 14, 'info-request': 15, 'info-reply': 16 },
  ...{ 'address-mask-request': 17, 'address-mask-reply': 18 },
} as const;

const icmpv6Types = {
  ...{ 'destination-unreachable': 1, 'packet-too-big': 2, 'time-exceeded': 3, 'parameter-problem': 4 },
  ...{ 'echo-request': 128, 'echo-reply': 129, 'mld-listener-query': 130, 'mld-listener-report': 131 },
  ...{ 'mld-listener-done': 132, 'nd-router-solicit': 133, 'nd-router-advert': 134, 'nd-neighbor-solicit': 135 },
  ...{ 'nd-neighbor-advert': 136, 'nd-redirect': 137, 'router-renumbering': 138, 'ind-neighbor-solicit': 141 },
  ...{ 'ind-neighbor-advert': 142, 'mld2-listener-report': 143 },
} as const;

const igmpTypes = {
  ...{ 'membership-query': 17, 'membership-report-v1': 18, 'membership-report-v2': 22, 'leave-group': 23 },
  ...{ 'membership-report-v3': 34 },
} as const;

const tcpFlags = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 } as const;
const ctStates = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 } as const;
const ctStatus = {
  ...{ expected: 1, 'seen-reply': 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512 },
} as const;
const addressTypes = {
  ...{ unspec: 0, unicast: 1, local: 2, broadcast: 3, anycast: 4, multicast: 5, blackhole: 6, unreachable: 7 },
  ...{ prohibit: 8 },
} as const;
const packetTypes = { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 } as const;

export const integer = (size: number, isHost = false, bits?: number) =>
  numeric('integer', 4, size, { isHost, ...(bits !== undefined && { bits }) });

export const types = {
  nf_proto: numeric('nf_proto', 2, 1, { words: { ipv4: families.ip, ipv6: families.ip6 } }),
  ipv4_addr: ipAddress('ipv4_addr', 7, 4),
  ipv6_addr: ipAddress('ipv6_addr', 8, 16),
  ether_addr: etherAddress,
  ether_type: numeric('ether_type', 10, 2, { words: etherTypes }),
  arp_op: numeric('arp_op', 11, 2, {
    words: { request: 1, reply: 2, rrequest: 3, rreply: 4, inrequest: 8, inreply: 9, nak: 10 },
  }),
  inet_proto: numeric('inet_proto', 12, 1, { words: ipProtocols }),
  inet_service: numeric('inet_service', 13, 2),
  icmp_type: numeric('icmp_type', 14, 1, { words: icmpTypes }),
  tcp_flag: flags('tcp_flag', 15, 1, tcpFlags),
  mark: numeric('mark', 19, 4, { isHost: true }),
  iface_index: numeric('iface_index', 20, 4, { isHost: true }),
  iface_type: numeric('iface_type', 21, 2, {
    words: { ether: 1, ppp: 512, ipip: 768, ip6gre: 823, loopback: 772 },
    isHost: true,
  }),
  realm: numeric('realm', 22, 4, { isHost: true }),
  uid: numeric('uid', 24, 4, { isHost: true }),
  gid: numeric('gid', 25, 4, { isHost: true }),
  ct_state: flags('ct_state', 26, 4, ctStates, true),
  ct_dir: numeric('ct_dir', 27, 1, { words: { original: 0, reply: 1 } }),
  ct_status: flags('ct_status', 28, 4, ctStatus, true),
  icmpv6_type: numeric('icmpv6_type', 29, 1, { words: icmpv6Types }),
  pkt_type: numeric('pkt_type', 31, 1, { words: packetTypes }),
  icmp_code: numeric('icmp_code', 32, 1),
  icmpv6_code: numeric('icmpv6_code', 33, 1),
  devgroup: numeric('devgroup', 35, 4, { isHost: true }),
  dscp: numeric('dscp', 36, 1, { bits: 6 }),
  ecn: numeric('ecn', 37, 1, { bits: 2 }),
  fib_addrtype: numeric('fib_addrtype', 38, 4, { words: addressTypes, isHost: true }),
  boolean: numeric('boolean', 39, 1, { words: { missing: 0, exists: 1 } }),
  ifname: interfaceName,
  igmp_type: numeric('igmp_type', 42, 1, { words: igmpTypes }),
} as const satisfies Record<string, ValueType>;

/** The types that the keys and data of sets can have, by nft's names. */
export type ValueTypeName = keyof typeof types;

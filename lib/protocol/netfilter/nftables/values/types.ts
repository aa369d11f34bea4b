import { families } from '../../netfilter';
import { classId, connectionLabels, day, hour, presence, seconds, time } from './special-types';
import { etherAddress, flags, interfaceName, ipAddress, numeric, textOf, type ValueType } from './value-type';

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

/** Codes of ICMP (ICMP_NET_UNREACH and others). */
export const icmpCodes = {
  ...{ 'net-unreachable': 0, 'host-unreachable': 1, 'prot-unreachable': 2, 'port-unreachable': 3, 'frag-needed': 4 },
  ...{ 'net-prohibited': 9, 'host-prohibited': 10, 'admin-prohibited': 13 },
} as const;

/** Codes of ICMPv6 (ICMPV6_NOROUTE and others). */
export const icmpv6Codes = {
  ...{ 'no-route': 0, 'admin-prohibited': 1, 'addr-unreachable': 3, 'port-unreachable': 4, 'policy-fail': 5 },
  'reject-route': 6,
} as const;

const dccpTypes = {
  ...{ request: 0, response: 1, data: 2, ack: 3, dataack: 4, closereq: 5, close: 6, reset: 7, sync: 8, syncack: 9 },
} as const;

const mobilityTypes = {
  ...{ 'binding-refresh-request': 0, 'home-test-init': 1, 'careof-test-init': 2, 'home-test': 3, 'careof-test': 4 },
  ...{ 'binding-update': 5, 'binding-acknowledgement': 6, 'binding-error': 7, 'fast-binding-update': 8 },
  ...{ 'fast-binding-acknowledgement': 9, 'fast-binding-advertisement': 10 },
  ...{ 'experimental-mobility-header': 11, 'home-agent-switch-message': 12 },
} as const;

/** Differentiated services code points (RFC 2474, RFC 2597, RFC 3246). */
const codePoints = {
  ...{ cs0: 0, cs1: 8, cs2: 16, cs3: 24, cs4: 32, cs5: 40, cs6: 48, cs7: 56, ef: 46 },
  ...{ af11: 10, af12: 12, af13: 14, af21: 18, af22: 20, af23: 22, af31: 26, af32: 28, af33: 30, af41: 34 },
  ...{ af42: 36, af43: 38 },
} as const;

const congestion = { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 } as const;

/** What becomes of a connection (IPCT_*), as bits. */
const ctEvents = {
  ...{ new: 1, related: 2, destroy: 4, reply: 8, assured: 16, protoinfo: 32, helper: 64, mark: 128, seqadj: 256 },
  ...{ secmark: 512, label: 1024 },
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

/** A text of at most 15 bytes. */
export const shortText = textOf('string', 5, 16);

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
  dccp_pkttype: numeric('dccp_pkttype', 16, 1, { words: dccpTypes, bits: 4 }),
  mh_type: numeric('mh_type', 17, 1, { words: mobilityTypes }),
  time: seconds,
  mark: numeric('mark', 19, 4, { isHost: true }),
  iface_index: numeric('iface_index', 20, 4, { isHost: true }),
  iface_type: numeric('iface_type', 21, 2, {
    words: { ether: 1, ppp: 512, ipip: 768, ip6gre: 823, loopback: 772 },
    isHost: true,
  }),
  realm: numeric('realm', 22, 4, { isHost: true }),
  classid: classId,
  uid: numeric('uid', 24, 4, { isHost: true }),
  gid: numeric('gid', 25, 4, { isHost: true }),
  ct_state: flags('ct_state', 26, 4, ctStates, true),
  ct_dir: numeric('ct_dir', 27, 1, { words: { original: 0, reply: 1 } }),
  ct_status: flags('ct_status', 28, 4, ctStatus, true),
  icmpv6_type: numeric('icmpv6_type', 29, 1, { words: icmpv6Types }),
  ct_label: connectionLabels,
  pkt_type: numeric('pkt_type', 31, 1, { words: packetTypes }),
  icmp_code: numeric('icmp_code', 32, 1, { words: icmpCodes }),
  icmpv6_code: numeric('icmpv6_code', 33, 1, { words: icmpv6Codes }),
  devgroup: numeric('devgroup', 35, 4, { isHost: true }),
  dscp: numeric('dscp', 36, 1, { words: codePoints, bits: 6 }),
  ecn: numeric('ecn', 37, 1, { words: congestion, bits: 2 }),
  fib_addrtype: numeric('fib_addrtype', 38, 4, { words: addressTypes, isHost: true }),
  boolean: presence,
  ct_event: flags('ct_event', 40, 4, ctEvents, true),
  ifname: interfaceName,
  igmp_type: numeric('igmp_type', 42, 1, { words: igmpTypes }),
  time_date: time,
  hour,
  day,
  cgroupsv2: numeric('cgroupsv2', 46, 8, { isHost: true }),
} as const satisfies Record<string, ValueType>;

/** The types that the keys and data of sets can have, by nft's names. */
export type ValueTypeName = keyof typeof types;

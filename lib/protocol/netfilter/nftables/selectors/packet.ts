import { integer, types } from '../values/types';
import type { ValueType } from '../values/value-type';
import type { Load, Selector } from './selector';

type MetaKey = Extract<Load, { kind: 'meta' }>['key'];
type CtLoad = Extract<Load, { kind: 'ct' }>;

const meta = <V>(key: MetaKey, type: ValueType<V>): Selector<V> => ({ type, load: { kind: 'meta', key }, needs: [] });
const device = (byName: MetaKey, byIndex: MetaKey): Selector<string> => ({
  ...meta(byName, types.ifname),
  byNumber: meta<number>(byIndex, types.iface_index),
});
const host = (size: number) => integer(size, true);

/** What the kernel knows of a packet besides its bytes. */
export const packet = {
  /** The link that it came in by: its name, or with a number its index. `iifname`, `iif`. */
  inputDevice: device('iifname', 'iif'),
  /** The link that it leaves by: its name, or with a number its index. `oifname`, `oif`. */
  outputDevice: device('oifname', 'oif'),
  /** The group of the link that it came in by. `iifgroup`. */
  inputDeviceGroup: meta('iifgroup', types.devgroup),
  /** The group of the link that it leaves by. `oifgroup`. */
  outputDeviceGroup: meta('oifgroup', types.devgroup),
  /** The type of the link that it came in by: 'ether', 'loopback' ... `iiftype`. */
  inputDeviceType: meta('iiftype', types.iface_type),
  /** The type of the link that it leaves by: 'ether', 'loopback' ... `oiftype`. */
  outputDeviceType: meta('oiftype', types.iface_type),
  /** The kind of the link that it came in by: 'veth'. `meta iifkind`, since 5.5. */
  inputDeviceKind: meta('iifkind', types.ifname),
  /** The kind of the link that it leaves by: 'veth'. `meta oifkind`, since 5.5. */
  outputDeviceKind: meta('oifkind', types.ifname),
  /** The bridge whose port it came in by. `meta ibrname`. */
  inputBridge: meta('ibrname', types.ifname),
  /** The bridge whose port it leaves by. `meta obrname`. */
  outputBridge: meta('obrname', types.ifname),
  /** The link that it came in by, where a VRF stands for it. `meta sdifname`. */
  layer3Device: meta('sdifname', types.ifname),
  /** 'ipv4' or 'ipv6'. `meta nfproto`. */
  networkProtocol: meta('nfproto', types.nf_proto),
  /** 'tcp', 'udp' ..., of IPv4 and IPv6. `meta l4proto`. */
  transportProtocol: meta('l4proto', types.inet_proto),
  /** The protocol above the link layer: 'ip', 'arp' ... `meta protocol`. */
  protocol: meta('protocol', types.ether_type),
  /** Whom it is for: 'host' (this one), 'broadcast', 'multicast', 'other'. `meta pkttype`. */
  packetType: meta('pkttype', types.pkt_type),
  /** Bytes of the packet. `meta length`. */
  length: meta('len', host(4)),
  /** Its mark. `meta mark`. */
  mark: meta('mark', types.mark),
  /** Its class of traffic control, as a number. `meta priority`. */
  priority: meta('priority', host(4)),
  /** The user whose socket it is of, by number. `meta skuid`. */
  socketUser: meta('skuid', types.uid),
  /** The group whose socket it is of, by number. `meta skgid`. */
  socketGroup: meta('skgid', types.gid),
  /** The processor that handles it. `meta cpu`. */
  cpu: meta('cpu', host(4)),
  /** The class of net_cls of its process. `meta cgroup`. */
  cgroup: meta('cgroup', host(4)),
  /** The realm of its route. `meta rtclassid`. */
  realm: meta('rtclassid', types.realm),
  /** A number that is drawn anew for each packet. `meta random`. */
  random: meta('prandom', host(4)),
  /** Whether it came out of IPsec: 'exists' or 'missing'. `meta secpath`. */
  secpath: meta('secpath', types.boolean),
} as const;

const ct = <V>(key: CtLoad['key'], type: ValueType<V>, direction?: CtLoad['direction']): Selector<V> => ({
  type,
  load: { kind: 'ct', key, ...(direction !== undefined && { direction }) },
  needs: [],
});

/** One direction of a connection. */
const tuple = (direction: 'original' | 'reply') => ({
  /** The IPv4 address that it comes from. `ct ip saddr`. */
  source: ct('srcIp', types.ipv4_addr, direction),
  /** The IPv4 address that it goes to. `ct ip daddr`. */
  destination: ct('dstIp', types.ipv4_addr, direction),
  /** The IPv6 address that it comes from. `ct ip6 saddr`. */
  source6: ct('srcIp6', types.ipv6_addr, direction),
  /** The IPv6 address that it goes to. `ct ip6 daddr`. */
  destination6: ct('dstIp6', types.ipv6_addr, direction),
  /** 'ipv4' or 'ipv6'. `ct l3proto`. */
  networkProtocol: ct('l3proto', types.nf_proto, direction),
  /** 'tcp', 'udp' ... `ct protocol`. */
  protocol: ct('protocol', types.inet_proto, direction),
  /** The port that it comes from. `ct proto-src`. */
  sourcePort: ct('protoSrc', types.inet_service, direction),
  /** The port that it goes to. `ct proto-dst`. */
  destinationPort: ct('protoDst', types.inet_service, direction),
  /** Packets so far. `ct packets`. */
  packets: ct('packets', host(8), direction),
  /** Bytes so far. `ct bytes`. */
  bytes: ct('bytes', host(8), direction),
  /** Bytes of a packet on average. `ct avgpkt`. */
  averagePacket: ct('avgpkt', host(8), direction),
});

/** Named, since types keep no description of what they copy. */
interface Tuple extends ReturnType<typeof tuple> {}
const tupleOf = (direction: 'original' | 'reply'): Tuple => tuple(direction);

/** The connection that a packet belongs to. */
export const connection = {
  /** 'new', 'established', 'related', 'invalid', 'untracked': a value is any of them. `ct state`. */
  state: ct('state', types.ct_state),
  /** 'original' or 'reply'. `ct direction`. */
  direction: ct('direction', types.ct_dir),
  /** 'assured', 'snat' ...: a value is any of them. `ct status`. */
  status: ct('status', types.ct_status),
  /** Its mark. `ct mark`. */
  mark: ct('mark', types.mark),
  /** Milliseconds until it is forgotten. `ct expiration`. */
  expiration: ct('expiration', host(4)),
  /** What helps it: 'ftp'. `ct helper`. */
  helper: ct('helper', types.ifname),
  /** The zone that it is tracked in. `ct zone`. */
  zone: ct('zone', host(2)),
  /** Its number. `ct id`. */
  id: ct('id', integer(4)),
  /** Packets so far, both ways. `ct packets`. */
  packets: ct('packets', host(8)),
  /** Bytes so far, both ways. `ct bytes`. */
  bytes: ct('bytes', host(8)),
  /** Bytes of a packet on average, both ways. `ct avgpkt`. */
  averagePacket: ct('avgpkt', host(8)),
  /** As packets of who began it are. */
  original: tupleOf('original'),
  /** As the answers are. */
  reply: tupleOf('reply'),
} as const;

const of = <V>(load: Load, type: ValueType<V>): Selector<V> => ({ type, load, needs: [] });

/** The socket that a packet is for. */
export const socket = {
  /** 1 where its socket may use foreign addresses. `socket transparent`. */
  transparent: of({ kind: 'socket', key: 'transparent' }, integer(1)),
  /** The mark of its socket. `socket mark`. */
  mark: of({ kind: 'socket', key: 'mark' }, types.mark),
  /** 1 where its socket listens at all addresses. `socket wildcard`. */
  wildcard: of({ kind: 'socket', key: 'wildcard' }, integer(1)),
} as const;

/** Where a packet is going to. */
export const route = {
  /** The largest segment that its route takes. `rt mtu`. */
  mtu: of({ kind: 'rt', key: 'mtu' }, host(2)),
  /** The IPv4 address of the router that it goes to. `rt ip nexthop`. */
  nextHop: of({ kind: 'rt', key: 'nexthop4' }, types.ipv4_addr),
  /** The IPv6 address of the router that it goes to. `rt ip6 nexthop`. */
  nextHop6: of({ kind: 'rt', key: 'nexthop6' }, types.ipv6_addr),
  /** The realm of its route. `rt classid`. */
  realm: of({ kind: 'rt', key: 'classid' }, types.realm),
  /** Whether it goes through IPsec: 'exists' or 'missing'. `rt ipsec`. */
  ipsec: of({ kind: 'rt', key: 'ipsec' }, types.boolean),
} as const;

import { integer, types } from '../values/types';
import { cgroup } from './families';
import type { ValueType } from '../values/value-type';
import type { Load, Selector } from './selector';
import { byFamily, byLinkType, byProtocol, byTransport } from './tells';

type MetaKey = Extract<Load, { kind: 'meta' }>['key'];
type CtLoad = Extract<Load, { kind: 'ct' }>;

const meta = <V>(key: MetaKey, type: ValueType<V>): Selector<V> => ({ type, load: { kind: 'meta', key }, needs: [] });
/** A link, by its name or its index. */
interface DeviceSelector extends Selector<string> {
  readonly byNumber: Selector<number>;
}

const device = (byName: MetaKey, byIndex: MetaKey, index: string): DeviceSelector => ({
  ...meta(byName, types.ifname),
  byNumber: meta<number>(byIndex, types.iface_index),
  index,
});
const host = (size: number) => integer(size, true);

/** What the kernel knows of a packet besides its bytes. */
export const packet = {
  /** The link that it came in by: its name, or with a number its index. `iifname`, `iif`. */
  inputDevice: device('iifname', 'iif', 'inputDeviceIndex'),
  /** The link that it leaves by: its name, or with a number its index. `oifname`, `oif`. */
  outputDevice: device('oifname', 'oif', 'outputDeviceIndex'),
  /** The index of the link that it came in by, where a set or a map of indexes is meant. `iif`. */
  inputDeviceIndex: meta('iif', types.iface_index),
  /** The index of the link that it leaves by, where a set or a map of indexes is meant. `oif`. */
  outputDeviceIndex: meta('oif', types.iface_index),
  /** The index of the link that it came in by, where a VRF stands for it. `meta sdif`. */
  layer3DeviceIndex: meta('sdif', types.iface_index),
  /** The group of the link that it came in by. `iifgroup`. */
  inputDeviceGroup: meta('iifgroup', types.devgroup),
  /** The group of the link that it leaves by. `oifgroup`. */
  outputDeviceGroup: meta('oifgroup', types.devgroup),
  /** The type of the link that it came in by: 'ether', 'loopback' ... `meta iiftype`. */
  inputDeviceType: { ...meta('iiftype', types.iface_type), tells: byLinkType },
  /** The type of the link that it leaves by: 'ether', 'loopback' ... `meta oiftype`. */
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
  layer3Device: device('sdifname', 'sdif', 'layer3DeviceIndex'),
  /** The VLAN of the bridge's port that it came in by. `meta ibrpvid`. */
  bridgeVlan: meta('ibrpvid', host(2)),
  /** The protocol of that VLAN: '8021q' or '8021ad'. `meta ibrvproto`. */
  bridgeVlanProtocol: meta('ibrvproto', types.ether_type),
  /** 'ipv4' or 'ipv6'. `meta nfproto`. */
  networkProtocol: { ...meta('nfproto', types.nf_proto), tells: byFamily },
  /** 'tcp', 'udp' ..., of IPv4 and IPv6. `meta l4proto`. */
  transportProtocol: { ...meta('l4proto', types.inet_proto), tells: byTransport },
  /** The protocol above the link layer: 'ip', 'arp' ... `meta protocol`. */
  protocol: { ...meta('protocol', types.ether_type), tells: byProtocol },
  /** Whom it is for: 'host' (this one), 'broadcast', 'multicast', 'other'. `meta pkttype`. */
  packetType: meta('pkttype', types.pkt_type),
  /** Bytes of the packet. `meta length`. */
  length: meta('len', host(4)),
  /** Its mark. `meta mark`. */
  mark: meta('mark', types.mark),
  /** Its class of traffic control: '1:10', or its number. `meta priority`. */
  priority: meta('priority', types.classid),
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
  random: meta('prandom', integer(4)),
  /** When it came, in UTC: '2030-01-01T00:00:00Z'. `meta time`, since 5.4. */
  time: meta('time', types.time_date),
  /** The day of the week when it came, in UTC: 'sunday' ... `meta day`, since 5.4. */
  day: meta('day', types.day),
  /** The time of the day when it came, in UTC: '10:00', '23:59:59'. `meta hour`, since 5.4. */
  hour: meta('hour', types.hour),
  /** 1 where its way through the rules is told, which can be written and not asked for. `meta nftrace`. */
  trace: { ...meta('nftrace', integer(1)), isWriteOnly: true },
  /** 1 where a bridge is to pass it on to IP, which can be written and not asked for. `meta broute`, since 6.4. */
  broute: { ...meta('broute', integer(1)), isWriteOnly: true },
  /** Whether it came out of IPsec. `meta ipsec`. */
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
  /** The zone that packets of this direction are tracked in. `ct zone`. */
  zone: ct('zone', host(2), direction),
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
  /** Seconds until it is forgotten. `ct expiration`. */
  expiration: ct('expiration', types.time),
  /** What helps it: 'ftp'. `ct helper`. */
  helper: ct('helper', types.ifname),
  /** The zone that it is tracked in. `ct zone`. */
  zone: ct('zone', host(2)),
  /** Its number. `ct id`. */
  id: ct('id', integer(4)),
  /** Its labels, numbers of 0 to 127: a value is any of them. `ct label`. */
  labels: ct('labels', types.ct_label),
  /** What is told of it to who listens, which can be written and not asked for: 'new', 'destroy' ... `ct event`. */
  event: { ...ct('event', types.ct_event), isWriteOnly: true },
  /** 'tcp', 'udp' ... `ct protocol`. */
  protocol: ct('protocol', types.inet_proto),
  /** 'ipv4' or 'ipv6'. `ct l3proto`. */
  networkProtocol: ct('l3proto', types.nf_proto),
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
  /** The control group of its socket. `socket cgroupv2`. */
  cgroup,
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
  /** Whether it goes through IPsec. `rt ipsec`. */
  ipsec: of({ kind: 'rt', key: 'ipsec' }, types.boolean),
} as const;

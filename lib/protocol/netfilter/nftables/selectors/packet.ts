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
  inputDevice: device('iifname', 'iif'),
  outputDevice: device('oifname', 'oif'),
  inputDeviceGroup: meta('iifgroup', types.devgroup),
  outputDeviceGroup: meta('oifgroup', types.devgroup),
  inputDeviceType: meta('iiftype', types.iface_type),
  outputDeviceType: meta('oiftype', types.iface_type),
  inputDeviceKind: meta('iifkind', types.ifname),
  outputDeviceKind: meta('oifkind', types.ifname),
  inputBridge: meta('ibrname', types.ifname),
  outputBridge: meta('obrname', types.ifname),
  layer3Device: meta('sdifname', types.ifname),
  networkProtocol: meta('nfproto', types.nf_proto),
  transportProtocol: meta('l4proto', types.inet_proto),
  protocol: meta('protocol', types.ether_type),
  packetType: meta('pkttype', types.pkt_type),
  length: meta('len', host(4)),
  mark: meta('mark', types.mark),
  priority: meta('priority', host(4)),
  socketUser: meta('skuid', types.uid),
  socketGroup: meta('skgid', types.gid),
  cpu: meta('cpu', host(4)),
  cgroup: meta('cgroup', host(4)),
  realm: meta('rtclassid', types.realm),
  random: meta('prandom', host(4)),
  secpath: meta('secpath', types.boolean),
} as const;

const ct = <V>(key: CtLoad['key'], type: ValueType<V>, direction?: CtLoad['direction']): Selector<V> => ({
  type,
  load: { kind: 'ct', key, ...(direction !== undefined && { direction }) },
  needs: [],
});

/** One direction of a connection. */
const tuple = (direction: 'original' | 'reply') => ({
  source: ct('srcIp', types.ipv4_addr, direction),
  destination: ct('dstIp', types.ipv4_addr, direction),
  source6: ct('srcIp6', types.ipv6_addr, direction),
  destination6: ct('dstIp6', types.ipv6_addr, direction),
  networkProtocol: ct('l3proto', types.nf_proto, direction),
  protocol: ct('protocol', types.inet_proto, direction),
  sourcePort: ct('protoSrc', types.inet_service, direction),
  destinationPort: ct('protoDst', types.inet_service, direction),
  packets: ct('packets', host(8), direction),
  bytes: ct('bytes', host(8), direction),
  averagePacket: ct('avgpkt', host(8), direction),
});

/** The connection that a packet belongs to. */
export const connection = {
  state: ct('state', types.ct_state),
  direction: ct('direction', types.ct_dir),
  status: ct('status', types.ct_status),
  mark: ct('mark', types.mark),
  expiration: ct('expiration', host(4)),
  helper: ct('helper', types.ifname),
  zone: ct('zone', host(2)),
  id: ct('id', integer(4)),
  packets: ct('packets', host(8)),
  bytes: ct('bytes', host(8)),
  averagePacket: ct('avgpkt', host(8)),
  original: tuple('original'),
  reply: tuple('reply'),
} as const;

const of = <V>(load: Load, type: ValueType<V>): Selector<V> => ({ type, load, needs: [] });

/** The socket that a packet is for. */
export const socket = {
  transparent: of({ kind: 'socket', key: 'transparent' }, integer(1)),
  mark: of({ kind: 'socket', key: 'mark' }, types.mark),
  wildcard: of({ kind: 'socket', key: 'wildcard' }, integer(1)),
} as const;

/** Where a packet is going to. */
export const route = {
  mtu: of({ kind: 'rt', key: 'mtu' }, host(2)),
  nextHop: of({ kind: 'rt', key: 'nexthop4' }, types.ipv4_addr),
  nextHop6: of({ kind: 'rt', key: 'nexthop6' }, types.ipv6_addr),
  realm: of({ kind: 'rt', key: 'classid' }, types.realm),
  ipsec: of({ kind: 'rt', key: 'ipsec' }, types.boolean),
} as const;

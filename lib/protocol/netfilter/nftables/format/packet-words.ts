import type { connection, packet, route, socket } from '../selectors/packet';
import type { SelectorWords } from './selector-words';

/** nft's words for what the kernel knows of a packet. */
export const packetWords = {
  inputDevice: 'iifname',
  outputDevice: 'oifname',
  inputDeviceIndex: 'iif',
  outputDeviceIndex: 'oif',
  layer3DeviceIndex: 'meta sdif',
  inputDeviceGroup: 'iifgroup',
  outputDeviceGroup: 'oifgroup',
  inputDeviceType: 'meta iiftype',
  outputDeviceType: 'meta oiftype',
  inputDeviceKind: 'meta iifkind',
  outputDeviceKind: 'meta oifkind',
  inputBridge: 'meta ibrname',
  outputBridge: 'meta obrname',
  layer3Device: 'meta sdifname',
  bridgeVlan: 'meta ibrpvid',
  bridgeVlanProtocol: 'meta ibrvproto',
  networkProtocol: 'meta nfproto',
  transportProtocol: 'meta l4proto',
  protocol: 'meta protocol',
  packetType: 'meta pkttype',
  length: 'meta length',
  mark: 'meta mark',
  priority: 'meta priority',
  socketUser: 'meta skuid',
  socketGroup: 'meta skgid',
  cpu: 'meta cpu',
  cgroup: 'meta cgroup',
  realm: 'meta rtclassid',
  random: 'meta random',
  time: 'meta time',
  day: 'meta day',
  hour: 'meta hour',
  trace: 'meta nftrace',
  broute: 'meta broute',
  secpath: 'meta ipsec',
} as const satisfies SelectorWords<typeof packet>;

const tupleWords = (direction: 'original' | 'reply') =>
  ({
    source: `ct ${direction} ip saddr`,
    destination: `ct ${direction} ip daddr`,
    source6: `ct ${direction} ip6 saddr`,
    destination6: `ct ${direction} ip6 daddr`,
    networkProtocol: `ct ${direction} l3proto`,
    protocol: `ct ${direction} protocol`,
    sourcePort: `ct ${direction} proto-src`,
    destinationPort: `ct ${direction} proto-dst`,
    packets: `ct ${direction} packets`,
    bytes: `ct ${direction} bytes`,
    averagePacket: `ct ${direction} avgpkt`,
    zone: `ct ${direction} zone`,
  }) as const satisfies SelectorWords<(typeof connection)['original']>;

/** Those for the connection that it belongs to. */
export const connectionWords = {
  state: 'ct state',
  direction: 'ct direction',
  status: 'ct status',
  mark: 'ct mark',
  expiration: 'ct expiration',
  helper: 'ct helper',
  zone: 'ct zone',
  id: 'ct id',
  labels: 'ct label',
  event: 'ct event',
  protocol: 'ct protocol',
  networkProtocol: 'ct l3proto',
  packets: 'ct packets',
  bytes: 'ct bytes',
  averagePacket: 'ct avgpkt',
  original: tupleWords('original'),
  reply: tupleWords('reply'),
} as const satisfies SelectorWords<typeof connection>;

/** Those for the socket that it is for. */
export const socketWords = {
  transparent: 'socket transparent',
  mark: 'socket mark',
  wildcard: 'socket wildcard',
  cgroup: ({ level }) => `socket cgroupv2 level ${String(level)}`,
} as const satisfies SelectorWords<typeof socket>;

/** Those for its route. */
export const routeWords = {
  mtu: 'rt mtu',
  nextHop: 'rt ip nexthop',
  nextHop6: 'rt ip6 nexthop',
  realm: 'rt classid',
  ipsec: 'rt ipsec',
} as const satisfies SelectorWords<typeof route>;

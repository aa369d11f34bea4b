import {
  linkIndexType,
  pad,
  struct,
  uint16,
  uint32,
  uint8,
  wordsByNumber,
  wordsOfBits,
  type LinkReference,
  type LinkSlot,
  type Row,
  type Source,
  type StructInput,
  type Word,
} from '../codec';
import { show, wrongType } from '../errors';

const members = {
  family: uint8,
  pad: pad(1),
  type: uint16,
  index: linkIndexType,
  flags: uint32,
  change: uint32,
} as const;

/** `struct ifinfomsg`. */
export const ifinfomsg = struct(members);

/** Flags of a link (IFF_*), by iproute2's words. */
export const linkFlags = {
  up: 0x1,
  broadcast: 0x2,
  debug: 0x4,
  loopback: 0x8,
  'point-to-point': 0x10,
  'no-trailers': 0x20,
  running: 0x40,
  'no-arp': 0x80,
  promiscuous: 0x100,
  'all-multicast': 0x200,
  master: 0x400,
  slave: 0x800,
  multicast: 0x1000,
  'port-select': 0x2000,
  'auto-media': 0x4000,
  dynamic: 0x8000,
  'lower-up': 0x10000,
  dormant: 0x20000,
  echo: 0x40000,
} as const;

/** Types of link layers (ARPHRD_*), by iproute2's words. */
export const linkTypes = {
  none: 0xfffe,
  ether: 1,
  infiniband: 32,
  ppp: 512,
  ipip: 768,
  tunnel6: 769,
  loopback: 772,
  sit: 776,
  gre: 778,
  can: 280,
  netlink: 824,
  '6lowpan': 825,
  vsockmon: 826,
  gre6: 823,
  ieee802154: 804,
} as const;
const typeOf = wordsByNumber(linkTypes);
const wordsOfFlags = wordsOfBits(linkFlags);

/** What the header of a link's message says, as switches; absent leaves as it is. */
export interface LinkSwitches {
  /** Whether the link is up, administratively. IFF_UP. */
  up?: boolean | undefined;
  /** Whether it receives packets for others too. IFF_PROMISC. */
  promiscuous?: boolean | undefined;
  /** Whether it takes part in multicast. IFF_MULTICAST. */
  multicast?: boolean | undefined;
  /** Whether it receives all multicast packets. IFF_ALLMULTI. */
  allMulticast?: boolean | undefined;
  /** Whether addresses are resolved (ARP, neighbour discovery); on by default. IFF_NOARP, inverted. */
  arp?: boolean | undefined;
}

/** What is decoded from the header. */
export interface LinkState extends Required<LinkSwitches> {
  /** The link's number in its namespace. */
  index: number;
  /** The link layer: 'ether', 'loopback' ... ARPHRD_*. */
  linkType: Word<typeof linkTypes>;
  /** All flags of the link, by their words. */
  flags: Word<typeof linkFlags>[];
}

const switches = {
  up: [linkFlags.up, false],
  promiscuous: [linkFlags.promiscuous, false],
  multicast: [linkFlags.multicast, false],
  allMulticast: [linkFlags['all-multicast'], false],
  arp: [linkFlags['no-arp'], true],
} as const satisfies Record<keyof LinkSwitches, readonly [bit: number, inverted: boolean]>;
const switchList = Object.entries(switches).map(([name, [bit, inverted]]) => {
  return { name: name as keyof LinkSwitches, bit, inverted };
});

/** Names of the properties of the header that requests have no say in. */
export const readOnlyHeaderProperties: ReadonlySet<string> = new Set(['linkType', 'flags']);

/** Names of the properties that the header carries. */
export const headerProperties = new Set([...Object.keys(switches), 'index', ...readOnlyHeaderProperties]);

/** Those of a pair's other end while it is made, which cannot be up yet. */
const switchesOfPeer = switchList.filter(({ name }) => name !== 'up');

/** The header of a request about a link. */
export function linkHeader(
  index: LinkReference | LinkSlot | undefined,
  values: LinkSwitches,
): StructInput<typeof members> {
  return headerOf(index, values, switchList);
}

/** The header of a pair's other end, inside the request that makes the pair. */
export function peerHeader(index: number | undefined, values: LinkSwitches): StructInput<typeof members> {
  return headerOf(index, values, switchesOfPeer);
}

function headerOf(
  index: LinkReference | LinkSlot | undefined,
  values: LinkSwitches,
  list: typeof switchList,
): StructInput<typeof members> {
  let flags = 0;
  let change = 0;
  for (const one of list) {
    const value = values[one.name];
    if (value === undefined) continue;
    if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`, one.name);
    change |= one.bit;
    if (value !== one.inverted) flags |= one.bit;
  }
  // The encoder of indexes knows slots as well.
  return { index: index as LinkReference | undefined, flags, change };
}

/** Decodes the header's part of a link, but for its index. */
export function decodeLinkState(row: Row, source: Source, start: number, end: number): void {
  row.set('linkType', typeOf(ifinfomsg.read.type(source, start, end)));
  const flags = ifinfomsg.read.flags(source, start, end);
  for (const { name, bit, inverted } of switchList) row.set(name, ((flags & bit) !== 0) !== inverted);
  row.set('flags', wordsOfFlags(flags));
}

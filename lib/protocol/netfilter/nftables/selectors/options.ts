import { presence } from '../values/special-types';
import { integer, types } from '../values/types';
import type { ValueType } from '../values/value-type';
import type { Load, Need, Selector } from './selector';
import { otherOption } from './tcp-option';

type OptionOf = NonNullable<Extract<Load, { kind: 'exthdr' }>['of']>;

/** An option, or a header that a packet may have, by its number. */
export function option(of: OptionOf, number: number, needs: readonly Need[]) {
  const load = (offset: number, length: number): Extract<Load, { kind: 'exthdr' }> => ({
    ...{ kind: 'exthdr', of, type: number, offset, length, flags: [] },
  });
  return {
    at: <V>(offset: number, type: ValueType<V>): Selector<V> => ({ type, load: load(offset, type.size), needs }),
    bits: <V>(offset: number, length: number, type: ValueType<V>, mask: number, shift: number): Selector<V> => ({
      ...{ type, load: load(offset, length), bits: { mask, shift }, needs },
    }),
    exists: { type: presence, load: { ...load(0, 1), flags: ['present'] }, needs } satisfies Selector,
  };
}

const ip: Need = { layer: 'network', protocol: 'ip' };
const ip6: Need = { layer: 'network', protocol: 'ip6' };
const byte = integer(1);
const short = integer(2);
const long = integer(4);

const extension = (number: number) => option('ipv6', number, [ip6]);
const inHopByHop = extension(0);
const inRouting = extension(43);
const inFragment = extension(44);
const inDestination = extension(60);
const inMobility = extension(135);

/** Extension headers of IPv6. */
export const extensions = {
  /** Hop-by-hop options. `hbh`. */
  hopByHop: {
    /** Whether a packet has them. `exthdr hbh`. */
    exists: inHopByHop.exists,
    /** The header behind it. `hbh nexthdr`. */
    nextHeader: inHopByHop.at(0, types.inet_proto),
    /** Its length in units of eight bytes, less one. `hbh hdrlength`. */
    length: inHopByHop.at(1, byte),
  },
  /** The routing header. `rt`. */
  routing: {
    /** Whether a packet has one. `exthdr rt`. */
    exists: inRouting.exists,
    /** The header behind it. `rt nexthdr`. */
    nextHeader: inRouting.at(0, types.inet_proto),
    /** Its length in units of eight bytes, less one. `rt hdrlength`. */
    length: inRouting.at(1, byte),
    /** Its type: 0, 2, or 4 for segment routing. `rt type`. */
    type: inRouting.at(2, byte),
    /** Nodes that are still to be visited. `rt seg-left`. */
    segmentsLeft: inRouting.at(3, byte),
  },
  /** The routing header of segment routing. `srh`. */
  segmentRouting: {
    /** The index of the last segment. `srh last-entry`. */
    lastEntry: inRouting.at(4, byte),
    /** Its flags. `srh flags`. */
    flags: inRouting.at(5, byte),
    /** What packets of a class have in common. `srh tag`. */
    tag: inRouting.at(6, short),
    /** The last segment, which is also the first address of the obsolete header of type 0. `srh sid[1]`, `rt0 addr[1]`. */
    segment1: inRouting.at(8, types.ipv6_addr),
    /** The one before it. `srh sid[2]`, `rt0 addr[2]`. */
    segment2: inRouting.at(24, types.ipv6_addr),
  },
  /** The header of a fragment. `frag`. */
  fragment: {
    /** Whether a packet has one. `exthdr frag`. */
    exists: inFragment.exists,
    /** The header behind it. `frag nexthdr`. */
    nextHeader: inFragment.at(0, types.inet_proto),
    /** A byte that has no meaning. `frag reserved`. */
    reserved: inFragment.at(1, byte),
    /** Where in the packet this fragment begins, in units of eight bytes. `frag frag-off`. */
    fragmentOffset: inFragment.bits(2, 2, integer(2, false, 13), 0xfff8, 3),
    /** Two bits that have no meaning. `frag reserved2`. */
    reserved2: inFragment.bits(3, 1, integer(1, false, 2), 0x06, 1),
    /** 1 where others come behind it. `frag more-fragments`. */
    moreFragments: inFragment.bits(3, 1, integer(1, false, 1), 0x01, 0),
    /** Number of the packet, which its fragments share. `frag id`. */
    id: inFragment.at(4, long),
  },
  /** Destination options. `dst`. */
  destination: {
    /** Whether a packet has them. `exthdr dst`. */
    exists: inDestination.exists,
    /** The header behind it. `dst nexthdr`. */
    nextHeader: inDestination.at(0, types.inet_proto),
    /** Its length in units of eight bytes, less one. `dst hdrlength`. */
    length: inDestination.at(1, byte),
  },
  /** The mobility header. `mh`. */
  mobility: {
    /** Whether a packet has one. `exthdr mh`. */
    exists: inMobility.exists,
    /** The header behind it. `mh nexthdr`. */
    nextHeader: inMobility.at(0, types.inet_proto),
    /** Its length in units of eight bytes, less one. `mh hdrlength`. */
    length: inMobility.at(1, byte),
    /** 'binding-update', 'home-test' ... `mh type`. */
    type: inMobility.at(2, types.mh_type),
    /** A byte that has no meaning. `mh reserved`. */
    reserved: inMobility.at(3, byte),
    /** Checksum. `mh checksum`. */
    checksum: inMobility.at(4, short),
  },
} as const;

const ipOption = (number: number) => option('ipv4', number, [ip]);

/** An option that routers write their addresses to. */
const addresses = (number: number) => {
  const one = ipOption(number);
  return {
    /** Whether a packet has it. `ip option rr`. */
    exists: one.exists,
    /** Its number. `ip option rr type`. */
    type: one.at(0, byte),
    /** Its length in bytes. `ip option rr length`. */
    length: one.at(1, byte),
    /** Where the next address stands. `ip option rr ptr`. */
    pointer: one.at(2, byte),
    /** The first address. `ip option rr addr`. */
    address: one.at(3, long),
  };
};

/** Named, since types keep no description of what they copy. */
interface Addresses extends ReturnType<typeof addresses> {}
const addressesOf = (number: number): Addresses => addresses(number);
const inRouterAlert = ipOption(148);

/** Options of IPv4. */
export const ipOptions = {
  /** Loose source route. `ip option lsrr`. */
  lsrr: addressesOf(131),
  /** Recorded route. `ip option rr`. */
  rr: addressesOf(7),
  /** Strict source route. `ip option ssrr`. */
  ssrr: addressesOf(137),
  /** Router alert. `ip option ra`. */
  ra: {
    /** Whether a packet has it. `ip option ra`. */
    exists: inRouterAlert.exists,
    /** Its number. `ip option ra type`. */
    type: inRouterAlert.at(0, byte),
    /** Its length in bytes. `ip option ra length`. */
    length: inRouterAlert.at(1, byte),
    /** 0: routers look at the packet. `ip option ra value`. */
    value: inRouterAlert.at(2, short),
  },
} as const;

const tcpOption = (number: number) => option('tcpOption', number, []);

/** What all options of TCP have. */
const common = (number: number) => {
  const one = tcpOption(number);
  return {
    /** Whether a packet has it. `tcp option fastopen`. */
    exists: one.exists,
    /** Its number. `tcp option fastopen kind`. */
    kind: one.at(0, byte),
    /** Its length in bytes. `tcp option fastopen length`. */
    length: one.at(1, byte),
  };
};

interface Common extends ReturnType<typeof common> {}
const commonOf = (number: number): Common => common(number);

/** What was received besides what is acknowledged. */
const ranges = (place: number) => {
  const one = tcpOption(5);
  return {
    /** Number of its first byte. `tcp option sack left`. */
    left: one.at(2 + 8 * place, long),
    /** Number of the byte behind it. `tcp option sack right`. */
    right: one.at(6 + 8 * place, long),
  };
};

interface Ranges extends ReturnType<typeof ranges> {}
interface Sack extends Common, Ranges {}
const rangesOf = (place: number): Ranges => ranges(place);
const sack: Sack = { ...commonOf(5), ...rangesOf(0) };
const inMaxSegment = tcpOption(2);
const inWindow = tcpOption(3);
const inTimestamp = tcpOption(8);
const inMptcp = tcpOption(30);

/** Options of TCP. */
export const tcpOptions = {
  /** The largest segment. `tcp option maxseg`. */
  maxSegment: {
    /** Whether a packet has it. `tcp option maxseg`. */
    exists: inMaxSegment.exists,
    /** Its number. `tcp option maxseg kind`. */
    kind: inMaxSegment.at(0, byte),
    /** Its length in bytes. `tcp option maxseg length`. */
    length: inMaxSegment.at(1, byte),
    /** Bytes of the largest segment that the sender takes. `tcp option maxseg size`. */
    size: inMaxSegment.at(2, short),
  },
  /** The scale of the window. `tcp option window`. */
  window: {
    /** Whether a packet has it. `tcp option window`. */
    exists: inWindow.exists,
    /** Its number. `tcp option window kind`. */
    kind: inWindow.at(0, byte),
    /** Its length in bytes. `tcp option window length`. */
    length: inWindow.at(1, byte),
    /** By how many bits the window is shifted. `tcp option window count`. */
    count: inWindow.at(2, byte),
  },
  /** Selective acknowledgements are understood. `tcp option sack-perm`. */
  sackPermitted: commonOf(4),
  /** Selective acknowledgements, and the first range of them. `tcp option sack`. */
  sack,
  /** The second range. `tcp option sack1`. */
  sack1: rangesOf(1),
  /** The third. `tcp option sack2`. */
  sack2: rangesOf(2),
  /** The fourth. `tcp option sack3`. */
  sack3: rangesOf(3),
  /** Timestamps. `tcp option timestamp`. */
  timestamp: {
    /** Whether a packet has it. `tcp option timestamp`. */
    exists: inTimestamp.exists,
    /** Its number. `tcp option timestamp kind`. */
    kind: inTimestamp.at(0, byte),
    /** Its length in bytes. `tcp option timestamp length`. */
    length: inTimestamp.at(1, byte),
    /** The sender's clock. `tcp option timestamp tsval`. */
    value: inTimestamp.at(2, long),
    /** The clock of the other side, as it came last. `tcp option timestamp tsecr`. */
    echo: inTimestamp.at(6, long),
  },
  /** The end of all options. `tcp option eol`. */
  endOfList: {
    /** Whether a packet has it. `tcp option eol`. */
    exists: tcpOption(0).exists,
  },
  /** A byte that fills up. `tcp option nop`. */
  noOperation: {
    /** Whether a packet has it. `tcp option nop`. */
    exists: tcpOption(1).exists,
  },
  /** TCP Fast Open. `tcp option fastopen`. */
  fastOpen: commonOf(34),
  /** A signature with MD5. `tcp option md5sig`. */
  md5: commonOf(19),
  /** Multipath TCP. `tcp option mptcp`. */
  mptcp: {
    /** Whether a packet has it. `tcp option mptcp`. */
    exists: inMptcp.exists,
    /** Its number. `tcp option mptcp kind`. */
    kind: inMptcp.at(0, byte),
    /** Its length in bytes. `tcp option mptcp length`. */
    length: inMptcp.at(1, byte),
    /** What it is for: 0 opens a connection, 1 joins one. `tcp option mptcp subtype`. */
    subtype: inMptcp.bits(2, 1, integer(1, false, 4), 0xf0, 4),
  },
  /** One by its number. */
  other: otherOption,
} as const;

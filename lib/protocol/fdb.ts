import {
  AF,
  attributes,
  bits,
  checkInteger,
  choiceOf,
  flag,
  headed,
  ipAddress,
  linkAddressType,
  linkIndex,
  nested,
  parseLinkAddress,
  readOnly,
  rowDecoder,
  s32,
  u16,
  u16be,
  uint16,
  uint32,
  uint8,
  field,
  type FixedType,
  type LinkReference,
  type Type,
  type UnknownAttribute,
  type Word,
  u32,
} from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';
import { checkFilter, checkFilterLink } from './filter';
import {
  checkProperties,
  commonFields,
  entryOf,
  flagBits,
  flagsOfReply,
  flagWords,
  NDA,
  ndmsg,
  neighborFlags,
  NUD,
  partFlags,
  requestFields,
  stateFilter,
  timeFields,
  type NeighborFlag,
} from './neighbor-message';
import { NLM_F, type MessageSent, type Query, type Request } from './netlink';
import { RTM } from './rtnetlink';

/**
 * States of an entry, by iproute2's words (which leaves out 'dynamic' when it lists). The bits are iproute2's too: vxlan
 * takes no state that is NUD_NOARP alone.
 */
export const fdbStates = {
  permanent: NUD.PERMANENT | NUD.NOARP,
  static: NUD.NOARP | NUD.REACHABLE,
  stale: NUD.STALE,
  dynamic: NUD.REACHABLE,
} as const;

export type FdbState = Word<typeof fdbStates>;

/** The bit that decides what an entry is, whatever others are set; the first that is there. */
const decisiveBits = [
  [NUD.PERMANENT, 'permanent'],
  [NUD.NOARP, 'static'],
  [NUD.STALE, 'stale'],
  [NUD.REACHABLE, 'dynamic'],
] as const;

const fdbState: FixedType<FdbState> = {
  ...choiceOf(fdbStates, uint16),
  decode(source, start, end) {
    const number = uint16.decode(source, start, end);
    for (const [bit, state] of decisiveBits) if ((number & bit) !== 0) return state;
    return number;
  },
};

/** Attributes of NDA_FDB_EXT_ATTRS. */
const NFEA = { ACTIVITY_NOTIFY: 1, DONT_REFRESH: 2 } as const;

/** Numbers of one carrier, but not all of them. */
function between(carrier: FixedType<number>, least: number, most: number): FixedType<number> {
  return {
    ...carrier,
    encode(writer, value) {
      checkInteger(value, least, most);
      carrier.encode(writer, value);
    },
  };
}

const ethernetAddress: Type<string> = {
  ...linkAddressType,
  encode(writer, value) {
    const bytes = parseLinkAddress(value);
    if (bytes.length !== 6)
      throw wrongValue(`must be an Ethernet address such as 02:00:00:00:00:01, not ${show(value)}`);
    writer.append(bytes);
  },
};
const vlanId = between(uint16, 1, 4094);
const networkId = between(uint32, 0, 0xffffff);

const fdbHeader = ndmsg(fdbState);

const fdbFields = {
  ...commonFields,
  address: field(NDA.LLADDR, ethernetAddress),
  vlan: field(NDA.VLAN, vlanId),
  destination: ipAddress(NDA.DST),
  port: u16be(NDA.PORT),
  vni: field(NDA.VNI, networkId),
  sourceVni: field(NDA.SRC_VNI, networkId),
  via: linkIndex(NDA.IFINDEX),
  nexthopId: u32(NDA.NH_ID),
  linkNamespaceId: readOnly(s32(NDA.LINK_NETNSID)),
  activity: nested(
    NDA.FDB_EXT_ATTRS,
    attributes({
      notify: bits(NFEA.ACTIVITY_NOTIFY, { activity: 0x1, inactive: 0x2 }, uint8),
      dontRefresh: flag(NFEA.DONT_REFRESH),
    }),
  ),
} as const;

const fdbMessage = headed(
  fdbHeader,
  attributes({
    ...fdbFields,
    ...requestFields,
    /** Of bulk requests: which states the header's is compared in. */
    stateMask: u16(NDA.NDM_STATE_MASK),
  }),
);
const locate = fdbMessage.locate.bind(fdbMessage);

/**
 * An entry of a forwarding table. There are two tables that it can be in: the bridge's of which `device` is a port, and
 * the device's own, which vxlan links have (and others as a filter of what they receive). It is the bridge's, as the kernel
 * has it, unless one of the tunnel's properties (`destination` to `nexthopId`) is given, or flags say 'self'.
 */
export interface FdbOptions {
  /** The Ethernet address: '02:00:00:00:00:01'. NDA_LLADDR. */
  address: string;
  /** The link behind which it is: name or index. May be left out where `master` is meant itself. */
  device?: LinkReference | undefined;
  /**
   * The bridge whose table it is. A port has only one: that is taken, whatever stands here. With the bridge itself as
   * `device`, or none, the address is the bridge's own. NDA_MASTER.
   */
  master?: LinkReference | undefined;
  /** VLAN, 1 to 4094. Without it the entry is made for packets without a VLAN and in each VLAN of the port. NDA_VLAN. */
  vlan?: number | undefined;
  /**
   * 'static' stays; packets to it leave through `device`. 'dynamic' is forgotten after the bridge's ageing time, as if
   * learned; 'stale' is one whose time is over, and added again it is 'dynamic'. 'permanent' is an address of this host:
   * packets to it are received, not forwarded. By default 'static', as what is behind a port; 'permanent' in a device's
   * own table and for the bridge itself, which take nothing else. (`bridge fdb add` makes everything permanent.)
   */
  state?: FdbState | undefined;
  /**
   * 'self', the device's own table, 'master', the bridge's; 'sticky' does not move to another port; 'extern_learn' does
   * not age; 'router'. 'locked', of a port that asks for authorization, is reported only: the kernel refuses it. NTF_*.
   */
  flags?: readonly NeighborFlag[] | undefined;
  /** VXLAN: the tunnel's other end; the link's by default. NDA_DST. */
  destination?: string | undefined;
  /** VXLAN: UDP port there; the link's by default. NDA_PORT. */
  port?: number | undefined;
  /** VXLAN: network identifier there, 0 to 2^24 - 1; the link's by default. NDA_VNI. */
  vni?: number | undefined;
  /** VXLAN that serves many networks: the identifier in which the address is. NDA_SRC_VNI. */
  sourceVni?: number | undefined;
  /** VXLAN: link through which the other end is reached; routes decide by default. NDA_IFINDEX. */
  via?: LinkReference | undefined;
  /** VXLAN: nexthop group instead of a destination. NDA_NH_ID, since 5.8. */
  nexthopId?: number | undefined;
  /** Whether its activity is told to listeners, and whether replacing it counts as such. NDA_FDB_EXT_ATTRS, since 5.14. */
  activity?: FdbActivity | undefined;
}

/** How the activity of an entry is watched. */
export interface FdbActivity {
  /** 'activity' tells when it comes and goes, 'inactive' that it is gone for now. NFEA_ACTIVITY_NOTIFY. */
  notify?: readonly Word<{ activity: 0x1; inactive: 0x2 }>[];
  /** Replacing the entry does not count as activity. NFEA_DONT_REFRESH. */
  dontRefresh?: boolean;
}

/** An entry as the kernel describes it. Can be added again as it is, unless it is 'locked'. */
export interface FdbEntry extends Omit<FdbOptions, 'device' | 'master' | 'via'> {
  /** Index of the link behind which it is; the bridge's own if it is an address of the bridge. */
  device: number;
  /** Index of the bridge whose table it is; absent in a device's own. */
  master?: number;
  state: FdbState;
  flags: readonly NeighborFlag[];
  via?: number;
  /** Id of the namespace that `via` is in; absent if it is this one. NDA_LINK_NETNSID. */
  linkNamespaceId?: number;
  /** Seconds since it was last used. NDA_CACHEINFO. */
  used?: number;
  /** Seconds since it was last learned or set. NDA_CACHEINFO. */
  updated?: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** Which entries a dump shall have. */
export interface FdbFilter {
  /** Those of this link: in its bridge's table, and in its own. The kernel selects them. */
  device?: LinkReference | undefined;
  /** The table of this bridge. The kernel selects them. */
  master?: LinkReference | undefined;
  /** Those of one VLAN. */
  vlan?: number | undefined;
  /** Those in one state. */
  state?: FdbState | undefined;
}

/** Where to look for an address. */
export type FdbPlace = Pick<FdbOptions, 'device' | 'master' | 'vlan' | 'vni' | 'flags'>;

const tunnelProperties = ['destination', 'port', 'vni', 'sourceVni', 'via', 'nexthopId'] as const;
const properties = new Set([
  ...['address', 'device', 'master', 'vlan', 'state', 'flags', 'activity', ...tunnelProperties],
  ...['used', 'updated', 'linkNamespaceId', 'unknownAttributes'],
]);

const creation = {
  add: NLM_F.CREATE | NLM_F.EXCL,
  replace: NLM_F.CREATE | NLM_F.REPLACE,
  append: NLM_F.CREATE | NLM_F.APPEND,
} as const;

/**
 * Asks for a new entry; `replace` takes one that exists as well and changes it, `append` gives one of a vxlan link another
 * destination.
 */
export function newFdbEntry(options: FdbOptions, verb: keyof typeof creation): Request {
  const { header, extendedFlags, values, isOwn } = place(options);
  const { activity } = options;
  return {
    name: 'RTM_NEWNEIGH',
    type: RTM.NEWNEIGH,
    flags: creation[verb],
    subject: subjectOf(options, isOwn),
    describe,
    locate,
    encode: (writer) => {
      fdbMessage.encode(writer, header, { ...values, activity, extendedFlags });
    },
  };
}

/** Asks for an entry's end. */
export function deleteFdbEntry(options: FdbOptions): Request {
  checkNarrowing(options);
  const { header, values, isOwn } = place(options);
  return {
    name: 'RTM_DELNEIGH',
    type: RTM.DELNEIGH,
    flags: 0,
    subject: subjectOf(options, isOwn),
    describe,
    locate,
    encode: (writer) => {
      fdbMessage.encode(writer, header, values);
    },
  };
}

/** Asks for one entry, since 5.0. */
export function getFdbEntry(address: string, options: FdbPlace): Query<FdbEntry> {
  const { header, isOwn } = place({ ...options, address });
  const { master, vlan, vni } = options;
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: 0,
    subject: subjectOf({ ...options, address }, isOwn),
    locate,
    decode: decodeFdbEntry,
    encode(writer) {
      const { family } = header;
      const values = { address, vlan, vni };
      if (master !== undefined) fdbMessage.encode(writer, { family }, { ...values, master });
      else fdbMessage.encode(writer, { family, device: header.device, flags: header.flags & TABLES }, values);
    },
  };
}

/** Asks for the entries that a filter describes. */
export function listFdb(filter: FdbFilter = {}): Query<FdbEntry> {
  const { device, master, vlan, isWanted } = fdbFilter(filter);
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: NLM_F.DUMP,
    locate,
    decode(source, start, end) {
      const entry = decodeFdbEntry(source, start, end);
      // The kernel adds what the bridge's ports have in tables of their own.
      if (master !== undefined && entry.master === undefined) return undefined;
      return (vlan === undefined || entry.vlan === vlan) && isWanted(entry.state) ? entry : undefined;
    },
    encode: (writer) => {
      fdbMessage.encode(writer, { family: AF.bridge, device }, { master });
    },
  };
}

/** Which entries of a bridge the kernel can delete in one request. */
export interface FdbFlush extends FdbFilter {
  master: LinkReference;
  state?: FlushState | undefined;
}

type FlushState = 'permanent' | 'static' | 'dynamic';

/** Whether a state, or none, is one that the kernel can flush by. It knows no stale entries, nor states without a word. */
export function isFlushState(state: FdbState | undefined): state is FlushState | undefined {
  return state === undefined || state === 'permanent' || state === 'static' || state === 'dynamic';
}

/**
 * Asks for the end of all entries of a bridge that a filter describes; without a state, of all but the permanent ones.
 * Since 5.19. With a device, the bridge is the one that this is a port of, whatever master is named.
 */
export function flushFdb(filter: FdbFlush): Request {
  const { master } = filter;
  const { device, vlan, state } = fdbFilter(filter);
  const { table, device: link } = tableOf({ device, master });
  return {
    name: 'RTM_DELNEIGH',
    type: RTM.DELNEIGH,
    flags: NLM_F.BULK,
    subject: `the forwarding table of ${entryOf(master)}`,
    locate,
    encode(writer) {
      // Of the bridge's own addresses both bits are set, of other static entries NUD_NOARP, of all others none.
      const stateMask = state === undefined || state === 'permanent' ? NUD.PERMANENT : NUD.PERMANENT | NUD.NOARP;
      const bits = state === 'permanent' ? NUD.PERMANENT : state === 'static' ? NUD.NOARP : NUD.NONE;
      const header = { family: AF.bridge, device: link, flags: table, state: bits };
      fdbMessage.encode(writer, header, { vlan, stateMask });
    },
  };
}

/** Decodes the message of a forwarding table's entry. */
export const decodeFdbEntry = rowDecoder({
  header: fdbHeader,
  begin: ({ device, state, flags }): FdbEntry => ({ address: '', device, state, flags: flagWords(flags) }),
  attributes: attributes({ ...fdbFields, ...timeFields, flags: flagsOfReply }),
});

/**
 * Throws if a property without which the kernel deletes several entries is there, but undefined: it is so by mistake. Without
 * a VLAN the kernel deletes the address in each VLAN of the port, without a destination all destinations of it.
 */
function checkNarrowing(options: FdbOptions): void {
  for (const name of ['vlan', 'destination'] as const) {
    if (typeof options !== 'object' || options === null || !(name in options) || options[name] !== undefined) continue;
    const each = name === 'vlan' ? 'each VLAN' : 'every destination';
    throw wrongType(`must not be undefined: give it a value, or leave it out for ${each}`, name);
  }
}

const TABLES = neighborFlags.self | neighborFlags.master;

/** Where an entry goes: its header, and what belongs to it among the attributes. */
function place(options: FdbOptions) {
  checkProperties(options, properties, 'forwarding table entry');
  const { address, master, vlan, destination, port, vni, sourceVni, via, nexthopId } = options;
  const { device, table } = tableOf(options);
  const { flags, extendedFlags } = partFlags(flagBits(options.flags) | table);
  const isOwn = (flags & neighborFlags.self) !== 0;
  const { state = isOwn ? 'permanent' : 'static' } = options;
  return {
    header: { family: AF.bridge, device, flags, state: state === 'stale' ? 'dynamic' : state },
    extendedFlags,
    values: { address: required(address), master, vlan, destination, port, vni, sourceVni, via, nexthopId },
    isOwn,
  } as const;
}

/** The link that a request goes to, and the flags that say which of the two tables is meant. */
function tableOf(options: Omit<FdbOptions, 'address'>): { device: LinkReference; table: number } {
  const { master, device = master } = options;
  if (device === undefined)
    throw wrongType('must be the name or index of a link, or master that of a bridge', 'device');
  const given = flagBits(options.flags) & TABLES;
  if (given !== 0) return { device, table: given };
  const isOwn = master === undefined ? tunnelProperties.some((name) => options[name] !== undefined) : device === master;
  return { device, table: isOwn ? neighborFlags.self : neighborFlags.master };
}

function required(address: string): string {
  if (address === undefined) throw wrongType('must be an Ethernet address', 'address');
  return address;
}

/** The properties of a filter, and what tells whether a state is wanted. Throws unless it is one. */
function fdbFilter(filter: FdbFilter) {
  checkFilter(filter);
  const { device, master, vlan, state, ...rest } = filter;
  for (const name in rest) throw wrongValue('is not a filter of a forwarding table', name);
  if (vlan !== undefined)
    at('vlan', () => {
      checkInteger(vlan, 1, 4094);
    });
  checkFilterLink('device', device);
  checkFilterLink('master', master);
  return { device, master, vlan, state, isWanted: stateFilter(fdbStates, state) };
}

function describe({ source, start, end, nameAt }: MessageSent): string {
  const { address, device, flags } = decodeFdbEntry(source, start, end);
  const link = nameAt(start + fdbHeader.offsets.device) ?? device;
  return subjectOf({ address, device: link }, flags.includes('self'));
}

function subjectOf({ address, device, master }: FdbOptions, isOwn: boolean): string {
  const of = isOwn ? entryOf(device ?? master) : `the bridge of ${entryOf(device)}`;
  return `address ${address} in the table of ${of}`;
}

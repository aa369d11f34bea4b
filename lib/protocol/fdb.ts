import {
  AF,
  attributes,
  between,
  bits,
  choiceOf,
  constant,
  field,
  filterable,
  filterableLink,
  flag,
  inKey,
  ipAddress,
  linkAddressType,
  linkIndex,
  member,
  message,
  nested,
  parseLinkAddress,
  readOnly,
  required,
  s32,
  u16,
  u16be,
  u32,
  uint16,
  uint32,
  uint8,
  type Decoded,
  type Encodable,
  type FilterOf,
  type FixedType,
  type KeyOf,
  type LinkReference,
  type OptionsOf,
  type RowOf,
  type Source,
  type Type,
  type Word,
} from '../codec';
import { checkArgument, show, wrongType, wrongValue } from '../errors';
import { describing } from './describing';
import { rowFilter } from './filter';
import { entryOf, flagBits, flagsField, NDA, ndmsg, neighborFlags, NUD, timeFields } from './neighbor-message';
import { NLM_F, type Query, type Request } from './netlink';
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

const stateChoice = choiceOf(fdbStates, uint16);

const fdbState: FixedType<FdbState> = {
  ...stateChoice,
  decode(source, start, end) {
    const number = uint16.decode(source, start, end);
    for (const [bit, state] of decisiveBits) if ((number & bit) !== 0) return state;
    return number;
  },
};

/** Attributes of NDA_FDB_EXT_ATTRS. */
const NFEA = { ACTIVITY_NOTIFY: 1, DONT_REFRESH: 2 } as const;

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

const activityFields = {
  /** 'activity' tells when it comes and goes, 'inactive' that it is gone for now. NFEA_ACTIVITY_NOTIFY. */
  notify: bits(NFEA.ACTIVITY_NOTIFY, { activity: 0x1, inactive: 0x2 }, uint8),
  /** Replacing the entry does not count as activity. NFEA_DONT_REFRESH. */
  dontRefresh: flag(NFEA.DONT_REFRESH),
} as const;

/** How the activity of an entry is to be watched. */
export interface FdbActivityOptions extends Encodable<typeof activityFields> {}

/** How the activity of an entry is watched. */
export interface FdbActivity extends Decoded<typeof activityFields> {}

/** What only tunnels have. */
const tunnelFields = {
  /** VXLAN: the tunnel's other end; the link's by default. NDA_DST. */
  destination: ipAddress(NDA.DST),
  /** VXLAN: UDP port there; the link's by default. NDA_PORT. */
  port: u16be(NDA.PORT),
  /** VXLAN: network identifier there, 0 to 2^24 - 1; the link's by default. NDA_VNI. */
  vni: inKey(field(NDA.VNI, networkId)),
  /** VXLAN that serves many networks: the identifier in which the address is. NDA_SRC_VNI. */
  sourceVni: field(NDA.SRC_VNI, networkId),
  /** VXLAN: link through which the other end is reached; routes decide by default. NDA_IFINDEX. */
  via: linkIndex(NDA.IFINDEX),
  /** VXLAN: nexthop group instead of a destination. NDA_NH_ID, since 5.8. */
  nexthopId: u32(NDA.NH_ID),
} as const;

const ownFields = {
  /** The Ethernet address: '02:00:00:00:00:01'. NDA_LLADDR. */
  address: inKey(required(constant(field(NDA.LLADDR, ethernetAddress), ''), 'must be an Ethernet address')),
  /** The link behind which it is: name or index. May be left out where `master` is meant itself. */
  device: inKey(filterableLink(member(fdbHeader, 'device'))),
  /**
   * The bridge whose table it is; absent in a device's own. A port has only one: that is taken, whatever stands here. With the
   * bridge itself as `device`, or none, the address is the bridge's own. NDA_MASTER.
   */
  master: inKey(filterableLink(linkIndex(NDA.MASTER))),
  /** VLAN, 1 to 4094. Without it the entry is made for packets without a VLAN and in each VLAN of the port. NDA_VLAN. */
  vlan: inKey(filterable(field(NDA.VLAN, vlanId))),
  /**
   * 'static' stays; packets to it leave through `device`. 'dynamic' is forgotten after the bridge's ageing time, as if
   * learned; 'stale' is one whose time is over, and added again it is 'dynamic'. 'permanent' is an address of this host:
   * packets to it are received, not forwarded. By default 'static', as what is behind a port; 'permanent' in a device's
   * own table and for the bridge itself, which take nothing else. (`bridge fdb add` makes everything permanent.)
   */
  state: filterable(member(fdbHeader, 'state')),
  /**
   * 'self', the device's own table, 'master', the bridge's; 'sticky' does not move to another port; 'extern_learn' does
   * not age; 'router'. 'locked', of a port that asks for authorization, is reported only: the kernel refuses it. NTF_*.
   */
  flags: inKey(flagsField(fdbHeader.offsets.flags)),
  ...tunnelFields,
  /** Whether its activity is told to listeners, and whether replacing it counts as such. NDA_FDB_EXT_ATTRS, since 5.14. */
  activity: nested<FdbActivity, FdbActivityOptions>(NDA.FDB_EXT_ATTRS, attributes(activityFields)),
  /** Id of the namespace that `via` is in; absent if it is this one. NDA_LINK_NETNSID. */
  linkNamespaceId: readOnly(s32(NDA.LINK_NETNSID)),
} as const;

// What another file declares keeps its descriptions by the type that it has there.
const fdbFields: typeof ownFields & typeof timeFields = { ...ownFields, ...timeFields };

export const fdb = message(fdbHeader, fdbFields);
const locate = fdb.locate.bind(fdb);

/**
 * An entry of a forwarding table. There are two tables that it can be in: the bridge's of which `device` is a port, and
 * the device's own, which vxlan links have (and others as a filter of what they receive). It is the bridge's, as the kernel
 * has it, unless one of the tunnel's properties (`destination` to `nexthopId`) is given, or flags say 'self'.
 */
export interface FdbOptions extends OptionsOf<typeof fdbFields> {}

/** An entry as the kernel describes it. Can be added again as it is, unless it is 'locked'. */
export interface FdbEntry extends RowOf<typeof fdbFields> {}

/**
 * Which entries a list shall have: by `device` those in its bridge's table and in its own, by `master` the table of that bridge. The
 * kernel selects these.
 */
export interface FdbFilter extends FilterOf<typeof fdbFields> {}

/** Where to look for an address. */
export interface FdbPlace extends Omit<KeyOf<typeof fdbFields>, 'address'> {}

const tunnelProperties = Object.keys(tunnelFields) as (keyof typeof tunnelFields)[];

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
  const { header, isOwn } = place(options);
  return {
    name: 'RTM_NEWNEIGH',
    type: RTM.NEWNEIGH,
    flags: creation[verb],
    subject: subjectOf(options, isOwn),
    describe,
    locate,
    encode: (writer) => {
      // One whose time is over begins anew.
      const state = options.state === 'stale' ? 'dynamic' : options.state;
      fdb.encode(writer, { ...options, state }, { header });
    },
  };
}

/** Asks for an entry's end. */
export function deleteFdbEntry(options: FdbOptions): Request {
  checkNarrowing(options);
  const { header, isOwn } = place(options);
  return {
    name: 'RTM_DELNEIGH',
    type: RTM.DELNEIGH,
    flags: 0,
    subject: subjectOf(options, isOwn),
    describe,
    locate,
    encode: (writer) => {
      fdb.encode(writer, { ...options, activity: undefined }, { header });
    },
  };
}

/** Asks for one entry, since 5.0. */
export function getFdbEntry(address: string, options: FdbPlace): Query<FdbEntry> {
  const { header, isOwn } = place({ ...options, address });
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: 0,
    subject: subjectOf({ ...options, address }, isOwn),
    locate,
    decode: decodeFdbEntry,
    encode(writer) {
      const { family, device, flags } = header;
      const { master } = options;
      // The bridge's own table is asked by its index alone.
      const link = master === undefined ? { device: options.device } : { device: undefined };
      fdb.encode(
        writer,
        { ...options, ...link, address, flags: undefined },
        { header: master === undefined ? { family, device, flags } : { family }, only: fdb.keys },
      );
    },
  };
}

/** Asks for the entries that a filter describes. */
export function listFdb(filter: FdbFilter = {}): Query<FdbEntry> {
  const { isWanted } = rowFilter('a forwarding table', filter, fdb);
  const { device, master } = filter;
  return {
    name: 'RTM_GETNEIGH',
    type: RTM.GETNEIGH,
    flags: NLM_F.DUMP,
    locate,
    decode(source, start, end) {
      const entry = decodeFdbEntry(source, start, end);
      if (entry === undefined || !isWanted(entry)) return undefined;
      // The kernel adds what the bridge's ports have in tables of their own.
      return master !== undefined && entry.master === undefined ? undefined : entry;
    },
    encode: (writer) => {
      fdb.encode(writer, { device, master }, { header: { family: AF.bridge }, only: fdb.filters });
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
  rowFilter('a forwarding table', filter, fdb);
  const { master, device, vlan, state } = filter;
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
      fdb.encode(writer, { vlan }, { header, only: fdb.filters });
      u16(NDA.NDM_STATE_MASK).encode(writer, stateMask);
    },
  };
}

/** Decodes the message of a forwarding table's entry; undefined for a neighbor's. */
export function decodeFdbEntry(source: Source, start: number, end: number): FdbEntry | undefined {
  return source.bytes[start] === AF.bridge ? fdb.decode(source, start, end) : undefined;
}

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

/** Where an entry goes: what its header says besides its properties. */
function place(options: FdbOptions) {
  checkArgument('forwarding table entry', options);
  const { device, table } = tableOf(options);
  const flags = flagBits(options.flags) | table;
  const isOwn = (flags & neighborFlags.self) !== 0;
  return {
    header: {
      family: AF.bridge,
      // A property of its own writes it, where there is one.
      device: options.device === undefined ? device : undefined,
      flags: flags & TABLES,
      state: isOwn ? ('permanent' as const) : ('static' as const),
    },
    isOwn,
  };
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

const describe = describing(
  decodeFdbEntry,
  (entry) => subjectOf(entry, entry.flags.includes('self')),
  fdbHeader.offsets.device,
);

function subjectOf(
  { address, device, master }: Pick<FdbOptions, 'address' | 'device' | 'master'>,
  isOwn: boolean,
): string {
  const of = isOwn ? entryOf(device ?? master) : `the bridge of ${entryOf(device)}`;
  return `address ${address} in the table of ${of}`;
}

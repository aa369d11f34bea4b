import {
  AF,
  apartFrom,
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
  nameOfLink,
  someLinkIndex,
  member,
  message,
  nested,
  numberOf,
  parseLinkAddress,
  readOnly,
  required,
  s32,
  u32,
  uint16,
  uint16be,
  uint32,
  uint8,
  wordsByNumber,
  type Decoded,
  type Encodable,
  type FixedType,
  type OptionsOf,
  type RowOf,
  type Source,
  type Type,
  type Word,
} from '../codec';
import { at, show, wrongValue } from '../errors';
import { flagsField, NDA, ndmsg, NUD, stateNumber, timeFields } from './neighbor-message';

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

/** The state of an entry: 'permanent', 'static', 'dynamic' or 'stale'; the number of a state without a word. */
export type FdbState = Word<typeof fdbStates>;

/** The bit that decides the state of an entry, whatever others are set; the first that is set. */
const decisiveBits = [
  [NUD.PERMANENT, 'permanent'],
  [NUD.NOARP, 'static'],
  [NUD.STALE, 'stale'],
  [NUD.REACHABLE, 'dynamic'],
] as const;

const stateChoice = choiceOf(fdbStates, stateNumber);

const fdbState: FixedType<FdbState> = {
  ...stateChoice,
  encode(writer, value) {
    stateChoice.encode(writer, value === 'stale' ? 'dynamic' : value);
  },
  decode(source, start, end) {
    const number = uint16.decode(source, start, end);
    for (const [bit, state] of decisiveBits) if ((number & bit) !== 0) return state;
    return number;
  },
};

const stateOfNumber = wordsByNumber(fdbStates);

/** A number with more bits than a state's stands for none, though the kernel may report it. */
const exactState = (state: FdbState) => stateOfNumber(at('state', () => numberOf(fdbStates, state)));

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

export const fdbHeader = ndmsg(fdbState);

const activityFields = {
  /** 'activity': events when it becomes active or inactive; 'inactive': it is inactive now. NFEA_ACTIVITY_NOTIFY. */
  notify: bits(NFEA.ACTIVITY_NOTIFY, { activity: 0x1, inactive: 0x2 }, uint8),
  /** Replacing the entry does not count as activity. NFEA_DONT_REFRESH. */
  dontRefresh: flag(NFEA.DONT_REFRESH),
} as const;

/** How the activity of an entry is to be monitored. */
export interface FdbActivityOptions extends Encodable<typeof activityFields> {}

/** How the activity of an entry is monitored. */
export interface FdbActivity extends Decoded<typeof activityFields> {}

/** Properties that only vxlan links use: the table of another link accepts an entry and ignores them. */
export const tunnelFields = {
  /**
   * VXLAN: the tunnel's other end. For a new entry by default the link's `remote`; `delete` without it deletes all
   * destinations of the address. NDA_DST.
   */
  destination: ipAddress(NDA.DST),
  /** VXLAN: UDP port of the other end; in requests the link's by default. NDA_PORT. */
  port: field(NDA.PORT, between(uint16be, 1, 0xffff)),
  /** VXLAN: network identifier at the other end, 0 to 2^24 - 1; in requests the link's by default. NDA_VNI. */
  vni: inKey(field(NDA.VNI, networkId)),
  /** VXLAN that serves many networks: the network identifier that the address belongs to. NDA_SRC_VNI. */
  sourceVni: field(NDA.SRC_VNI, networkId),
  /** VXLAN: link through which the other end is reached; without it routes decide. NDA_IFINDEX. */
  via: someLinkIndex(NDA.IFINDEX),
  /** VXLAN: nexthop group instead of a destination. NDA_NH_ID, since 5.8. */
  nexthopId: apartFrom(u32(NDA.NH_ID), 'destination', 'port', 'vni', 'via'),
} as const;

const tunnelNames = Object.keys(tunnelFields);

const ownFields = {
  /** The Ethernet address: '02:00:00:00:00:01'. NDA_LLADDR. */
  address: inKey(required(constant(field(NDA.LLADDR, ethernetAddress), ''), 'must be an Ethernet address')),
  /** The link behind which it is: name or index. May be left out if `master` itself is meant. */
  device: inKey(filterableLink(member(fdbHeader, 'device'))),
  /** The name of `device`, in lists with `names: true`. */
  deviceName: nameOfLink('device'),
  /**
   * The bridge whose table it is in; absent for a device's own table. For a port it need not be given, and is ignored.
   * With the bridge itself as `device`, or without `device`, the address is the bridge's own. NDA_MASTER.
   */
  master: inKey(filterableLink(someLinkIndex(NDA.MASTER))),
  /** The name of `master`, in lists with `names: true`. */
  masterName: nameOfLink('master'),
  /**
   * VLAN, 1 to 4094; absent for packets without one. A new entry without it is also made in each VLAN of the port, and
   * `delete` without it deletes the address in each VLAN. A vxlan link's own table has none. NDA_VLAN.
   */
  vlan: apartFrom(inKey(filterable(field(NDA.VLAN, vlanId))), ...tunnelNames),
  /**
   * 'static': stays; packets to it leave through `device`. 'dynamic': removed after the bridge's ageing time, as if
   * learned. 'stale': that time is over; added again it is 'dynamic'. 'permanent': an address of this host; packets to
   * it are received, not forwarded. A new entry is by default 'static' behind a port, and 'permanent' in a device's own
   * table and for the bridge itself, which accept nothing else. (`bridge fdb add` makes everything permanent.) A flush
   * keeps 'permanent' entries unless it names that state; `delete` ignores it.
   */
  state: filterable(member(fdbHeader, 'state'), exactState),
  /**
   * 'self': the device's own table, such as that of a vxlan; 'master': the bridge's table, the default in requests;
   * 'sticky': does not move to another port; 'extern_learn': does not age; 'router'. 'locked', for a port that requires
   * authorization, is only reported: the kernel refuses it. NTF_*.
   */
  flags: inKey(flagsField(fdbHeader.offsets.flags)),
  ...tunnelFields,
  /** The name of `via` if that is in this namespace, in lists with `names: true`. */
  viaName: nameOfLink('via', 'linkNamespaceId'),
  /**
   * Whether its activity is reported to listeners, and whether replacing it counts as activity. NDA_FDB_EXT_ATTRS,
   * since 5.14.
   */
  activity: nested<FdbActivity, FdbActivityOptions>(NDA.FDB_EXT_ATTRS, attributes(activityFields)),
  /** Id of the namespace that `via` is in; absent if it is this one. NDA_LINK_NETNSID. */
  linkNamespaceId: readOnly(s32(NDA.LINK_NETNSID)),
} as const;

// What another file declares keeps its descriptions by the type that it has there.
export const fdbFields: typeof ownFields & typeof timeFields = { ...ownFields, ...timeFields };

export const fdb = message(fdbHeader, fdbFields);

/**
 * An entry of a forwarding table. It can be in one of two tables: that of the bridge of which `device` is a port, or
 * the device's own table, which vxlan links have (and others as a filter of what they receive). As in the kernel it is
 * the bridge's table, unless one of the tunnel's properties (`destination` to `nexthopId`) is given, or flags contain
 * 'self'. Those properties are for vxlan links: for another link the kernel does not refuse them, and makes an entry
 * without them.
 */
export interface FdbOptions extends OptionsOf<typeof fdbFields> {}

/** An entry as the kernel describes it. Can be added again as it is, unless it is 'locked'. */
export interface FdbEntry extends RowOf<typeof fdbFields> {}

/** Decodes the message of a forwarding table's entry; undefined for a neighbor's. */
export function decodeFdbEntry(source: Source, start: number, end: number): FdbEntry | undefined {
  return source.bytes[start] === AF.bridge ? fdb.decode(source, start, end) : undefined;
}

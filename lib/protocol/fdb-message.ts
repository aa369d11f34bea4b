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

/** What an entry is: 'permanent', 'static', 'dynamic' or 'stale'; the number of a state that has no word. */
export type FdbState = Word<typeof fdbStates>;

/** The bit that decides what an entry is, whatever others are set; the first that is there. */
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

/** A number that is not just that of a state stands for none, though the kernel may say it of one. */
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
  /** 'activity' tells when it comes and goes, 'inactive' that it is gone for now. NFEA_ACTIVITY_NOTIFY. */
  notify: bits(NFEA.ACTIVITY_NOTIFY, { activity: 0x1, inactive: 0x2 }, uint8),
  /** Replacing the entry does not count as activity. NFEA_DONT_REFRESH. */
  dontRefresh: flag(NFEA.DONT_REFRESH),
} as const;

/** How the activity of an entry is to be watched. */
export interface FdbActivityOptions extends Encodable<typeof activityFields> {}

/** How the activity of an entry is watched. */
export interface FdbActivity extends Decoded<typeof activityFields> {}

/** What only vxlan links heed: the table of another link takes an entry as if they were not there. */
export const tunnelFields = {
  /** VXLAN: the tunnel's other end. A new entry's is the link's `remote` by default; `delete` without it deletes all of the address. NDA_DST. */
  destination: ipAddress(NDA.DST),
  /** VXLAN: UDP port there; in requests the link's by default. NDA_PORT. */
  port: field(NDA.PORT, between(uint16be, 1, 0xffff)),
  /** VXLAN: network identifier there, 0 to 2^24 - 1; in requests the link's by default. NDA_VNI. */
  vni: inKey(field(NDA.VNI, networkId)),
  /** VXLAN that serves many networks: the identifier in which the address is. NDA_SRC_VNI. */
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
  /** The link behind which it is: name or index. May be left out where `master` is meant itself. */
  device: inKey(filterableLink(member(fdbHeader, 'device'))),
  /**
   * The bridge whose table it is; absent in a device's own. A port has only one: that is taken, whatever stands here. With the
   * bridge itself as `device`, or none, the address is the bridge's own. NDA_MASTER.
   */
  master: inKey(filterableLink(someLinkIndex(NDA.MASTER))),
  /**
   * VLAN, 1 to 4094; absent for packets without one. A new entry without it is also made in each VLAN of the port, and `delete` without
   * it deletes the address in each. A vxlan link's own table has none. NDA_VLAN.
   */
  vlan: apartFrom(inKey(filterable(field(NDA.VLAN, vlanId))), ...tunnelNames),
  /**
   * 'static' stays; packets to it leave through `device`. 'dynamic' is forgotten after the bridge's ageing time, as if
   * learned; 'stale' is one whose time is over, and added again it is 'dynamic'. 'permanent' is an address of this host:
   * packets to it are received, not forwarded. A new entry is by default 'static', as what is behind a port; 'permanent' in a device's
   * own table and for the bridge itself, which take nothing else. (`bridge fdb add` makes everything permanent.) A flush that does not name
   * it keeps what is 'permanent'; `delete` passes over it.
   */
  state: filterable(member(fdbHeader, 'state'), exactState),
  /**
   * 'self', the device's own table, as that of a vxlan, 'master', the bridge's, which requests mean by default; 'sticky' does not move to
   * another port; 'extern_learn' does not age; 'router'. 'locked', of a port that asks for authorization, is reported only: the kernel refuses it. NTF_*.
   */
  flags: inKey(flagsField(fdbHeader.offsets.flags)),
  ...tunnelFields,
  /** Whether its activity is told to listeners, and whether replacing it counts as such. NDA_FDB_EXT_ATTRS, since 5.14. */
  activity: nested<FdbActivity, FdbActivityOptions>(NDA.FDB_EXT_ATTRS, attributes(activityFields)),
  /** Id of the namespace that `via` is in; absent if it is this one. NDA_LINK_NETNSID. */
  linkNamespaceId: readOnly(s32(NDA.LINK_NETNSID)),
} as const;

// What another file declares keeps its descriptions by the type that it has there.
export const fdbFields: typeof ownFields & typeof timeFields = { ...ownFields, ...timeFields };

export const fdb = message(fdbHeader, fdbFields);

/**
 * An entry of a forwarding table. There are two tables that it can be in: the bridge's of which `device` is a port, and
 * the device's own, which vxlan links have (and others as a filter of what they receive). It is the bridge's, as the kernel
 * has it, unless one of the tunnel's properties (`destination` to `nexthopId`) is given, or flags say 'self'. Those are for vxlan links:
 * the kernel does not refuse them of another link, and makes an entry without them.
 */
export interface FdbOptions extends OptionsOf<typeof fdbFields> {}

/** An entry as the kernel describes it. Can be added again as it is, unless it is 'locked'. */
export interface FdbEntry extends RowOf<typeof fdbFields> {}

/** Decodes the message of a forwarding table's entry; undefined for a neighbor's. */
export function decodeFdbEntry(source: Source, start: number, end: number): FdbEntry | undefined {
  return source.bytes[start] === AF.bridge ? fdb.decode(source, start, end) : undefined;
}

import {
  apartFrom,
  arrayOf,
  attributes,
  between,
  booleanOf,
  checkInteger,
  choice,
  choiceOf,
  constant,
  field,
  filterable,
  filterableLink,
  findAttribute,
  flag,
  inKey,
  ipAddress,
  linkIndex,
  list,
  memberFlags,
  message,
  nameOfLink,
  needing,
  nested,
  optionalMember,
  pad,
  readOnly,
  readOnlyMember,
  required,
  seconds,
  struct,
  uint,
  uint16,
  uint32,
  uint64,
  member,
  type Decoded,
  type Encodable,
  type FixedType,
  type OptionsOf,
  type RowOf,
  type Source,
  type StructInput,
  type StructValues,
} from '../codec';
import { encapsulation } from './encapsulations';
import { familyOption, familyType } from './family';
import { nexthopFlags } from './route-nexthop';
import { routeProtocols, scopes } from './rtnetlink';

/** Attributes of `nhmsg` messages. */
export const NHA = {
  ID: 1,
  GROUP: 2,
  GROUP_TYPE: 3,
  BLACKHOLE: 4,
  OIF: 5,
  GATEWAY: 6,
  ENCAP_TYPE: 7,
  ENCAP: 8,
  GROUPS: 9,
  MASTER: 10,
  FDB: 11,
  RES_GROUP: 12,
  RES_BUCKET: 13,
  OP_FLAGS: 14,
  GROUP_STATS: 15,
  HW_STATS_ENABLE: 16,
  HW_STATS_USED: 17,
} as const;
const NHA_RES_GROUP = { BUCKETS: 1, IDLE_TIMER: 2, UNBALANCED_TIMER: 3, UNBALANCED_TIME: 4 } as const;
const NHA_GROUP_STATS = { ENTRY: 1 } as const;
const NHA_GROUP_STATS_ENTRY = { ID: 1, PACKETS: 2, PACKETS_HW: 3 } as const;

/** How a group chooses one of its nexthops (NEXTHOP_GRP_TYPE_*). */
export const groupTypes = { mpath: 0, resilient: 1 } as const;

/** Flags for counters, and for those of drivers (NHA_OP_FLAG_DUMP_*). */
const NHA_OP_FLAG = { DUMP_STATS: 1, DUMP_HW_STATS: 2 } as const;

/** A time in ticks of the kernel's clock (USER_HZ). */
export const ticks64 = seconds(uint64, 100);

export const nhmsg = struct({
  family: familyType,
  scope: choiceOf(scopes),
  protocol: choiceOf(routeProtocols),
  pad: pad(1),
  flags: uint32,
});

/**
 * As {@link ticks64}, for values that the kernel keeps in 32 bits of shorter ticks (up to ten times), without a check.
 */
const shortTicks = seconds(between(uint32, 0, Math.floor(0xffffffff / 10)), 100);

/** The number of a nexthop. */
export const nexthopId = between(uint32, 1, 0xffffffff);

/** The value minus one is stored in two bytes, the lower one first. */
const weight: FixedType<number> = {
  size: 2,
  encode(writer, value) {
    checkInteger(value, 1, 0xffff);
    writer.uint8((value - 1) & 0xff);
    writer.uint8((value - 1) >> 8);
  },
  decode: ({ bytes }, start) => bytes[start]! + 256 * bytes[start + 1]! + 1,
};

/** For kernels before 6.12, which leave arbitrary data in the second byte. */
const shortWeight: FixedType<number> = { ...weight, decode: ({ bytes }, start) => bytes[start]! + 1 };

const resilienceFields = {
  /** Buckets that flows are spread over, at least as many as there are nexthops. Cannot be changed. NHA_RES_GROUP_BUCKETS. */
  buckets: field(NHA_RES_GROUP.BUCKETS, between(uint16, 1, 0xffff)),
  /**
   * Seconds without a packet after which a bucket may go to another nexthop, up to 4294967 (49 days); 120 by default.
   * NHA_RES_GROUP_IDLE_TIMER.
   */
  idleTimer: field(NHA_RES_GROUP.IDLE_TIMER, shortTicks),
  /**
   * Seconds for which nexthops may have too many or too few buckets before buckets in use are moved as well; 0, the
   * default, means forever. Up to 4294967 (49 days). NHA_RES_GROUP_UNBALANCED_TIMER.
   */
  unbalancedTimer: field(NHA_RES_GROUP.UNBALANCED_TIMER, shortTicks),
  /** For how many seconds the group has been unbalanced; 0 if it is not. NHA_RES_GROUP_UNBALANCED_TIME. */
  unbalancedTime: readOnly(field(NHA_RES_GROUP.UNBALANCED_TIME, ticks64)),
} as const;

/** Options of a resilient group, which keeps flows on their nexthops. */
export interface ResilientGroupOptions extends Encodable<typeof resilienceFields> {}

/** Properties of a resilient group, which keeps flows on their nexthops. */
export interface ResilientGroup extends Decoded<typeof resilienceFields> {}

const statisticsFields = {
  /** The nexthop of the group. NHA_GROUP_STATS_ENTRY_ID. */
  id: constant(field(NHA_GROUP_STATS_ENTRY.ID, uint32)),
  /** Packets sent by it for this group. NHA_GROUP_STATS_ENTRY_PACKETS. */
  packets: constant(field(NHA_GROUP_STATS_ENTRY.PACKETS, uint)),
  /** Those of them that the hardware forwarded. NHA_GROUP_STATS_ENTRY_PACKETS_HW. */
  hardwarePackets: field(NHA_GROUP_STATS_ENTRY.PACKETS_HW, uint),
} as const;

/** A group's counters for one of its nexthops. */
export interface NexthopGroupStatistics extends Decoded<typeof statisticsFields> {}

function groupMembers(weightType: FixedType<number>) {
  return {
    /** Its id. */
    id: required(nexthopId, 'must be the id of a nexthop that exists'),
    /** Its share of the traffic, relative to the others': 1 to 65535 (255 before 6.12), 1 by default. */
    weight: weightType,
    pad: pad(2),
  } as const;
}

type GroupMembers = ReturnType<typeof groupMembers>;

/** A nexthop of a group that is made. */
export interface NexthopGroupEntryOptions extends StructInput<GroupMembers> {}

/** A nexthop of a group. */
export interface NexthopGroupEntry extends StructValues<GroupMembers> {}

function nexthopFields(weightType: FixedType<number>) {
  const groupType = arrayOf(struct(groupMembers(weightType)));

  return {
    /** Its id, 1 or more. For a new one the kernel chooses it by default, and `add` resolves with it. NHA_ID. */
    id: inKey(constant(field(NHA.ID, nexthopId))),
    /**
     * 'inet' or 'inet6': the family of routes that may use it. For a new one by default that of its gateway, otherwise
     * 'inet'. A group has none.
     */
    family: filterable(optionalMember(nhmsg, 'family'), familyOption),
    /** The router that packets go to. NHA_GATEWAY. */
    gateway: filterable(ipAddress(NHA.GATEWAY)),
    /** The link that packets leave by: name or index. It has to be up when one is made. NHA_OIF. */
    device: filterableLink(linkIndex(NHA.OIF)),
    /** The name of `device`, in lists with `names: true`. */
    deviceName: nameOfLink('device'),
    /**
     * 'onlink': the gateway is reached over the link even if no route says so. Others are states: 'dead', 'linkdown',
     * 'offload', 'trap'. RTNH_F_*.
     */
    flags: memberFlags(nhmsg, 'flags', nexthopFlags, nexthopFlags.onlink),
    /** Discards packets; the loopback has to be up when one is made. NHA_BLACKHOLE. */
    blackhole: filterable(apartFrom(flag(NHA.BLACKHOLE), 'gateway', 'device', 'encap', 'fdb')),
    /** The encapsulation of packets: `{ type: 'mpls', labels: [100] }`. NHA_ENCAP_TYPE, NHA_ENCAP. */
    encap: encapsulation(NHA.ENCAP_TYPE, NHA.ENCAP),
    /**
     * For forwarding entries, as a tunnel's far ends, and not for routes. A group of such nexthops has it, too.
     * NHA_FDB, since 5.8.
     */
    fdb: filterable(apartFrom(flag(NHA.FDB), 'device', 'encap')),
    /** A group: the nexthops that share its traffic. NHA_GROUP. */
    group: apartFrom(
      field<NexthopGroupEntry[], readonly NexthopGroupEntryOptions[]>(NHA.GROUP, groupType),
      'family',
      'gateway',
      'device',
      'blackhole',
      'encap',
    ),
    /**
     * How the group distributes traffic: 'mpath' by the hash of a flow, 'resilient' by a table of buckets, so that most
     * flows keep their nexthop when the group changes. A new group is by default 'resilient' if `resilient` is given,
     * otherwise 'mpath'. NHA_GROUP_TYPE, since 5.13.
     */
    groupType: filterable(needing(choice(NHA.GROUP_TYPE, groupTypes, uint16), 'group')),
    /** Table and times of a resilient group. NHA_RES_GROUP, since 5.13. */
    resilient: needing(
      nested<ResilientGroup, ResilientGroupOptions>(NHA.RES_GROUP, attributes(resilienceFields, [0])),
      'group',
    ),
    /** Whether drivers count the packets of the group. Listed with `statistics`. NHA_HW_STATS_ENABLE, since 6.9. */
    hardwareStatistics: needing(field(NHA.HW_STATS_ENABLE, booleanOf(uint32)), 'group'),
    /** Whether a driver counts them. Listed with `statistics`. NHA_HW_STATS_USED, since 6.9. */
    hardwareStatisticsUsed: readOnly(field(NHA.HW_STATS_USED, booleanOf(uint32))),
    /** Packets sent by each nexthop of the group. Listed with `statistics`. NHA_GROUP_STATS, since 6.9. */
    statistics: readOnly(
      list(NHA.GROUP_STATS, nested<NexthopGroupStatistics>(NHA_GROUP_STATS.ENTRY, attributes(statisticsFields))),
    ),
    /** Who made it. A new one's is 'unspecified' by default. */
    protocol: filterable(member(nhmsg, 'protocol')),
    /** IPv4: 'link' with a gateway, 'host' with a device alone; else 'global'. RT_SCOPE_*. */
    scope: readOnlyMember(nhmsg, 'scope'),
  } as const;
}

export type NexthopFields = ReturnType<typeof nexthopFields>;

export const nexthop = message(nhmsg, nexthopFields(weight), { ignored: [NHA.OP_FLAGS] });
const olderNexthop = message(nhmsg, nexthopFields(shortWeight));

/** A nexthop to be added: a way that packets take, or a group of such, which routes name by its id. */
export interface NexthopObjectOptions extends OptionsOf<NexthopFields> {}

/** A nexthop as the kernel describes it. Can be added again as it is. */
export interface NexthopObject extends RowOf<NexthopFields> {}

/** What names a nexthop. */
export interface NexthopKey extends Pick<NexthopObject, 'id'> {}

/** What is asked of nexthops that exist. */
export const nexthopQuery = message(nhmsg, {
  id: field(NHA.ID, nexthopId),
  family: optionalMember(nhmsg, 'family'),
  device: linkIndex(NHA.OIF),
  master: linkIndex(NHA.MASTER),
  groups: flag(NHA.GROUPS),
  fdb: flag(NHA.FDB),
  statistics: field(NHA.OP_FLAGS, booleanOf(uint32, NHA_OP_FLAG.DUMP_STATS | NHA_OP_FLAG.DUMP_HW_STATS)),
});

/** Decodes a nexthop's message. Kernels that mean both bytes of a weight say so. */
export function decodeNexthop(source: Source, start: number, end: number): NexthopObject {
  const says = findAttribute(source, start + nhmsg.size, end, NHA.OP_FLAGS) !== undefined;
  return (says ? nexthop : olderNexthop).decode(source, start, end);
}

import {
  anyIf,
  anyIfZero,
  between,
  bitsToNumber,
  bool,
  choice,
  choiceOf,
  comparedBy,
  comparer,
  constant,
  field,
  filterable,
  filterableLink,
  int32,
  ipAddress,
  ipOf,
  linkIndex,
  member,
  message,
  nameOfLink,
  nested,
  network,
  notCompared,
  numberOf,
  pad,
  readOnly,
  required,
  seconds,
  someLinkIndex,
  struct,
  u32,
  uint32,
  uint8,
  wideMember,
  wordsByNumber,
  wordsOfBits,
  type ConstantField,
  type Field,
  type IpFamily,
  type ReadOnlyField,
  type Word,
} from '../codec';
import { show, wrongValue } from '../errors';
import { familyField, familyOption, ofEachFamily, onlyIn } from './family';
import { routeMetrics, type RouteMetrics, type RouteMetricsOptions } from './route-metrics';
import { hopsFit, metricsFit, sourceFits } from './route-comparison';
import { hopFields, nexthopFlags, nexthops, SETTABLE_FLAGS, type HopFields } from './route-nexthop';
import { RTA } from './route-numbers';
import { routeProtocols, routeTables, routeTypes, scopes } from './rtnetlink';

/**
 * What is done with a packet, by iproute2's word: 'unicast', 'blackhole' ...; a number for types without a word here.
 */
export type RouteType = Word<typeof routeTypes>;
/** A routing table: 'main', 'local', 'default', or the number of another, 1 to 2^32 - 1. */
export type RouteTable = Word<typeof routeTables>;
/** Who made it, by iproute2's word: 'kernel', 'boot', 'static', 'bgp' ...; or a number, 0 to 255, such as one of your own. */
export type RouteProtocol = Word<typeof routeProtocols>;

/** Flags of a route (RTM_F_*), and those of its only next hop (RTNH_F_*), by iproute2's words. */
const flagsOfRoutes = {
  ...nexthopFlags,
  notify: 0x100,
  cloned: 0x200,
  equalize: 0x400,
  prefix: 0x800,
  rt_offload: 0x4000,
  rt_trap: 0x8000,
} as const;

/** Flags of a route in a table. */
const flagsInTables = { ...flagsOfRoutes, rt_offload_failed: 0x20000000 } as const;

/** Flags of a cached route for one packet, whose destination has properties of its own (RTCF_*). */
const flagsOfClones = {
  ...flagsOfRoutes,
  redirected: 0x40000,
  broadcast: 0x10000000,
  multicast: 0x20000000,
  local: 0x80000000,
} as const;

/** All words for flags of a route. */
const allFlags = { ...flagsInTables, ...flagsOfClones } as const;

/** A flag of a route, by iproute2's word: 'onlink', 'linkdown', 'offload' ...; a number for the bits that have no word here. */
export type RouteFlag = Word<typeof allFlags>;

const wordsInTables = wordsOfBits(flagsInTables);
const wordsOfClones = wordsOfBits(flagsOfClones);

/** The set flags, as words. */
export function routeFlags(flags: number): readonly RouteFlag[] {
  return (flags & flagsOfRoutes.cloned) === 0 ? wordsInTables(flags) : wordsOfClones(flags);
}

/** The bits that a request may set; states of the kernel are ignored. */
export function settableFlags(flags: readonly RouteFlag[]): number {
  return bitsToNumber(allFlags, flags) & SETTABLE_FLAGS;
}

/** How strongly IPv6 hosts prefer a router (RFC 4191). */
const preferences = { medium: 0, high: 1, low: 3 } as const;

/** `struct rtmsg`. The table is in an attribute, which can hold every number. */
export const rtmsg = struct({
  family: uint8,
  destinationLength: uint8,
  sourceLength: uint8,
  tos: uint8,
  table: uint8,
  protocol: choiceOf(routeProtocols),
  scope: choiceOf(scopes),
  type: choiceOf(routeTypes),
  flags: uint32,
});

export type RouteHeader = ReturnType<typeof rtmsg.decode>;

const cacheInfo = struct({
  references: uint32,
  lastUse: seconds(uint32, 100),
  expires: seconds(int32, 100),
  error: int32,
  used: uint32,
  /** Of timestamps of peers (`rta_id`, `rta_ts`, `rta_tsage`), which are 0 since 3.6. */
  pad: pad(12),
});
/**
 * The remaining time is reported in hundredths, in 31 bits: with more a route would be listed as one that expires
 * sooner, or never.
 */
const MOST_SECONDS = 21_474_836;
const wholeSeconds = seconds(between(uint32, 0, MOST_SECONDS), 1);
/** Rounded up: otherwise 0 would be listed in the last second. */
const expiresSeconds: typeof wholeSeconds = {
  ...wholeSeconds,
  encode(writer, value) {
    wholeSeconds.encode(writer, typeof value === 'number' ? Math.ceil(value) : value);
  },
};

/** Set by one attribute, and reported in another, where 0 stands for never. */
const expires: Field<number | undefined, number> = {
  ...field(RTA.EXPIRES, expiresSeconds),
  numbers: [RTA.CACHEINFO, RTA.EXPIRES],
  isPart: true,
  decode(source, start, end, number) {
    if (number === RTA.EXPIRES) return isSeconds(start, end) ? expiresSeconds.decode(source, start, end) : undefined;
    const left = cacheInfo.read.expires(source, start, end);
    return left === 0 ? undefined : Math.max(left, 0);
  },
  holdsMore: (_source, start, end, number) =>
    number === RTA.EXPIRES ? !isSeconds(start, end) : end - start > cacheInfo.size,
};

/** In multicast forwarding the attribute has eight bytes with another meaning: the time since the last use. */
function isSeconds(start: number, end: number): boolean {
  return end - start === expiresSeconds.size;
}

/** Properties of a cached route for one packet. */
export interface RouteCache {
  /** References to it in the kernel. */
  references: number;
  /** Seconds since it was last used. */
  lastUse: number;
  /** How many times it was used. */
  used: number;
  /** The error that packets get, as a negative number of errno: -113; 0 for none. */
  error: number;
}

/** Absent where it is empty, as for routes in tables. */
const cache: ReadOnlyField<RouteCache | undefined> = {
  numbers: [RTA.CACHEINFO],
  readOnly: true,
  isPart: true,
  encode: () => undefined,
  decode(source, start, end) {
    const { read } = cacheInfo;
    const references = read.references(source, start, end);
    const lastUse = read.lastUse(source, start, end);
    const used = read.used(source, start, end);
    const error = read.error(source, start, end);
    const isNothing = references === 0 && lastUse === 0 && used === 0 && error === 0;
    return isNothing ? undefined : { references, lastUse, used, error };
  },
};

const tableWord = wordsByNumber(routeTables);

/** The table that a route is in. */
const table: Field<RouteTable | undefined, RouteTable> & ConstantField = {
  ...wideMember(RTA.TABLE, routeTables, uint32, rtmsg, 'table'),
  isConstant: true,
  begin: (header: RouteHeader) => tableWord(header.table),
};

const scope = member(rtmsg, 'scope');

/** The kernel ignores it for IPv6 routes. */
const globalScope: typeof scope = {
  ...member(rtmsg, 'scope'),
  encode(_writer, value) {
    if (numberOf(scopes, value) === scopes.global) return;
    throw wrongValue(`must be 'global', as that of all IPv6 routes, not ${show(value)}`);
  },
};

/** The kernel's own flags are ignored in requests. */
const flags: Field<readonly RouteFlag[]> & ConstantField = {
  numbers: [],
  members: ['flags'],
  readOnly: false,
  isConstant: true,
  begin: (header: RouteHeader) => routeFlags(header.flags),
  encode(writer, value) {
    writer.overwrite(writer.header + rtmsg.offsets.flags, uint32, settableFlags(value));
  },
  decode() {
    throw new Error('flags of a route were decoded as an attribute');
  },
};

/** The kernel reports this for a lookup without a source. */
const NO_SOURCE = '::/128';

function sourceNetwork(family: IpFamily): Field<string | undefined, string> {
  const own = network(RTA.SRC, family, rtmsg, 'sourceLength');
  const known = (prefix: unknown) => (prefix === NO_SOURCE ? undefined : (prefix as string | undefined));
  return {
    ...own,
    begin: (header: RouteHeader) => known(own.begin!(header as never)),
    decode: (...place) => known(own.decode(...place)),
  };
}

function ownFields(family: IpFamily) {
  const ofIpv6 = onlyIn('inet6', family, 'routes');
  /** For properties that the kernel compares when it deletes an IPv4 route, but not when it deletes an IPv6 one. */
  const inIpv4: typeof anyIfZero = (of) => (family === 'inet' ? of : notCompared(of));
  const byHops = comparedBy(hopsFit[family]);
  return {
    /** The destination: '10.0.0.0/8', '2001:db8::/32', 'default'; an address without a length is a host. RTA_DST. */
    destination: required(
      constant(network(RTA.DST, family, rtmsg, 'destinationLength', 'default')),
      'must be an address with a prefix length',
    ),
    /** 'inet' or 'inet6'. A request to add or delete one takes it from its addresses, otherwise 'inet'. */
    family: filterable(familyField(family), familyOption),
    /**
     * Its table. For a route to be added or deleted it is 'main' by default, or 'local' if its type is local,
     * broadcast, anycast or nat. A list without it has all tables; a flush without it is of 'main'. RTA_TABLE.
     */
    table: filterable(table),
    /**
     * What is done with a packet: 'unicast', 'blackhole', 'unreachable', 'prohibit' ... For a new route 'unicast' by
     * default. RTN_*.
     */
    type: filterable(inIpv4(anyIfZero(member(rtmsg, 'type')))),
    /** Who made it. For a new route 'boot' by default, as in iproute2. RTPROT_*. */
    protocol: filterable(anyIfZero(member(rtmsg, 'protocol'))),
    /**
     * IPv4: how far away the destination is. A new route's is by default 'link' without a gateway, 'host' for local routes, else
     * 'global'. In IPv6 always 'global'. RT_SCOPE_*.
     */
    scope: inIpv4(anyIf((value) => value === 'nowhere', family === 'inet' ? scope : globalScope)),
    /** IPv4: only for packets with this type of service; 0, which requests have by default, is for all. */
    tos: member(rtmsg, 'tos'),
    /**
     * 'onlink': the gateway is reached over the link even if no route says so. Flags that the kernel sets, such as
     * 'dead', 'linkdown', 'cloned', 'offload', are ignored in requests.
     */
    flags: notCompared(flags),
    /** IPv6: only for packets from this prefix. RTA_SRC. */
    source: ofIpv6(comparedBy(sourceFits)(sourceNetwork(family))),
    /**
     * The link by which packets leave: name or index. For a new route it is found by the gateway by default. RTA_OIF.
     */
    device: filterableLink(byHops(someLinkIndex(RTA.OIF))),
    /** The name of `device`, in lists with `names: true`. */
    deviceName: nameOfLink('device'),
    /**
     * Of several routes to a destination the one with the lowest metric is used. For a new route 0 by default, in IPv6
     * 1024. RTA_PRIORITY.
     */
    metric: anyIfZero(u32(RTA.PRIORITY)),
    /** The source address of packets sent by this host, unless the program chose one. RTA_PREFSRC. */
    preferredSource: inIpv4(anyIfZero(field(RTA.PREFSRC, ipOf(family)))),
    /** Metrics for connections over the route: MTU, windows, times. RTA_METRICS. */
    metrics: inIpv4(comparedBy(metricsFit)(nested<RouteMetrics, RouteMetricsOptions>(RTA.METRICS, routeMetrics))),
    /** Several next hops that share the traffic, instead of `gateway` and `device`. RTA_MULTIPATH. */
    nexthops: byHops(nexthops(family)),
    /** Id of a nexthop object; `gateway`, `device`, `encap` and `nexthops` are then ignored. RTA_NH_ID, since 5.3. */
    nexthopId: byHops(u32(RTA.NH_ID)),
    /** IPv6: seconds until the kernel deletes it; absent if never. RTA_EXPIRES; reported in RTA_CACHEINFO. */
    expires: ofIpv6(notCompared(expires)),
    /** In a lookup: properties of the route that the packet takes. RTA_CACHEINFO. */
    cache,
    /** IPv6: how strongly hosts prefer its router. For a new route 'medium' by default. RTA_PREF. */
    preference: ofIpv6(notCompared(choice(RTA.PREF, preferences))),
    /** In a lookup: index of the link by which the packet came in. RTA_IIF. */
    inputDevice: readOnly(linkIndex(RTA.IIF)),
    /** In a lookup: the packet's mark. RTA_MARK. */
    mark: readOnly(u32(RTA.MARK)),
    /** In a lookup: the user that sends the packet. RTA_UID. */
    uid: readOnly(u32(RTA.UID)),
    /**
     * The new destination of packets. Not used by any kernel for IPv4 and IPv6 so far; requests of iproute2 can contain
     * it. RTA_NEWDST.
     */
    newDestination: readOnly(ipAddress(RTA.NEWDST)),
    /**
     * Whether the TTL is copied where a label is removed. Not used by any kernel for IPv4 and IPv6 so far.
     * RTA_TTL_PROPAGATE.
     */
    ttlPropagate: readOnly(bool(RTA.TTL_PROPAGATE)),
  } as const;
}

/** What is declared in another file is named, since types keep no description of what they only copy from there. */
export type RouteFields = HopFields & ReturnType<typeof ownFields>;

function routeFields(family: IpFamily): RouteFields {
  const byHops = comparedBy(hopsFit[family]);
  const { gateway, realm, encap } = hopFields(family);
  return { gateway: byHops(gateway), realm: byHops(realm), encap: byHops(encap), ...ownFields(family) };
}

/** A route's message; lengths and attributes of its addresses depend on its family. */
export const routes = ofEachFamily((family) => message(rtmsg, routeFields(family), { ignored: [RTA.PAD] }));

export const routeComparers = { inet: comparer(routes.inet), inet6: comparer(routes.inet6) } as const;

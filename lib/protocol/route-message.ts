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
  type ConstantField,
  field,
  type Field,
  filterable,
  filterableLink,
  int32,
  ipAddress,
  type IpFamily,
  ipOf,
  linkIndex,
  member,
  message,
  nested,
  network,
  notCompared,
  numberOf,
  pad,
  readOnly,
  type ReadOnlyField,
  required,
  seconds,
  someLinkIndex,
  struct,
  u32,
  uint32,
  uint8,
  wideMember,
  type Word,
  wordsByNumber,
  wordsOfBits,
} from '../codec';
import { show, wrongValue } from '../errors';
import { familyField, familyOption, ofEachFamily, onlyIn } from './family';
import { routeMetrics, type RouteMetrics, type RouteMetricsOptions } from './route-metrics';
import { hopsFit, metricsFit, sourceFits } from './route-comparison';
import { hopFields, nexthopFlags, nexthops, SETTABLE_FLAGS, type HopFields } from './route-nexthop';
import { RTA } from './route-numbers';
import { routeProtocols, routeTables, routeTypes, scopes } from './rtnetlink';

/** What becomes of a packet, by iproute2's word: 'unicast', 'blackhole' ...; the number of a type that has none here. */
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

/** Of a route in a table. */
const flagsInTables = { ...flagsOfRoutes, rt_offload_failed: 0x20000000 } as const;

/** Of a route that was made for one packet, whose destination has properties of its own (RTCF_*). */
const flagsOfClones = {
  ...flagsOfRoutes,
  redirected: 0x40000,
  broadcast: 0x10000000,
  multicast: 0x20000000,
  local: 0x80000000,
} as const;

/** Every word that a route's flags can have. */
const allFlags = { ...flagsInTables, ...flagsOfClones } as const;

/** A flag of a route, by iproute2's word: 'onlink', 'linkdown', 'offload' ...; a number for the bits that have no word here. */
export type RouteFlag = Word<typeof allFlags>;

const wordsInTables = wordsOfBits(flagsInTables);
const wordsOfClones = wordsOfBits(flagsOfClones);

/** The flags that are set, as words. */
export function routeFlags(flags: number): readonly RouteFlag[] {
  return (flags & flagsOfRoutes.cloned) === 0 ? wordsInTables(flags) : wordsOfClones(flags);
}

/** The bits that a request may set, of the words of a route; states of the kernel are passed over. */
export function settableFlags(flags: readonly RouteFlag[]): number {
  return bitsToNumber(allFlags, flags) & SETTABLE_FLAGS;
}

/** How much IPv6 hosts prefer a router (RFC 4191). */
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
/** What is left is told in hundredths, in 31 bits: beyond that a route would be listed as one that expires sooner, or never. */
const MOST_SECONDS = 21_474_836;
const wholeSeconds = seconds(between(uint32, 0, MOST_SECONDS), 1);
/** Rounded up: what is listed of the last second would be no time at all. */
const expiresSeconds: typeof wholeSeconds = {
  ...wholeSeconds,
  encode(writer, value) {
    wholeSeconds.encode(writer, typeof value === 'number' ? Math.ceil(value) : value);
  },
};

/** Requested by one attribute, reported in another, where 0 stands for never. */
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

/** Of multicast forwarding the attribute has eight bytes, which are something else: the time since the last use. */
function isSeconds(start: number, end: number): boolean {
  return end - start === expiresSeconds.size;
}

/** What is known of a route that was made for one packet. */
export interface RouteCache {
  /** How many in the kernel refer to it. */
  references: number;
  /** Seconds since it was last used. */
  lastUse: number;
  /** How often it was used. */
  used: number;
  /** The error that packets get, as a negative number of errno: -113; 0 for none. */
  error: number;
}

/** Absent where it says nothing, as of routes in tables. */
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

/** Of an IPv6 route the kernel passes over it. */
const globalScope: typeof scope = {
  ...member(rtmsg, 'scope'),
  encode(_writer, value) {
    if (numberOf(scopes, value) === scopes.global) return;
    throw wrongValue(`must be 'global', as that of all IPv6 routes, not ${show(value)}`);
  },
};

/** Those of the kernel are passed over where a request has them. */
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

/** So the kernel says of a lookup that named no source. */
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
  /** Of what the kernel looks at when it deletes an IPv4 route, and not when it deletes an IPv6 one. */
  const inIpv4: typeof anyIfZero = (of) => (family === 'inet' ? of : notCompared(of));
  const byHops = comparedBy(hopsFit[family]);
  return {
    /** Where it leads: '10.0.0.0/8', '2001:db8::/32', 'default'; an address alone is a host. RTA_DST. */
    destination: required(
      constant(network(RTA.DST, family, rtmsg, 'destinationLength', 'default')),
      'must be an address with a prefix length',
    ),
    /** 'inet' or 'inet6'. A request to add or delete one has it from its addresses, and else 'inet'. */
    family: filterable(familyField(family), familyOption),
    /**
     * The table that it is in. A route to be added or deleted is in 'main' by default, or in 'local' if its type is local, broadcast,
     * anycast or nat; a list without it has all tables, and a flush is of 'main'. RTA_TABLE.
     */
    table: filterable(table),
    /** What becomes of a packet: 'unicast', 'blackhole', 'unreachable', 'prohibit' ... A new route's is 'unicast' by default. RTN_*. */
    type: filterable(inIpv4(anyIfZero(member(rtmsg, 'type')))),
    /** Who made it. A new route's is 'boot' by default, as iproute2 has it. RTPROT_*. */
    protocol: filterable(anyIfZero(member(rtmsg, 'protocol'))),
    /**
     * IPv4: how far away the destination is. A new route's is by default 'link' without a gateway, 'host' for local routes, else
     * 'global'. In IPv6 always 'global'. RT_SCOPE_*.
     */
    scope: inIpv4(anyIf((value) => value === 'nowhere', family === 'inet' ? scope : globalScope)),
    /** IPv4: only for packets with this type of service; 0, which requests have by default, is for all. */
    tos: member(rtmsg, 'tos'),
    /**
     * 'onlink': the gateway is reached over the link though no route says so. Of the kernel's own, 'dead', 'linkdown', 'cloned',
     * 'offload' ..., requests take no notice.
     */
    flags: notCompared(flags),
    /** IPv6: only for packets from this prefix. RTA_SRC. */
    source: ofIpv6(comparedBy(sourceFits)(sourceNetwork(family))),
    /** The link that packets leave by: name or index. A new route's is found by its gateway by default. RTA_OIF. */
    device: filterableLink(byHops(someLinkIndex(RTA.OIF))),
    /** Of several routes to a destination the one with the lowest is taken. A new route's is 0 by default, in IPv6 1024. RTA_PRIORITY. */
    metric: anyIfZero(u32(RTA.PRIORITY)),
    /** The address that packets sent from here bear, unless the program chose one. RTA_PREFSRC. */
    preferredSource: inIpv4(anyIfZero(field(RTA.PREFSRC, ipOf(family)))),
    /** What connections over the route are told of it: MTU, windows, times. RTA_METRICS. */
    metrics: inIpv4(comparedBy(metricsFit)(nested<RouteMetrics, RouteMetricsOptions>(RTA.METRICS, routeMetrics))),
    /** Several next hops that share the traffic, instead of `gateway` and `device`. RTA_MULTIPATH. */
    nexthops: byHops(nexthops(family)),
    /** Id of a nexthop object; `gateway`, `device`, `encap` and `nexthops` beside it are passed over. RTA_NH_ID, since 5.3. */
    nexthopId: byHops(u32(RTA.NH_ID)),
    /** IPv6: seconds until the kernel deletes it; without it never. RTA_EXPIRES; read from RTA_CACHEINFO. */
    expires: ofIpv6(notCompared(expires)),
    /** Of a lookup: what is known of the route that its packet takes. RTA_CACHEINFO. */
    cache,
    /** IPv6: how much hosts prefer its router. A new route's is 'medium' by default. RTA_PREF. */
    preference: ofIpv6(notCompared(choice(RTA.PREF, preferences))),
    /** Of a lookup: index of the link that the packet came in by. RTA_IIF. */
    inputDevice: readOnly(linkIndex(RTA.IIF)),
    /** Of a lookup: the packet's mark. RTA_MARK. */
    mark: readOnly(u32(RTA.MARK)),
    /** Of a lookup: the user that sends the packet. RTA_UID. */
    uid: readOnly(u32(RTA.UID)),
    /** What a packet's destination becomes. No kernel has it of IPv4 and IPv6 so far; requests of iproute2 can. RTA_NEWDST. */
    newDestination: readOnly(ipAddress(RTA.NEWDST)),
    /** Whether the TTL goes along where a label is removed. No kernel has it of IPv4 and IPv6 so far. RTA_TTL_PROPAGATE. */
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

/** A route's message; which of its addresses have which length and attribute depends on its family. */
export const routes = ofEachFamily((family) => message(rtmsg, routeFields(family), { ignored: [RTA.PAD] }));

export const routeComparers = { inet: comparer(routes.inet), inet6: comparer(routes.inet6) } as const;

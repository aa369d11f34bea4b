import {
  AF,
  attributes,
  choice,
  familyOf,
  familyWord,
  field,
  hasHostBits,
  headed,
  ipOf,
  linkIndex,
  numberOf,
  parseIp,
  parsePrefix,
  rowDecoder,
  u16be,
  u32,
  type Decoded,
  type Encodable,
  type IpFamily,
  type LinkReference,
  type Source,
  type UnknownAttribute,
  type Word,
} from '../codec';
import { at, checkObject, show, within, wrongValue } from '../errors';
import { familyNumber } from './address';
import { NLM_F, type Query, type Request } from './netlink';
import {
  routeFlags,
  routeMessages,
  routeReply,
  routeTypes,
  rtmsg,
  settableFlags,
  type RouteFields,
  type RouteFlag,
} from './route-message';
import type { Nexthop, NexthopOptions } from './route-nexthop';
import { RTA, RTM_F } from './route-numbers';
import { ipProtocols, RTM, type routeProtocols, type routeTables, type scopes } from './rtnetlink';

export type RouteType = Word<typeof routeTypes>;
export type RouteTable = Word<typeof routeTables>;
export type RouteProtocol = Word<typeof routeProtocols>;

type Attributes = Encodable<Omit<RouteFields, 'destination' | 'source'>>;

/** A route to be added. Absent properties are as described or the kernel's choice. */
export interface RouteOptions extends Attributes {
  /** Where it leads: '10.0.0.0/8', '2001:db8::/32', 'default'; an address alone is a host. RTA_DST. */
  destination: string;
  /** IPv6: only for packets from this prefix. RTA_SRC. */
  source?: string | undefined;
  /** Family of a default route that no address of its own tells: 'inet' by default. */
  family?: IpFamily | undefined;
  /** What becomes of a packet: 'unicast' by default, 'blackhole', 'unreachable', 'prohibit' ... RTN_*. */
  type?: RouteType | undefined;
  /** Who made it: 'boot' by default, as iproute2 has it. RTPROT_*. */
  protocol?: RouteProtocol | undefined;
  /** IPv4: how far away the destination is: 'link' without a gateway, else 'global'; 'host' for local routes. RT_SCOPE_*. */
  scope?: Word<typeof scopes> | undefined;
  /** IPv4: only for packets with this type of service. */
  tos?: number | undefined;
  /** 'onlink': the gateway is reached over the link though no route says so. What only the kernel sets is passed over. */
  flags?: readonly RouteFlag[] | undefined;
}

/** A route to be deleted: the first that has everything that is said here, in the table that it would be added to. */
export type RouteSelector = RouteOptions;

/** A route as the kernel describes it. Can be added again as it is. */
export interface Route extends Omit<Decoded<RouteFields>, 'nexthops' | 'expires'> {
  /** A prefix with its length, of a host too: '10.0.0.1/32'; or 'default'. */
  destination: string;
  /** IPv6: only for packets from this prefix. RTA_SRC. */
  source?: string;
  family: IpFamily;
  table: RouteTable;
  type: RouteType;
  protocol: RouteProtocol;
  /** Always 'global' in IPv6. */
  scope: Word<typeof scopes>;
  tos: number;
  /** Those that can be set, and states: 'dead', 'linkdown', 'cloned', 'offload' ... */
  flags: readonly RouteFlag[];
  /** Several next hops that share the traffic. RTA_MULTIPATH. */
  nexthops?: Nexthop[];
  /** Seconds until the kernel deletes it. RTA_CACHEINFO. */
  expires?: number;
  unknownAttributes?: UnknownAttribute[];
}

/** Which routes a dump shall have; the kernel picks them. */
export interface RouteFilter {
  family?: IpFamily | undefined;
  /** A table that does not exist has no routes. */
  table?: RouteTable | undefined;
  protocol?: RouteProtocol | undefined;
  type?: RouteType | undefined;
  /** A link that packets leave by, of several next hops any. */
  device?: LinkReference | undefined;
}

function lookupMessage(family: IpFamily) {
  return headed(
    rtmsg,
    attributes({
      destination: field(RTA.DST, ipOf(family)),
      /** The address that the packet bears: of a sender here, or with `inputDevice` of a sender elsewhere. RTA_SRC. */
      source: field(RTA.SRC, ipOf(family)),
      /** The link that it has to leave by. RTA_OIF. */
      device: linkIndex(RTA.OIF),
      /** The link that it came in by: how it would be forwarded or taken in. RTA_IIF. */
      inputDevice: linkIndex(RTA.IIF),
      /** Its mark, that rules ask for. RTA_MARK. */
      mark: u32(RTA.MARK),
      /** The user that sends it, that rules ask for; root by default. RTA_UID. */
      uid: u32(RTA.UID),
      /** The protocol above IP. RTA_IP_PROTO, since 4.18. */
      ipProtocol: choice(RTA.IP_PROTO, ipProtocols),
      /** RTA_SPORT, since 4.18. */
      sourcePort: u16be(RTA.SPORT),
      /** RTA_DPORT, since 4.18. */
      destinationPort: u16be(RTA.DPORT),
    }),
  );
}

const lookupMessages = { inet: lookupMessage('inet'), inet6: lookupMessage('inet6') } as const;
type LookupFields = (typeof lookupMessages)['inet']['attributes']['fields'];

/** What is known of a packet whose route is looked up. */
export interface RouteLookup extends Omit<Encodable<LookupFields>, 'destination'> {
  /** Its type of service. */
  tos?: number | undefined;
  /** Whether the table's own route is wanted instead of what it gives for this packet. */
  fibMatch?: boolean | undefined;
}

/** How a route is added: alone, in place of one to the same destination, or behind those. */
export type RouteVerb = 'add' | 'replace' | 'append';

const verbFlags: Record<RouteVerb, number> = {
  add: NLM_F.CREATE | NLM_F.EXCL,
  replace: NLM_F.CREATE | NLM_F.REPLACE,
  append: NLM_F.CREATE | NLM_F.APPEND,
};

/** Asks for a new route. */
export function newRoute(options: RouteOptions, verb: RouteVerb): Request {
  return {
    name: 'RTM_NEWROUTE',
    type: RTM.NEWROUTE,
    flags: verbFlags[verb],
    subject: subjectOf(options),
    locate: locateInRoute,
    encode(writer) {
      const { family, type = routeTypes.unicast, header, values } = place(options);
      const { protocol = 'boot', scope = family === 'inet' ? scopeOf(type, options) : 'global' } = options;
      header.type = type;
      header.protocol = protocol;
      header.scope = scope;
      routeMessages[family].encode(writer, header, values, inHeader);
    },
  };
}

/** Asks for a route's end. */
export function deleteRoute(route: RouteSelector): Request {
  return {
    name: 'RTM_DELROUTE',
    type: RTM.DELROUTE,
    flags: 0,
    subject: subjectOf(route),
    locate: locateInRoute,
    encode(writer) {
      const { family, type, header, values } = place(route);
      const { protocol, scope = family === 'inet' ? 'nowhere' : 'global' } = route;
      header.type = type;
      header.protocol = protocol;
      header.scope = scope;
      routeMessages[family].encode(writer, header, values, inHeader);
    },
  };
}

/** Asks for the routes that a filter describes. */
export function listRoutes(filter: RouteFilter = {}): Query<Route> {
  const { family, table, protocol, type, device, ...rest } = filter;
  for (const name in rest) throw wrongValue('is not a filter of routes', name);
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: NLM_F.DUMP,
    subject: table === undefined ? 'routes' : `routes of table ${String(table)}`,
    locate: locateInRoute,
    decode: decodeRoute,
    encode(writer) {
      routeMessages.inet.encode(writer, { family: familyNumber(family), protocol, type }, { table, device });
    },
  };
}

/** Asks which route a packet to an address would take. */
export function getRoute(destination: string, lookup: RouteLookup = {}): Query<Route> {
  checkObject('options', lookup);
  const family = at('destination', () => familyOf(parseIp(destination)));
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: 0,
    subject: subjectOf({ destination }),
    locate: (source, start, end, offset) => lookupMessages[family].locate(source, start, end, offset),
    decode: decodeRoute,
    encode(writer) {
      const { tos, fibMatch, ...values } = lookup;
      const length = bitsOf(family);
      // IPv6 names the table anyway, and refuses to be asked to.
      const flags = (family === 'inet' ? RTM_F.LOOKUP_TABLE : 0) | (fibMatch === true ? RTM_F.FIB_MATCH : 0);
      const sourceLength = values.source === undefined ? 0 : length;
      const header = { family: AF[family], destinationLength: length, sourceLength, tos, flags };
      lookupMessages[family].encode(writer, header, { ...values, destination });
    },
  };
}

/** Decodes a route's message; undefined for families other than IPv4 and IPv6: MPLS, and multicast forwarding. */
export function decodeRoute(source: Source, start: number, end: number): Route | undefined {
  const family = familyWord(rtmsg.read.family(source, start, end));
  return typeof family === 'number' ? undefined : decoders[family](source, start, end);
}

function routeDecoder(family: IpFamily) {
  return rowDecoder({
    header: rtmsg,
    begin: ({ destinationLength, type, protocol, scope, tos, flags }): Route => ({
      destination: destinationLength === 0 ? 'default' : `${anyAddress[family]}/${String(destinationLength)}`,
      family,
      table: 'main',
      type,
      protocol,
      scope,
      tos,
      flags: routeFlags(flags),
    }),
    attributes: routeReply(family),
  });
}

const anyAddress = { inet: '0.0.0.0', inet6: '::' } as const;

const decoders = { inet: routeDecoder('inet'), inet6: routeDecoder('inet6') } as const;

/** Properties that one family has and the other's kernel code passes over without a word. */
const onlyOf = [
  { name: 'source', family: 'inet6' },
  { name: 'expires', family: 'inet6' },
  { name: 'preference', family: 'inet6' },
  { name: 'realm', family: 'inet' },
] as const;

/** What stands in the header. */
const inHeader: ReadonlySet<string> = new Set(['family', 'type', 'protocol', 'scope', 'tos', 'flags']);

/** The parts of a request about a route, without what depends on the request. */
function place(options: RouteOptions) {
  checkObject('options', options);
  const { destination, source, type: word, tos, flags } = options;
  const family = familyOfRoute(options);
  const type = word === undefined ? undefined : at('type', () => numberOf(routeTypes, word));
  for (const one of onlyOf) {
    if (options[one.name] === undefined || one.family === family) continue;
    throw wrongValue(`is a property of ${familyNames[one.family]} routes only`, one.name);
  }
  const to = networkAt('destination', destination, family);
  const from = source === undefined ? undefined : networkAt('source', source, family);
  const table = options.table ?? (type !== undefined && localTypes.has(type) ? 'local' : 'main');
  // A spread in which properties are replaced takes V8 ten times as long.
  const values: Encodable<RouteFields> = Object.assign({}, options, {
    destination: to.address,
    source: from?.address,
    table,
  });
  if (values.nexthopId !== undefined) {
    values.gateway = values.device = values.encap = values.nexthops = undefined;
  }
  const header: Parameters<typeof rtmsg.encode>[1] = {
    family: AF[family],
    destinationLength: to.length,
    sourceLength: from?.length,
    tos,
    flags: flags && at('flags', () => settableFlags(flags)),
    protocol: undefined,
    scope: undefined,
    type: undefined,
  };
  return { family, type, header, values };
}

const familyNames = { inet: 'IPv4', inet6: 'IPv6' } as const;

/** The family that a route says, or that of the first of its addresses which has the route's family, or may have it. */
function familyOfRoute({ family, destination, source, preferredSource, gateway, nexthops }: RouteOptions): IpFamily {
  if (family !== undefined) return familyNumber(family) === AF.inet ? 'inet' : 'inet6';
  const network = destination === 'default' ? undefined : destination;
  const told = network ?? source ?? preferredSource ?? gateway ?? gatewayOf(nexthops);
  return typeof told === 'string' && told.includes(':') ? 'inet6' : 'inet';
}

/** The gateway of the first hop that has one. */
function gatewayOf(nexthops: unknown): unknown {
  const hops = (Array.isArray(nexthops) ? nexthops : []) as (NexthopOptions | null)[];
  return hops.find((hop) => hop?.gateway != null)?.gateway;
}

/** A network's address and length; throws if it is of the other family, or an address within a network. */
function networkAt(name: string, value: string, family: IpFamily): { address: Uint8Array | undefined; length: number } {
  if (value === 'default') return { address: undefined, length: 0 };
  try {
    const prefix = parsePrefix(value);
    if (familyOf(prefix.bytes) !== family) throw wrongValue(`must be ${familyNames[family]}, not ${show(value)}`);
    if (hasHostBits(prefix)) throw wrongValue(`has bits set behind its prefix: ${show(value)}`);
    return { address: prefix.length === 0 ? undefined : prefix.bytes, length: prefix.length };
  } catch (error) {
    throw within(name, error);
  }
}

const localTypes: ReadonlySet<number> = new Set([
  routeTypes.local,
  routeTypes.broadcast,
  routeTypes.anycast,
  routeTypes.nat,
]);

/** Scope of an IPv4 route that says none. */
function scopeOf(type: number, { gateway, nexthops, nexthopId }: RouteOptions): Word<typeof scopes> {
  switch (type) {
    case routeTypes.local:
    case routeTypes.nat:
      return 'host';
    case routeTypes.broadcast:
    case routeTypes.multicast:
    case routeTypes.anycast:
      return 'link';
    case routeTypes.unicast:
      return gateway === undefined && nexthops === undefined && nexthopId === undefined ? 'link' : 'global';
    default:
      return 'global';
  }
}

function bitsOf(family: IpFamily): number {
  return family === 'inet' ? 32 : 128;
}

function locateInRoute(source: Source, start: number, end: number, offset: number): string | undefined {
  const message = source.bytes[start] === AF.inet6 ? routeMessages.inet6 : routeMessages.inet;
  return message.locate(source, start, end, offset);
}

function subjectOf(options: Pick<RouteOptions, 'destination' | 'table'> | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { destination, table } = options;
  return `route to ${destination}${table === undefined ? '' : ` in table ${String(table)}`}`;
}

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
  type Writer,
} from '../codec';
import { at, checkObject, show, within, wrongValue } from '../errors';
import { familyNumber } from './address';
import { NLM_F, type Query, type Request } from './netlink';
import {
  routeFlags,
  routeMessages,
  placed,
  routeReply,
  routeRequests,
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
    subject: () => subjectOf(options),
    locate: locateInRoute,
    encode(writer) {
      const type = typeOf(options) ?? routeTypes.unicast;
      const family = familyOfRoute(options);
      const { protocol = 'boot', scope = family === 'inet' ? scopeOf(type, options) : 'global' } = options;
      encodeRoute(writer, options, family, type, protocol, scope);
    },
  };
}

/** Asks for a route's end. */
export function deleteRoute(route: RouteSelector): Request {
  return {
    name: 'RTM_DELROUTE',
    type: RTM.DELROUTE,
    flags: 0,
    subject: () => subjectOf(route),
    locate: locateInRoute,
    encode(writer) {
      const type = typeOf(route);
      const family = familyOfRoute(route);
      const { protocol, scope = family === 'inet' ? 'nowhere' : 'global' } = route;
      encodeRoute(writer, route, family, type, protocol, scope);
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

/** What stands in the header, or is written apart. */
const elsewhere: ReadonlySet<string> = new Set([
  ...['family', 'type', 'protocol', 'scope', 'tos', 'flags'],
  ...['destination', 'source', 'table'],
]);

/** The number of a route's type; undefined where it says none. */
function typeOf(options: RouteOptions): number | undefined {
  checkObject('options', options);
  const { type } = options;
  return type === undefined ? undefined : at('type', () => numberOf(routeTypes, type));
}

function encodeRoute(
  writer: Writer,
  options: RouteOptions,
  family: IpFamily,
  type: number | undefined,
  protocol: RouteProtocol | undefined,
  scope: Word<typeof scopes>,
): void {
  const { source: from, table = type !== undefined && localTypes.has(type) ? 'local' : 'main', tos, flags } = options;
  checkFamilies(options, family);
  const destination = networkAt('destination', options.destination, family);
  const source = from === undefined ? undefined : networkAt('source', from, family);
  const settable = flags && at('flags', () => settableFlags(flags));
  encodeHeader(writer, family, destination.length, source?.length, tos, protocol, scope, type, settable);
  placed.encode(writer, { destination: destination.address, source: source?.address });
  // A nexthop object takes the place of hops.
  const rest =
    options.nexthopId === undefined
      ? options
      : { ...options, gateway: undefined, device: undefined, encap: undefined, nexthops: undefined };
  routeRequests[family].encode(writer, rest, elsewhere);
  placed.encode(writer, { table });
}

/** What was written last, and of what; routes of one table have the same header but for the length of their prefixes. */
const known = {
  bytes: new Uint8Array(),
  family: undefined as IpFamily | undefined,
  sourceLength: undefined as number | undefined,
  tos: undefined as number | undefined,
  protocol: undefined as RouteProtocol | undefined,
  scope: undefined as Word<typeof scopes> | undefined,
  type: undefined as number | undefined,
  flags: undefined as number | undefined,
};

/** The header of a request; a copy of the last where it is the same, instead of nine members encoded one by one. */
function encodeHeader(
  writer: Writer,
  family: IpFamily,
  destinationLength: number,
  sourceLength: number | undefined,
  tos: number | undefined,
  protocol: RouteProtocol | undefined,
  scope: Word<typeof scopes>,
  type: number | undefined,
  flags: number | undefined,
): void {
  const start = writer.position;
  if (
    known.family === family &&
    known.protocol === protocol &&
    known.scope === scope &&
    known.type === type &&
    known.flags === flags &&
    known.tos === tos &&
    known.sourceLength === sourceLength
  ) {
    writer.append(known.bytes);
  } else {
    rtmsg.encode(writer, { family: AF[family], sourceLength, tos, protocol, scope, type, flags });
    const bytes = writer.bytes.slice(start, writer.position);
    Object.assign(known, { bytes, family, sourceLength, tos, protocol, scope, type, flags });
  }
  writer.bytes[start + DESTINATION_LENGTH] = destinationLength;
}

/** Where the header has it. */
const DESTINATION_LENGTH = 1;

/** Throws if a property belongs to the other family, whose kernel code passes over it without a word. */
function checkFamilies({ source, expires, preference, realm }: RouteOptions, family: IpFamily): void {
  if (family === 'inet') {
    if (source !== undefined) throw ofFamily('source', 'inet6');
    if (expires !== undefined) throw ofFamily('expires', 'inet6');
    if (preference !== undefined) throw ofFamily('preference', 'inet6');
  } else if (realm !== undefined) {
    throw ofFamily('realm', 'inet');
  }
}

function ofFamily(property: string, family: IpFamily): Error {
  return wrongValue(`is a property of ${familyNames[family]} routes only`, property);
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

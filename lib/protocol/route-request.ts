import {
  AF,
  appendPrefix,
  familyOfText,
  field,
  hasHostBits,
  ipType,
  numberOf,
  uint32,
  type Encodable,
  type IpFamily,
  type Rewrite,
  type Rewrites,
  type Type,
  type Word,
  type Writer,
} from '../codec';
import { at, checkObject, show, within, wrongValue } from '../errors';
import { familyOption, type IpFamilyOption } from './family';
import { HEADER_SIZE, NLM_F, type MessageSent, type Request } from './netlink';
import { decodeRoute } from './route';
import {
  locateInRoute,
  routeRequests,
  routeTypes,
  rtmsg,
  settableFlags,
  tableField,
  type RouteFields,
  type RouteFlag,
  type RouteProtocol,
  type RouteType,
} from './route-message';
import type { NexthopOptions } from './route-nexthop';
import { RTA } from './route-numbers';
import { RTM, type scopes } from './rtnetlink';

type Attributes = Encodable<Omit<RouteFields, 'destination' | 'source'>>;

/** A route to be added. Absent properties are as described or the kernel's choice. */
export interface RouteOptions extends Attributes {
  /** Where it leads: '10.0.0.0/8', '2001:db8::/32', 'default'; an address alone is a host. RTA_DST. */
  destination: string;
  /** IPv6: only for packets from this prefix. RTA_SRC. */
  source?: string | undefined;
  /** Family of a default route that no address of its own tells: 'inet' by default. */
  family?: IpFamilyOption | undefined;
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
    describe,
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
    describe,
    locate: locateInRoute,
    encode(writer) {
      const type = typeOf(route);
      const family = familyOfRoute(route);
      const { protocol, scope = family === 'inet' ? 'nowhere' : 'global' } = route;
      encodeRoute(writer, route, family, type, protocol, scope);
    },
  };
}

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
  const {
    destination,
    source,
    table = type !== undefined && localTypes.has(type) ? 'local' : 'main',
    tos,
    flags,
  } = options;
  checkFamilies(options, family);
  const settable = flags && at('flags', () => settableFlags(flags));
  const header = writer.position;
  rtmsg.encode(writer, { family: AF[family], tos, protocol, scope, type, flags: settable });
  // How long the prefixes are is known when they are written, which may move the bytes.
  const destinationLength = encodeNetwork(writer, 'destination', destination, family);
  writer.bytes[header + rtmsg.offsets.destinationLength] = destinationLength;
  if (source !== undefined) {
    const sourceLength = encodeNetwork(writer, 'source', source, family);
    writer.bytes[header + rtmsg.offsets.sourceLength] = sourceLength;
  }
  // A nexthop object takes the place of hops.
  const rest =
    options.nexthopId === undefined
      ? options
      : { ...options, gateway: undefined, device: undefined, encap: undefined, nexthops: undefined };
  routeRequests[family].encode(writer, rest, elsewhere);
  try {
    tableField.encode(writer, table);
  } catch (error) {
    throw within('table', error);
  }
}

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
  const named = familyOption(family);
  if (named !== undefined) return named;
  const network = destination === 'default' ? undefined : destination;
  return familyOfText(network ?? source ?? preferredSource ?? gateway ?? gatewayOf(nexthops));
}

/** The gateway of the first hop that has one. */
function gatewayOf(nexthops: unknown): unknown {
  const hops = (Array.isArray(nexthops) ? nexthops : []) as (NexthopOptions | null)[];
  return hops.find((hop) => hop?.gateway != null)?.gateway;
}

function bytesOf(family: IpFamily): number {
  return family === 'inet' ? 4 : 16;
}

const networkNumbers = { destination: RTA.DST, source: RTA.SRC } as const;

/**
 * Writes the address of a network, if the prefix has a length, and answers that. Throws if it is of the other family, or an
 * address within a network.
 */
function encodeNetwork(writer: Writer, name: 'destination' | 'source', value: string, family: IpFamily): number {
  if (value === 'default') return 0;
  try {
    const attribute = writer.beginAttribute(networkNumbers[name]);
    const start = writer.position;
    const length = appendPrefix(writer, value);
    if (writer.position - start !== bytesOf(family))
      throw wrongValue(`must be ${familyNames[family]}, not ${show(value)}`);
    if (hasHostBits(writer.bytes, start, writer.position, length)) {
      throw wrongValue(`has bits set behind its prefix: ${show(value)}`);
    }
    if (length === 0) writer.cut(attribute);
    else writer.endAttribute(attribute);
    return length;
  } catch (error) {
    throw within(name, error);
  }
}

/** What mostly differs from one route of an array to the next. */
export const routeRewrites: Rewrites = {
  header: HEADER_SIZE,
  attributes: HEADER_SIZE + rtmsg.size,
  properties: new Map<string, Rewrite>([
    [
      'destination',
      {
        number: RTA.DST,
        write(writer, value, header) {
          const length = encodeNetwork(writer, 'destination', value as string, familyOfText(value));
          writer.bytes[header + rtmsg.offsets.destinationLength] = length;
        },
      },
    ],
    ['gateway', rewriteOf(RTA.GATEWAY, ipType)],
    ['preferredSource', rewriteOf(RTA.PREFSRC, ipType)],
    ['metric', rewriteOf(RTA.PRIORITY, uint32)],
  ]),
};

function rewriteOf<Input>(number: number, type: Type<unknown, Input>): Rewrite {
  const one = field(number, type);
  return {
    number,
    write: (writer, value) => {
      one.encode(writer, value as Input);
    },
  };
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

function describe({ source, start, end }: MessageSent): string {
  const { destination, table } = decodeRoute(source, start, end)!;
  return subjectOf({ destination, table: table === 'main' ? undefined : table })!;
}

function subjectOf(options: Pick<RouteOptions, 'destination' | 'table'> | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { destination, table } = options;
  return `route to ${destination}${table === undefined ? '' : ` in table ${String(table)}`}`;
}

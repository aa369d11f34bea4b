import {
  AF,
  familyOfText,
  numberOf,
  type IpFamily,
  type OptionsOf,
  type StructInput,
  type Word,
  type Writer,
} from '../codec';
import { at, checkArgument, wrongValue } from '../errors';
import { describing } from './describing';
import { familyOption } from './family';
import { refuseUndefined } from './narrowing';
import { NLM_F, type Request } from './netlink';
import { decodeRoute, type Route } from './route';
import { hintOfNewRoute } from './route-hints';
import { routeComparers, routes, type rtmsg, type RouteFields } from './route-message';
import type { NexthopOptions } from './route-nexthop';
import { refuseTableZero, routeTables, routeTypes, RTM, type scopes } from './rtnetlink';

/** A route to be added. Absent properties are as described or the kernel's choice. */
export interface RouteOptions extends OptionsOf<RouteFields> {}

/**
 * A route to be deleted: the first that has all given properties, in the table to which it would be added. For an IPv6
 * route the kernel compares only destination, source, table, metric, protocol and hops.
 */
export type RouteSelector = RouteOptions;

/** How a route is added: as a new one, in place of one to the same destination, or after those. */
export type RouteVerb = 'add' | 'replace' | 'append';

const verbFlags: Record<RouteVerb, number> = {
  add: NLM_F.CREATE | NLM_F.EXCL,
  replace: NLM_F.CREATE | NLM_F.REPLACE,
  append: NLM_F.CREATE | NLM_F.APPEND,
};

/** The request for a new route. */
export function newRoute(options: RouteOptions, verb: RouteVerb): Request {
  return {
    name: 'RTM_NEWROUTE',
    type: RTM.NEWROUTE,
    flags: verbFlags[verb],
    subject: () => routeSubject(options),
    describe,
    hint: hintOfNewRoute(options),
    locate: routes.locate,
    encode(writer) {
      const type = typeOf(options) ?? routeTypes.unicast;
      const family = familyOfRoute(options);
      const scope = family === 'inet' ? scopeOf(type, options) : 'global';
      encodeRoute(writer, options, family, { type, protocol: 'boot', scope });
      refuseTableZero(options.table, 'the kernel would take main');
      refuseLookedUp(options as Partial<Route>);
    },
  };
}

/** What rows of a look-up say of the packet; no route has it. */
const ofPackets = ['inputDevice', 'mark', 'uid'] as const satisfies readonly (keyof Route)[];

/** Throws for properties that routes do not have, unless they come with the rest of a look-up's row. */
function refuseLookedUp(options: Partial<Route>): void {
  if (options.cache !== undefined) return;
  const property = ofPackets.find((name) => options[name] !== undefined);
  if (property !== undefined) throw wrongValue('is of rules and look-ups, and no route has it', property);
}

/** The request to delete a route. */
export function deleteRoute(route: RouteSelector): Request {
  return {
    name: 'RTM_DELROUTE',
    type: RTM.DELROUTE,
    flags: 0,
    subject: () => routeSubject(route),
    describe,
    locate: routes.locate,
    encode(writer) {
      const type = typeOf(route);
      const family = familyOfRoute(route);
      encodeRoute(writer, route, family, { type, scope: family === 'inet' ? 'nowhere' : 'global' });
      routeComparers[family].checkSays(route);
      refuseTableZero(route.table, 'the kernel would take main');
      refuseLookedUp(route as Partial<Route>);
      refuseUndefined(route, routeComparers[family].lookedAt);
    },
  };
}

/** Whether the kernel would delete one route in place of the one that a request describes, to the same destination. */
export function isRouteTakenFor(other: Route, described: Route): boolean {
  // Each hop of an IPv6 route is a route of its own, perhaps with another protocol: the row has that of the first.
  const asked = hasHopsApart(other) ? ofAnyProtocol(described) : described;
  return routeComparers[described.family].isTakenFor(other, asked);
}

/** Whether a row stands for several routes of the kernel, one for each hop, which it deletes one by one. */
export function hasHopsApart({ family, nexthops }: Pick<Route, 'family' | 'nexthops'>): boolean {
  return family === 'inet6' && nexthops !== undefined;
}

/** A route without its protocol, to delete its hops whatever their protocols are. */
export function ofAnyProtocol(route: Route): Route {
  const { protocol: _, ...rest } = route;
  return rest as Route;
}

/** The number of a route's type; undefined if it has none. */
function typeOf(options: RouteOptions): number | undefined {
  checkArgument('route', options, "{ destination: '10.1.0.0/16', gateway: '10.1.1.1' }");
  const { type } = options;
  return type === undefined ? undefined : at('type', () => numberOf(routeTypes, type));
}

function encodeRoute(
  writer: Writer,
  options: RouteOptions,
  family: IpFamily,
  header: Pick<StructInput<typeof rtmsg.members>, 'protocol' | 'scope' | 'type'>,
): void {
  const { type } = header;
  const table = type !== undefined && localTypes.has(type as number) ? routeTables.local : routeTables.main;
  // A nexthop object replaces hops.
  const values =
    options.nexthopId === undefined
      ? options
      : { ...options, gateway: undefined, device: undefined, encap: undefined, nexthops: undefined };
  routes[family].encode(writer, values, { header: { family: AF[family], table, ...header } });
}

/** The family of a route, or of the first of its addresses that has, or may have, the route's family. */
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

const localTypes: ReadonlySet<number> = new Set([
  routeTypes.local,
  routeTypes.broadcast,
  routeTypes.anycast,
  routeTypes.nat,
]);

/** The scope of an IPv4 route without one. */
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

const describe = describing(decodeRoute, ({ destination, table }) =>
  routeSubject({ destination, table: table === 'main' ? undefined : table })!,
);

function routeSubject(options: Pick<RouteOptions, 'destination' | 'table'> | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { destination, table } = options;
  return `route to ${destination}${table === undefined ? '' : ` in table ${String(table)}`}`;
}

import type { LinkReference, OptionsOf, RowOf } from '../codec';
import { familyNumber } from './family';
import { checkFilter, checkFilterLink } from './filter';
import { NLM_F, type Query } from './netlink';
import { routes, type RouteFields } from './route-message';
import { rowFilter } from './row-filter';
import { RTM } from './rtnetlink';

/** A route as the kernel describes it. Can be added again as it is. */
export interface Route extends RowOf<RouteFields> {}

const filters = ['table', 'protocol', 'type'] as const;

/** Which routes a list shall have. A table that does not exist has no routes. */
export interface RouteFilter extends Pick<OptionsOf<RouteFields>, 'family' | (typeof filters)[number]> {
  /** A link that packets leave by, of several next hops any. The kernel selects those routes. */
  device?: LinkReference | undefined;
}

/** Asks for the routes that a filter describes. */
export function listRoutes(filter: RouteFilter = {}): Query<Route> {
  checkFilter(filter);
  const { device, ...rest } = filter;
  checkFilterLink('device', device);
  // The kernel takes number 0 of a table, protocol or type for no filter, has only some tables if it is built so, and answers with
  // all families when asked for IPv6 without having it.
  const { family, isWanted } = rowFilter('routes', rest, filters, routes.inet);
  const { table, protocol, type } = rest;
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: NLM_F.DUMP,
    subject: table === undefined ? 'routes' : `routes of table ${String(table)}`,
    locate: routes.locate,
    decode(source, start, end) {
      const route = decodeRoute(source, start, end);
      return route !== undefined && isWanted(route) ? route : undefined;
    },
    encode(writer) {
      const header = { family: familyNumber(family) };
      routes.inet.encode(writer, { table, protocol, type, device }, { header, only: ofDumps });
    },
  };
}

const ofDumps = new Set([...filters, 'device']);

/** Decodes a route's message; undefined for families other than IPv4 and IPv6: MPLS, and multicast forwarding. */
export const decodeRoute = routes.decode;

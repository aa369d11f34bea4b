import type { FilterOf, RowOf } from '../codec';
import { familyNumber } from './family';
import { rowFilter } from './filter';
import { NLM_F, ofUnknownLink, type Query } from './netlink';
import { routes, type RouteFields } from './route-message';
import { RTM } from './rtnetlink';

/** A route as the kernel describes it. Can be added again as it is. */
export interface Route extends RowOf<RouteFields> {}

/**
 * Filters of a list of routes: `device` selects routes whose packets leave by it; with several next hops, by any of
 * them. A table that does not exist has no routes.
 */
export interface RouteFilter extends FilterOf<RouteFields> {}

/** The request for the routes that a filter describes. */
export function listRoutes(filter: RouteFilter = {}): Query<Route> {
  // The kernel takes 0 as a table, protocol or type as no filter, applies some filters only if it is built with them,
  // and answers with all families when asked for IPv6 without having it.
  const isWanted = rowFilter('routes', filter, routes.inet);
  const { family, ...values } = filter;
  const { table } = filter;
  return {
    name: 'RTM_GETROUTE',
    type: RTM.GETROUTE,
    flags: NLM_F.DUMP,
    fields: routes.inet.fields,
    subject: table === undefined ? 'routes' : `routes of table ${String(table)}`,
    hint: ofUnknownLink,
    locate: routes.locate,
    decode(source, start, end) {
      const route = decodeRoute(source, start, end);
      return route !== undefined && isWanted(route) ? route : undefined;
    },
    encode(writer) {
      const header = { family: familyNumber(family) };
      routes.inet.encode(writer, values, { header, only: routes.inet.filters });
    },
  };
}

/** Decodes a route's message; undefined for families other than IPv4 and IPv6: MPLS, and multicast forwarding. */
export const decodeRoute = routes.decode;

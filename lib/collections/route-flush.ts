import { isDeepStrictEqual } from 'node:util';

import { wrongValue, type NetlinkError } from '../errors';
import type { Query } from '../protocol/netlink';
import { listRoutes, type Route, type RouteFilter } from '../protocol/route';
import { deleteRoute, hasHopsApart, isRouteTakenFor, ofAnyProtocol } from '../protocol/route-request';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { ignoringAll, sendAll } from './elements';

/** How many times the remaining routes are listed; the same as iproute2. */
const MOST_ROUNDS = 10;

/** Deletes the routes that a filter selects, and no others. */
export async function flushRoutes(
  transport: NetlinkTransport,
  filter: RouteFilter,
  query: Query<Route>,
  isMeant: (route: Route) => boolean,
): Promise<void> {
  const isPart = Object.keys(filter).some((name) => name !== 'table' && name !== 'family');
  // With a filter by protocol, those of other protocols stay, also among the hops of one row.
  const described = (route: Route) =>
    hasHopsApart(route) && filter.protocol === undefined ? ofAnyProtocol(route) : route;
  const find = async () => (await transport.list(query).catch(unlessMissingTable(filter))).filter(isMeant);

  let before: Route[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const meant = await find();
    // A route that the kernel does not delete stays as it was.
    if (meant.length === 0 || isDeepStrictEqual(meant, before)) return;
    if (isPart) {
      const { table, family } = filter;
      const all = await transport.list(listRoutes({ table, family })).catch(unlessMissingTable(filter));
      checkNoRouteTaken(all, meant, described);
    }
    await sendAll(transport, meant.map(described), deleteRoute).catch(ignoringAll('ESRCH'));
    // Among these the kernel may have deleted one in place of another.
    if (!meant.some((route) => hasHopsApart(route) || route.nexthopId !== undefined)) return;
    before = meant;
  }
}

/** Throws if a route that is to stay would be deleted in place of a later one to the same destination. */
function checkNoRouteTaken(all: readonly Route[], meant: readonly Route[], described: (route: Route) => Route): void {
  const placeOf = ({ family, table, destination }: Route) => `${family} ${String(table)} ${destination}`;
  const going = new Map<string, Route[]>();
  for (const route of meant) going.set(placeOf(route), [...(going.get(placeOf(route)) ?? []), route]);
  const staying = new Map<string, Route[]>();
  for (const route of all) {
    const place = placeOf(route);
    const those = going.get(place);
    if (those === undefined) continue;
    const before = staying.get(place) ?? [];
    if (!those.some((one) => isDeepStrictEqual(one, route))) staying.set(place, [...before, route]);
    else if (before.some((other) => isRouteTakenFor(other, described(route)))) throw notAlone(route);
  }
  // Only the place of the first hop is known: another may stand after a route that stays.
  for (const route of meant) {
    const others = hasHopsApart(route) ? (staying.get(placeOf(route)) ?? []) : [];
    if (others.some((other) => isRouteTakenFor(other, described(route)))) throw notAlone(route);
  }
}

function notAlone({ destination }: Route): Error {
  const which = `the kernel would delete one of another kind to ${destination} that stands before it`;
  return wrongValue(`selects a route that cannot be deleted alone: ${which}`, 'filter');
}

/** For `catch`: with a filter by family, the kernel reports an error for a table that does not exist yet. */
export function unlessMissingTable(filter: RouteFilter | undefined): (error: unknown) => Route[] {
  return (error) => {
    if (filter?.table === undefined || (error as Partial<NetlinkError>).code !== 'ENOENT') throw error;
    return [];
  };
}

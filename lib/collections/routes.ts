import { isDeepStrictEqual } from 'node:util';

import { wrongValue, type NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { Request } from '../protocol/netlink';
import { listRoutes, type Route, type RouteFilter } from '../protocol/route';
import { getRoute, type RouteLookup } from '../protocol/route-lookup';
import {
  deletedRouteRewrites,
  deleteRoute,
  isRouteTakenFor,
  newRoute,
  routeRewrites,
  type RouteOptions,
  type RouteSelector,
} from '../protocol/route-request';
import { readOnce } from '../once';
import { rowsOf } from '../transport/rows';
import { asked, askedLater, currentFurnishing } from '../transport/trip';
import { ignoringAll, one, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';

/** The IPv4 and IPv6 routes of a namespace, in all its tables. */
export class RouteCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /**
   * All routes, or those that the filter describes: `list({ table: 'main' })`. What the kernel only remembers of single
   * destinations (redirects, path MTUs) is not among them.
   */
  list(filter?: RouteFilter): Promise<Route[]> {
    return askedLater(() => {
      const given = readOnce(filter);
      return this.handle.transport.list(listRoutes(given)).catch(unlessMissingTable(given));
    });
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: RouteFilter): AsyncGenerator<Route, void, undefined> {
    return rowsOf(this.batches(readOnce(filter)));
  }

  /**
   * The route that a packet to an address would take: `get('192.0.2.1', { device: 'eth0' })`. Rejects with ENETUNREACH if
   * there is none, and where one forbids it as the kernel would tell the sender: EHOSTUNREACH, EACCES, EINVAL.
   */
  get(destination: string, options: RouteLookup = {}): Promise<Route> {
    return asked(() => one(this.handle.transport.query(getRoute(destination, readOnce(options)))));
  }

  /**
   * Adds a route, or those of an array. Rejects with EEXIST if there is one to the destination in the table with this metric
   * (and tos).
   */
  add(route: RouteOptions | readonly RouteOptions[]): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'add'));
  }

  /** Adds a route in place of the one to the destination in the table with this metric (and tos), or beside none. */
  replace(route: RouteOptions | readonly RouteOptions[]): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'replace'));
  }

  /**
   * Adds a route behind others to the destination in the table with this metric. In IPv6 they become one with several next
   * hops; in IPv4 the later is for when the former is gone. Or those of an array.
   */
  append(route: RouteOptions | readonly RouteOptions[]): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'append'));
  }

  /**
   * Deletes the first route that is as described: `delete({ destination: 'default' })`. The kernel does not compare everything: not the
   * realm, nor flags. Rejects with ESRCH if there is none.
   */
  delete(route: RouteSelector | readonly RouteSelector[]): Promise<void> {
    return sendEach(this.handle, route, deleteRoute, deletedRouteRewrites);
  }

  /**
   * Deletes all routes that the filter selects, of the main table unless it names another: `flush({ device: 'eth0' })`. A filter
   * that names nothing is refused, and so is a property that is undefined; `flush('all')` deletes the routes of every table but
   * the local one. Rejects with a RangeError, and deletes none, where the kernel would take a route that shall stay for one that shall go: it
   * deletes the first to the destination that has what it compares.
   */
  flush(filter: FlushFilter<RouteFilter>): Promise<void> {
    return asked(() => {
      const wanted = flushFilter<RouteFilter>(filter, "{ table: 'main' }");
      const given: RouteFilter = filter === 'all' ? wanted : { table: 'main', ...wanted };
      const query = listRoutes(given);
      const isMeant = ({ table }: Route) => filter !== 'all' || table !== 'local';
      return this.handle.exclusive('routes.flush', async (inside) => {
        const meant = (await inside.list(query).catch(unlessMissingTable(given))).filter(isMeant);
        const isPart = Object.keys(given).some((name) => name !== 'table' && name !== 'family');
        if (isPart && meant.length > 0) {
          const { table, family } = given;
          checkNoRouteTaken(await inside.list(listRoutes({ table, family })).catch(unlessMissingTable(given)), meant);
        }
        await sendAll(inside, meant, deleteRoute, deletedRouteRewrites).catch(ignoringAll('ESRCH'));
      });
    });
  }

  private send(
    given: RouteOptions | readonly RouteOptions[],
    request: (route: RouteOptions) => Request,
  ): Promise<void> {
    return sendEach(this.handle, given, request, routeRewrites);
  }

  private async *batches(filter: RouteFilter | undefined): AsyncGenerator<Route[], void, undefined> {
    await currentFurnishing()?.done;
    try {
      yield* this.handle.transport.batches(listRoutes(filter));
    } catch (error) {
      unlessMissingTable(filter)(error);
    }
  }
}

/** Throws if a route that stays would be deleted in place of one to the same destination behind it. */
function checkNoRouteTaken(all: readonly Route[], meant: readonly Route[]): void {
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
    else if (before.some((other) => isRouteTakenFor(other, route))) {
      const which = `the kernel would delete one of another kind to ${route.destination} that stands before it`;
      throw wrongValue(`selects a route that cannot be deleted alone: ${which}`, 'filter');
    }
  }
}

/** For `catch`: asked for one family, the kernel complains of a table that it has not made yet. */
function unlessMissingTable(filter: RouteFilter | undefined): (error: unknown) => Route[] {
  return (error) => {
    if (filter?.table === undefined || (error as Partial<NetlinkError>).code !== 'ENOENT') throw error;
    return [];
  };
}

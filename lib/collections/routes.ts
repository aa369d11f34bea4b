import type { NamespaceHandle } from '../namespace/handle';
import type { Request } from '../protocol/netlink';
import { listRoutes, type Route, type RouteFilter } from '../protocol/route';
import { getRoute, type RouteLookup } from '../protocol/route-lookup';
import {
  deletedRouteRewrites,
  deleteRoute,
  newRoute,
  routeRewrites,
  type RouteOptions,
  type RouteSelector,
} from '../protocol/route-request';
import { readOnce } from '../once';
import { rowsOf } from '../transport/rows';
import { asked, askedLater, currentFurnishing } from '../transport/trip';
import { one, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { flushRoutes, unlessMissingTable } from './route-flush';

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

  /**
   * As {@link list}, one after the other in bounded memory. The kernel does not tell if the table changes meanwhile: rows that are removed before
   * their turn are missing then.
   */
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

  /**
   * Adds a route in place of the one to the destination in the table with this metric (and tos), or beside none. Where several have that
   * metric, as routes that were appended, the kernel replaces the first, in IPv6 perhaps with more of them: a listed route that is given back
   * may take the place of another, or be refused with EEXIST. Delete first what shall go.
   */
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
   * realm, nor flags. Of an IPv6 route of several hops each is deleted by itself, if it has the protocol that is said: leave `protocol` out
   * where they differ. Rejects with ESRCH if there is none.
   */
  delete(route: RouteSelector | readonly RouteSelector[]): Promise<void> {
    return sendEach(this.handle, route, deleteRoute, deletedRouteRewrites);
  }

  /**
   * Deletes all routes that the filter selects, of the main table unless it names another: `flush({ device: 'eth0' })`. A filter
   * that names nothing is refused, and so is a property that is undefined; `flush('all')` deletes the routes of every table but
   * the local one. Rejects with a RangeError, and deletes none, where the kernel would take a route that shall stay for one that shall go: it
   * deletes the first to the destination that has what it compares. An IPv6 route of several hops is listed with the protocol of the first, and
   * selected by that; asked by a protocol, hops of others stay.
   */
  flush(filter: FlushFilter<RouteFilter>): Promise<void> {
    return asked(() => {
      const wanted = flushFilter<RouteFilter>(filter, "{ table: 'main' }");
      const given: RouteFilter = filter === 'all' ? wanted : { table: 'main', ...wanted };
      const query = listRoutes(given);
      const isMeant = ({ table }: Route) => filter !== 'all' || table !== 'local';
      return this.handle.exclusive('routes.flush', (inside) => flushRoutes(inside, given, query, isMeant));
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

import type { Request } from '../protocol/netlink';
import { listRoutes, type Route, type RouteFilter } from '../protocol/route';
import { getRoute, type RouteLookup } from '../protocol/route-lookup';
import { deleteRoute, newRoute, type RouteOptions, type RouteSelector } from '../protocol/route-request';
import { readOnce } from '../once';
import type { StreamEnd } from '../transport/table';
import { asked, askedLater, currentFurnishing } from '../transport/trip';
import { Collection } from './collection';
import { one, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { flushRoutes, unlessMissingTable } from './route-flush';
import { apartFromNames, batchesOf, rowsOf, type NamesOption } from './named-rows';
import { streamFrom } from './stream';

/** The IPv4 and IPv6 routes of a namespace, in all its tables. */
export class RouteCollection extends Collection {
  /**
   * All routes, or those that the filter describes: `list({ table: 'main' })`. Not included is what the kernel caches
   * for single destinations (redirects, path MTUs).
   */
  list(filter?: RouteFilter & NamesOption): Promise<Route[]> {
    return askedLater(() => {
      const { filter: given, named } = apartFromNames(readOnce(filter));
      return rowsOf(this.handle.transport, listRoutes(given), named).catch(unlessMissingTable(given));
    });
  }

  /**
   * As {@link list}, one after the other in bounded memory. The kernel does not tell if the table changes meanwhile: rows that are removed before
   * their turn are missing then.
   */
  stream(filter?: RouteFilter & NamesOption): AsyncGenerator<Route, void, undefined> {
    const given = readOnce(filter);
    return streamFrom(this.keeps, (stream) => this.batches(given, stream));
  }

  /**
   * The route that a packet to an address would take: `get('192.0.2.1', { device: 'eth0' })`. Rejects with ENETUNREACH
   * if there is none, and, where a route forbids the packet, with the error that a sender would get: EHOSTUNREACH,
   * EACCES, EINVAL.
   */
  get(destination: string, options: RouteLookup = {}): Promise<Route> {
    return asked(() => one(this.handle.transport.query(getRoute(destination, readOnce(options)))));
  }

  /**
   * Adds a route, or those of an array. Rejects with EEXIST if the table has one to the destination with this metric
   * (and tos).
   */
  add(route: RouteOptions | readonly RouteOptions[]): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'add'));
  }

  /**
   * Replaces the route to the destination in the table with this metric (and tos), or adds one. Where several have that
   * metric, such as routes that were appended, the kernel replaces the first, in IPv6 sometimes more: replacing a
   * listed route with itself may replace another, or be refused with EEXIST. Delete the old route first in that case.
   */
  replace(route: RouteOptions | readonly RouteOptions[]): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'replace'));
  }

  /**
   * Adds a route after others to the destination in the table with this metric. In IPv6 they become one route with
   * several next hops; in IPv4 a later one is used when the earlier ones are gone. Takes an array as well.
   */
  append(route: RouteOptions | readonly RouteOptions[]): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'append'));
  }

  /**
   * Deletes the first route that matches: `delete({ destination: 'default' })`. The kernel does not compare everything:
   * not the realm, nor flags. Each hop of an IPv6 route with several hops is deleted by itself, if it has the given
   * protocol: leave `protocol` out where the hops differ in it. Rejects with ESRCH if there is no such route.
   */
  delete(route: RouteSelector | readonly RouteSelector[]): Promise<void> {
    return sendEach(this.handle, route, deleteRoute);
  }

  /**
   * Deletes all routes that the filter selects, in the main table unless it names another: `flush({ device: 'eth0' })`.
   * An empty filter and a property that is undefined are refused; `flush('all')` deletes the routes of every table but
   * the local one.
   *
   * The kernel deletes the first route to a destination that matches what it compares. Where that would be a route that
   * is to stay, the call rejects with a RangeError and deletes nothing. An IPv6 route with several hops is listed, and
   * selected, by the protocol of the first; with a filter by protocol, hops of other protocols stay.
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
    return sendEach(this.handle, given, request);
  }

  private async *batches(
    given: (RouteFilter & NamesOption) | undefined,
    stream: StreamEnd,
  ): AsyncGenerator<Route[], void, undefined> {
    const { filter, named } = apartFromNames(given);
    await currentFurnishing()?.done;
    try {
      yield* batchesOf(this.handle.transport, listRoutes(filter), named, stream);
    } catch (error) {
      unlessMissingTable(filter)(error);
    }
  }
}

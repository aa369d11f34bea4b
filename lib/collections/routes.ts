import type { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { Request } from '../protocol/netlink';
import { getRoute, listRoutes, type Route, type RouteFilter, type RouteLookup } from '../protocol/route';
import { deleteRoute, newRoute, routeRewrites, type RouteOptions, type RouteSelector } from '../protocol/route-request';
import { rowsOf } from '../transport/rows';
import { hasLongName, withDevice, withDevices } from './device';
import { ignoringAll, isMany, sendAll, type LongNames } from './elements';
import { copyOf, flushFilter, type FlushFilter } from './filters';

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
  async list(filter?: RouteFilter): Promise<Route[]> {
    return await withDevices(this.handle, copyOf(filter), async (found) => {
      try {
        return await this.handle.transport.list(listRoutes(found));
      } catch (error) {
        if (isMissingTable(error, found)) return [];
        throw error;
      }
    });
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: RouteFilter): AsyncGenerator<Route, void, undefined> {
    return rowsOf(this.batches(copyOf(filter)));
  }

  /**
   * The route that a packet to an address would take: `get('192.0.2.1', { device: 'eth0' })`. Rejects with ENETUNREACH if
   * there is none, and where one forbids it as the kernel would tell the sender: EHOSTUNREACH, EACCES, EINVAL.
   */
  get(destination: string, options: RouteLookup = {}): Promise<Route> {
    const { handle } = this;
    return withDevice(handle, options.device, (device) =>
      withDevice(handle, options.inputDevice, async (inputDevice) => {
        const [route] = await handle.transport.query(getRoute(destination, { ...options, device, inputDevice }));
        return route!;
      }),
    );
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
   * hops; in IPv4 the later is for when the former is gone.
   */
  append(route: RouteOptions): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'append'));
  }

  /**
   * Deletes the first route that is as described: `delete({ destination: 'default' })`. Rejects with ESRCH if there is none.
   */
  delete(route: RouteSelector | readonly RouteSelector[]): Promise<void> {
    return this.send(route, deleteRoute);
  }

  /**
   * Deletes all routes that the filter selects, of the main table unless it names another: `flush({ device: 'eth0' })`. A filter
   * that names nothing is refused, and so is a property that is undefined; `flush('all')` deletes the routes of every table but
   * the local one.
   */
  async flush(filter: FlushFilter<RouteFilter>): Promise<void> {
    const wanted = flushFilter<RouteFilter>(filter, "{ table: 'main' }");
    const listed = await this.list(filter === 'all' ? wanted : { table: 'main', ...wanted });
    const routes = filter === 'all' ? listed.filter(({ table }) => table !== 'local') : listed;
    await this.delete(routes).catch(ignoringAll('ESRCH'));
  }

  private send(
    given: RouteOptions | readonly RouteOptions[],
    request: (route: RouteOptions) => Request,
  ): Promise<void> {
    if (isMany(given)) return sendAll(this.handle, given, request, { longNames, rewrites: routeRewrites });
    if (longNames.isIn(given)) return this.sendByIndexes(given, request);
    return withDevices(this.handle, given, (route) => this.handle.transport.send(request(route)));
  }

  private async sendByIndexes(given: RouteOptions, request: (route: RouteOptions) => Request): Promise<void> {
    const route = await longNames.replaced(this.handle, given);
    await this.handle.transport.send(request(route));
  }

  private async *batches(filter: RouteFilter | undefined): AsyncGenerator<Route[], void, undefined> {
    const resolved = await withDevices(this.handle, filter, (found) => Promise.resolve(found));
    try {
      yield* this.handle.transport.batches(listRoutes(resolved));
    } catch (error) {
      if (!isMissingTable(error, filter)) throw error;
    }
  }
}

/** Those of a route and of its next hops. */
const longNames: LongNames<RouteOptions> = {
  isIn(route) {
    const hops: unknown = (route as RouteOptions | null)?.nexthops;
    return (
      hasLongName(route ?? {}) || (Array.isArray(hops) && hops.some((hop: object | null) => hasLongName(hop ?? {})))
    );
  },
  async replaced(handle, route) {
    const found = <Options extends object>(options: Options) =>
      withDevices(handle, options, (resolved) => Promise.resolve(resolved));
    const { nexthops } = route;
    if (nexthops === undefined) return await found(route);
    const [self, hops] = await Promise.all([found(route), Promise.all(nexthops.map(found))]);
    return { ...self, nexthops: hops };
  },
};

/** Asked for one family, the kernel complains of a table that it has not made yet. */
function isMissingTable(error: unknown, filter: RouteFilter | undefined): boolean {
  return filter?.table !== undefined && (error as Partial<NetlinkError>).code === 'ENOENT';
}

import type { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { Request } from '../protocol/netlink';
import {
  deleteRoute,
  getRoute,
  listRoutes,
  newRoute,
  type Route,
  type RouteFilter,
  type RouteLookup,
  type RouteOptions,
  type RouteSelector,
} from '../protocol/route';
import type { NexthopOptions } from '../protocol/route-nexthop';
import { rowsOf } from '../transport/rows';
import { ignoring, isLongName, withDevice, withDevices } from './device';

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
    return withDevice(this.handle, filter?.device, async (device) => {
      try {
        return await this.handle.transport.list(listRoutes({ ...filter, device }));
      } catch (error) {
        if (isMissingTable(error, filter)) return [];
        throw error;
      }
    });
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: RouteFilter): AsyncGenerator<Route, void, undefined> {
    return rowsOf(this.batches(filter));
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

  /** Adds a route. Rejects with EEXIST if there is one to the destination in the table with this metric (and tos). */
  add(route: RouteOptions): Promise<void> {
    return this.send(route, (options) => newRoute(options, 'add'));
  }

  /** Adds a route in place of the one to the destination in the table with this metric (and tos), or beside none. */
  replace(route: RouteOptions): Promise<void> {
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
  delete(route: RouteSelector): Promise<void> {
    return this.send(route, deleteRoute);
  }

  /** Deletes all routes that the filter describes, of the main table unless it names another. */
  async flush(filter?: RouteFilter): Promise<void> {
    const routes = await this.list({ ...filter, table: filter?.table ?? 'main' });
    await Promise.all(routes.map((route) => this.delete(route).catch(ignoring('ESRCH'))));
  }

  private send(route: RouteOptions, request: (route: RouteOptions) => Request): Promise<void> {
    return withDevices(this.handle, route, (options) => {
      const hops: unknown = (options as RouteOptions | null)?.nexthops;
      if (Array.isArray(hops) && (hops as (NexthopOptions | null)[]).some((hop) => isLongName(hop?.device))) {
        return this.sendByIndexes(options, hops as NexthopOptions[], request);
      }
      return this.handle.transport.send(request(options));
    });
  }

  /** Sends a route of which a next hop calls its device by a long name. */
  private async sendByIndexes(
    route: RouteOptions,
    hops: NexthopOptions[],
    request: (route: RouteOptions) => Request,
  ): Promise<void> {
    const nexthops = await Promise.all(
      hops.map((hop) => withDevices(this.handle, hop, (found) => Promise.resolve(found))),
    );
    await this.handle.transport.send(request({ ...route, nexthops }));
  }

  private async *batches(filter: RouteFilter | undefined): AsyncGenerator<Route[], void, undefined> {
    const device = await withDevice(this.handle, filter?.device, (found) => Promise.resolve(found));
    try {
      yield* this.handle.transport.batches(listRoutes({ ...filter, device }));
    } catch (error) {
      if (!isMissingTable(error, filter)) throw error;
    }
  }
}

/** Asked for one family, the kernel complains of a table that it has not made yet. */
function isMissingTable(error: unknown, filter: RouteFilter | undefined): boolean {
  return filter?.table !== undefined && (error as Partial<NetlinkError>).code === 'ENOENT';
}

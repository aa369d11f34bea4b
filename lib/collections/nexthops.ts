import { wrongValue } from '../errors';
import { holdingNamespaces } from '../namespace/places';
import { optionsOnce, readOnce } from '../once';
import {
  deleteNexthop,
  getNexthop,
  listNexthops,
  newNexthop,
  newNumberedNexthop,
  type NexthopObjectFilter,
  type NexthopStatisticsOption,
} from '../protocol/nexthop';
import type { NexthopKey, NexthopObject, NexthopObjectOptions } from '../protocol/nexthop-message';
import { listNexthopBuckets, type NexthopBucket, type NexthopBucketFilter } from '../protocol/nexthop-bucket';
import { check } from '../transport/check';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { eachElement } from '../transport/slices';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { allOf, ignoringAll, isMany, one, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { listOf, type NamesOption } from './named-rows';
import { namedStreamOf } from './stream';

/** The nexthop objects of a namespace: ways that packets take, and groups of them, which many routes share by their ids. */
export class NexthopCollection extends Collection {
  /** All nexthops by their ids, or those that the filter describes: `list({ device: 'eth0' })`, `list({ groups: true, statistics: true })`. */
  list(filter?: NexthopObjectFilter & NexthopStatisticsOption & NamesOption): Promise<NexthopObject[]> {
    return askedLater(() => listOf(this.handle.transport, filter, listNexthops));
  }

  /**
   * As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the kernel tells that the table changed.
   */
  stream(
    filter?: NexthopObjectFilter & NexthopStatisticsOption & NamesOption,
  ): AsyncGenerator<NexthopObject, void, undefined> {
    return namedStreamOf(this.handle, filter, listNexthops, this.keeps);
  }

  /** One nexthop, by its id. Rejects with ENOENT if there is no such nexthop. */
  get(id: number, options: NexthopStatisticsOption = {}): Promise<NexthopObject> {
    return asked(() => {
      const given = optionsOnce(options, '{ statistics: true }');
      return one(this.handle.transport.query(getNexthop(id, given)));
    });
  }

  /**
   * Adds all nexthops of an array, in order, and resolves with their ids. All are checked before the first is sent. A nexthop that the kernel
   * refuses does not stop the rest, whose ids are in the error's `results`.
   */
  add(nexthops: readonly NexthopObjectOptions[]): Promise<number[]>;
  /**
   * Adds a nexthop, `add({ id: 1, gateway: '10.1.1.254', device: 'eth0' })`, or a group of existing ones, `add({ id:
   * 10, group: [{ id: 1, weight: 3 }, { id: 2 }] })`, and resolves with its id. Rejects with EEXIST if the id is taken,
   * ENETDOWN if the link is down or has no carrier.
   */
  add(nexthop: NexthopObjectOptions): Promise<number>; // the last one: TypeScript 7 reports what is wrong by it alone
  add(given: NexthopObjectOptions | readonly NexthopObjectOptions[]): Promise<number | number[]> {
    return asked<number | number[]>(() =>
      isMany(given) ? this.addAll(given.map(readOnce)) : addOne(this.handle.transport, readOnce(given)),
    );
  }

  private addAll(given: NexthopObjectOptions[]): Promise<number[]> {
    return holdingNamespaces([], this.handle, (inside, handOver) => {
      const transport = inside(this.handle.keptTransport);
      const checked = eachElement(given.length, (index) => {
        check([newNexthop(given[index]!, 'add')]);
      });
      const addAll = () => allOf(given.length, (index) => addOne(transport, given[index]!), { begun: handOver });
      return checked === undefined ? addAll() : checked.then(addAll);
    });
  }

  /**
   * Replaces the nexthop with this id, or adds it if there is none; takes an array as well. Routes and groups that use
   * it then use the new one. Rejects with EINVAL if one of the two is a group and the other is not.
   */
  replace(nexthop: NexthopObjectOptions | readonly NexthopObjectOptions[]): Promise<void> {
    return sendEach(this.handle, nexthop, (options) => newNexthop(options, 'replace'));
  }

  /**
   * Deletes a nexthop by its id, and with it the routes that use it, its place in groups, and groups that become empty.
   * Takes an array as well. Rejects with ENOENT if there is no such nexthop.
   */
  delete(nexthop: number | NexthopKey | readonly (number | NexthopKey)[]): Promise<void> {
    return sendEach(this.handle, isMany(nexthop) ? nexthop.map(keyOf) : keyOf(nexthop), deleteNexthop);
  }

  /**
   * Deletes the nexthops that the filter selects, `flush({ protocol: 'bgp' })`, with everything that {@link delete}
   * deletes with them. An empty filter and a property that is undefined are refused; `flush('all')` deletes all.
   */
  flush(filter: FlushFilter<NexthopObjectFilter>): Promise<void> {
    return asked(() => {
      const given = flushFilter<NexthopObjectFilter>(filter, "{ protocol: 'bgp' }");
      if ('statistics' in given) throw wrongValue('is not a filter of nexthops', 'statistics');
      const query = listNexthops(given);
      return this.handle.exclusive('nexthops.flush', async (inside) => {
        await sendAll(inside, await inside.list(query), deleteNexthop).catch(ignoringAll('ENOENT'));
      });
    });
  }

  /** The buckets of resilient groups, or those that the filter describes: `listBuckets({ group: 10 })`. Since 5.13. */
  listBuckets(filter?: NexthopBucketFilter): Promise<NexthopBucket[]> {
    return askedLater(() => this.handle.transport.list(listNexthopBuckets(readOnce(filter))));
  }
}

/** The kernel is asked for an id of its choice. */
async function addOne(transport: NetlinkTransport, options: NexthopObjectOptions): Promise<number> {
  const { id } = options ?? {};
  if (id === undefined) return await one(transport.query(newNumberedNexthop(options)));
  await transport.send(newNexthop(options, 'add'));
  return id;
}

function keyOf(nexthop: number | NexthopKey): NexthopKey {
  return typeof nexthop === 'number' ? { id: nexthop } : nexthop;
}

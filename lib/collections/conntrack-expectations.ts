import { watch, type EventStream, type WatchOptions } from '../events/watch';
import { optionsOnce, readOnce } from '../once';
import { expectationEvents, type ExpectationEvent } from '../protocol/netfilter/conntrack/events';
import {
  deleteExpectation,
  flushExpectations,
  getExpectation,
  newExpectation,
  type Expectation,
  type ExpectationKey,
  type ExpectationOptions,
} from '../protocol/netfilter/conntrack/expectation';
import {
  listExpectations,
  readExpectationFilter,
  type ExpectationFilter,
} from '../protocol/netfilter/conntrack/expectation-filter';
import { NETLINK } from '../protocol/netlink';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { ignoringAll, one, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';

/** The connections that helpers expect in a namespace. */
export class ExpectationCollection extends Collection {
  /** All expectations, or those that the filter describes: `list({ helper: 'ftp' })`. */
  list(filter?: ExpectationFilter): Promise<Expectation[]> {
    return askedLater(() => this.handle.transport.list(listExpectations(readOnce(filter))));
  }

  /**
   * One expectation, by its tuple and zone, or as it was listed. The kernel compares by the expectation's mask: that of any port of a source
   * is found by each of its ports. Rejects with ENOENT if there is none.
   */
  get(expectation: ExpectationKey): Promise<Expectation> {
    return asked(() => {
      const key = optionsOnce(expectation, "{ protocol: 'tcp', tuple: {...} }");
      return one(this.handle.transport.query(getExpectation(key)));
    });
  }

  /** Adds an expectation, or those of an array, to connections that have a helper. Rejects with ENOENT if there is no such connection. */
  add(expectation: ExpectationOptions | readonly ExpectationOptions[]): Promise<void> {
    return sendEach(this.handle, expectation, newExpectation, NETLINK.NETFILTER);
  }

  /**
   * Deletes an expectation, or those of an array, by tuple and zone, and `id` if it is given. Without it goes the one that `get` finds, which may
   * have another tuple. Rejects with ENOENT if there is none.
   */
  delete(expectation: ExpectationKey | readonly ExpectationKey[]): Promise<void> {
    return sendEach(this.handle, expectation, deleteExpectation, NETLINK.NETFILTER);
  }

  /** Deletes the expectations that the filter selects: `flush({ helper: 'ftp' })`. An empty filter is refused; `flush('all')` deletes all. */
  flush(filter: FlushFilter<ExpectationFilter>): Promise<void> {
    return asked(() => {
      const given: ExpectationFilter = flushFilter<ExpectationFilter>(readOnce(filter), "{ helper: 'ftp' }");
      if (filter === 'all') return this.handle.transport.send(flushExpectations());
      const { query } = readExpectationFilter(given, { toFlush: true });
      return this.handle.exclusive('conntrack.expectations.flush', async (inside) => {
        const found = await inside.list(query);
        await sendAll(inside, found, deleteExpectation, NETLINK.NETFILTER).catch(ignoringAll('ENOENT'));
      });
    });
  }

  /** Listens to what happens to expectations: as `conntrack.watch` does of connections. */
  watch(filter: ExpectationFilter = {}, options?: WatchOptions): Promise<EventStream<ExpectationEvent>> {
    return askedLater(() => {
      const { isMeant } = readExpectationFilter(readOnce(filter));
      return watch(this.handle, expectationEvents(isMeant), options, this.keeps);
    });
  }
}

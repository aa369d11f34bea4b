import { ERRNO } from '../errno';
import { watch, type EventStream, type WatchOptions } from '../events/watch';
import type { NamespaceHandle } from '../namespace/handle';
import { optionsOnce, readOnce } from '../once';
import {
  changeConnection,
  CONNECTION,
  deleteConnection,
  flushConnections,
  getConnection,
  newConnection,
} from '../protocol/netfilter/conntrack/connection';
import type {
  Connection,
  ConnectionChanges,
  ConnectionKey,
  ConnectionOptions,
} from '../protocol/netfilter/conntrack/connection-fields';
import { listConnections, readFilter, type ConnectionFilter } from '../protocol/netfilter/conntrack/connection-filter';
import { connectionEvents, type ConnectionEvent } from '../protocol/netfilter/conntrack/events';
import { getTable, listCpuStatistics, type TrackingStatistics } from '../protocol/netfilter/conntrack/statistics';
import { NETLINK } from '../protocol/netlink';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { ExpectationCollection } from './conntrack-expectations';
import { ignoringAll, one, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { streamOf } from './stream';

const FILTER = "{ reply: { source: '10.1.0.7' } }";

/**
 * The connections that the kernel tracks in a namespace, which `conntrack -L` shows: it does once a rule there asks for the
 * state of connections (`ct`) or translates addresses.
 */
export class ConntrackCollection extends Collection {
  /** The connections that its helpers expect, such as those for data of FTP. */
  readonly expectations: ExpectationCollection;

  /** @internal */
  constructor(handle: NamespaceHandle, owner: object | undefined, what: string) {
    super(handle, owner, what);
    this.expectations = new ExpectationCollection(handle, owner, `${what}.expectations`);
  }

  /** All connections, or those that the filter describes: `list({ protocol: 'tcp', mark: 5 })`. */
  list(filter?: ConnectionFilter): Promise<Connection[]> {
    return askedLater(() => this.handle.transport.list(listConnections(readOnce(filter))));
  }

  /**
   * As {@link list}, one after the other in bounded memory. The kernel does not tell if the table changes meanwhile: one that begins or
   * ends then may be missing.
   */
  stream(filter?: ConnectionFilter): AsyncGenerator<Connection, void, undefined> {
    return streamOf(this.handle, filter, listConnections, this.keeps);
  }

  /**
   * One connection, by one of its tuples, and its zone: `get({ protocol: 'udp', original: {...} })`, or as it was listed. Rejects with
   * ENOENT if there is none, or another with the same tuple than the one of this `id`.
   */
  get(connection: ConnectionKey): Promise<Connection> {
    return asked(() => {
      const key = optionsOnce(connection, CONNECTION);
      const query = getConnection(key);
      const { transport } = this.handle;
      const found = one(transport.query(query));
      // The kernel finds it by its tuple alone.
      if (key.id === undefined) return found;
      return found.then((row) => {
        if (row.id !== key.id) throw transport.failure(query, { errno: ERRNO.ENOENT });
        return row;
      });
    });
  }

  /**
   * Adds a connection, or those of an array: `add({ protocol: 'tcp', original: {...}, timeout: 60 })`. Where `reply` has other addresses or
   * ports than those of `original`, its packets are translated. One with a `master` comes after that. Rejects with EEXIST if there is one with these tuples.
   */
  add(connection: ConnectionOptions | readonly ConnectionOptions[]): Promise<void> {
    return sendEach(this.handle, connection, newConnection, NETLINK.NETFILTER);
  }

  /**
   * Changes a connection, or those of an array: `set({ ...connection, mark: 5 })`. What is absent stays as it is. It is found by
   * `original`, or by `reply` where that is absent; its tuples, zone, id and master stay as they are, and `id` is not compared. Rejects with ENOENT if there is none.
   */
  set(connection: ConnectionChanges | readonly ConnectionChanges[]): Promise<void> {
    return sendEach(this.handle, connection, changeConnection, NETLINK.NETFILTER);
  }

  /**
   * Deletes a connection, or those of an array: by `original`, or by `reply` where that is absent. With its `id`, as it was listed, one
   * that came later with the same tuples stays, unless it has the same id (see there). The next packet is looked at as the first of a new one. Rejects with ENOENT if there is none.
   */
  delete(connection: ConnectionKey | readonly ConnectionKey[]): Promise<void> {
    return sendEach(this.handle, connection, deleteConnection, NETLINK.NETFILTER);
  }

  /**
   * Deletes the connections that the filter selects: `flush({ protocol: 'tcp', reply: { source: '10.1.0.7', sourcePort: 80 } })`. They are
   * listed, and each is deleted by its tuple and id, so that of those that came meanwhile none goes with another id. A filter that is empty or has a part that is, and a
   * property that is undefined, are refused; `flush('all')` deletes all.
   */
  flush(filter: FlushFilter<ConnectionFilter>): Promise<void> {
    return asked(() => {
      const given: ConnectionFilter = flushFilter<ConnectionFilter>(readOnce(filter), FILTER);
      if (filter === 'all') return this.handle.transport.send(flushConnections());
      const { query } = readFilter(given, { toFlush: true });
      return this.handle.exclusive('conntrack.flush', async (inside) => {
        const found = await inside.list(query);
        await sendAll(inside, found, deleteConnection, NETLINK.NETFILTER).catch(ignoringAll('ENOENT'));
      });
    });
  }

  /**
   * Listens to what happens to connections, those that the filter describes, and resolves when nothing is missed any more:
   * `for await (const { event, connection } of await host.conntrack.watch({ protocol: 'tcp' }))`. With the sysctl
   * net.netfilter.nf_conntrack_events as it is by default the kernel tells of those that begin while somebody listens. Leaving the loop ends it.
   */
  watch(filter: ConnectionFilter = {}, options?: WatchOptions): Promise<EventStream<ConnectionEvent>> {
    return askedLater(() => {
      const { isMeant } = readFilter(readOnce(filter));
      return watch(this.handle, connectionEvents(isMeant), options, this.keeps);
    });
  }

  /** How full the table is, and what each CPU counted. */
  statistics(): Promise<TrackingStatistics> {
    return askedLater(async () => {
      const { transport } = this.handle;
      const [table, cpus] = await Promise.all([one(transport.query(getTable())), transport.list(listCpuStatistics())]);
      const { entries = 0, maxEntries } = table;
      return { entries, ...(maxEntries !== undefined && { maxEntries }), cpus };
    });
  }
}

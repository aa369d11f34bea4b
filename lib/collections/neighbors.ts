import type { NamespaceHandle } from '../namespace/handle';
import {
  deleteNeighbor,
  getNeighbor,
  listNeighbors,
  newNeighbor,
  type Neighbor,
  type NeighborFilter,
  type NeighborKey,
  type NeighborOptions,
} from '../protocol/neighbor';
import { rowsOf } from '../transport/rows';
import { withDevices } from './device';
import { ignoringAll, sendEach } from './elements';
import { copyOf, flushFilter, type FlushFilter } from './filters';

/** The neighbors of a namespace: which link-layer address an IPv4 (ARP) or IPv6 (NDP) address has. */
export class NeighborCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /** All neighbors in all states, or those that the filter describes. Proxy entries only with `proxy: true`. */
  async list(filter?: NeighborFilter): Promise<Neighbor[]> {
    return await withDevices(this.handle, copyOf(filter), (found) => this.handle.transport.list(listNeighbors(found)));
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: NeighborFilter): AsyncGenerator<Neighbor, void, undefined> {
    return rowsOf(this.batches(copyOf(filter)));
  }

  /** One neighbor, by address: `get('10.1.1.1', { device: 'eth0' })`. Rejects with ENOENT if there is none. */
  get(destination: string, place: Omit<NeighborKey, 'destination'>): Promise<Neighbor> {
    return withDevices(this.handle, place, async (found) => {
      const [neighbor] = await this.handle.transport.query(getNeighbor({ ...found, destination }));
      return neighbor!;
    });
  }

  /** Adds a neighbor, or those of an array. Rejects with EEXIST if there is one of this address; a proxy entry is made or changed. */
  add(neighbor: NeighborOptions | readonly NeighborOptions[]): Promise<void> {
    return sendEach(this.handle, neighbor, (options) => newNeighbor(options, 'add'));
  }

  /** Adds a neighbor, or changes the one that there is; or those of an array. */
  replace(neighbor: NeighborOptions | readonly NeighborOptions[]): Promise<void> {
    return sendEach(this.handle, neighbor, (options) => newNeighbor(options, 'replace'));
  }

  /** Deletes a neighbor, or those of an array. Rejects with ENOENT if there is none. */
  delete(neighbor: NeighborKey | readonly NeighborKey[]): Promise<void> {
    return sendEach(this.handle, neighbor, deleteNeighbor);
  }

  /**
   * Deletes the neighbors that the filter selects: `flush({ device: 'eth0' })`. Those that are 'permanent' or 'noarp' stay
   * unless it asks for that state. A filter that names nothing is refused, and so is a property that is undefined;
   * `flush('all')` deletes those of all links, but not the proxy entries.
   */
  async flush(filter: FlushFilter<NeighborFilter>): Promise<void> {
    const wanted = flushFilter<NeighborFilter>(filter, "{ device: 'eth0' }");
    const found = await this.list(wanted);
    const isMeant = ({ state }: Neighbor) => wanted.state !== undefined || !lasting.includes(state);
    await this.delete(found.filter(isMeant)).catch(ignoringAll('ENOENT'));
  }

  private async *batches(filter: NeighborFilter | undefined): AsyncGenerator<Neighbor[], void, undefined> {
    const query = await withDevices(this.handle, filter, (found) => Promise.resolve(listNeighbors(found)));
    yield* this.handle.transport.batches(query);
  }
}

/** What somebody set, and what needs no resolution. */
const lasting: readonly Neighbor['state'][] = ['permanent', 'noarp'];

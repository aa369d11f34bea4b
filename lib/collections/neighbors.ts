import {
  deleteNeighbor,
  getNeighbor,
  listNeighbors,
  newNeighbor,
  type Neighbor,
  type NeighborFilter,
  type NeighborKey,
  type NeighborOptions,
  type NeighborPlace,
} from '../protocol/neighbor';
import { optionsOnce } from '../once';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { ignoringAll, one, sendAll, sendEach } from './elements';
import { flushFilter, type FlushFilter } from './filters';
import { listOf, type NamesOption } from './named-rows';
import { namedStreamOf } from './stream';

/** The neighbors of a namespace: which link-layer address an IPv4 (ARP) or IPv6 (NDP) address has. */
export class NeighborCollection extends Collection {
  /** All neighbors in all states, or those that the filter describes. Proxy entries only with `proxy: true`. */
  list(filter?: NeighborFilter & NamesOption): Promise<Neighbor[]> {
    return askedLater(() => listOf(this.handle.transport, filter, listNeighbors));
  }

  /**
   * As {@link list}, one after the other in bounded memory. The kernel does not tell if the table changes meanwhile: rows that are removed before
   * their turn are missing then.
   */
  stream(filter?: NeighborFilter & NamesOption): AsyncGenerator<Neighbor, void, undefined> {
    return namedStreamOf(this.handle, filter, listNeighbors, this.keeps);
  }

  /**
   * One neighbor, by address: `get('10.1.1.1', { device: 'eth0' })`. Rejects with ENOENT if there is no such neighbor.
   */
  get(destination: string, place: NeighborPlace): Promise<Neighbor> {
    return asked(() => {
      const given = optionsOnce(place, "{ device: 'eth0' }");
      return one(this.handle.transport.query(getNeighbor({ ...given, destination })));
    });
  }

  /**
   * Adds a neighbor, or those of an array. Rejects with EEXIST if there is one with this address; an existing proxy
   * entry is changed instead.
   */
  add(neighbor: NeighborOptions | readonly NeighborOptions[]): Promise<void> {
    return sendEach(this.handle, neighbor, (options) => newNeighbor(options, 'add'));
  }

  /** Adds a neighbor, or changes the existing one. Takes an array as well. */
  replace(neighbor: NeighborOptions | readonly NeighborOptions[]): Promise<void> {
    return sendEach(this.handle, neighbor, (options) => newNeighbor(options, 'replace'));
  }

  /**
   * Deletes a neighbor, or those of an array: link, destination and the flag 'proxy' select it. Rejects with ENOENT if
   * there is no such neighbor.
   */
  delete(neighbor: NeighborKey | readonly NeighborKey[]): Promise<void> {
    return sendEach(this.handle, neighbor, deleteNeighbor);
  }

  /**
   * Deletes the neighbors that the filter selects: `flush({ device: 'eth0' })`. Those in the state 'permanent' or
   * 'noarp' stay unless the filter names that state. An empty filter and a property that is undefined are refused;
   * `flush('all')` deletes those of all links, but not the proxy entries.
   */
  flush(filter: FlushFilter<NeighborFilter>): Promise<void> {
    return asked(() => {
      const given = flushFilter<NeighborFilter>(filter, "{ device: 'eth0' }");
      const query = listNeighbors(given);
      const isMeant = ({ state }: Neighbor) => given.state !== undefined || !lasting.includes(state);
      return this.handle.exclusive('neighbors.flush', async (inside) => {
        const found = await inside.list(query);
        await sendAll(inside, found.filter(isMeant), deleteNeighbor).catch(ignoringAll('ENOENT'));
      });
    });
  }
}

/** States that were set by hand, or that need no resolution. */
const lasting: readonly Neighbor['state'][] = ['permanent', 'noarp'];

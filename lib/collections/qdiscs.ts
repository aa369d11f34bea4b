import type { LinkReference } from '../codec';
import { optionsOnce, readOnce } from '../once';
import { getIndexFor } from '../protocol/link';
import {
  deleteQdisc,
  getQdisc,
  listQdiscs,
  newQdisc,
  type Qdisc,
  type QdiscOptions,
  type QdiscPlace,
  type QdiscSelection,
  type QdiscSelector,
} from '../protocol/qdisc';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { one, sendEach } from './elements';
import { apartFromNames, rowsOf, type NamesOption } from './named-rows';

/** The queueing disciplines of a namespace's links: in which order packets are sent, how fast, and how late. */
export class QdiscCollection extends Collection {
  /**
   * All queueing disciplines, or those that the filter describes: `list({ device: 'eth0' })`. Rejects with ENODEV if no
   * link has this name; an index that no link has gives an empty list.
   */
  list(filter: QdiscSelection & NamesOption = {}): Promise<Qdisc[]> {
    return askedLater(() => {
      const { filter: given = {}, named } = apartFromNames<QdiscSelection>(readOnce(filter));
      const query = listQdiscs(given);
      const { device } = given;
      if (typeof device !== 'string') return rowsOf(this.handle.transport, query, named);
      // The kernel answers with those of all links, which have an index and no name.
      return this.handle.exclusive('qdiscs.list', async (inside) => {
        const question = { name: 'RTM_GETQDISC', subject: `qdiscs of '${device}'` };
        const { index } = await one(inside.query(getIndexFor(question, device)));
        return await rowsOf(inside, listQdiscs({ ...given, device: index }), named);
      });
    });
  }

  /**
   * The queueing discipline at a place of a link, the root by default: `get('eth0')`. Rejects with ENOENT if there is
   * none.
   */
  get(device: LinkReference, place: QdiscPlace = { parent: 'root' }): Promise<Qdisc> {
    return asked(() => {
      const given = optionsOnce(place, "{ parent: 'root' }");
      return one(this.handle.transport.query(getQdisc({ ...given, device })));
    });
  }

  /**
   * Adds a queueing discipline, `add({ device: 'eth0', kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 })`, or those
   * of an array. Rejects with EEXIST if there is one at this place, ENOENT if the kernel does not know the kind.
   */
  add(qdisc: QdiscOptions | readonly QdiscOptions[]): Promise<void> {
    return sendEach(this.handle, qdisc, (options) => newQdisc(options, 'add'));
  }

  /**
   * Replaces the queueing discipline at a place, adds it if there is none, or changes it if it is of the same kind.
   * Takes an array as well. Give all options that are to hold: what is left out may change. A tbf is listed with both
   * `limit` and `latency`, which say the same in two ways; with another rate or burst they differ, so leave one of them
   * out: `replace({ ...tbf, rate: 16e6, limit: undefined })`.
   */
  replace(qdisc: QdiscOptions | readonly QdiscOptions[]): Promise<void> {
    return sendEach(this.handle, qdisc, (options) => newQdisc(options, 'replace'));
  }

  /**
   * Deletes the queueing discipline at a place, which has to be given, `delete({ device: 'eth0', parent: 'root' })`,
   * and all below it, or those of an array. Packets that wait in it are lost. Rejects with ENOENT if there is none.
   */
  delete(qdisc: QdiscSelector | readonly QdiscSelector[]): Promise<void> {
    return sendEach(this.handle, qdisc, deleteQdisc);
  }
}

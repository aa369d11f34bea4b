import type { LinkReference } from '../codec';
import {
  deleteFdbEntry,
  flushFdb,
  isFlushState,
  getFdbEntry,
  listFdb,
  newFdbEntry,
  type FdbFilter,
  type FdbPlace,
} from '../protocol/fdb';
import type { FdbEntry, FdbOptions } from '../protocol/fdb-message';
import { optionsOnce } from '../once';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { getOne, ignoring } from './device';
import { one, sendEach } from './elements';
import { deleteEntries, isDone } from './fdb-flush';
import { flushFilter, type FlushFilter } from './filters';
import { listOf, type NamesOption } from './named-rows';
import { namedStreamOf } from './stream';

/** The forwarding tables of a namespace: behind which port of a bridge, or which tunnel, an Ethernet address is. */
export class FdbCollection extends Collection {
  /** All entries, or those that the filter describes: `list({ master: 'br0' })` is the forwarding table of br0. */
  list(filter?: FdbFilter & NamesOption): Promise<FdbEntry[]> {
    return askedLater(() => listOf(this.handle.transport, filter, listFdb));
  }

  /**
   * As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the kernel tells that the table changed.
   */
  stream(filter?: FdbFilter & NamesOption): AsyncGenerator<FdbEntry, void, undefined> {
    return namedStreamOf(this.handle, filter, listFdb, this.keeps);
  }

  /**
   * One entry, by address: `get('02:00:00:00:00:01', { master: 'br0' })`. From a device's own table, such as that of a
   * vxlan: `get(address, { device: 'vx0', flags: ['self'] })`. Rejects with ENOENT if there is no such entry; without
   * that flag also with EINVAL if the device is not a port of a bridge.
   */
  get(address: string, place: FdbPlace): Promise<FdbEntry> {
    return asked(() => {
      const given = optionsOnce(place, "{ master: 'br0' }");
      return one(this.handle.transport.query(getFdbEntry(address, given)));
    });
  }

  /**
   * Adds an entry, or an array of them. It goes to the table of the bridge that the link is a port of, `add({ device:
   * 'veth222', address })`, or to the link's own table, such as that of a vxlan: with one of the tunnel's properties,
   * `add({ device: 'vx0', address, destination })`, or with `flags: ['self']`. Rejects with EEXIST if there is such an
   * entry, EOPNOTSUPP if the link is not a port of a bridge and its own table was not named, EPERM for a dynamic entry
   * of a port that does not learn or forward yet.
   */
  add(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, (options) => newFdbEntry(options, 'add'));
  }

  /** Adds an entry, or changes the existing one: its state, its port. Takes an array as well. */
  replace(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, (options) => newFdbEntry(options, 'replace'));
  }

  /** VXLAN: adds an entry, or one more destination to the existing entry. Takes an array as well. */
  append(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, (options) => newFdbEntry(options, 'append'));
  }

  /**
   * Deletes an entry, or those of an array: as it was listed, or `delete({ device: 'veth222', address })`. From a
   * device's own table: `delete({ device: 'vx0', address, flags: ['self'] })`. Rejects with ENOENT if there is no such
   * entry behind this link; without that flag also with EOPNOTSUPP if the link is not a port of a bridge. If an entry
   * of a vxlan link does not have this `destination` with this `port`, `vni` and `via`, the kernel deletes nothing and
   * reports success, so the call resolves.
   */
  delete(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, deleteFdbEntry);
  }

  /**
   * Deletes the entries that the filter selects: `flush({ master: 'br0', state: 'dynamic' })`. Permanent entries stay
   * unless the filter names that state: the addresses of the bridge and its ports, and in a device's own table, such as
   * that of a vxlan, everything that was added without another state: `flush({ device: 'vx0', state: 'permanent' })`.
   * An empty filter and a property that is undefined are refused; `flush('all')` deletes the entries of all bridges and
   * those in links' own tables.
   *
   * Rejects with a RangeError, and deletes nothing, where the kernel would delete more than was selected: deleting an
   * entry without a VLAN also deletes those of its address in each VLAN behind the port. Since 5.19 this happens only
   * for states that the kernel's own flush does not know.
   */
  flush(filter: FlushFilter<FdbFilter>): Promise<void> {
    return asked(() => {
      const given: FdbFilter = flushFilter<FdbFilter>(filter, "{ master: 'br0' }");
      const query = listFdb(given);
      const { master, device, state } = given;
      const atOnce = master !== undefined && isFlushState(state) ? flushFdb({ ...given, master, state }) : undefined;
      return this.handle.exclusive('fdb.flush', async (inside) => {
        if (atOnce !== undefined && (await isTable(inside, master!, device)) && (await isDone(inside.send(atOnce))))
          return;
        const found = await inside.list(query);
        const isMeant = (entry: FdbEntry) => state !== undefined || entry.state !== 'permanent';
        await deleteEntries(inside, found.filter(isMeant), state);
      });
    });
  }
}

/**
 * Whether the kernel's flush can be used for a filter. It empties the table of whichever bridge `device` is a port of,
 * and also that of a master that is not a bridge.
 */
async function isTable(
  transport: NetlinkTransport,
  master: LinkReference,
  device: LinkReference | undefined,
): Promise<boolean> {
  const get = (link: LinkReference) => getOne(transport, link).catch(ignoring('ENODEV'));
  const [bridge, port] = await Promise.all([get(master), device === undefined ? undefined : get(device)]);
  return bridge?.kind === 'bridge' && (device === undefined || port?.master === bridge.index);
}

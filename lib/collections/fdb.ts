import type { LinkReference } from '../codec';
import type { NamespaceHandle } from '../namespace/handle';
import {
  deleteFdbEntry,
  flushFdb,
  isFlushState,
  getFdbEntry,
  listFdb,
  newFdbEntry,
  type FdbEntry,
  type FdbFilter,
  type FdbFlush,
  type FdbOptions,
  type FdbPlace,
} from '../protocol/fdb';
import { rowsOf } from '../transport/rows';
import { getOne, ignoring, withDevices } from './device';
import { ignoringAll, sendEach } from './elements';
import { copyOf, flushFilter, type FlushFilter } from './filters';

/** The forwarding tables of a namespace: behind which port of a bridge, or which tunnel, an Ethernet address is. */
export class FdbCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /** All entries, or those that the filter describes: `list({ master: 'br0' })` is the forwarding table of br0. */
  async list(filter?: FdbFilter): Promise<FdbEntry[]> {
    return await withDevices(this.handle, copyOf(filter), (found) => this.handle.transport.list(listFdb(found)));
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: FdbFilter): AsyncGenerator<FdbEntry, void, undefined> {
    return rowsOf(this.batches(copyOf(filter)));
  }

  /** One entry, by address: `get('02:00:00:00:00:01', { master: 'br0' })`. Rejects with ENOENT if there is none. */
  get(address: string, place: FdbPlace): Promise<FdbEntry> {
    return withDevices(this.handle, place, async (options) => {
      const [entry] = await this.handle.transport.query(getFdbEntry(address, options));
      return entry!;
    });
  }

  /**
   * Adds an entry, or those of an array, to the table of the bridge that a link is a port of: `add({ device: 'veth222', address })`,
   * or to a link's own table. Rejects with EEXIST if there is one, EOPNOTSUPP if the link is no port of a bridge, EPERM for a dynamic entry
   * of a port that does not learn or forward yet.
   */
  add(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, (options) => newFdbEntry(options, 'add'));
  }

  /** Adds an entry, or changes the one that there is: its state, its port; or those of an array. */
  replace(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, (options) => newFdbEntry(options, 'replace'));
  }

  /** VXLAN: adds an entry, or one more destination to the entry that there is. */
  append(entry: FdbOptions): Promise<void> {
    return withDevices(this.handle, entry, (options) => this.handle.transport.send(newFdbEntry(options, 'append')));
  }

  /** Deletes an entry, or those of an array. Rejects with ENOENT if there is none behind this link. */
  delete(entry: FdbOptions | readonly FdbOptions[]): Promise<void> {
    return sendEach(this.handle, entry, deleteFdbEntry);
  }

  /**
   * Deletes the entries that the filter selects: `flush({ master: 'br0', state: 'dynamic' })`. Permanent ones, the addresses
   * of the bridge and its ports, stay unless it asks for that state. A filter that names nothing is refused, and so is a property
   * that is undefined; `flush('all')` deletes those of all bridges, and those in links' own tables.
   */
  async flush(filter: FlushFilter<FdbFilter>): Promise<void> {
    const wanted: FdbFilter = flushFilter<FdbFilter>(filter, "{ master: 'br0' }");
    await withDevices(this.handle, wanted, async (found) => {
      const { master, state } = found;
      const isOne = master !== undefined && isFlushState(state) && (await this.isTable(master, found.device));
      if (isOne) await this.flushAtOnce({ ...found, master, state });
      else await this.flushOneByOne(found);
    });
  }

  /**
   * Whether the kernel's flush works on what a filter selects. It takes the table of the bridge that `device` is a port of,
   * whichever that is, and that of a master that is no bridge.
   */
  private async isTable(master: LinkReference, device: LinkReference | undefined): Promise<boolean> {
    const { transport } = this.handle;
    const get = (link: LinkReference) => getOne(transport, link).catch(ignoring('ENODEV'));
    const [bridge, port] = await Promise.all([get(master), device === undefined ? undefined : get(device)]);
    return bridge?.kind === 'bridge' && (device === undefined || port?.master === bridge.index);
  }

  private async flushAtOnce(filter: FdbFlush): Promise<void> {
    try {
      await this.handle.transport.send(flushFdb(filter));
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== 'EINVAL' && code !== 'EOPNOTSUPP') throw error; // so kernels before 5.19 answer
      await this.flushOneByOne(filter);
    }
  }

  private async flushOneByOne(filter: FdbFilter): Promise<void> {
    const found = await this.list(filter);
    const isMeant = ({ state }: FdbEntry) => filter.state !== undefined || state !== 'permanent';
    await this.delete(found.filter(isMeant)).catch(ignoringAll('ENOENT'));
  }

  private async *batches(filter: FdbFilter | undefined): AsyncGenerator<FdbEntry[], void, undefined> {
    const query = await withDevices(this.handle, filter, (found) => Promise.resolve(listFdb(found)));
    yield* this.handle.transport.batches(query);
  }
}

import { optionsOnce } from '../once';
import { deleteFlowtable, listFlowtables, newFlowtable } from '../protocol/netfilter/nftables/flowtable';
import type {
  NftFlowtable,
  NftFlowtableFilter,
  NftFlowtableKey,
  NftFlowtableOptions,
} from '../protocol/netfilter/nftables/flowtable-options';
import { askedLater } from '../transport/trip';
import { filterOnce, keyOnce } from './nftables-checks';
import { NftCollection } from './nftables-collection';

const FLOWTABLE = "{ family: 'inet', table: 'shop', name: 'fast', devices: ['eth0', 'eth1'] }";

/** The flowtables of packet rules: what carries packets of known connections on without the rules. */
export class NftFlowtableCollection extends NftCollection {
  /** All flowtables, or those of a family or a table. */
  list(filter?: NftFlowtableFilter): Promise<NftFlowtable[]> {
    return askedLater(() => this.handle.transport.list(listFlowtables(filterOnce(filter, 'flowtables'))));
  }

  /** Adds a flowtable; one that is there gets the devices besides. Rejects with ENOENT if there is no such table, or the kernel has no flowtables. */
  add(flowtable: NftFlowtableOptions): Promise<void> {
    return this.send(() => [newFlowtable(optionsOnce(flowtable, FLOWTABLE))]);
  }

  /** Deletes a flowtable. Rejects with EBUSY while a rule refers to it, with ENOENT if there is none. */
  delete(flowtable: NftFlowtableKey): Promise<void> {
    return this.send(() => [deleteFlowtable(keyOnce(flowtable, 'flowtable', FLOWTABLE))]);
  }
}

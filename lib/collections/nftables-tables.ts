import { optionsOnce } from '../once';
import { flushTable } from '../protocol/netfilter/nftables/rule';
import { deleteTable, listTables, newTable } from '../protocol/netfilter/nftables/table';
import type {
  NftTable,
  NftTableFilter,
  NftTableKey,
  NftTableOptions,
} from '../protocol/netfilter/nftables/table-options';
import { askedLater } from '../transport/trip';
import { filterOnce, keyOnce } from './nftables-checks';
import { NftCollection } from './nftables-collection';

const TABLE = "{ family: 'inet', name: 'shop' }";

/** The tables of packet rules. */
export class NftTableCollection extends NftCollection {
  /** All tables, or those of a family. */
  list(filter?: NftTableFilter): Promise<NftTable[]> {
    return askedLater(() => this.handle.transport.list(listTables(filterOnce(filter, 'tables'))));
  }

  /** Adds a table; one that is there stays as it is, but for its `flags`. */
  add(table: NftTableOptions): Promise<void> {
    return this.send(() => [newTable(optionsOnce(table, TABLE), this.handle.port !== undefined)]);
  }

  /** Deletes a table with all that is in it. Rejects with ENOENT if there is none. */
  delete(table: NftTableKey): Promise<void> {
    return this.send(() => [deleteTable(keyOnce(table, 'table', TABLE))]);
  }

  /** Deletes the rules of all chains of a table; chains and sets stay. Rejects with ENOENT if there is no such table. */
  flush(table: NftTableKey): Promise<void> {
    return this.send(() => [flushTable(keyOnce(table, 'table', TABLE))]);
  }
}

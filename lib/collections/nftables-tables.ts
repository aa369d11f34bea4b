import { checkText } from '../codec';
import { at } from '../errors';
import { optionsOnce } from '../once';
import { deleteChain, listChains, newChain } from '../protocol/netfilter/nftables/chain';
import type {
  NftChain,
  NftChainFilter,
  NftChainKey,
  NftChainOptions,
} from '../protocol/netfilter/nftables/chain-options';
import { LONGEST_NAME, nftablesBatch } from '../protocol/netfilter/nftables/nftables';
import { deleteRules } from '../protocol/netfilter/nftables/rule';
import { deleteTable, listTables, newTable } from '../protocol/netfilter/nftables/table';
import type {
  NftTable,
  NftTableFilter,
  NftTableKey,
  NftTableOptions,
} from '../protocol/netfilter/nftables/table-options';
import type { Request } from '../protocol/netlink';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { filterOnce, keyOnce } from './nftables-checks';

const TABLE = "{ family: 'inet', name: 'shop' }";
const CHAIN = "{ family: 'inet', table: 'shop', name: 'post' }";

function checkName(name: unknown): void {
  at('name', () => {
    checkText(name, LONGEST_NAME);
  });
}

/** What packet rules stand in. */
abstract class Container extends Collection {
  protected send(request: () => Request): Promise<void> {
    return asked(() => this.handle.transport.sendWhole([request()], nftablesBatch));
  }
}

/** The tables of packet rules. */
export class NftTableCollection extends Container {
  /** All tables, or those of a family. */
  list(filter?: NftTableFilter): Promise<NftTable[]> {
    return askedLater(() => this.handle.transport.list(listTables(filterOnce(filter, 'tables'))));
  }

  /** Adds a table; one that is there stays as it is, but for its `flags`. */
  add(table: NftTableOptions): Promise<void> {
    return this.send(() => newTable(optionsOnce(table, TABLE)));
  }

  /** Deletes a table with all that is in it. Rejects with ENOENT if there is none. */
  delete(table: NftTableKey): Promise<void> {
    return this.send(() => deleteTable(keyOnce(table, 'table', TABLE)));
  }

  /** Deletes the rules of all chains of a table; chains and sets stay. Rejects with ENOENT if there is no such table. */
  flush(table: NftTableKey): Promise<void> {
    return this.send(() => {
      const { family, name } = keyOnce(table, 'table', TABLE);
      checkName(name);
      return deleteRules(family, name);
    });
  }
}

/** The chains of packet rules. */
export class NftChainCollection extends Container {
  /** All chains, or those of a family or a table. */
  list(filter?: NftChainFilter): Promise<NftChain[]> {
    return askedLater(() => this.handle.transport.list(listChains(filterOnce(filter, 'chains'))));
  }

  /** Adds a chain; one that is there takes the policy. Rejects with ENOENT if there is no such table. */
  add(chain: NftChainOptions): Promise<void> {
    return this.send(() => newChain(optionsOnce(chain, CHAIN)));
  }

  /** Deletes a chain, and its rules. Rejects with EBUSY while others lead to it, with ENOENT if there is none. */
  delete(chain: NftChainKey): Promise<void> {
    return this.send(() => deleteChain(keyOnce(chain, 'chain', CHAIN)));
  }

  /** Deletes all rules of a chain. Rejects with ENOENT if there is no such chain. */
  flush(chain: NftChainKey): Promise<void> {
    return this.send(() => {
      const { family, table, name } = keyOnce(chain, 'chain', CHAIN);
      // Without a name those of all chains would go.
      checkName(name);
      return deleteRules(family, table, name);
    });
  }
}

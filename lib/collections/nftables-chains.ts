import { optionsOnce } from '../once';
import { deleteChain, listChains, newChain } from '../protocol/netfilter/nftables/chain';
import type {
  NftChain,
  NftChainFilter,
  NftChainKey,
  NftChainOptions,
} from '../protocol/netfilter/nftables/chain-options';
import { flushChain } from '../protocol/netfilter/nftables/rule';
import { askedLater } from '../transport/trip';
import { filterOnce, keyOnce } from './nftables-checks';
import { NftCollection } from './nftables-collection';

const CHAIN = "{ family: 'inet', table: 'shop', name: 'post' }";

/** The chains of packet rules. */
export class NftChainCollection extends NftCollection {
  /** All chains, or those of a family or a table. */
  list(filter?: NftChainFilter): Promise<NftChain[]> {
    return askedLater(() => this.handle.transport.list(listChains(filterOnce(filter, 'chains'))));
  }

  /** Adds a chain; one that is there takes the policy. Rejects with ENOENT if there is no such table. */
  add(chain: NftChainOptions): Promise<void> {
    return this.send(() => [newChain(optionsOnce(chain, CHAIN))]);
  }

  /** Deletes a chain, and its rules. Rejects with EBUSY while others lead to it, with ENOENT if there is none. */
  delete(chain: NftChainKey): Promise<void> {
    return this.send(() => [deleteChain(keyOnce(chain, 'chain', CHAIN))]);
  }

  /** Deletes all rules of a chain. Rejects with ENOENT if there is no such chain. */
  flush(chain: NftChainKey): Promise<void> {
    return this.send(() => [flushChain(keyOnce(chain, 'chain', CHAIN))]);
  }
}

import { nftablesBatch } from '../protocol/netfilter/nftables/nftables';
import type { Request } from '../protocol/netlink';
import { asked } from '../transport/trip';
import { Collection } from './collection';

/** What the collections of packet rules have in common: the kernel takes changes in batches alone, of one thing as well. */
export abstract class NftCollection extends Collection {
  /** Sends what a verb asks for, all or nothing. */
  protected send(requests: () => readonly Request[]): Promise<void> {
    return asked(() => this.handle.transport.sendWhole(requests(), nftablesBatch));
  }
}

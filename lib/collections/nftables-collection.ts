import { ERRNO } from '../errno';
import { NetlinkError } from '../errors';
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

/** For `catch`: what another program deleted meanwhile is not there any more. */
export function unlessGone(error: unknown): undefined {
  if (error instanceof NetlinkError && error.errno === ERRNO.ENOENT) return undefined;
  throw error;
}

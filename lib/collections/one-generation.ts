import { setTimeout } from 'node:timers/promises';

import { ERRNO } from '../errno';
import { NetlinkError, retold } from '../errors';
import { getGeneration } from '../protocol/netfilter/nftables/generation';
import { nftablesBatchOf, type NftRequest } from '../protocol/netfilter/nftables/nftables';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { one } from './elements';
import { sendBatch } from './nftables-collection';

/** How often something is tried again while other programs change the packet rules. */
const ATTEMPTS = 10;
/** Milliseconds by which a wait before that may be longer than the one before: several that wait for as long would meet again. */
const PAUSE = 2;

/**
 * Reads something that takes several requests from one state of the packet rules: repeats it if they changed meanwhile. Rejects with EINTR
 * if they keep changing.
 */
export async function inOneGeneration<Result>(
  inside: NetlinkTransport,
  read: (generation: number) => Promise<Result>,
): Promise<Result> {
  const query = getGeneration();
  for (let attempt = 1; ; attempt++) {
    const before = await one(inside.query(query));
    const outcome = await read(before.id).then((result) => ({ result }), failedRead);
    const after = await one(inside.query(query));
    if (before.id === after.id) {
      if ('error' in outcome) throw outcome.error;
      return outcome.result;
    }
    if (attempt === ATTEMPTS) {
      throw inside.failure(query, { errno: ERRNO.EINTR, text: 'the rules kept changing while they were read' });
    }
  }
}

/**
 * Has the kernel do, as a whole, what follows from a state of the packet rules, in that very state: looks again if they changed meanwhile.
 * Rejects with ERESTART if they keep changing.
 */
export async function changeOneGeneration(
  inside: NetlinkTransport,
  port: number | undefined,
  requestsOf: () => Promise<readonly NftRequest[]>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { id } = await one(inside.query(getGeneration()));
    const requests = await requestsOf();
    try {
      if (requests.length > 0) await sendBatch(inside, requests, port, nftablesBatchOf(id));
      return;
    } catch (error) {
      const isChanged = error instanceof NetlinkError && error.errno === ERRNO.ERESTART;
      if (!isChanged) throw error;
      if (attempt === ATTEMPTS) throw retold(error, { reason: 'the rules kept changing while the batch was made' });
      await setTimeout(Math.random() * attempt * PAUSE);
    }
  }
}

/** A failure that a change can cause: a set that was listed is deleted before its elements are read. Throws all others. */
function failedRead(error: unknown): { error: unknown } {
  const isOfChange = error instanceof NetlinkError && (error.errno === ERRNO.ENOENT || error.errno === ERRNO.EINTR);
  if (!isOfChange) throw error;
  return { error };
}

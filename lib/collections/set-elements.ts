import { setTimeout } from 'node:timers/promises';

import { ERRNO } from '../errno';
import { getSet, listElements, type ElementValues, type SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import type { KernelSet } from '../protocol/netfilter/nftables/sets/set';
import { numberIn } from '../protocol/netfilter/nftables/values/value-type';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { one } from './elements';

/** How often a set that is being resized is read. */
const ATTEMPTS = 20;
/** Milliseconds by which each wait between two reads is longer than the one before. */
const PAUSE = 2;

/**
 * The elements of a set, each once. A set without intervals is a hash table, which the kernel makes larger in the background, and tells
 * nobody: a list that is read meanwhile has some of them twice, and others not at all.
 */
export async function elementsIn(
  inside: NetlinkTransport,
  place: SetPlace,
  set: Pick<KernelSet, 'flags' | 'count'>,
): Promise<ElementValues[]> {
  const query = listElements(place);
  let current = set;
  for (let attempt = 1; ; attempt++) {
    const elements = (await inside.list(query)).flatMap((part) => part.elements ?? []);
    if (isWhole(elements, current)) return elements;
    if (attempt === ATTEMPTS) {
      throw inside.failure(query, { errno: ERRNO.EINTR, text: 'the set kept changing while it was read' });
    }
    await setTimeout(attempt * PAUSE);
    // Another program may have deleted some of those that were counted.
    current = await one(inside.query(getSet(place)));
  }
}

function isWhole(
  elements: readonly ElementValues[],
  { flags = [], count }: Pick<KernelSet, 'flags' | 'count'>,
): boolean {
  // Those are trees, and counted otherwise.
  if (flags.includes('interval')) return true;
  const known = new Set<string | number>();
  for (const { key } of elements) known.add(key?.value === undefined ? '' : nameOf(key.value));
  if (known.size < elements.length) return false;
  // Those whose time is over are counted as well.
  const isCounted = count !== undefined && !flags.includes('timeout') && !flags.includes('dynamic');
  return !isCounted || elements.length >= count;
}

/** What no two keys of a set have in common. */
function nameOf(key: Uint8Array): string | number {
  return key.length <= MOST_OF_NUMBER ? numberIn(key, false) : Buffer.from(key).toString('latin1');
}

/** Bytes that a number holds exactly. */
const MOST_OF_NUMBER = 6;

import { setTimeout } from 'node:timers/promises';

import { ERRNO } from '../errno';
import { listElements, type ElementValues, type SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import type { KernelSet } from '../protocol/netfilter/nftables/sets/set';
import type { NetlinkTransport } from '../transport/netlink-transport';

/** A table that is being made larger is read again so often, each time after so many milliseconds more. */
const ATTEMPTS = 20;
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
  for (let attempt = 1; ; attempt++) {
    const elements = (await inside.list(query)).flatMap((part) => part.elements ?? []);
    if (isWhole(elements, set)) return elements;
    if (attempt === ATTEMPTS) {
      throw inside.failure(query, { errno: ERRNO.EINTR, text: 'the set kept changing while it was read' });
    }
    await setTimeout(attempt * PAUSE);
  }
}

function isWhole(
  elements: readonly ElementValues[],
  { flags = [], count }: Pick<KernelSet, 'flags' | 'count'>,
): boolean {
  const known = new Set(elements.map(nameOf));
  if (known.size < elements.length) return false;
  // Intervals are counted otherwise, and elements whose time is over as well.
  const isCounted =
    count !== undefined && !['interval', 'timeout', 'dynamic'].some((flag) => flags.includes(flag as 'map'));
  return !isCounted || elements.length >= count;
}

/** What no two elements have in common. */
function nameOf({ key, keyEnd, flags = [] }: ElementValues): string {
  return (
    [key?.value, keyEnd?.value].map((bytes) => Buffer.from(bytes ?? []).toString('latin1')).join('-') + flags.join()
  );
}

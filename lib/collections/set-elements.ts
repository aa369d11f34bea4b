import { setTimeout } from 'node:timers/promises';

import { ERRNO } from '../errno';
import { getSet, listElements, type ElementValues, type SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import { compareOrder, orderOf, type Order } from '../protocol/netfilter/nftables/sets/element-order';
import type { KernelSet } from '../protocol/netfilter/nftables/sets/set';
import { rowAt } from '../protocol/netfilter/nftables/sets/set-elements';
import type { NftElementOptions } from '../protocol/netfilter/nftables/sets/set-options';
import { typesIn, type SetTypes } from '../protocol/netfilter/nftables/sets/set-types';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { inSlices } from '../transport/slices';
import { numbersInSlices, sortedInSlices } from '../transport/sorted';
import { one } from './elements';

/** How often a set that is being resized is read. */
const ATTEMPTS = 20;
/** Milliseconds by which each wait between two reads is longer than the one before. */
const PAUSE = 2;

/**
 * The elements of a set, each once, in the order of their keys. A set without intervals is a hash table, which the kernel makes larger in the background,
 * and tells nobody: a list that is read meanwhile has some of them twice, and others not at all.
 */
export async function elementsIn(
  inside: NetlinkTransport,
  place: SetPlace,
  set: Partial<KernelSet>,
): Promise<ElementValues[]> {
  const query = listElements(place);
  const { keys = [], isInterval = set.flags?.includes('interval') === true } = typesIn(set) ?? {};
  const order = orderOf(keys, isInterval);
  let current: Pick<KernelSet, 'flags' | 'count'> = set;
  for (let attempt = 1; ; attempt++) {
    const parts = await inside.list(query);
    const elements: ElementValues[] = [];
    await inSlices(parts.length, (index) => {
      for (const element of parts[index]!.elements ?? []) elements.push(element);
    });
    const { sorted, isUnique } = await inOrder(elements, order);
    // Those with ranges are trees, and counted otherwise.
    if (isInterval || (isUnique && hasAll(sorted, current))) return sorted;
    if (attempt === ATTEMPTS) {
      throw inside.failure(query, { errno: ERRNO.EINTR, text: 'the set kept changing while it was read' });
    }
    await setTimeout(attempt * PAUSE);
    // Another program may have deleted some of those that were counted.
    current = await one(inside.query(getSet(place)));
  }
}

/** Elements in order, and whether each is there once. */
async function inOrder(
  elements: readonly ElementValues[],
  order: (element: ElementValues) => Order,
): Promise<{ sorted: ElementValues[]; isUnique: boolean }> {
  const orders: Order[] = [];
  await inSlices(elements.length, (index) => {
    orders.push(order(elements[index]!));
  });
  const indexes = await indexesInOrder(orders);
  const sorted: ElementValues[] = [];
  let isUnique = true;
  await inSlices(elements.length, (at) => {
    const index = indexes(at);
    if (at > 0 && orders[indexes(at - 1)] === orders[index]) isUnique = false;
    sorted.push(elements[index]!);
  });
  return { sorted, isUnique };
}

/** So many indexes fit a number behind one of 33 bits, without loss. */
const MOST_INDEXES = 2 ** 20;

/** Which index is at a place, where all are in order. */
async function indexesInOrder(orders: readonly Order[]): Promise<(at: number) => number> {
  const { length } = orders;
  if (length > MOST_INDEXES || typeof orders[0] === 'string') {
    const compare = (one: number, other: number) => compareOrder(orders[one]!, orders[other]!);
    const indexes = await sortedInSlices([...orders.keys()], compare);
    return (at) => indexes[at]!;
  }
  // As numbers, each with its index behind it, which takes a tenth of the time.
  const numbers = new Float64Array(length);
  await inSlices(length, (index) => {
    numbers[index] = (orders[index] as number) * MOST_INDEXES + index;
  });
  const sorted = await numbersInSlices(numbers);
  return (at) => sorted[at]! % MOST_INDEXES;
}

function hasAll({ length }: readonly ElementValues[], { flags = [], count }: Partial<KernelSet>): boolean {
  // Those whose time is over are counted as well.
  const isCounted = count !== undefined && !flags.includes('timeout') && !flags.includes('dynamic');
  return !isCounted || length >= count;
}

/** Elements in words, which are in the order of their keys. */
export async function rowsInSlices(of: SetTypes, sorted: readonly ElementValues[]): Promise<NftElementOptions[]> {
  const rows: NftElementOptions[] = [];
  const at = rowAt(of, sorted);
  await inSlices(sorted.length, (index) => {
    const row = at(index);
    if (row !== undefined) rows.push(row);
  });
  return rows;
}

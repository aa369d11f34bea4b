import { at, isArray, wrongValue } from '../errors';
import { checkNftName } from '../protocol/netfilter/nftables/names';
import { getSet, type ElementValues, type SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import type { KernelSet } from '../protocol/netfilter/nftables/sets/set';
import { elementsAt } from '../protocol/netfilter/nftables/sets/set-elements';
import type { NftElementsKey } from '../protocol/netfilter/nftables/sets/set-options';
import { typesIn, type SetTypes } from '../protocol/netfilter/nftables/sets/set-types';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { inSlices } from '../transport/slices';
import { one } from './elements';
import { nameAs } from './nftables-places';

/** Where the set is whose elements are meant. */
export function placeOf({ family, table, set: name }: NftElementsKey): SetPlace {
  return { family, table, name };
}

/** The set whose elements are meant, which the caller calls `set`. */
export async function setAt(inside: NetlinkTransport, place: SetPlace): Promise<KernelSet> {
  at('set', () => {
    checkNftName(place.name);
  });
  return await one(inside.query(nameAs('set', getSet(place))));
}

/** What a set takes, as the kernel tells it. */
export function typesOfSet(set: KernelSet): SetTypes {
  return typesKnown(typesIn(set));
}

/** Throws unless there are words for what a set takes. */
export function typesKnown(types: SetTypes | undefined): SetTypes {
  if (types === undefined) throw wrongValue(`has keys or data of a type that has no name here`, 'set');
  return types;
}

/** Elements that are read at a time. */
export const AT_A_TIME = 64;

/** Whether elements of a set are read in one go: ranges are put in order, and looked at beside one another. */
export function isReadWhole({ isInterval, keys }: SetTypes): boolean {
  return isInterval && keys.length === 1;
}

/** Elements as the kernel has them, which for many takes more than one turn of the event loop. */
export async function elementsInSlices(types: SetTypes, elements: unknown, byKey: boolean): Promise<ElementValues[]> {
  if (!isArray(elements) || isReadWhole(types)) return elementsAt(types, elements, byKey);
  const values: ElementValues[] = [];
  await inSlices(Math.ceil(elements.length / AT_A_TIME), (index) => {
    const first = index * AT_A_TIME;
    for (const one of elementsAt(types, elements.slice(first, first + AT_A_TIME), byKey, first)) values.push(one);
  });
  return values;
}

import { wrongType } from '../errors';
import {
  elementRequests,
  getElement,
  type ElementValues,
  type SetPlace,
} from '../protocol/netfilter/nftables/sets/messages';
import { following } from '../protocol/netfilter/nftables/sets/set-content';
import { elementRows, keysAt } from '../protocol/netfilter/nftables/sets/set-elements';
import type { SetTypes } from '../protocol/netfilter/nftables/sets/set-types';
import type {
  NftElementOptions,
  NftElementsKey,
  NftElementsOptions,
  NftElementsReset,
} from '../protocol/netfilter/nftables/sets/set-options';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked } from '../transport/trip';
import { Collection } from './collection';
import { keyOnce } from './nftables-checks';
import { sendBatch, unlessGone, type NftHandle } from './nftables-collection';
import { elementsIn, rowsInSlices } from './set-elements';
import { elementsInSlices, placeOf, setAt, typesOfSet } from './set-types';

const SET = "{ family: 'inet', table: 'shop', set: 'blocked' }";
const ELEMENTS = "{ family: 'inet', table: 'shop', set: 'blocked', elements: [{ key: '192.0.2.1' }] }";

/** The elements of sets and maps. */
export class NftElementCollection extends Collection<NftHandle> {
  /** The elements of a set. */
  list(set: NftElementsKey): Promise<NftElementOptions[]> {
    return asked(() => {
      const place = placeOf(keyOnce(set, 'elements', SET));
      return this.handle.exclusive('nftables.elements.list', async (inside) => {
        const found = await setAt(inside, place);
        const types = typesOfSet(found);
        return rowsInSlices(types, await elementsIn(inside, place, found));
      });
    });
  }

  /**
   * Some elements, looked up by their keys: in the order in which they were asked for, of a set with intervals each the one that has the key in it.
   * Rejects with ENOENT if one is not there.
   */
  get(elements: NftElementsOptions): Promise<NftElementOptions[]> {
    return asked(() => {
      const { elements: wanted, ...given } = keyOnce(elements, 'elements', ELEMENTS);
      const place = placeOf(given);
      return this.handle.exclusive('nftables.elements.get', async (inside) => {
        const types = typesOfSet(await setAt(inside, place));
        const keys = keysAt(types, wanted);
        const found = await Promise.all(keys.map((key, index) => elementAt(inside, place, types, { key, index })));
        return found.flatMap((parts) => elementRows(types, parts));
      });
    });
  }

  /** Adds elements, all or none of them, however many. Rejects with EEXIST if one is there with other data. */
  add(elements: NftElementsOptions): Promise<void> {
    return this.send('add', elements);
  }

  /** Deletes elements, all or none of them, by their keys. Rejects with ENOENT if one is not there. */
  delete(elements: NftElementsOptions): Promise<void> {
    return this.send('delete', elements);
  }

  /**
   * Has what counts for the elements of a set begin anew, and resolves with them as they were: each is read and reset at once, so that
   * nothing is counted twice or lost. With `elements` only those. Since Linux 6.5.
   */
  reset(elements: NftElementsReset): Promise<NftElementOptions[]> {
    return asked(() => {
      const given = keyOnce(elements, 'elements', SET);
      const { elements: wanted } = given;
      if ('elements' in given && wanted === undefined)
        throw wrongType('must be given or left out: undefined would mean all that there are', 'elements');
      const place = placeOf(given);
      return this.handle.exclusive('nftables.elements.reset', async (inside) => {
        const found = await setAt(inside, place);
        const types = typesOfSet(found);
        const there = wanted === undefined ? await elementsIn(inside, place, found) : undefined;
        const keys = there?.filter(isReset) ?? keysAt(types, wanted);
        const told = await Promise.all(
          keys.map((key, index) => {
            const asked = elementAt(inside, place, types, { key, index, isReset: true });
            return wanted === undefined ? asked.catch(unlessGone) : asked;
          }),
        );
        const parts = told.filter((one) => one !== undefined);
        // All that are there are listed as they always are, others in the order in which they were asked for.
        return wanted === undefined
          ? elementRows(types, parts.flat())
          : parts.flatMap((one) => elementRows(types, one));
      });
    });
  }

  private send(what: 'add' | 'delete', given: NftElementsOptions): Promise<void> {
    return asked(() => {
      const { elements, ...where } = keyOnce(given, 'elements', ELEMENTS);
      const place = placeOf(where);
      return this.handle.exclusive(`nftables.elements.${what}`, async (inside) => {
        const types = typesOfSet(await setAt(inside, place));
        const values = await elementsInSlices(types, elements, what === 'delete');
        const requests = elementRequests(place, values, what === 'delete' ? 'DELSETELEM' : 'NEWSETELEM');
        if (requests.length > 0) await sendBatch(inside, requests, this.handle.port);
      });
    });
  }
}

/** Whether an element is one that counts, and not the end of a range. */
function isReset({ flags, expression, expressions }: ElementValues): boolean {
  return flags?.includes('end') !== true && (expression !== undefined || expressions !== undefined);
}

/** An element as the kernel has it: of a range without values beside it, where it begins, and where it ends unless it is the last. */
async function elementAt(
  inside: NetlinkTransport,
  place: SetPlace,
  { keys, isInterval }: SetTypes,
  { key, index, isReset = false }: { key: ElementValues; index: number; isReset?: boolean },
): Promise<ElementValues[]> {
  const { key: value, flags } = key;
  const query = getElement(place, { key: value, flags }, isReset);
  const locate = () => `elements[${String(index)}].key`;
  const begin = inside.query({ ...query, locate });
  const isRange = isInterval && keys.length === 1 && value?.value !== undefined;
  const end = isRange ? endBehind(inside, place, value.value!) : undefined;
  const parts = (await begin).flatMap(({ elements = [] }) => elements);
  return [...parts, ...((await end) ?? [])];
}

/** Where the range ends that has a value in it; nothing if it goes to the last value. */
async function endBehind(inside: NetlinkTransport, place: SetPlace, value: Uint8Array): Promise<ElementValues[]> {
  for (const at of [value, following(value)]) {
    if (at === undefined) return [];
    const answers = await inside.query(getElement(place, { key: { value: at }, flags: ['end'] })).catch(unlessGone);
    const found = (answers ?? []).flatMap(({ elements = [] }) => elements);
    const ends = found.filter(({ flags = [] }) => flags.includes('end'));
    // Kernels before 6.2 answer with the beginning where that is the value.
    if (found.length === 0 || ends.length > 0) return ends;
  }
  return [];
}

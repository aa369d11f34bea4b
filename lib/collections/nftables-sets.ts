import { optionsOnce } from '../once';
import type { ElementValues, SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import {
  deleteSet,
  flushSet,
  hasMore,
  listSets,
  newSet,
  rawSetRow,
  setRow,
  type KernelSet,
} from '../protocol/netfilter/nftables/sets/set';
import type {
  NftRawSetOptions,
  NftRawSetRow,
  NftSetFilter,
  NftSetKey,
  NftSetOptions,
  NftSetRow,
} from '../protocol/netfilter/nftables/sets/set-options';
import { typesIn } from '../protocol/netfilter/nftables/sets/set-types';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { inSlices } from '../transport/slices';
import { asked } from '../transport/trip';
import { filterOnce, keyOnce } from './nftables-checks';
import { NftCollection } from './nftables-collection';
import { inOneGeneration } from './one-generation';
import { elementsIn, rowsInSlices } from './set-elements';

const SET = "{ family: 'inet', table: 'shop', name: 'blocked', key: 'ipv4_addr' }";

/** The sets and maps of packet rules that have names. */
export class NftSetCollection extends NftCollection {
  /** All sets and maps, or those of a table, with their elements, of one state. Those that have no words here are told as the kernel has them. */
  list(filter?: NftSetFilter): Promise<(NftSetRow | NftRawSetRow)[]> {
    return asked(() => {
      const given = filterOnce(filter, 'sets');
      return this.handle.exclusive('nftables.sets.list', (inside) =>
        inOneGeneration(inside, () => setsIn(inside, given)),
      );
    });
  }

  /** Adds a set or map, with its elements; of one that is there alike, the elements. */
  add(set: NftSetOptions | NftRawSetOptions): Promise<void> {
    return this.send(() => newSet(optionsOnce(set, SET)));
  }

  /** Deletes a set. Rejects with EBUSY while a rule uses it, with ENOENT if there is none. */
  delete(set: NftSetKey): Promise<void> {
    return this.send(() => [deleteSet(keyOnce(set, 'set', SET))]);
  }

  /** Deletes all elements of a set. Rejects with ENOENT if there is no such set. */
  flush(set: NftSetKey): Promise<void> {
    return this.send(() => [flushSet(keyOnce(set, 'set', SET))]);
  }
}

/** The sets that have names, with what is in them. */
export async function setsIn(
  inside: NetlinkTransport,
  filter: NftSetFilter | undefined,
): Promise<(NftSetRow | NftRawSetRow)[]> {
  const sets = (await inside.list(listSets(filter))).filter(({ flags = [] }) => !flags.includes('anonymous'));
  return Promise.all(sets.map((set) => setIn(inside, set)));
}

/** A set in words, with its elements; as the kernel has it, where there are none for its types. */
async function setIn(inside: NetlinkTransport, set: KernelSet): Promise<NftSetRow | NftRawSetRow> {
  const types = typesIn(set);
  const elements = await elementsIn(inside, set as unknown as SetPlace, set);
  if (types === undefined || hasMore(set) || (await someHasMore(elements))) return rawSetRow(set, elements);
  return setRow(set, types, await rowsInSlices(types, elements));
}

async function someHasMore(elements: readonly ElementValues[]): Promise<boolean> {
  let isFound = false;
  await inSlices(elements.length, (index) => {
    isFound ||= hasMore(elements[index]!);
  });
  return isFound;
}

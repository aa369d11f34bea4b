import { checkText } from '../codec';
import { at, wrongValue } from '../errors';
import { optionsOnce } from '../once';
import { LONGEST_NAME, NFT_MSG, nftablesBatch } from '../protocol/netfilter/nftables/nftables';
import { elementRequests, getSet, type SetPlace } from '../protocol/netfilter/nftables/sets/messages';
import {
  deleteSet,
  elementRows,
  elementsOf,
  listSets,
  newSet,
  setRow,
  typesIn,
  type KernelSet,
  type SetTypes,
} from '../protocol/netfilter/nftables/sets/set';
import type {
  NftElementOptions,
  NftElementsKey,
  NftElementsOptions,
  NftSetFilter,
  NftSetKey,
  NftSetOptions,
  NftSetRow,
} from '../protocol/netfilter/nftables/sets/set-options';
import type { Request } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked } from '../transport/trip';
import { Collection } from './collection';
import { one } from './elements';
import { filterOnce, keyOnce } from './nftables-checks';
import { NftCollection } from './nftables-collection';
import { inOneGeneration } from './nftables-rules';
import { elementsIn } from './set-elements';

const SET = "{ family: 'inet', table: 'shop', name: 'blocked', key: 'ipv4_addr' }";

/** The sets and maps of packet rules that have names. */
export class NftSetCollection extends NftCollection {
  /** All sets and maps, or those of a table, with their elements, of one state. Those whose keys are of none of nft's types are left out. */
  list(filter?: NftSetFilter): Promise<NftSetRow[]> {
    return asked(() => {
      const given = filterOnce(filter, 'sets');
      return this.handle.exclusive('nftables.sets.list', (inside) =>
        inOneGeneration(inside, async () => {
          const sets = (await inside.list(listSets(given))).filter(({ flags = [] }) => !flags.includes('anonymous'));
          const rows = await Promise.all(
            sets.map(async (set) => setRow(set, await elementsIn(inside, set as unknown as SetPlace, set))),
          );
          return rows.filter((row) => row !== undefined);
        }),
      );
    });
  }

  /** Adds a set or map, with its elements; of one that is there alike, the elements. */
  add(set: NftSetOptions): Promise<void> {
    return this.send(() => newSet(optionsOnce(set, SET)));
  }

  /** Deletes a set. Rejects with EBUSY while a rule uses it, with ENOENT if there is none. */
  delete(set: NftSetKey): Promise<void> {
    return this.send(() => [deleteSet(keyOnce(set, 'set', SET))]);
  }
}

/** The elements of sets and maps. */
export class NftElementCollection extends Collection {
  /** The elements of a set. */
  list(set: NftElementsKey): Promise<NftElementOptions[]> {
    return asked(() => {
      const {
        family,
        table,
        set: name,
      } = keyOnce(set, 'elements', "{ family: 'inet', table: 'shop', set: 'blocked' }");
      return this.handle.exclusive('nftables.elements.list', async (inside) => {
        const place = { family, table, name };
        const found = await setAt(inside, place);
        return elementRows(typesOf(found), await elementsIn(inside, place, found));
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

  private send(what: 'add' | 'delete', given: NftElementsOptions): Promise<void> {
    return asked(() => {
      const {
        family,
        table,
        set: name,
        elements,
      } = keyOnce(
        given,
        'elements',
        "{ family: 'inet', table: 'shop', set: 'blocked', elements: [{ key: '192.0.2.1' }] }",
      );
      return this.handle.exclusive(`nftables.elements.${what}`, async (inside) => {
        const place = { family, table, name };
        const types = typesOf(await setAt(inside, place));
        const values = at('elements', () => elementsOf(types, elements));
        const command = { name: 'NFT_MSG_DELSETELEM', command: NFT_MSG.DELSETELEM };
        const requests = elementRequests(place, values, what === 'delete' ? command : undefined);
        if (requests.length > 0) await inside.sendWhole(requests, nftablesBatch);
      });
    });
  }
}

/** The set whose elements are meant, which the caller calls `set`. */
async function setAt(inside: NetlinkTransport, place: SetPlace): Promise<KernelSet> {
  at('set', () => {
    checkText(place.name, LONGEST_NAME);
  });
  const query = getSet(place);
  const locate: Request['locate'] = (...where) => {
    const property = query.locate?.(...where);
    return property === 'name' ? 'set' : property;
  };
  return await one(inside.query({ ...query, locate }));
}

function typesOf(set: KernelSet): SetTypes {
  const types = typesIn(set);
  if (types === undefined) throw wrongValue(`has keys or data of a type that has no name here`, 'set');
  return types;
}

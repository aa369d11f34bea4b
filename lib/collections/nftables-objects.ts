import { show, wrongValue } from '../errors';
import { optionsOnce } from '../once';
import { deleteObject, getObject, listObjects, newObject } from '../protocol/netfilter/nftables/objects/object';
import type {
  NftObject,
  NftObjectFilter,
  NftObjectKey,
  NftObjectOptions,
  NftObjectReset,
} from '../protocol/netfilter/nftables/objects/object-options';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked, askedLater } from '../transport/trip';
import { one } from './elements';
import { checkMeant, filterOnce, keyOnce } from './nftables-checks';
import { NftCollection, unlessGone } from './nftables-collection';
import { checkIsThere } from './nftables-places';

const KEY = "{ family: 'inet', table: 'shop', kind: 'counter', name: 'visits' }";

/** The stateful objects of packet rules: counters, quotas, limits and others that have a name, which rules refer to. */
export class NftObjectCollection extends NftCollection {
  /** All objects, or those of a family, a table, a kind or a name. */
  list(filter?: NftObjectFilter): Promise<NftObject[]> {
    return askedLater(() => this.handle.transport.list(listObjects(filterOnce(filter, 'objects'))));
  }

  /** One object. Rejects with ENOENT if there is none. */
  get(object: NftObjectKey): Promise<NftObject> {
    return asked(() => one(this.handle.transport.query(getObject(keyOnce(object, 'object', KEY)))));
  }

  /** Adds an object; one of its kind and name that is there stays as it is. Rejects with ENOENT if there is no such table. */
  add(object: NftObjectOptions): Promise<void> {
    return this.send(() => [newObject(optionsOnce(object, KEY))]);
  }

  /** Deletes an object. Rejects with EBUSY while a rule or a map refers to it, with ENOENT if there is none. */
  delete(object: NftObjectKey): Promise<void> {
    return this.send(() => [deleteObject(keyOnce(object, 'object', KEY))]);
  }

  /**
   * Has counters and quotas of a table begin anew, and resolves with what they were: each is read and reset at once, so that nothing is
   * counted twice or lost. Rejects with ENOENT if there is no such table, or nothing of the `name`.
   */
  reset(objects: NftObjectReset): Promise<NftObject[]> {
    return asked(() => {
      const meant = resetOnce(objects);
      return this.handle.exclusive('nftables.objects.reset', async (inside) => {
        const there = (await inside.list(listObjects(meant))).filter(({ kind }) => resettable.includes(kind));
        if (there.length === 0) await checkAreThere(inside, meant);
        // One by one: a list that had to be read again would have reset what nobody was told.
        const told = await Promise.all(
          there.map((object) => one(inside.query(getObject(object as NftObjectKey, true))).catch(unlessGone)),
        );
        return told.filter((object) => object !== undefined);
      });
    });
  }
}

const resettable: readonly unknown[] = ['counter', 'quota'];

/** What is reset has to be said: nothing of it is left out by mistake. */
function resetOnce(given: NftObjectReset): NftObjectReset {
  const example = "{ family: 'inet', table: 'shop' }";
  const meant = filterOnce(optionsOnce(given, example), 'reset')!;
  checkMeant(meant, example, ['kind', 'name']);
  const { kind } = meant;
  if (kind !== undefined && !resettable.includes(kind))
    throw wrongValue(`must be 'counter' or 'quota', not ${show(kind)}`, 'kind');
  return meant;
}

/** Rejects with ENOENT if nothing is meant: there is no such table, or nothing in it that has the name. */
async function checkAreThere(
  inside: NetlinkTransport,
  { name, kind = 'counter', ...where }: NftObjectReset,
): Promise<void> {
  await checkIsThere(inside, where);
  if (name !== undefined) await inside.query(getObject({ ...where, kind, name }));
}

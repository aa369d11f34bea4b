import type { NamespaceHandle } from '../namespace/handle';
import { waitFor, type Condition, type WaitOptions } from '../events/wait';
import { getLink, listLinks } from '../protocol/link';
import {
  getNamespaceId,
  listNamespaceIds,
  newNamespaceId,
  NO_NAMESPACE_ID,
  type NamespaceId,
} from '../protocol/namespace-id';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { ignoring } from './device';

/** The kernel begins to end the namespace that this one knows by an id. */
export function namespaceGone(id: number, list: () => Promise<NamespaceId[]>): Condition<void> {
  let isHeard = false;
  return {
    awaited: `namespace id ${String(id)} to be gone`,
    lastState: () => (isHeard ? 'gone' : 'still there'),
    isNear(event) {
      // Only the event counts, not a look: the next namespace may get the same id at once.
      isHeard ||= event.subject === 'namespaceId' && event.action === 'delete' && event.row.id === id;
      return isHeard;
    },
    async look() {
      const isGone = isHeard || !(await list()).some((one) => one.id === id);
      return isGone ? { came: undefined } : undefined;
    },
  };
}

/**
 * Closes a namespace, and waits in another one until the kernel has ended it and the far ends of its pairs in this
 * other one are gone. The kernel reports the id first, and deletes the devices afterwards. Whoever gives up waiting has
 * it removed nevertheless.
 */
export async function removeAndWait(
  place: NamespaceHandle,
  dying: NamespaceHandle,
  remove: () => Promise<void>,
  options: WaitOptions,
): Promise<void> {
  const { transport } = place;
  const id = await idOf(transport, dying);
  const ends = (await transport.list(listLinks())).filter(({ linkNamespaceId }) => linkNamespaceId === id);
  let left = ends.map(({ index }) => index);
  let removal: Promise<void> | undefined;
  const removeOnce = () => (removal ??= remove());
  const gone = namespaceGone(id, () => transport.list(listNamespaceIds()));
  const condition: Condition<void> = {
    awaited: `the end of ${dying.where.text}`,
    where: dying.where,
    lastState() {
      const why = gone.lastState() === 'gone' ? 'the kernel is ending it' : 'something still holds it';
      return left.length === 0 ? why : `${why}, and ${linksOf(left.length)} of ${place.where.text} still there`;
    },
    isNear(event) {
      if (gone.isNear(event)) return true;
      return event.subject === 'link' && event.action === 'delete' && left.includes(event.row.index);
    },
    async look() {
      // From here on no event is missed.
      await removeOnce();
      const [found, ended] = await Promise.all([present(transport, left), gone.look()]);
      left = found;
      return left.length === 0 ? ended : undefined;
    },
  };
  try {
    await waitFor(place, condition, options);
  } catch (error) {
    await removeOnce();
    throw error;
  }
}

function linksOf(count: number): string {
  return count === 1 ? '1 link' : `${String(count)} links`;
}

async function idOf(transport: NetlinkTransport, namespace: NamespaceHandle): Promise<number> {
  const ask = async () => (await transport.query(getNamespaceId(namespace)))[0] ?? NO_NAMESPACE_ID;
  const known = await ask();
  if (known !== NO_NAMESPACE_ID) return known;
  // The kernel may have deleted them before.
  await transport.send(newNamespaceId(namespace, undefined)).catch(ignoring('EEXIST'));
  return await ask();
}

/** Those of the links that still exist. */
async function present(transport: NetlinkTransport, indexes: number[]): Promise<number[]> {
  const found = await Promise.all(indexes.map((index) => transport.query(getLink(index)).catch(ignoring('ENODEV'))));
  return found.flatMap((links) => links?.map(({ index }) => index) ?? []);
}

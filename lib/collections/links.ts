import type { LinkReference } from '../codec';
import { show, wrongValue } from '../errors';
import { findNamespaceOfId, type NamespaceInfo } from '../namespace/find';
import { inNamespaces, type NamespaceHandle } from '../namespace/handle';
import { waitFor, type WaitOptions } from '../namespace/wait';
import {
  changeAlternativeName,
  changeLink,
  checkLinkChanges,
  deleteGroup,
  deleteLink,
  getLink,
  listLinks,
  type Link,
  type LinkChanges,
  type LinkFilter,
  type LinkIdentity,
  type LinkOptions,
} from '../protocol/link';
import { linkKindOf } from '../protocol/link-info';
import { check } from '../transport/bulk';
import { rowsOf } from '../transport/rows';
import { eachElement } from '../transport/slices';
import { deleteTogether, referenceOf } from './delete-together';
import { getOne, onDevices, withDevice, withDevices } from './device';
import { allOf, isMany } from './elements';
import { copyOf } from './filters';
import { change, isOneStep, make, makeAtOnce, requestsOf, stepsOf } from './link-steps';
import { checkDevice, checkLinkCondition, linkGone, linkPresent, linkReady, type LinkCondition } from './link-wait';

/** What {@link LinkCollection.peer} finds. */
export interface Peer {
  /** The other end, as its own namespace sees it. */
  link: Link;
  /** The id by which this namespace knows the other; undefined if both ends are here. */
  namespaceId: number | undefined;
  /** The namespace of the other end; undefined if both ends are here, or if nothing that can be found holds it. */
  namespace: NamespaceInfo | undefined;
}

/** Links that are deleted together. */
export interface LinkGroup {
  /** Their group, as `set(device, { group })` and `add` put them into it; not 0, in which all others are. */
  group: number;
}

/** The links of a namespace: physical devices, and those made here. */
export class LinkCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /** All links, or those that the filter describes. */
  async list(filter?: LinkFilter): Promise<Link[]> {
    return await withDevices(this.handle, copyOf(filter), (found) => this.handle.transport.list(listLinks(found)));
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: LinkFilter): AsyncGenerator<Link, void, undefined> {
    return rowsOf(this.batches(copyOf(filter)));
  }

  /** One link by name, alternative name or index. Rejects with ENODEV if there is none. */
  async get(device: LinkReference, { statistics }: { statistics?: boolean } = {}): Promise<Link> {
    return await getOne(this.handle.transport, device, statistics);
  }

  /**
   * Makes a link: whole, or not at all. Resolves with its index and its name, which the kernel chooses if it is absent;
   * {@link get} tells the rest. Before Linux 6.2 the index is looked up by the name, which a later request of the same tick
   * must not change. Rejects with EEXIST if the name is taken, EOPNOTSUPP if the kernel does not know the kind.
   *
   * Makes the links of an array, in order, and resolves with an array; what is refused does not keep it from the others.
   */
  add(options: LinkOptions): Promise<LinkIdentity>;
  add(options: readonly LinkOptions[]): Promise<LinkIdentity[]>;
  add(given: LinkOptions | readonly LinkOptions[]): Promise<LinkIdentity | LinkIdentity[]> {
    return isMany(given) ? this.addAll([...given]) : this.addOne(given);
  }

  private addOne(options: LinkOptions): Promise<LinkIdentity> {
    return withDevices(this.handle, options, (resolved) => {
      const { handle } = this;
      const steps = stepsOf(resolved);
      const isAllHere = resolved.namespace === undefined && steps.peer?.changes === undefined;
      if (isAllHere && steps.changes === undefined) return makeAtOnce(handle, steps);
      // A peer is made where the request is sent, wherever the first end goes.
      const places = [undefined, resolved.namespace, steps.peer?.namespace];
      return inNamespaces(places, handle, ([transport, target, peerTarget]) =>
        make(steps, transport!, target!, peerTarget!),
      );
    });
  }

  /** Changes a link; what is absent stays. Resolves when it is done, rejects with ENODEV if there is none. */
  set(device: LinkReference, changes: LinkChanges): Promise<void> {
    return withDevice(this.handle, device, (found) => {
      checkLinkChanges(changes);
      const { handle } = this;
      return onDevices(handle, changes, (resolved) => {
        if (isOneStep(resolved)) return handle.transport.send(changeLink(found, resolved));
        return handle.hold((transport) => change(transport, found, resolved));
      });
    });
  }

  /**
   * Deletes a link, and with it its peer. Rejects with ENODEV if there is none, EOPNOTSUPP if it is a physical one.
   *
   * Deletes the links of an array, all or none, or those of a group: `delete({ group: 7 })`. Many that are deleted together take
   * as long as a few that are deleted alone. For that those of an array are put into a group of their own first.
   */
  delete(device: LinkReference | LinkIdentity | LinkGroup | readonly (LinkReference | LinkIdentity)[]): Promise<void> {
    if (isMany(device)) return deleteTogether(this.handle, [...device]);
    if (isGroup(device)) return this.deleteGroup(device);
    return withDevice(this.handle, referenceOf(device), (found) => this.handle.transport.send(deleteLink(found)));
  }

  /** Gives a link one more name, of up to 127 bytes, since 5.5. Rejects with EEXIST if it is taken. */
  addAlternativeName(device: LinkReference, name: string): Promise<void> {
    return withDevice(this.handle, device, (found) =>
      this.handle.transport.send(changeAlternativeName(found, name, 'add')),
    );
  }

  /** Takes a name of a link away again. */
  deleteAlternativeName(device: LinkReference, name: string): Promise<void> {
    return withDevice(this.handle, device, (found) =>
      this.handle.transport.send(changeAlternativeName(found, name, 'delete')),
    );
  }

  /**
   * Waits until a link is as it should be, and resolves with it: `waitFor('eth0', 'up')`. Driven by the kernel's events. A
   * link that is renamed meanwhile is followed. Rejects with ENODEV if there is none or it is deleted (but 'present' waits
   * on), with a WaitError (ETIMEDOUT) when the time is up, with the signal's reason, and with EBADF when the namespace is
   * closed. With 'gone' it waits until the link is deleted or moved elsewhere.
   */
  waitFor(device: LinkReference, condition: LinkCondition, options?: WaitOptions): Promise<Link>;
  waitFor(device: LinkReference, condition: 'gone', options?: WaitOptions): Promise<void>;
  async waitFor(device: LinkReference, condition: LinkCondition | 'gone', options?: WaitOptions): Promise<unknown> {
    checkDevice(device);
    checkLinkCondition(condition);
    // Through the collection, which keeps the namespace while somebody waits.
    const get = (reference: LinkReference) => this.get(reference);
    if (condition === 'gone') {
      await waitFor(this.handle, linkGone(device, get), options);
      return;
    }
    const awaited = condition === 'present' ? linkPresent(device, get) : linkReady(device, condition, get);
    return await waitFor(this.handle, awaited, options);
  }

  /** The other end of a pair such as veth, and where it is. Rejects with a RangeError if the link has no peer. */
  async peer(device: LinkReference): Promise<Peer> {
    const { kind, link: index, linkNamespaceId: namespaceId } = await this.get(device);
    const hasPeer = kind !== undefined && linkKindOf(kind)?.data.fields.peer !== undefined;
    if (!hasPeer || index === undefined) {
      const what = kind === undefined ? 'a link without a kind' : `a link of kind ${kind}`;
      throw wrongValue(`${show(device)} is ${what}, which has no peer`, 'device');
    }
    const [[link], namespace] = await Promise.all([
      this.handle.transport.query(getLink(index, namespaceId === undefined ? {} : { namespaceId })),
      namespaceId === undefined ? undefined : findNamespaceOfId(this.handle, namespaceId),
    ]);
    return { link: link!, namespaceId, namespace };
  }

  private async addAll(given: LinkOptions[]): Promise<LinkIdentity[]> {
    const rest = eachElement(given.length, (index) => {
      check(requestsOf(given[index]!));
    });
    if (rest !== undefined) await rest;
    return await allOf(given.length, (index) => this.addOne(given[index]!));
  }

  private async deleteGroup({ group }: LinkGroup): Promise<void> {
    await this.handle.transport.send(deleteGroup(group));
  }

  private async *batches(filter: LinkFilter | undefined): AsyncGenerator<Link[], void, undefined> {
    const resolved = await withDevices(this.handle, filter, (found) => Promise.resolve(found));
    yield* this.handle.transport.batches(listLinks(resolved));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isGroup(device: object | LinkReference): device is LinkGroup {
  return isObject(device) && 'group' in device && !('index' in device);
}

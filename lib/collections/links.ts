import { checkSomeLink, type LinkReference, type NamespaceReference } from '../codec';
import { at, show, within, withinElement, wrongType, wrongValue } from '../errors';
import { handleOf } from '../namespace/handle';
import { holdingNamespaces, inNamespaces, whileOpen, type Inside } from '../namespace/places';
import type { WaitOptions } from '../events/wait';
import {
  changeLink,
  checkLinkChanges,
  checkLinkOptions,
  deleteGroup,
  deleteLink,
  getLink,
  listLinks,
  type Link,
  type LinkChanges,
  type LinkDetails,
  type LinkFilter,
  type LinkFilterOf,
  type LinkIdentity,
  type LinkOptions,
} from '../protocol/link';
import type { LinkKindName, LinkOf } from '../protocol/link-kinds/types';
import { linkKindOf } from '../protocol/link-info';
import { linkDetails } from '../protocol/link-reply';
import type { NamespaceInfo } from '../protocol/namespace-reference';
import { checkedOptions, checkOptions, whenRead } from '../options';
import { readOnce } from '../once';
import { check } from '../transport/check';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { eachElement } from '../transport/slices';
import { asked, askedLater } from '../transport/trip';
import { Collection } from './collection';
import { getOne, referenceOf } from './device';
import { allOf, isMany } from './elements';
import type { LinkCondition } from './link-wait';
import { listOf, type NamesOption } from './named-rows';
import { namedStreamOf } from './stream';
import { verbs } from './verbs';

/** The result of {@link LinkCollection.peer}. */
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
  /** Their group, as set by `add` and `set(device, { group })`; not 0, which is the group of all other links. */
  group: number;
}

/** The links of a namespace: physical devices, and those made here. */
export class LinkCollection extends Collection {
  /** All links, or those that the filter describes: `list({ kind: 'bridge' })` gives bridges, `list({ master: 'br0' })` its ports. */
  list<Kind extends LinkKindName>(filter: LinkFilterOf<Kind> & NamesOption): Promise<LinkOf<Kind>[]>;
  /** All links, or those that the filter describes: `list({ master: 'br0' })` gives the ports of br0. */
  list(filter?: LinkFilter & NamesOption): Promise<Link[]>;
  list(filter?: LinkFilter & NamesOption): Promise<Link[]> {
    return askedLater(() => listOf(this.handle.transport, filter, listLinks));
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream<Kind extends LinkKindName>(
    filter: LinkFilterOf<Kind> & NamesOption,
  ): AsyncGenerator<LinkOf<Kind>, void, undefined>;
  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: LinkFilter & NamesOption): AsyncGenerator<Link, void, undefined>;
  stream(filter?: LinkFilter & NamesOption): AsyncGenerator<Link, void, undefined> {
    return namedStreamOf(this.handle, filter, listLinks, this.keeps);
  }

  /** One link by name, alternative name or index. Rejects with ENODEV if there is no such link. */
  get(device: LinkReference, details: LinkDetails = {}): Promise<Link> {
    return asked(() => {
      const given = checkedOptions(details, linkDetails, '{ statistics: true }');
      return getOne(this.handle.transport, device, given);
    });
  }

  /**
   * Makes all links of an array, in order, and resolves with the index and the name of each. All are checked before the first is sent. A link that
   * the kernel refuses does not stop the rest, whose results are in the error's `results`.
   */
  add(options: readonly LinkOptions[]): Promise<LinkIdentity[]>;
  /**
   * Makes a link, whole or not at all. Resolves with its index and its name, which the kernel chooses if it is absent;
   * {@link get} gives the rest. Rejects with EEXIST if the name is taken, or the index (at `index`), EBUSY if the index
   * of the peer is (at `peer.index`), EOPNOTSUPP if the kernel does not know the kind, or lacks an option. Rows of a
   * list are accepted: properties that only the kernel sets (`flags`, `operationalState`) are ignored, whatever their
   * values.
   *
   * ```ts
   * await host.links.add({ kind: 'veth', name: 'veth7', up: true, peer: { name: 'eth0', namespace: blue, up: true } });
   * ```
   */
  add(options: LinkOptions): Promise<LinkIdentity>; // the last one: TypeScript 7 reports what is wrong by it alone
  add(given: LinkOptions | readonly LinkOptions[]): Promise<LinkIdentity | LinkIdentity[]> {
    return asked<LinkIdentity | LinkIdentity[]>(() => {
      const { withOpenNamespaces } = verbs.links;
      return isMany(given)
        ? withOpenNamespaces(given.map(readOnce), (opened) => this.addAll(opened), withinElement)
        : withOpenNamespaces([readOnce(given)], ([opened]) => this.addOne(opened!));
    });
  }

  private addOne(options: LinkOptions, inside?: Inside): Promise<LinkIdentity> {
    const { linkCreation, namingTaken, placeNames, placesOf, run } = verbs.links;
    checkLinkOptions(options);
    const add = ([here, target, peer]: NetlinkTransport[]) => {
      const made = run(linkCreation(options, { here: here!, target: target!, peer: peer! }));
      return made.catch(namingTaken(options, target!, peer!));
    };
    return inNamespaces(placesOf(options), this.handle, add, placeNames, inside);
  }

  /**
   * Changes a link; absent properties stay as they are. Rejects with ENODEV if there is no such link. A link that moves
   * to another namespace is changed before it is up there, and its `master` is a link of that namespace. Where several
   * messages are needed and one is refused, `error.done` names the properties that were changed before.
   */
  set(device: LinkReference, changes: LinkChanges): Promise<void> {
    return asked(() => {
      const { checkChangeable, checkPlace, isOneMessage, linkChange, placeNames, run } = verbs.links;
      at('device', () => {
        checkSomeLink(device);
      });
      const given = readOnce(changes);
      checkLinkChanges(given);
      checkChangeable(given);
      if (isOneMessage(given)) return this.handle.transport.send(changeLink(device, given));
      checkPlace('namespace', given.namespace);
      const change = ([namespace]: (NamespaceReference | undefined)[]) => {
        // A link that is in its namespace already does not move.
        const isHere = handleOf(namespace)?.isSame(this.handle) === true;
        const places = [undefined, isHere ? undefined : namespace];
        const whole = namespace === undefined ? given : { ...given, namespace };
        const changed = ([here, target]: NetlinkTransport[]) => run(linkChange(device, whole, here!, target!));
        return inNamespaces(places, this.handle, changed, placeNames);
      };
      return whileOpen([given.namespace], change, (error) => within('namespace', error));
    });
  }

  /**
   * Deletes a link, and with it its peer: by name or index, or by the `index` of what `add` resolved with or a list
   * has. Rejects with ENODEV if there is no such link, EOPNOTSUPP if it is a physical one.
   *
   * Deletes the links of an array, all or none, or those of a group: `delete({ group: 7 })`. Deleting many together
   * takes about as long as deleting a few alone; for that the links of an array are first moved into a group of their
   * own.
   */
  delete(
    device: LinkReference | LinkIdentity | LinkGroup | readonly (LinkReference | LinkIdentity)[],
    ...others: never[]
  ): Promise<void> {
    return asked(() => {
      if (others.length > 0)
        throw wrongType(`must be one link, or an array of links: [${show(device)}, ${show(others[0])}]`, 'device');
      if (isMany(device)) return verbs.links.deleteTogether(this.handle, [...device]);
      const { transport } = this.handle;
      if (isGroup(device)) return transport.send(deleteGroup(groupOf(readOnce(device))));
      return transport.send(deleteLink(referenceOf(device)));
    });
  }

  /** Adds an alternative name to a link, of up to 127 bytes, since 5.5. Rejects with EEXIST if the name is taken. */
  addAlternativeName(device: LinkReference, name: string): Promise<void> {
    return asked(() => this.handle.transport.send(verbs.links.changeAlternativeName(device, name, 'add')));
  }

  /** Removes an alternative name of a link. */
  deleteAlternativeName(device: LinkReference, name: string): Promise<void> {
    return asked(() => this.handle.transport.send(verbs.links.changeAlternativeName(device, name, 'delete')));
  }

  /** Waits until a link is deleted, or moved to another namespace. Rejects as the other waits do. */
  waitFor(device: LinkReference, condition: 'gone', options?: WaitOptions): Promise<void>;
  /**
   * Waits until a link meets a condition, and resolves with the link: `waitFor('eth0', 'up')`. With 'gone' it waits
   * until the link is deleted or moved elsewhere. Listens for the kernel's events, and does not poll. A link that is
   * renamed meanwhile is followed. Rejects with ENODEV if there is no such link or it is deleted (except for 'present',
   * which goes on waiting), with a WaitError (ETIMEDOUT) after `timeout`, with the signal's reason, and with EBADF when
   * the namespace is closed.
   */
  waitFor(device: LinkReference, condition: LinkCondition, options?: WaitOptions): Promise<Link>;
  waitFor(device: LinkReference, condition: LinkCondition | 'gone', options?: WaitOptions): Promise<unknown> {
    // Through the collection, so that the namespace is kept while the wait lasts.
    const get = (reference: LinkReference) => this.get(reference);
    return askedLater<unknown>(() => verbs.waits.waitForLink(this.handle, device, condition, get, options));
  }

  /** The other end of a pair such as veth, and its namespace. Rejects with a RangeError if the link has no peer. */
  peer(device: LinkReference): Promise<Peer> {
    return askedLater(() => this.findPeer(device));
  }

  private async findPeer(device: LinkReference): Promise<Peer> {
    // Both ends are looked up before anything that is asked for later.
    const { link, namespaceId } = await this.handle.exclusive('links.peer', async (inside) => {
      const { kind, link: index, linkNamespaceId } = await getOne(inside, device);
      const hasPeer = kind !== undefined && linkKindOf(kind)?.data.fields.peer !== undefined;
      if (!hasPeer || index === undefined) {
        const what = kind === undefined ? 'a link without a kind' : `a link of kind ${kind}`;
        throw wrongValue(`${show(device)} is ${what}, which has no peer`, 'device');
      }
      const [other] = await inside.query(
        getLink(index, linkNamespaceId === undefined ? {} : { namespaceId: linkNamespaceId }),
      );
      return { link: other!, namespaceId: linkNamespaceId };
    });
    const namespace =
      namespaceId === undefined ? undefined : await verbs.links.findNamespaceOfId(this.handle, namespaceId);
    return { link, namespaceId, namespace };
  }

  private addAll(given: LinkOptions[]): Promise<LinkIdentity[]> {
    const { checkOpenPlaces, namespacesOf, requestsOf } = verbs.links;
    const places = given.flatMap((options) => (isObject(options) ? namespacesOf(options) : []));
    checkOpenPlaces(given);
    return holdingNamespaces(places, this.handle, (inside, handOver) => {
      const checked = eachElement(given.length, (index) => {
        check(requestsOf(given[index]!));
      });
      const addAll = () => allOf(given.length, (index) => this.addOne(given[index]!, inside), { begun: handOver });
      return checked === undefined ? addAll() : checked.then(addAll);
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isGroup(device: object | LinkReference): device is LinkGroup {
  return isObject(device) && 'group' in device && !('index' in device);
}

function groupOf(given: LinkGroup): number {
  checkOptions(given, { group: whenRead }, 'is not a property of a group of links');
  return given.group;
}

import { randomInt } from 'node:crypto';

import type { LinkReference } from '../codec';
import { show, wrongValue } from '../errors';
import { findNamespaceOfId, type NamespaceInfo } from '../namespace/find';
import { inNamespace, type NamespaceHandle } from '../namespace/handle';
import { waitFor, type WaitOptions } from '../namespace/wait';
import {
  changeAlternativeName,
  changeLink,
  checkLinkChanges,
  checkLinkOptions,
  deleteLink,
  getLink,
  listLinks,
  newLink,
  type Link,
  type LinkChanges,
  type LinkFilter,
  type LinkIdentity,
  type LinkOptions,
} from '../protocol/link';
import { linkKindOf } from '../protocol/link-info';
import type { LinkPeer } from '../protocol/link-peer';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { rowsOf } from '../transport/rows';
import { currentTrip } from '../transport/trip';
import { getOne, onDevices, withDevice, withDevices } from './device';
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

/** The links of a namespace: physical devices, and those made here. */
export class LinkCollection {
  /** @internal */
  constructor(
    private readonly handle: NamespaceHandle,
    /** Lives as long as the collection. */
    protected readonly owner?: object,
  ) {}

  /** All links, or those that the filter describes. */
  list(filter?: LinkFilter): Promise<Link[]> {
    return withDevice(this.handle, filter?.master, (master) =>
      this.handle.transport.list(listLinks({ ...filter, master })),
    );
  }

  /** As {@link list}, one after the other in bounded memory. Rejects with EINTR at its end if the table changed. */
  stream(filter?: LinkFilter): AsyncGenerator<Link, void, undefined> {
    return rowsOf(this.batches(filter));
  }

  /** One link by name, alternative name or index. Rejects with ENODEV if there is none. */
  async get(device: LinkReference, { statistics }: { statistics?: boolean } = {}): Promise<Link> {
    return await getOne(this.handle.transport, device, statistics);
  }

  /**
   * Makes a link: whole, or not at all. Resolves with its index and its name, which the kernel chooses if it is absent;
   * {@link get} tells the rest. Before Linux 6.2 the index is looked up by the name, which a later request of the same tick
   * must not change. Rejects with EEXIST if the name is taken, EOPNOTSUPP if the kernel does not know the kind.
   */
  add(options: LinkOptions): Promise<LinkIdentity> {
    return withDevices(this.handle, options, (resolved) => {
      const { handle } = this;
      const steps = stepsOf(resolved);
      const isAllHere = resolved.namespace === undefined && steps.peer?.changes === undefined;
      if (isAllHere && steps.changes === undefined) return makeAtOnce(handle, steps);
      if (isAllHere) return handle.hold((transport) => make(steps, transport, transport, transport));
      return handle.hold((transport) =>
        inNamespace(resolved.namespace, handle, (target) =>
          // A peer is made where the request is sent, wherever the first end goes.
          inNamespace(steps.peer?.namespace, handle, (peerTarget) => make(steps, transport, target, peerTarget)),
        ),
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

  /** Deletes a link, and with it its peer. Rejects with ENODEV if there is none, EOPNOTSUPP if it is a physical one. */
  delete(device: LinkReference | LinkIdentity): Promise<void> {
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

  private async *batches(filter: LinkFilter | undefined): AsyncGenerator<Link[], void, undefined> {
    const resolved = await withDevices(this.handle, filter, (found) => Promise.resolve(found));
    yield* this.handle.transport.batches(listLinks(resolved));
  }
}

/** Makes a link that one message makes. */
async function makeAtOnce(handle: NamespaceHandle, steps: Steps): Promise<LinkIdentity> {
  const { transport } = handle;
  handle.retain();
  try {
    const [made] = await transport.query(newLink(steps.creation, { echo: true }));
    return made ?? identityOf(await getOne(transport, steps.device));
  } finally {
    handle.release();
  }
}

/** Makes a link, does what creation could not, and undoes the creation if that fails. */
async function make(
  steps: Steps,
  transport: NetlinkTransport,
  target: NetlinkTransport,
  peerTarget: NetlinkTransport,
): Promise<LinkIdentity> {
  // The echo tells the index without a look-up, which costs a good part of the creation itself. Kernels give it since
  // 6.2, but that of a link made elsewhere to a socket over there.
  const creation = transport.query(newLink(steps.creation, { echo: target === transport }));
  const changePeer = () => steps.peer?.changes && changeAtOnce(peerTarget, steps.peer.device, steps.peer.changes);
  // In a trip a message to another namespace is not sent if the creation fails; to the same one it would be, and might
  // change a link that had the name before.
  const peerChanged = peerTarget !== transport && currentTrip() !== undefined ? changePeer() : undefined;
  peerChanged?.catch(() => undefined);
  const [made] = await creation;
  try {
    if (steps.changes !== undefined) await changeAtOnce(target, steps.device, steps.changes);
    await (peerChanged ?? changePeer());
    return made ?? identityOf(await getOne(target, steps.device));
  } catch (error) {
    await target.send(deleteLink(made?.index ?? steps.device)).catch(() => undefined);
    throw error;
  }
}

function identityOf({ index, name }: Link): LinkIdentity {
  return { index, name };
}

/** As {@link change}, and goes on behind a failure: for a link that is undone then. */
async function changeAtOnce(transport: NetlinkTransport, device: LinkReference, changes: LinkChanges): Promise<void> {
  await Promise.all(changesInOrder(changes).map((step) => transport.send(changeLink(device, step))));
}

async function change(transport: NetlinkTransport, device: LinkReference, changes: LinkChanges): Promise<void> {
  for (const step of changesInOrder(changes)) await transport.send(changeLink(device, step));
}

interface Steps {
  /** By what the link can be named once it is made. */
  device: LinkReference;
  creation: LinkOptions;
  changes: LinkChanges | undefined;
  peer: PeerStep | undefined;
}

interface PeerStep {
  device: LinkReference;
  creation: LinkPeer;
  changes: LinkChanges | undefined;
  namespace: LinkPeer['namespace'];
}

/** Parts the options into what creates the link, and what the kernel takes only afterwards. */
function stepsOf(options: LinkOptions): Steps {
  checkLinkOptions(options);
  const { addressGenerationMode, port, up } = options;
  const isLater = addressGenerationMode !== undefined || port !== undefined;
  const changes = isLater ? { addressGenerationMode, port, up } : undefined;
  const creation = { ...options };
  if (isLater) Object.assign(creation, { addressGenerationMode: undefined, port: undefined, up: undefined });

  const peer = 'peer' in creation && isObject(creation.peer) ? peerStep(creation.peer) : undefined;
  if (peer !== undefined) (creation as { peer: LinkPeer }).peer = peer.creation;
  // The kernel heeds the index of a peer only if the first end's is chosen as well.
  const device = chooseReference(creation, peer?.creation.index !== undefined);
  return { device, creation, changes, peer };
}

/**
 * What the kernel cannot do while it makes a pair, since the one end has no other yet, or since it belongs to the
 * namespace of the peer, is asked for in a message of its own afterwards.
 */
function peerStep(peer: LinkPeer): PeerStep {
  const creation = { ...peer };
  const { up, master, addressGenerationMode, namespace } = peer;
  const isLater = up !== undefined || master !== undefined || addressGenerationMode !== undefined;
  if (!isLater) return { device: 0, creation, changes: undefined, namespace };
  return { device: chooseReference(creation), creation, changes: { up, master, addressGenerationMode }, namespace };
}

/**
 * By what a link can be named once it is made. Where the kernel shall choose the name, the index is chosen here, so that
 * the link can be told from others.
 */
function chooseReference(creation: { name?: string; index?: number | undefined }, needsIndex = false): LinkReference {
  const { name, index } = creation;
  if (index !== undefined) return index;
  if (name !== undefined && !name.includes('%') && !needsIndex) return name;
  return (creation.index = randomInt(FIRST_CHOSEN_INDEX, 0x7fffffff));
}

/** Far above what the kernel numbers by itself. */
const FIRST_CHOSEN_INDEX = 0x100000;

/** Whether one message does it all. */
function isOneStep({ addressGenerationMode, port }: LinkChanges): boolean {
  return addressGenerationMode === undefined && port === undefined;
}

/** Changes that the kernel takes in one message only in the wrong order: the address mode works before `up`, ports behind `master`. */
function changesInOrder(changes: LinkChanges): LinkChanges[] {
  if (isOneStep(changes)) return [changes];
  const { addressGenerationMode, port, ...rest } = changes;
  const steps: LinkChanges[] = [];
  const others = Object.values(rest).some((value) => value !== undefined);
  if (addressGenerationMode !== undefined) steps.push({ addressGenerationMode });
  if (others) steps.push(rest);
  if (port !== undefined) steps.push({ port });
  return steps;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function referenceOf(device: LinkReference | LinkIdentity): LinkReference {
  return isObject(device) ? device.index : device;
}

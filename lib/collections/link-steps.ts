import type { LinkReference } from '../codec';
import { at } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { packages } from '../packages';
import {
  changeLink,
  checkLinkOptions,
  deleteLink,
  isWholeName,
  newLink,
  type Link,
  type LinkChanges,
  type LinkIdentity,
  type LinkOptions,
} from '../protocol/link';
import type { LinkPeer } from '../protocol/link-peer';
import { checkNamespaceReference } from '../protocol/namespace-reference';
import type { Request } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { currentTrip } from '../transport/trip';
import { getOne, withoutLongNames } from './device';

/** Those of a link to be made, without the namespaces in which they are sent. */
export function requestsOf(options: LinkOptions): Request[] {
  checkLinkOptions(options);
  const { device, creation, changes, peer } = stepsOf(withoutLongNames(options));
  const parts = [
    ...(changes === undefined ? [] : changesInOrder(changes).map((step) => changeLink(device, step))),
    ...(peer?.changes === undefined ? [] : changesInOrder(peer.changes).map((step) => changeLink(peer.device, step))),
  ];
  return [newLink(creation), ...parts];
}

/** Makes a link that one message makes. */
export async function makeAtOnce(handle: NamespaceHandle, steps: Steps): Promise<LinkIdentity> {
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
export async function make(
  steps: Steps,
  transport: NetlinkTransport,
  target: NetlinkTransport,
  peerTarget: NetlinkTransport,
): Promise<LinkIdentity> {
  // The echo tells the index without a look-up, which costs a good part of the creation itself. Kernels give it since
  // 6.2, but that of a link made elsewhere to a socket over there.
  const creation = transport.query(newLink(steps.creation, { echo: target === transport }));
  const trip = currentTrip();
  let changed: Promise<unknown> | undefined;
  if (trip !== undefined) {
    trip.stop();
    changed = changeEnds(steps, target, peerTarget);
    changed.catch(() => undefined);
  }
  // Elsewhere they would be sent though the creation failed, and might change a link that had the name before.
  const [made] = await creation;
  try {
    await (changed ?? changeEnds(steps, target, peerTarget));
    return made ?? identityOf(await getOne(target, steps.device));
  } catch (error) {
    await target.send(deleteLink(made?.index ?? steps.device)).catch(() => undefined);
    throw error;
  }
}

/** Goes on behind a failure: the link is undone then. */
function changeEnds(
  { device, changes, peer }: Steps,
  target: NetlinkTransport,
  peerTarget: NetlinkTransport,
): Promise<unknown> {
  const sent: Promise<void>[] = [];
  if (changes !== undefined)
    for (const step of changesInOrder(changes)) sent.push(target.send(changeLink(device, step)));
  if (peer?.changes !== undefined) {
    for (const step of changesInOrder(peer.changes)) sent.push(peerTarget.send(changeLink(peer.device, step)));
  }
  return sent.length === 1 ? sent[0]! : Promise.all(sent);
}

function identityOf({ index, name }: Link): LinkIdentity {
  return { index, name };
}

export async function change(transport: NetlinkTransport, device: LinkReference, changes: LinkChanges): Promise<void> {
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
export function stepsOf(options: LinkOptions): Steps {
  checkLinkOptions(options);
  const { addressGenerationMode, namespace, port, up } = options;
  checkPlace('namespace', namespace);
  const isLater = addressGenerationMode !== undefined || port !== undefined;
  const changes = isLater ? { addressGenerationMode, port, up } : undefined;
  const given = 'peer' in options && typeof options.peer === 'object' ? options.peer : undefined;
  const peer = given ? peerStep(given, options.kind) : undefined;
  // The kernel heeds the index of a peer only if the first end's is chosen as well.
  const known = referenceOf(options, peer?.creation.index !== undefined);
  const device = known ?? chosenIndex();

  let creation = options;
  if (isLater) creation = { ...creation, addressGenerationMode: undefined, port: undefined, up: undefined };
  if (known === undefined) creation = { ...creation, index: device as number };
  if (peer !== undefined && peer.creation !== given) creation = { ...creation, peer: peer.creation } as LinkOptions;
  return { device, creation, changes, peer };
}

/**
 * What the kernel cannot do while it makes a pair, since the one end has no other yet, or since it belongs to the
 * namespace of the peer, is asked for in a message of its own afterwards.
 */
function peerStep(peer: LinkPeer, kind: string): PeerStep {
  const { up, master, addressGenerationMode, namespace } = peer;
  checkPlace(`${kind}.peer.namespace`, namespace);
  const isLater = up !== undefined || master !== undefined || addressGenerationMode !== undefined;
  if (!isLater) return { device: 0, creation: peer, changes: undefined, namespace };
  const known = referenceOf(peer);
  const device = known ?? chosenIndex();
  const creation = known === undefined ? { ...peer, index: device as number } : peer;
  return { device, creation, changes: { up, master, addressGenerationMode }, namespace };
}

/** Throws unless a property names a namespace, or none. */
function checkPlace(property: string, namespace: unknown): void {
  if (namespace === undefined) return;
  at(property, () => {
    checkNamespaceReference(namespace);
  });
}

/** By what a link can be named once it is made; undefined if it needs an index for that. */
function referenceOf({ name, index }: Nameable, needsIndex = false): LinkReference | undefined {
  if (index !== undefined) return index;
  return isWholeName(name) && !needsIndex ? name : undefined;
}

interface Nameable {
  name?: string;
  index?: number | undefined;
}

/** Where the kernel shall choose a name, the index is chosen here, so that the link can be told from others. */
function chosenIndex(): number {
  return packages.crypto.randomInt(FIRST_CHOSEN_INDEX, 0x7fffffff);
}

/** Far above what the kernel numbers by itself. */
const FIRST_CHOSEN_INDEX = 0x100000;

/** Whether one message does it all. */
export function isOneStep({ addressGenerationMode, port }: LinkChanges): boolean {
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

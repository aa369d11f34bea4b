import { LinkSlot, type LinkReference, type NamespaceReference } from '../codec';
import { at, isObject, placeIn, within, withinElement } from '../errors';
import {
  changeLink,
  checkLinkOptions,
  deleteLink,
  getIdentity,
  isWholeName,
  newLink,
  type LinkChanges,
  type LinkIdentity,
  type LinkOptions,
} from '../protocol/link';
import { nameLink } from '../protocol/link-names';
import { IFLA } from '../protocol/link-attributes';
import { linkKindOf } from '../protocol/link-info';
import type { LinkKind } from '../protocol/link-kind';
import { isEchoedKind } from '../protocol/link-kinds';
import type { LinkPeer } from '../protocol/link-peer';
import { portKindOf, portProperties } from '../protocol/link-ports';
import { checkNamespaceTarget } from '../protocol/namespace-reference';
import type { LinkTold, Request } from '../protocol/netlink';
import type { Call, Step } from '../transport/call';
import { handleOf } from '../namespace/handle';
import { isToBeOpened, whileOpen, type PlaceOption } from '../namespace/places';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { chosenIndex } from './chosen-index';
import { kernelEchoesLinks } from './kernel';
import { changeRequests } from './link-changes';
import { behindCreation, inMessages, isQuietWithToken } from './link-order';
import { without } from './properties';

/** Where the ends of a link are. */
export interface LinkPlaces {
  /** The namespace in which it is made, which is the one that is asked. */
  here: NetlinkTransport;
  /** Where it goes. */
  target: NetlinkTransport;
  /** Where its other end is made. */
  peer: NetlinkTransport;
}

/** The call that makes a link, whole or not at all. */
export function linkCreation(options: LinkOptions, { here, target, peer: peerPlace }: LinkPlaces): Call<LinkIdentity> {
  // The echo has the index, which saves a look-up that costs a good part of the creation itself. The echo of a link
  // made in another namespace goes to a socket there.
  const isElsewhere = target !== here;
  const isEchoed = !isElsewhere && kernelEchoesLinks() && isEchoedKind(options.kind);
  const parts = partsOf(options, { isElsewhere, isEchoed, isBeside: peerPlace === target });
  const { creation, made, changes, names, peer } = parts;

  const isNamedLater = changes.length > 0 || names.length > 0 || peer?.made instanceof LinkSlot;
  const tells = isNamedLater ? toldBy(made, peer) : undefined;
  const steps: Step[] = [{ at: here, request: newLink(creation, { echo: isEchoed, tells }) }];
  for (const change of changes) {
    for (const request of changeRequests(made, change)) steps.push({ at: target, request });
  }
  for (const request of names) steps.push({ at: target, request });
  for (const request of peer?.names ?? []) steps.push({ at: peerPlace, request: ofPeer(request), within: 'peer' });
  for (const change of peer?.changes ?? []) {
    for (const request of changeRequests(peer!.made, change)) {
      steps.push({ at: peerPlace, request: ofPeer(request), within: 'peer' });
    }
  }
  if (!isEchoed) steps.push({ at: target, request: getIdentity(made) });
  const told = isEchoed ? 0 : steps.length - 1;
  return {
    steps,
    places: [target, peerPlace],
    undo: steps.length === 1 ? undefined : { at: target, request: deleteLink(made) },
    result: (answers) => answers[told]!.replies[0] as LinkIdentity,
  };
}

/** The requests of a link to be made, to check that they can be encoded. */
export function requestsOf(options: LinkOptions): Request[] {
  checkLinkOptions(options);
  const isElsewhere = options.namespace !== undefined;
  const parts = partsOf(options, { isElsewhere, isEchoed: true, isBeside: true });
  const { creation, made, changes, names, peer } = parts;
  const behind = peer && [...peer.names, ...peer.changes.map((change) => changeLink(peer.made, change))];
  return [
    newLink(creation),
    ...changes.map((change) => changeLink(made, change)),
    ...names,
    ...(behind ?? []).map(ofPeer),
  ];
}

/** A request whose argument errors name the properties of the peer as the caller wrote them. */
function ofPeer(request: Request): Request {
  const { hint } = request;
  return {
    ...request,
    hint(...refusal) {
      const found = hint?.(...refusal);
      return found && { ...found, property: placeIn('peer', found.property) };
    },
    encode(writer) {
      at('peer', () => {
        request.encode(writer);
      });
    },
  };
}

interface Layout {
  /** The link goes to another namespace than the one that is asked. */
  isElsewhere: boolean;
  /** The kernel reports the index of the link that it made. */
  isEchoed: boolean;
  /** Both ends of a pair are in one namespace. */
  isBeside: boolean;
}

interface Parts {
  /** How later messages name the link. */
  made: LinkReference | LinkSlot;
  creation: LinkOptions;
  changes: LinkChanges[];
  /** The message that adds its alternative names; one at most. */
  names: Request[];
  peer: PeerParts | undefined;
}

interface PeerParts {
  made: LinkReference | LinkSlot;
  creation: LinkPeer;
  changes: LinkChanges[];
  names: Request[];
}

/** Splits the options into those that create the link and those that the kernel takes only afterwards. */
function partsOf(given: LinkOptions, layout: Layout): Parts {
  checkLinkOptions(given);
  const { alternativeNames } = given;
  const options = withoutNames(withPeerApart(withPeerToMake(withoutInitial(given))));
  const { isElsewhere, isEchoed } = layout;
  const [first, ...changes] = inMessages(options, behindCreation(options, isElsewhere));
  const peer = peerParts(options, isEchoed);

  const needsIndex = options.index === undefined && peer?.creation.index !== undefined;
  const made = needsIndex ? chosenIndex() : referenceTo(options, isEchoed);
  let creation = first;
  if (typeof made === 'number' && creation.index !== made) creation = { ...creation, index: made };
  const other = peer && peerCreation(peer.creation, creation.index, layout);
  if (other !== peerOf(options)) creation = { ...creation, peer: other } as LinkOptions;
  return { made, creation, changes, names: namesOf(made, alternativeNames), peer };
}

/** The kernel takes alternative names only of a link that exists, in messages of their own. */
function withoutNames<Whole extends LinkOptions | LinkPeer>(options: Whole): Whole {
  return options.alternativeNames === undefined ? options : without(options, ['alternativeNames']);
}

function namesOf(made: LinkReference | LinkSlot, names: LinkOptions['alternativeNames']): Request[] {
  const isNone = names === undefined || (Array.isArray(names) && names.length === 0);
  return isNone ? [] : [nameLink(made, names)];
}

/**
 * Leaves out values that a new link has anyway, for kinds that take no such change, and the carrier, which a listed
 * link had only at that moment.
 */
function withoutInitial(options: LinkOptions): LinkOptions {
  const isListed = 'operationalState' in options;
  const names: (keyof LinkOptions)[] = [];
  if (options.protocolDown === false) names.push('protocolDown');
  if (options.carrier === true || isListed) names.push('carrier');
  const rest = names.some((name) => options[name] !== undefined) ? without(options, names) : options;
  return isListed ? withoutMomentary(rest) : rest;
}

/** A listed peer also has what follows from the pair: its kind, and that the first end is its peer. */
function withPeerToMake(options: LinkOptions): LinkOptions {
  const peer = peerOf(options);
  if (peer === undefined || !('operationalState' in peer)) return options;
  const listed = withoutInitial(peer as unknown as LinkOptions);
  const names: (keyof LinkOptions)[] = ['link', 'linkNamespaceId'];
  if (listed.kind === options.kind) names.push('kind');
  return { ...options, peer: without(listed, names) } as LinkOptions;
}

/** The kernel makes the other end of a pair also where no peer was given; that end then takes an index of its own. */
function withPeerApart(options: LinkOptions): LinkOptions {
  const isAlone = options.index !== undefined && peerOf(options) === undefined && hasPeer(options);
  return isAlone ? ({ ...options, peer: {} } as LinkOptions) : options;
}

function hasPeer({ kind }: LinkOptions): boolean {
  const declared = linkKindOf(kind);
  return declared !== undefined && 'peer' in declared.data.fields;
}

/** Leaves out what a list says only of that moment, for a link and for it as a port. */
function withoutMomentary(options: LinkOptions): LinkOptions {
  const momentary = (linkKindOf(options.kind)?.momentary ?? []) as (keyof LinkOptions)[];
  const rest = momentary.some((name) => name in options) ? without(options, momentary) : options;
  const given = rest as unknown as Record<string, object | undefined>;
  for (const property of portProperties) {
    const port = given[property];
    const kind = portKindOf(property);
    if (typeof port !== 'object' || kind === undefined) continue;
    const left = namesToLeave(kind, port as Record<string, unknown>);
    if (left.length > 0) return { ...rest, [property]: without(port, left as (keyof typeof port)[]) };
  }
  return rest;
}

/** The properties of a listed port that are left out: those of that moment only, and those that a new port has anyway. */
function namesToLeave({ momentary, initial = {} }: LinkKind, port: Record<string, unknown>): string[] {
  const isInitial = (name: string) => port[name] !== undefined && port[name] === initial[name];
  return [...momentary.filter((name) => name in port), ...Object.keys(initial).filter(isInitial)];
}

/**
 * What the kernel cannot do while it makes a pair, because one end does not have its peer yet, or because it belongs to
 * the namespace of the peer. It is asked for in a message of its own afterwards.
 */
function peerParts(options: LinkOptions, isEchoed: boolean): PeerParts | undefined {
  const peer = peerOf(options);
  if (peer === undefined) return undefined;
  const [, ...changes] = inMessages(withoutNames(peer), behindCreation(peer, true), { takesUp: false });
  const { alternativeNames } = peer;
  if (changes.length === 0 && namesOf(0, alternativeNames).length === 0) {
    return { made: 0, creation: peer, changes, names: [] };
  }
  const made = referenceTo(peer, isEchoed);
  // The creation ignores what is sent later.
  const asPort = portProperties.filter((name) => name in peer) as (keyof LinkPeer)[];
  const apart: (keyof LinkPeer)[] = isQuietWithToken(peer) ? ['arp', ...asPort] : asPort;
  const whole = apart.length === 0 ? peer : without(peer, apart);
  const creation = typeof made === 'number' && made !== peer.index ? { ...whole, index: made } : whole;
  return { made, creation, changes, names: namesOf(made, alternativeNames) };
}

/**
 * A peer without an index takes the next free one before the first end is made, which may be the one that was chosen
 * for the first end. So the peer gets a chosen index where the first end has one.
 */
function peerCreation(peer: LinkPeer, index: number | undefined, { isBeside }: Layout): LinkPeer {
  return peer.index === undefined && index !== undefined && isBeside ? { ...peer, index: chosenIndex() } : peer;
}

/** What later messages take from the answer to a creation. */
function toldBy(made: LinkReference | LinkSlot, peer: PeerParts | undefined): LinkTold[] {
  const told: LinkTold[] = [];
  if (made instanceof LinkSlot) told.push({ link: made, attribute: 0 });
  // The link below a veth is its peer.
  if (peer?.made instanceof LinkSlot) told.push({ link: peer.made, attribute: IFLA.LINK });
  return told;
}

/**
 * How a link is named once it is made. Where the kernel chooses the name and does not report the index, the index is
 * chosen here.
 */
function referenceTo({ name, index }: Nameable, isEchoed: boolean): LinkReference | LinkSlot {
  if (index !== undefined) return index;
  if (isWholeName(name)) return new LinkSlot(name);
  return isEchoed ? new LinkSlot() : chosenIndex();
}

interface Nameable {
  name?: string | undefined;
  index?: number | undefined;
}

/**
 * Runs a verb with options whose namespaces are open. Values that cannot name a namespace stay as they are: they are
 * refused later, in an array together with the others.
 */
export function withOpenNamespaces<Result>(
  options: readonly LinkOptions[],
  verb: (opened: LinkOptions[]) => Promise<Result>,
  ofElement: (element: number, error: unknown) => unknown = (_, error) => error,
): Promise<Result> {
  const targets = options.flatMap((one) => (isObject(one) ? namespacesOf(one) : [undefined, undefined]));
  if (!targets.some(isToBeOpened)) return verb(options as LinkOptions[]);
  return whileOpen(
    targets.map(unlessWrong),
    (opened) => verb(options.map((one, index) => withNamespaces(one, opened[2 * index], opened[2 * index + 1]))),
    (error, index) => ofElement(index >> 1, within(placeNames[1 + (index & 1)]!, error)),
  );
}

function unlessWrong(target: PlaceOption): PlaceOption {
  try {
    checkPlace('namespace', target);
    return target;
  } catch {
    return undefined; // told when the link is asked for
  }
}

function withNamespaces(
  options: LinkOptions,
  namespace: NamespaceReference | undefined,
  ofPeer: NamespaceReference | undefined,
): LinkOptions {
  let opened = options;
  if (namespace !== undefined) opened = { ...opened, namespace };
  const peer = ofPeer && peerOf(options);
  return peer === undefined ? opened : ({ ...opened, peer: { ...peer, namespace: ofPeer } } as LinkOptions);
}

/** The properties of {@link placesOf}, of which the first has none. */
export const placeNames = ['', 'namespace', 'peer.namespace'] as const;

/** Throws, with its place in an array, if a namespace that is given open is closed. */
export function checkOpenPlaces(given: readonly LinkOptions[]): void {
  for (const [element, options] of given.entries()) {
    if (!isObject(options)) continue;
    for (const [index, target] of namespacesOf(options).entries()) {
      try {
        at(placeNames[1 + index]!, () => handleOf(target)?.checkOpen());
      } catch (error) {
        throw withinElement(element, error);
      }
    }
  }
}

/** The open namespaces that a link's options name: where it is asked for, where it goes, where its peer is made. */
export function placesOf(options: LinkOptions): (NamespaceReference | undefined)[] {
  const [namespace, ofPeer] = namespacesOf(options);
  checkPlace('namespace', namespace);
  checkPlace('peer.namespace', ofPeer);
  // A peer is made in the namespace to which the request is sent, also where the first end goes elsewhere.
  return [undefined, namespace as NamespaceReference | undefined, ofPeer as NamespaceReference | undefined];
}

/** The same, for values that may be wrong. */
export function namespacesOf(options: LinkOptions): [PlaceOption, PlaceOption] {
  return [options.namespace, peerOf(options)?.namespace];
}

/** The other end of a pair that is to be made. */
export function peerOf(options: LinkOptions): LinkPeer | undefined {
  return 'peer' in options && typeof options.peer === 'object' && options.peer !== null ? options.peer : undefined;
}

/** Throws unless a property names a namespace or is absent. */
export function checkPlace(property: string, namespace: unknown): void {
  if (namespace === undefined) return;
  at(property, () => {
    checkNamespaceTarget(namespace);
  });
}

import {
  checkInteger,
  checkSomeLink,
  checkName,
  checkText,
  field,
  findAttribute,
  isLongLinkName,
  linkNameOf,
  LONGEST_ALTERNATIVE_NAME,
  message,
  returnWriter,
  s32,
  takeWriter,
  u32,
  uint32,
  LinkSlot,
  type FilterOf,
  type LinkReference,
  type Names,
  type Source,
} from '../codec';
import { ERRNO } from '../errno';
import { at, checkArgument, isObject, wrongType, wrongValue } from '../errors';
import { rowFilter } from './filter';
import { IFLA, ignoredLinkAttributes, linkFields } from './link-attributes';
import { checkChangedAddresses, checkNewAddresses } from './link-address';
import { changedSwitches, ifinfomsg, ofDevice } from './link-header';
import { linkRefusals } from './link-refusals';
import { changedLinkInfo, decodeKind, linkInfo, linkKindOf, refuseFormerPort, refuseLinkBelow } from './link-info';
import { checkWanted, LONGEST_KIND } from './link-kind';
import type { Link, LinkChanges, LinkKindName, LinkOptions } from './link-kinds/types';
import { decodeLinkIdentity, decoderOf, linkDetails, type LinkDetails, type LinkIdentity } from './link-reply';
import { NLM_F, ofUnknownIndex, ofUnknownLink, type LinkTold, type Query, type Request } from './netlink';
import { RTM } from './rtnetlink';

export type { Link, LinkChanges, LinkOptions } from './link-kinds/types';
export { decodeLink, decodeLinkIdentity, type LinkDetails, type LinkIdentity } from './link-reply';

/** Filters of a list of links. The kernel applies `master`. */
export interface LinkFilter extends LinkDetails, FilterOf<typeof linkFields> {
  /** Links of this kind. The kernel applies it if it knows the kind; otherwise there are no such links. */
  kind?: string | undefined;
}

/** The same for a declared kind. */
export interface LinkFilterOf<Kind extends LinkKindName> extends LinkFilter {
  /** Links of this kind. The kernel selects them. */
  kind: Kind;
}

const RTEXT_FILTER_SKIP_STATS = 1 << 3;

/** As in rows, except for switches: a request has those that it changes. */
const requestFields = { ...linkFields, ...changedSwitches };

export const linkMessage = message(ifinfomsg, requestFields, { part: linkInfo, ignored: ignoredLinkAttributes });

/** The same for a link that exists. */
const changeMessage = message(ifinfomsg, requestFields, { part: changedLinkInfo, ignored: ignoredLinkAttributes });

/** A link without a link below reports where its peer is, but takes no such option. */
const notBelow: ReadonlySet<string> = new Set(['link', 'linkNamespaceId'] satisfies (keyof typeof linkFields)[]);
const allButBelow: Names = { has: (name) => !notBelow.has(name) };

/** A question about a link: which one, and which parts of it are wanted. */
export const linkQuestion = message(
  ifinfomsg,
  {
    ...requestFields,
    extendedMask: u32(IFLA.EXT_MASK),
    targetNamespaceId: s32(IFLA.TARGET_NETNSID),
    alternativeName: field(IFLA.ALT_IFNAME, linkNameOf(LONGEST_ALTERNATIVE_NAME)),
  },
  { part: linkInfo, ignored: ignoredLinkAttributes },
);

const { locate } = linkQuestion;

/** In requests about an existing link the index stands for the device that the caller named. */
const locateChange: Request['locate'] = (...place) => {
  const property = locate(...place);
  return property === 'index' ? 'device' : property;
};

/** The request for a new link; with `echo` the kernel also returns what was made, since 6.2. */
export function newLink(
  options: LinkOptions,
  { echo = false, tells }: { echo?: boolean; tells?: readonly LinkTold[] | undefined } = {},
): Query<LinkIdentity> {
  checkLinkOptions(options);
  return {
    name: 'RTM_NEWLINK',
    type: RTM.NEWLINK,
    flags: NLM_F.CREATE | NLM_F.EXCL | (echo ? NLM_F.ECHO : 0),
    decode: echoDecoder(options.name),
    subject: () => linkSubject(options.name),
    changesNames: true,
    tells,
    hint: (errno, said) => linkRefusals()?.hintOfNewLink(options, errno, said),
    locate,
    encode(writer) {
      checkNewAddresses(options);
      const kind = linkKindOf(options.kind);
      const given = kind?.initial === undefined ? options : withoutInitial(options, kind.initial);
      linkMessage.encode(writer, given, { only: kind?.hasLink === false ? allButBelow : undefined });
      if (kind !== undefined) checkWanted(kind, options as unknown as Record<string, unknown>);
    },
  };
}

/** Throws unless a value can be the options of a new link; each property is checked when it is encoded. */
export function checkLinkOptions(options: LinkOptions): void {
  checkArgument('options', options, "{ kind: 'bridge', name: 'br0' }");
  refuseFormerPort(options);
  if ((options.kind as unknown) === undefined) checkValues(options);
  at('kind', () => {
    checkKind(options.kind);
  });
  // In a message 0 stands for the next free index.
  at('index', () => {
    if ((options.index as unknown) === 0) checkInteger(options.index, 1, 0x7fffffff);
  });
  refuseLinkBelow(options as unknown as Record<string, unknown>);
}

function checkKind(kind: unknown): void {
  if (kind === undefined) throw wrongType("is missing: say which, such as 'bridge' or 'veth'");
  checkName(kind, LONGEST_KIND);
}

/** Throws for a wrong name or value, before the properties are checked together. */
function checkValues(options: LinkOptions): void {
  const writer = takeWriter();
  try {
    linkMessage.encode(writer, options);
  } finally {
    returnWriter(writer);
  }
}

/** Throws unless a value can be changes of a link. */
export function checkLinkChanges(changes: LinkChanges): void {
  checkArgument('changes', changes, '{ up: true }');
  refuseFormerPort(changes);
}

/** The request to change a link; `newIndex` asks for the index that it is to have in the namespace that it moves to. */
export function changeLink(
  device: LinkReference | LinkSlot,
  changes: LinkChanges,
  { newIndex }: { newIndex?: number | undefined } = {},
): Request {
  checkLinkChanges(changes);
  checkDevice(device);
  return {
    name: 'RTM_NEWLINK',
    type: RTM.NEWLINK,
    flags: 0,
    subject: linkSubject(device),
    changesNames: changes.name !== undefined || changes.namespace !== undefined,
    hint: (errno, said, unknownLink) =>
      linkRefusals()?.hintOfChange(changes, errno, said) ?? ofUnknownIndex(device)?.(errno, said, unknownLink),
    locate: locateChange,
    encode(writer) {
      checkChangedAddresses(changes);
      changeMessage.encode(writer, changes, { header: ofDevice(device) });
      if (newIndex !== undefined) u32(IFLA.NEW_IFINDEX).encode(writer, newIndex);
    },
  };
}

/** The request to delete a link. */
export function deleteLink(device: LinkReference | LinkSlot): Request {
  checkDevice(device);
  return {
    name: 'RTM_DELLINK',
    type: RTM.DELLINK,
    flags: 0,
    subject: linkSubject(device),
    changesNames: true,
    hint: (errno, said) => ofLasting(errno, said) ?? ofUnknownLink!(errno, said),
    locate: locateChange,
    encode: (writer) => {
      linkMessage.encode(writer, {}, { header: ofDevice(device) });
    },
  };
}

const ofLasting = (errno: number, said: string | undefined) =>
  errno === ERRNO.EOPNOTSUPP && said === undefined
    ? { property: 'device', text: 'only links that were made can be deleted, not lo or the device of a driver' }
    : undefined;

/** The request to delete all links of a group together. */
export function deleteGroup(group: number): Request {
  at('group', () => {
    checkInteger(group, 1, 0xffffffff);
  });
  return {
    name: 'RTM_DELLINK',
    type: RTM.DELLINK,
    flags: 0,
    subject: `links of group ${String(group)}`,
    changesNames: true,
    hint: (errno) => (errno === ERRNO.ENODEV ? { property: 'group' } : undefined),
    locate,
    encode: (writer) => {
      linkMessage.encode(writer, { group });
    },
  };
}

/** What is looked up about a link before it is deleted with others. */
export interface LinkInGroup {
  index: number;
  group: number;
  /** Undefined for a link that cannot be deleted: a physical one, or loopback. */
  kind: string | undefined;
}

/** The request for the group of a link that is to be deleted, by index, name or alternative name. */
export function getGroup(device: LinkReference): Query<LinkInGroup> {
  return { ...getLink(device), name: 'RTM_DELLINK', hint: undefined, merge: undefined, decode: decodeGroup };
}

function decodeGroup(source: Source, start: number, end: number): LinkInGroup {
  const behind = start + ifinfomsg.size;
  const group = findAttribute(source, behind, end, IFLA.GROUP);
  const info = findAttribute(source, behind, end, IFLA.LINKINFO);
  return {
    index: ifinfomsg.read.index(source, start, end),
    group: group === undefined ? 0 : uint32.decode(source, group.start, group.end),
    kind: info && decodeKind(source, info),
  };
}

/** The request for one link, by index, name or alternative name; with a namespace id, in that namespace. */
export function getLink(device: LinkReference, options: LinkDetails & { namespaceId?: number } = {}): Query<Link> {
  checkDevice(device);
  const byName = typeof device === 'string';
  const long = isLongLinkName(device);
  return {
    name: 'RTM_GETLINK',
    type: RTM.GETLINK,
    flags: 0,
    subject: linkSubject(device),
    hint: ofUnknownLink,
    locate: locateChange,
    decode: decoderOf(options),
    encode(writer) {
      const values = {
        name: byName && !long ? device : undefined,
        alternativeName: long ? device : undefined,
        extendedMask: options.statistics === true ? 0 : RTEXT_FILTER_SKIP_STATS,
        targetNamespaceId: options.namespaceId,
      };
      linkQuestion.encode(writer, values, byName ? {} : { header: ofDevice(device) });
    },
  };
}

/** The request for index and name of a link that an earlier message of the same call made. */
export function getIdentity(made: LinkReference | LinkSlot): Query<LinkIdentity> {
  return {
    name: 'RTM_GETLINK',
    type: RTM.GETLINK,
    flags: 0,
    subject: linkSubject(made),
    decode: decodeLinkIdentity,
    encode(writer) {
      linkQuestion.encode(writer, { extendedMask: RTEXT_FILTER_SKIP_STATS }, { header: ofDevice(made) });
    },
  };
}

/** The request for a link's index on behalf of a question that takes no name; errors are those of the question. */
export function getIndexFor(
  question: Pick<Request, 'name' | 'subject'>,
  device: LinkReference,
): Query<Pick<LinkIdentity, 'index'>> {
  return { ...getIdentity(device), ...question, merge: undefined, locate: locateChange };
}

/** The request for the links that a filter describes. */
export function listLinks(filter: LinkFilter = {}): Query<Link> {
  refuseOne(filter);
  rowFilter('links', filter, linkMessage, {
    kind: (kind) => checkText(kind, LONGEST_KIND),
    ...linkDetails,
  });
  const { master, kind, statistics, addressFamilies } = filter;
  const decode = decoderOf({ statistics, addressFamilies });
  return {
    name: 'RTM_GETLINK',
    type: RTM.GETLINK,
    flags: NLM_F.DUMP,
    fields: linkFields,
    locate,
    decode(source, start, end) {
      const link = decode(source, start, end);
      // For a kind that it does not know, the kernel answers with all links.
      return kind === undefined || link.kind === kind ? link : undefined;
    },
    encode(writer) {
      const values = { extendedMask: statistics === true ? 0 : RTEXT_FILTER_SKIP_STATS, master, kind };
      linkQuestion.encode(writer, values);
    },
  };
}

/** The request for the index and the name of each link. */
export function listLinkNames(): Query<LinkIdentity> {
  return {
    name: 'RTM_GETLINK',
    type: RTM.GETLINK,
    flags: NLM_F.DUMP,
    decode: decodeLinkIdentity,
    encode(writer) {
      linkQuestion.encode(writer, { extendedMask: RTEXT_FILTER_SKIP_STATS });
    },
  };
}

/** Throws for what selects one link. */
function refuseOne(filter: unknown): void {
  if (!isObject(filter)) return;
  const property = ['name', 'index', 'device'].find((one) => one in filter);
  if (property !== undefined) throw wrongValue('is not a filter of links: get(device) finds one link', property);
}

/** What an echo adds to its request: the index, and the name if the kernel chose it. */
function echoDecoder(name: string | undefined): Query<LinkIdentity>['decode'] {
  if (!isWholeName(name)) return decodeLinkIdentity;
  return (source, start, end) => ({ index: ifinfomsg.read.index(source, start, end), name });
}

/** Whether a new link gets exactly this name: the kernel chooses if there is none, and replaces a '%d' by a number. */
export function isWholeName(name: unknown): name is string {
  return typeof name === 'string' && !name.includes('%');
}

/** How errors call a link. */
export function linkSubject(device: LinkReference | LinkSlot | undefined): string | undefined {
  if (device === undefined) return undefined;
  if (device instanceof LinkSlot) return device.name === undefined ? 'the new link' : linkSubject(device.name);
  return typeof device === 'string' ? `link '${device}'` : `link ${String(device)}`;
}

/** The values that differ from the initial ones; nested objects are compared by their properties. */
function withoutInitial(values: object, initial: object): object {
  const kept: Record<string, unknown> = {};
  for (const name in values) {
    const value = (values as Record<string, unknown>)[name];
    const first = (initial as Record<string, unknown>)[name];
    if (value === first) continue;
    // A value that is not an object is refused later.
    const isNested = isObject(value) && isObject(first);
    const rest = isNested ? withoutInitial(value, first) : value;
    if (!isNested || Object.keys(rest as object).length > 0) kept[name] = rest;
  }
  return kept;
}

/** Throws unless a value can name a link. */
export function checkDevice(device: LinkReference | LinkSlot): void {
  if (device instanceof LinkSlot) return;
  at('device', () => {
    checkSomeLink(device);
  });
}

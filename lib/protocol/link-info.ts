import {
  attributeAt,
  findAttribute,
  NLA_F_NESTED,
  text,
  variants,
  type AttributeSpan,
  type MessagePart,
  type Source,
  type Writer,
} from '../codec';
import { show, wrongValue } from '../errors';
import { hintOfKind } from '../unknown-name';
import { IFLA, IFLA_INFO } from './link-attributes';
import { dataOf, isChangeable, LONGEST_KIND, type LinkKind } from './link-kind';
import { linkKinds } from './link-kinds';
import { decodePort, encodePort, locateInPort, portProperties, portPropertyOf } from './link-ports';
import type { Hint } from './netlink';

const kinds = variants({
  kind: text(IFLA_INFO.KIND, LONGEST_KIND),
  data: IFLA_INFO.DATA,
  kinds: dataOf(linkKinds),
});

const linkKindList: ReadonlyMap<string, LinkKind> = new Map<string, LinkKind>(Object.entries(linkKinds));

/** The declaration of a kind, or undefined for a word that has none. */
export function linkKindOf(kind: string): LinkKind | undefined {
  return linkKindList.get(kind);
}

/** IFLA_LINKINFO: of a link its kind and what only that has, and its master's kind and what it has as a port. */
export const linkInfo: MessagePart = {
  numbers: [IFLA.LINKINFO],
  names: portProperties,
  checkBeside(common) {
    kinds.checkBeside(common);
  },
  encode(writer, values, common) {
    encodeInfo(writer, values, common, () => undefined);
  },
  decodeTo(row, source, start, end) {
    const info = findAttribute(source, start, end, IFLA.LINKINFO);
    if (info === undefined) return;
    kinds.decodeTo(row, source, info.start, info.end);
    decodePort(row, source, info);
  },
  locate(source, start, end, offset) {
    const found = attributeAt(source, start, end, offset);
    if (found?.number !== IFLA.LINKINFO) return undefined;
    const inner = kinds.locate(source, found.start, found.end, offset);
    return inner ?? locateInPort(source, found.start, found.end, offset);
  },
};

/**
 * The same, of a change. Options of a kind are there though none is said: kinds whose check wants them (vlan, vxlan) refuse to be named
 * without, and the kernel looks whether the link is of the kind only where there are any.
 */
export const changedLinkInfo: MessagePart = {
  ...linkInfo,
  encode(writer, values, common) {
    const { kind } = values as { kind?: unknown };
    const declared = typeof kind === 'string' ? linkKindOf(kind) : undefined;
    const hasOptions = declared !== undefined && isChangeable(declared);
    encodeInfo(writer, values, common, (start) => {
      if (!hasOptions || findAttribute(writer, start, writer.position, IFLA_INFO.DATA) !== undefined) return;
      writer.endAttribute(writer.beginAttribute(IFLA_INFO.DATA | NLA_F_NESTED));
    });
  },
};

/** Writes the kind, what only that has, what `more` adds behind that, and what the link has as a port. */
function encodeInfo(writer: Writer, values: object, common: ReadonlySet<string>, more: (start: number) => void): void {
  const attribute = writer.beginAttribute(IFLA.LINKINFO | NLA_F_NESTED);
  const start = writer.position;
  kinds.encode(writer, values, common);
  more(start);
  encodePort(writer, values as Record<string, unknown>);
  if (writer.position === start) writer.cut(attribute);
  else writer.endAttribute(attribute);
}

/** The kind that IFLA_LINKINFO names. */
export function decodeKind(source: Source, { start, end }: AttributeSpan): string | undefined {
  return kinds.kindAt(source, start, end);
}

/** Throws for the name that options of ports had before 0.2, unless the kind has a property of that name. */
export function refuseFormerPort(options: object): void {
  const { kind, port } = options as { kind?: unknown; port?: unknown };
  // A number is the port of a vxlan.
  if (typeof port !== 'object' || port === null || kinds.typeOf(kind)?.names.includes('port') === true) return;
  const master = 'kind' in port ? port.kind : undefined;
  throw wrongValue(`is called ${master === undefined ? 'bridgePort' : portPropertyOf(master)} now`, 'port');
}

/** What names the link below, which a kind takes only if it stands on one. */
const ofLinkBelow = ['link', 'linkNamespaceId'] as const;

/** Throws for a link below, of a kind that stands on none: what was listed tells of one all the same, of a veth its peer. */
export function refuseLinkBelow(options: Readonly<Record<string, unknown>>): void {
  const { kind } = options;
  const declared = typeof kind === 'string' ? linkKindOf(kind) : undefined;
  if (declared === undefined || declared.hasLink || options.operationalState !== undefined) return;
  const property = ofLinkBelow.find((name) => options[name] !== undefined);
  if (property === undefined) return;
  const { linkOption } = declared;
  const instead = linkOption === undefined ? '' : `: it is called ${show(linkOption)} there`;
  throw wrongValue(`is no option of a link of kind ${show(kind)}${instead}`, property);
}

const EOPNOTSUPP = 95;

/**
 * The kernel does not know the kind of a new link: which one may be meant, or that this kernel lacks it. Of a kind that is known here its
 * words have to say so, since it refuses some options with the same error.
 */
export function unknownKind(kind: string, errno: number, kernelMessage: string | undefined): Hint | undefined {
  if (errno !== EOPNOTSUPP) return undefined;
  const isUnknown =
    kernelMessage === undefined ? linkKindOf(kind) === undefined : /\bunknown device type\b/i.test(kernelMessage);
  return isUnknown ? { property: 'kind', text: hintOfKind(kind, Object.keys(linkKinds)) } : undefined;
}

/** The kernel passes options of a kind to a link only if it is of that kind, and the kind takes changes. */
export function ofOtherKind(kind: unknown, errno: number, kernelMessage: string | undefined): Hint | undefined {
  if (kind === undefined || errno !== EOPNOTSUPP || kernelMessage !== undefined) return undefined;
  return { property: 'kind', text: 'the link is of another kind, or its kind takes no changes' };
}

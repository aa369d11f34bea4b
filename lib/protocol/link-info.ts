import {
  attributeAt,
  findAttribute,
  NLA_F_NESTED,
  text,
  variants,
  type AttributeSpan,
  type Field,
  type MessagePart,
  type Source,
  type Writer,
} from '../codec';
import { ERRNO } from '../errno';
import { placeIn, show, wrongValue } from '../errors';
import { hintOfKind } from '../unknown-name';
import { IFLA, IFLA_INFO } from './link-attributes';
import { dataOf, isChangeable, kindAmong, LONGEST_KIND, type LinkKind } from './link-kind';
import { linkKinds, portKinds } from './link-kinds';
import { decodePort, encodePort, locateInPort, portProperties, portPropertyOf } from './link-ports';
import type { Hint } from './netlink';

const kinds = variants({
  kind: text(IFLA_INFO.KIND, LONGEST_KIND),
  data: IFLA_INFO.DATA,
  kinds: dataOf(linkKinds),
  inner: () =>
    Object.entries(portKinds).flatMap(([kind, { data }]) =>
      Object.entries<Pick<Field<unknown>, 'readOnly'>>(data.fields).flatMap(([name, { readOnly }]) =>
        readOnly ? [] : [placeIn(portPropertyOf(kind), name)],
      ),
    ),
});

/** The declaration of a kind, or undefined for a word that has none. */
export function linkKindOf(kind: unknown): LinkKind | undefined {
  return kindAmong(linkKinds, kind);
}

/** IFLA_LINKINFO: a link's kind with its own properties, and its master's kind with the link's properties as a port. */
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
 * The same for a change. The kind is needed for options of a kind: kinds whose check requires options (vlan, vxlan)
 * refuse to be named without, and the kernel checks the link's kind only if there are any.
 */
export const changedLinkInfo: MessagePart = {
  ...linkInfo,
  encode(writer, values, common) {
    const { kind } = values as { kind?: unknown };
    const declared = linkKindOf(kind);
    const hasOptions = declared !== undefined && isChangeable(declared);
    encodeInfo(writer, values, common, (start) => {
      if (!hasOptions || findAttribute(writer, start, writer.position, IFLA_INFO.DATA) !== undefined) return;
      writer.endAttribute(writer.beginAttribute(IFLA_INFO.DATA | NLA_F_NESTED));
    });
  },
};

/** Writes the kind, its own properties, what `more` adds after them, and the properties of the link as a port. */
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

/** Throws for the name that port options had before 0.2, unless the kind has a property of that name. */
export function refuseFormerPort(options: object): void {
  const { kind, port } = options as { kind?: unknown; port?: unknown };
  // A number is the port of a vxlan.
  if (typeof port !== 'object' || port === null || kinds.typeOf(kind)?.names.includes('port') === true) return;
  const master = 'kind' in port ? port.kind : undefined;
  throw wrongValue(`is called ${master === undefined ? 'bridgePort' : portPropertyOf(master)} now`, 'port');
}

/** The properties that name the link below, which a kind takes only if it stands on one. */
const ofLinkBelow = ['link', 'linkNamespaceId'] as const;

/** Throws for a link below a kind that does not stand on one. A list reports one anyway, for a veth its peer. */
export function refuseLinkBelow(options: Readonly<Record<string, unknown>>): void {
  const { kind } = options;
  const declared = linkKindOf(kind);
  if (declared === undefined || declared.hasLink || options.operationalState !== undefined) return;
  const property = ofLinkBelow.find((name) => options[name] !== undefined);
  if (property === undefined) return;
  const { linkOption } = declared;
  const instead = linkOption === undefined ? '' : `: it is called ${show(linkOption)} there`;
  throw wrongValue(`is no option of a link of kind ${show(kind)}${instead}`, property);
}

/**
 * The hint for a new link whose kind the kernel does not know: that this kernel lacks it, and which kind may be meant.
 * For a declared kind only if the kernel's message says so, since it refuses options that it lacks with the same error.
 */
export function unknownKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  if (errno !== ERRNO.EOPNOTSUPP) return undefined;
  const { kind } = options as { kind: string };
  const isUnknown =
    kernelMessage === undefined ? linkKindOf(kind) === undefined : /\bunknown device type\b/i.test(kernelMessage);
  if (isUnknown) return { property: 'kind', text: hintOfKind(kind, Object.keys(linkKinds)) };
  const own = kernelMessage === undefined ? optionsOfKind(options) : [];
  return own.length === 0 ? undefined : lackingOption(own, 'this kernel may lack');
}

/**
 * The kernel passes options of a kind to a link only if the link is of that kind, and the kind can be changed. It
 * refuses options that it lacks with the same error.
 */
export function ofOtherKind(options: object, errno: number, kernelMessage: string | undefined): Hint | undefined {
  const { kind } = options as { kind?: unknown };
  if (kind === undefined || errno !== ERRNO.EOPNOTSUPP) return undefined;
  if (kernelMessage !== undefined) {
    const isDeclared = kinds.typeOf(kind) !== undefined;
    return isDeclared ? undefined : { property: 'kind', text: 'leave it out to change what every link has' };
  }
  const own = optionsOfKind(options);
  if (own.length > 0) return lackingOption(own, `the link is not of kind ${show(kind)}, or this kernel lacks`);
  return { property: 'kind', text: 'the link is of another kind, or its kind takes no changes' };
}

/** The given properties that belong to a declared kind. */
function optionsOfKind(options: object): string[] {
  const names = kinds.typeOf((options as { kind?: unknown }).kind)?.names ?? [];
  return names.filter((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
}

/** With several options the kernel does not say which one it refused. */
function lackingOption(own: readonly string[], what: string): Hint {
  return { text: own.length === 1 ? `${what} ${own[0]!}` : `${what} one of ${own.join(', ')}` };
}

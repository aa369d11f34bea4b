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
import { placeIn, show, wrongValue } from '../errors';
import { IFLA, IFLA_INFO } from './link-attributes';
import { dataOf, isChangeable, kindAmong, LONGEST_KIND, type LinkKind } from './link-kind';
import { linkKinds, portKinds } from './link-kinds';
import { decodePort, encodePort, locateInPort, portProperties, portPropertyOf } from './link-ports';

/** The kinds of links, with what only each has. */
export const kinds = variants({
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

import {
  appendNested,
  attributesOf,
  bytes,
  decodeText,
  findAttribute,
  octets,
  returnRow,
  takeRow,
  text,
  type Decoded,
  type AttributeSpan,
  type Encodable,
  type Row,
  type Source,
  type Type,
  type Writer,
} from '../codec';
import { show, within, wrongValue } from '../errors';
import { linkFields } from './link-attributes';
import { headerProperties } from './link-header';
import { linkKinds, portKinds } from './link-kinds';
import type { LinkKind } from './link-kind';

/** Attributes of IFLA_LINKINFO. */
const IFLA_INFO = { KIND: 1, DATA: 2, XSTATS: 3, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;

type LinkKinds = typeof linkKinds;
type PortKinds = typeof portKinds;

/** The word of a kind of link that has a declaration. */
export type LinkKindName = keyof LinkKinds;

type Fields<K extends LinkKind> = K['data']['fields'];

/** What requests may say of a kind; discriminated by `kind`. */
export type LinkKindOptions = {
  [K in keyof LinkKinds]: { kind: K } & Encodable<Fields<LinkKinds[K]>>;
}[keyof LinkKinds];

/** What the kernel says of a kind. Physical devices and loopback have none. */
export type LinkKindState =
  { [K in keyof LinkKinds]: { kind: K } & Decoded<Fields<LinkKinds[K]>> }[keyof LinkKinds] | { kind?: undefined };

/** What requests may say of a port; discriminated by `kind`, the kind of its master. */
export type PortOptions = {
  [K in keyof PortKinds]: { kind: K } & Encodable<Fields<PortKinds[K]>>;
}[keyof PortKinds];

/** What the kernel says of a port. */
export type PortState = { [K in keyof PortKinds]: { kind: K } & Decoded<Fields<PortKinds[K]>> }[keyof PortKinds];

const linkKindList: Readonly<Record<string, LinkKind>> = linkKinds;
const portKindList: Readonly<Record<string, LinkKind>> = portKinds;

/** The declaration of a kind, or undefined for a word that has none. */
export function linkKindOf(kind: string): LinkKind | undefined {
  return Object.hasOwn(linkKindList, kind) ? linkKindList[kind] : undefined;
}

function portKindOf(kind: string): LinkKind | undefined {
  return Object.hasOwn(portKindList, kind) ? portKindList[kind] : undefined;
}

/** The parts of IFLA_LINKINFO as plain values. */
export interface LinkInfo {
  kind?: string | undefined;
  /** The kind's own properties, among others of a link. */
  properties?: object | undefined;
  port?: { kind: string } | undefined;
}

/** What stands in a link's header, or is not for the kernel, or says what the others belong to. */
const notAttributes = [...headerProperties, 'kind', 'port', 'unknownAttributes', 'unknownKindAttributes'];

/** Properties of every link: none of them is its kind's. */
const commonProperties: ReadonlySet<string> = new Set([...Object.keys(linkFields), ...notAttributes]);

/** The first property that not every link has; undefined if there is none. */
export function propertyOfKind(properties: object): string | undefined {
  for (const name in properties) {
    if ((properties as Record<string, unknown>)[name] !== undefined && !commonProperties.has(name)) return name;
  }
  return undefined;
}

const LONGEST_KIND = 63;

/** IFLA_LINKINFO of requests: the kind and its data, the master's kind and the port's data. */
export const linkInfo: Type<never, LinkInfo> = {
  encode(writer, { kind, properties, port }) {
    if (kind !== undefined) encodeKind(writer, kind, properties);
    if (port !== undefined) encodePort(writer, port);
  },
  decode() {
    throw new Error('is decoded part by part');
  },
  locate(source, start, end, offset) {
    const spans = attributesOf(source, start, end);
    const named = (number: number) => {
      const span = spans.find((one) => one.number === number);
      return span && decodeText(source, span.start, span.end);
    };
    const found = spans.find((span) => offset >= span.start - 4 && offset < span.end);
    if (found === undefined) return undefined;
    const isPort = found.number === IFLA_INFO.SLAVE_KIND || found.number === IFLA_INFO.SLAVE_DATA;
    const kind = named(isPort ? IFLA_INFO.SLAVE_KIND : IFLA_INFO.KIND);
    if (kind === undefined || found.number === IFLA_INFO.KIND || found.number === IFLA_INFO.SLAVE_KIND) {
      return isPort ? 'port.kind' : 'kind';
    }
    const inner = (isPort ? portKindOf : linkKindOf)(kind)?.data.locate?.(source, found.start, found.end, offset);
    return [isPort ? 'port' : kind, inner].filter((part) => part !== undefined).join('.');
  },
};

/** The kind that IFLA_LINKINFO names. */
export function decodeKind(source: Source, info: AttributeSpan): string | undefined {
  return textIn(source, info, IFLA_INFO.KIND);
}

/** Adds what IFLA_LINKINFO says of a link of a kind, and of it as a port. */
export function decodeLinkInfo(row: Row, kind: string | undefined, source: Source, info: AttributeSpan): void {
  const data = findAttribute(source, info.start, info.end, IFLA_INFO.DATA);
  if (kind !== undefined && data !== undefined) {
    decodeData(row, linkKindOf(kind), source, data, 'unknownKindAttributes');
  }
  const portKind = textIn(source, info, IFLA_INFO.SLAVE_KIND);
  if (portKind === undefined) return;
  const port = takeRow();
  port.set('kind', portKind);
  const portData = findAttribute(source, info.start, info.end, IFLA_INFO.SLAVE_DATA);
  if (portData !== undefined) decodeData(port, portKindOf(portKind), source, portData);
  row.set('port', port.toObject());
  returnRow(port);
}

function textIn(source: Source, { start, end }: AttributeSpan, number: number): string | undefined {
  const found = findAttribute(source, start, end, number);
  return found && decodeText(source, found.start, found.end);
}

function decodeData(
  row: Row,
  known: LinkKind | undefined,
  source: Source,
  data: AttributeSpan,
  unknown?: string,
): void {
  if (known !== undefined)
    known.data.decodeTo(row, source, data.start, data.end, unknown === undefined ? {} : { unknown });
  else row.set('data', octets.decode(source, data.start, data.end));
}

function encodeKind(writer: Writer, kind: string, properties: object = {}): void {
  kindText.encode(writer, kind);
  const known = linkKindOf(kind);
  if (known === undefined && !isRaw(properties) && propertyOfKind(properties) !== undefined) {
    throw wrongValue(
      'has no declaration here, so its options are not known: they can be given as bytes in `data`',
      'kind',
    );
  }
  try {
    encodeData(writer, IFLA_INFO.DATA, known, properties, commonProperties);
  } catch (error) {
    throw within(kind, error);
  }
}

const kindText = text(IFLA_INFO.KIND, LONGEST_KIND);

function encodePort(writer: Writer, { kind, ...data }: { kind: string }): void {
  const known = portKindOf(kind);
  if (known === undefined && !isRaw(data)) {
    throw wrongValue(`must be one of ${Object.keys(portKindList).join(', ')}, not ${show(kind)}`, 'port.kind');
  }
  text(IFLA_INFO.SLAVE_KIND, LONGEST_KIND).encode(writer, kind);
  try {
    encodeData(writer, IFLA_INFO.SLAVE_DATA, known, data);
  } catch (error) {
    throw within('port', error);
  }
}

/** The data of a kind without a declaration is listed, and taken, as bytes. */
function isRaw(data: object): data is { data: Uint8Array } {
  return 'data' in data && data.data instanceof Uint8Array;
}

function encodeData(
  writer: Writer,
  number: number,
  known: LinkKind | undefined,
  data: object,
  elsewhere?: ReadonlySet<string>,
): void {
  if (known !== undefined) appendNested(writer, number, known.data, data as Record<string, never>, elsewhere);
  else if (isRaw(data)) bytes(number).encode(writer, data.data);
}

import {
  findAttribute,
  NLA_F_NESTED,
  octets,
  Rows,
  text,
  variants,
  type AttributeSpan,
  type DecodeOptions,
  type Row,
  type Source,
  type Writer,
} from '../codec';
import { at, checkObject, placeIn, show, wrongValue } from '../errors';
import { missingName } from '../unknown-name';
import { IFLA_INFO } from './link-attributes';
import { dataOf, isChangeable, kindAmong, LONGEST_KIND, type LinkKind, type TooShort } from './link-kind';
import { portKinds } from './link-kinds';

// Port options have a property named for the kind of the master: `bridgePort`. For masters without a declaration it is
// `masterPort`.

const OTHER = 'masterPort';

const ports = variants({
  kind: text(IFLA_INFO.SLAVE_KIND, LONGEST_KIND),
  data: IFLA_INFO.SLAVE_DATA,
  kinds: dataOf(portKinds),
});

const properties: ReadonlyMap<string, string> = new Map(Object.keys(portKinds).map((kind) => [kind, `${kind}Port`]));
const kinds: ReadonlyMap<string, string> = new Map([...properties].map(([kind, property]) => [property, kind]));

/** The properties for port options, of which a link has at most one. */
export const portProperties: readonly string[] = [...kinds.keys(), OTHER];

/** The property of ports of a kind of master. */
export function portPropertyOf(kind: unknown): string {
  return (typeof kind === 'string' ? properties.get(kind) : undefined) ?? OTHER;
}

/** The declaration of the ports that have a property. */
export function portKindOf(property: string): LinkKind | undefined {
  return kindAmong(portKinds, kinds.get(property));
}

/** Writes the kind of the master and the port options, if there are any. */
export function encodePort(writer: Writer, options: Readonly<Record<string, unknown>>): void {
  const [property, other] = portProperties.filter((name) => options[name] !== undefined);
  if (property === undefined) return;
  if (other !== undefined) throw wrongValue(`cannot stand beside ${property}: a link is a port of one master`, other);
  const port = options[property];
  checkObject(property, port);
  at(property, () => {
    const { kind: given } = port as { kind?: unknown };
    const kind = kinds.get(property);
    if (kind === undefined) checkOther(port);
    else if (given !== undefined) throw wrongValue('is said by the name of the property already', 'kind');
    const start = writer.position;
    ports.encode(writer, kind === undefined ? port : { ...port, kind });
    if (kind !== undefined && isChangeable(kindAmong(portKinds, kind)!)) ensureData(writer, start);
    refuseOtherMasters(writer, start, kind);
  });
}

/** Without any port option the kernel does not check whether the link is a port. */
function ensureData(writer: Writer, start: number): void {
  if (findAttribute(writer, start, writer.position, IFLA_INFO.SLAVE_DATA) !== undefined) return;
  writer.endAttribute(writer.beginAttribute(IFLA_INFO.SLAVE_DATA | NLA_F_NESTED));
}

// The kernel passes port attributes to whatever master the link has, without checking the kind: 'queueId' of a bond's
// port has the number of 'guard' of a bridge's. So each message contains an attribute that other kinds of master
// refuse, and that has no meaning to its own.

/** Attributes that masters of other kinds refuse, and that have no meaning to those of a kind. */
function refusedByOthers(kind: string | undefined): readonly TooShort[] {
  const known = refused.get(kind);
  if (known !== undefined) return known;
  const own = kindAmong(portKinds, kind);
  const numbers = new Set(Object.values(own?.data.fields ?? {}).flatMap((one) => one.numbers));
  const found = Object.entries<LinkKind>(portKinds).flatMap(([other, { tooShort }]) =>
    other === kind || tooShort === undefined || numbers.has(tooShort.number) ? [] : [tooShort],
  );
  refused.set(kind, found);
  return found;
}

const refused = new Map<string | undefined, readonly TooShort[]>();

/**
 * Puts them before the port's attributes that were written after `start`, if there are any: of two with one number the
 * kernel uses the last.
 */
function refuseOtherMasters(writer: Writer, start: number, kind: string | undefined): void {
  const data = findAttribute(writer, start, writer.position, IFLA_INFO.SLAVE_DATA);
  const others = refusedByOthers(kind);
  if (data === undefined || others.length === 0) return;
  const own = writer.bytes.slice(data.start, data.end);
  writer.cut(data.start);
  for (const { number, size } of others) {
    const attribute = writer.beginAttribute(number);
    writer.reserve(size);
    writer.endAttribute(attribute);
  }
  octets.encode(writer, own);
  writer.endAttribute(data.start - 4);
}

function checkOther(port: { kind?: unknown }): void {
  const { kind } = port;
  if (kind === undefined) throw missingName('kind', port);
  const property = portPropertyOf(kind);
  if (property === OTHER) return;
  throw wrongValue(
    `is ${show(kind)}, whose ports have a property of their own: use ${property} in place of ${OTHER}`,
    'kind',
  );
}

const portRows = new Rows();
const inObject: DecodeOptions = { unknown: 'unknownAttributes' };

/** Adds the port options in IFLA_LINKINFO to a row. */
export function decodePort(row: Row, source: Source, info: AttributeSpan): void {
  const kind = ports.kindAt(source, info.start, info.end);
  if (kind === undefined) return;
  const port = portRows.take();
  const property = portPropertyOf(kind);
  if (property === OTHER) port.set('kind', kind);
  const data = findAttribute(source, info.start, info.end, IFLA_INFO.SLAVE_DATA);
  if (data !== undefined) ports.decodeDataTo(port, kind, source, data.start, data.end, inObject);
  row.set(property, port.toObject());
}

/** The property of a port that holds the byte at `offset` of IFLA_LINKINFO; undefined if none does. */
export function locateInPort(source: Source, start: number, end: number, offset: number): string | undefined {
  const inner = ports.locate(source, start, end, offset);
  if (inner === undefined) return undefined;
  const property = portPropertyOf(ports.kindAt(source, start, end));
  return property !== OTHER && inner === 'kind' ? property : placeIn(property, inner);
}

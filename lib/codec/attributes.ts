import { at, checkIsObject, placeIn, show, within, wrongType } from '../errors';
import { unknownName } from '../unknown-name';
import { IGNORED, readersOf, type Readers } from './attribute-readers';
import { attributeAt, NLA_F_NESTED, TYPE_MASK } from './attribute-spans';
import { hostOrder } from './byte-order';
import type { NamesOf, NamesWithout } from './chosen-fields';
import { Rows, type Row } from './fast/shape';
import type { ConstantField, Field, ReadOnlyField, Source, Type, WriteOnlyField } from './type';
import type { Writer } from './writer';

// `any` in a constraint only: with `unknown` and `never` a conditional type could not infer both directions.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Fields = Readonly<Record<string, Field<any, any>>>;

type OutputOf<One> = One extends Field<infer Output, never> ? Output : never;

/** The result of decoding: every field that the message had. */
export type Decoded<F extends Fields> = Always<F, NamesOf<F, ConstantField>> &
  Sometimes<F, NamesWithout<F, WriteOnlyField | ConstantField>>;

type Always<F extends Fields, Names extends keyof F> = { -readonly [K in Names]: Exclude<OutputOf<F[K]>, undefined> };

type Sometimes<F extends Fields, Names extends keyof F> = {
  -readonly [K in Names]?: Exclude<OutputOf<F[K]>, undefined>;
};

/** The input of encoding: the fields that the kernel accepts. */
export type Encodable<F extends Fields> = Accepted<F, NamesWithout<F, ReadOnlyField<unknown>>>;

type Accepted<F extends Fields, Names extends keyof F> = {
  -readonly [K in Names]?: (F[K] extends Field<unknown, infer Input> ? Input : never) | undefined;
};

/**
 * An attribute without a declaration, or with more than its declaration has, from a kernel newer than this library: a
 * struct with further members, of which the known ones are decoded as well.
 */
export interface UnknownAttribute {
  /** Its number. */
  type: number;
  /** Its payload, without header and padding. */
  data: Uint8Array;
}

/** Options of decoding. */
export interface DecodeOptions {
  /** The property under which attributes without a declaration are kept. */
  unknown?: string;
  /** The decoded header of the message, for fields that need it. */
  header?: unknown;
}

/** Names of properties. */
export type Names = Pick<ReadonlySet<string>, 'has'>;

/** All names: for an encoder after which another one checks the names that this one does not know. */
export const everyName: Names = { has: () => true };

/** A set of attributes as an object: fields by their names. */
export interface AttributeSet<F extends Fields> extends Type<Decoded<F>, Encodable<F>> {
  readonly fields: F;
  /** The names of the properties. */
  readonly names: readonly string[];
  /** How each attribute is decoded, by its number. */
  readonly readers: Readers;
  /**
   * Encodes as any type does. Properties in `elsewhere` are ignored, since another part of the message has them; with
   * `only`, properties that are not in it are ignored as well.
   */
  encode(writer: Writer, values: Encodable<F>, elsewhere?: Names, only?: Names): void;
  /** The two halves of {@link encode}: the names of another part are checked between them. */
  encodeGiven: AttributeSet<F>['encode'];
  /** Throws if a required property is missing. */
  checkWanted(values: Encodable<F>, only?: Names): void;
  /** Decodes into an object that exists. */
  decodeInto(target: object, source: Source, start: number, end: number, options?: DecodeOptions): void;
  /** Decodes into a row, from which an object is made later. */
  decodeTo(row: Row, source: Source, start: number, end: number, options?: DecodeOptions): void;
}

/** The property under which attributes without a declaration are kept. Requests ignore it. */
const UNKNOWN = 'unknownAttributes';
const noOptions: DecodeOptions = {};

/**
 * Derives both directions from a declaration of fields; attributes with the `ignored` numbers are ignored. The decoder
 * and encoder are built when the first message is read or written, since a program uses few declarations. Mistakes in a
 * declaration are reported then (test/protocol/declarations.test.ts checks all of them).
 */
export function attributes<const F extends Fields>(fields: F, ignored: readonly number[] = []): AttributeSet<F> {
  const names = Object.keys(fields);
  // The checks for each value are in objects of one shape: fields have many shapes, and V8 takes longer to read them.
  const byName = new Map<string, FieldWriter>();
  let rows: Rows | undefined;
  let readers: Readers | undefined;
  let byNumber: Map<number, string[]> | undefined;
  let wanted: readonly Wanted[] | undefined;

  function readersByNumber(): Readers {
    byNumber ??= namesByNumber(fields);
    return readersOf(fields, ignored);
  }

  function writerNamed(name: string): FieldWriter | undefined {
    if (!Object.hasOwn(fields, name)) return undefined;
    const writer = writerOf(fields[name]!);
    byName.set(name, writer);
    return writer;
  }

  function encode(writer: Writer, values: Encodable<F>, elsewhere?: Names, only?: Names): void {
    encodeGiven(writer, values, elsewhere, only);
    checkWanted(values, only);
  }

  function encodeGiven(writer: Writer, values: Encodable<F>, elsewhere?: Names, only?: Names): void {
    checkIsObject(values);
    let inside: ValueInside[] | undefined;
    for (const name in values) {
      const value: unknown = values[name as keyof typeof values];
      if (value === undefined) continue;
      const known = byName.get(name) ?? writerNamed(name);
      if (known === undefined) checkElsewhere(name, value, elsewhere);
      else if (known.readOnly || (only !== undefined && !only.has(name))) continue;
      else if (known.isInside) (inside ??= []).push({ one: known.one, name, value });
      else encodeField(known.one, name, writer, value, values);
    }
    if (inside === undefined) return;
    if (inside.length > 1) encodeInside(writer, inside);
    else for (const { one, name, value } of inside) encodeField(one, name, writer, value, values);
  }

  function checkWanted(values: Encodable<F>, only?: Names): void {
    wanted ??= wantedOf(fields);
    for (const { name, wants } of wanted) {
      const isMissing = values[name as keyof typeof values] === undefined && only?.has(name) !== false;
      if (isMissing) throw wrongType(`${wants}, not undefined`, name);
    }
  }

  function checkElsewhere(name: string, value: unknown, elsewhere: Names | undefined): void {
    if (elsewhere?.has(name) === true) return;
    if (name === UNKNOWN) checkUnknown(name, value);
    else throw unknownName(name, names, undefined, { inner: namesInside(fields) });
  }

  function encodeField(
    one: Field<unknown, unknown>,
    name: string,
    writer: Writer,
    value: unknown,
    values: object,
  ): void {
    try {
      one.encode(writer, value, values);
    } catch (error) {
      throw one.isTransparent === true ? error : within(name, error);
    }
  }

  function decodeTo(row: Row, source: Source, start: number, end: number, options = noOptions): void {
    const { view } = source;
    const { unknown = UNKNOWN, header } = options;
    const known = (readers ??= readersByNumber());
    for (let at = start; at + 4 <= end;) {
      const length = view.getUint16(at, hostOrder);
      if (length < 4 || at + length > end) return;
      const number = view.getUint16(at + 2, hostOrder) & TYPE_MASK;
      const first = number < known.length ? known[number] : undefined;
      if (first === undefined) {
        keepUnknown(row, unknown, { type: number, data: source.bytes.slice(at + 4, at + length) });
      } else if (first !== IGNORED) {
        for (let reader: typeof first | undefined = first; reader !== undefined; reader = reader.next) {
          const previous = reader.accumulates ? row.get(reader.name) : undefined;
          const value = reader.decode(source, at + 4, at + length, number, previous, header);
          if (value !== undefined) row.set(reader.name, value);
        }
        if (first.holdsMore?.(source, at + 4, at + length, number) === true) {
          keepUnknown(row, unknown, { type: number, data: source.bytes.slice(at + 4, at + length) });
        }
      }
      at += (length + 3) & ~3;
    }
  }

  return {
    fields,
    names,
    get readers() {
      return (readers ??= readersByNumber());
    },
    encode,
    encodeGiven,
    checkWanted,
    decodeTo,
    decodeInto(target, source, start, end, options) {
      const row = (rows ??= new Rows()).take();
      decodeTo(row, source, start, end, options);
      row.addTo(target);
    },
    decode(source, start, end) {
      const row = (rows ??= new Rows()).take();
      decodeTo(row, source, start, end);
      return row.toObject() as Decoded<F>;
    },
    locate(source, start, end, offset) {
      byNumber ??= namesByNumber(fields);
      const found = attributeAt(source, start, end, offset);
      const ofNumber = found && byNumber.get(found.number);
      if (ofNumber === undefined) return undefined;
      const holdsByte = (name: string) => {
        const { readOnly, covers } = fields[name]!;
        return !readOnly && covers?.(source, found!.start, found!.end, offset) === true;
      };
      const name = ofNumber.find(holdsByte) ?? ofNumber[0]!;
      const one = fields[name]!;
      const inner = one.locateAmong
        ? one.locateAmong(source, start, end, offset)
        : one.locate?.(source, found!.start, found!.end, offset);
      if (inner === undefined) return name;
      return one.isTransparent === true ? inner : placeIn(name, inner);
    },
  };
}

/** Throws unless a value can be unknown attributes, as a list contains them; requests ignore them. */
export function checkUnknown(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(`must be an array, as lists have it, not ${show(value)}`, name);
}

/** The checks for each value of a field that is written. */
interface FieldWriter {
  readonly one: Field<unknown, unknown>;
  readonly readOnly: boolean;
  readonly isInside: boolean;
}

function writerOf(one: Field<unknown, unknown>): FieldWriter {
  return { one, readOnly: one.readOnly, isInside: one.inside !== undefined };
}

/** A required property. */
interface Wanted {
  readonly name: string;
  readonly wants: string;
}

function wantedOf(fields: Fields): readonly Wanted[] {
  return Object.entries(fields).flatMap(([name, { wants }]) => (wants === undefined ? [] : [{ name, wants }]));
}

/** The properties inside others that requests may have: 'metrics.mtu'. */
function namesInside(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, { readOnly, names = [] }]) =>
    readOnly ? [] : names.map((one) => placeIn(name, one)),
  );
}

/** The names of fields by the numbers of their attributes. Only fields that share an attribute have the same number. */
function namesByNumber(fields: Fields): Map<number, string[]> {
  const names = new Map<number, string[]>();
  for (const [name, one] of Object.entries(fields)) {
    for (const number of one.numbers) {
      const others = names.get(number);
      if (others === undefined) names.set(number, [name]);
      else if (one.isPart === true && fields[others[0]!]!.isPart === true) others.push(name);
      else throw new Error(`attribute ${String(number)} is declared twice: ${name}`);
    }
  }
  return names;
}

/** A value inside other attributes. */
interface ValueInside {
  one: Field<unknown, unknown>;
  name: string;
  value: unknown;
}

/** Writes values inside their enclosing attributes, each of those once: of two with one number the kernel uses one. */
function encodeInside(writer: Writer, values: readonly ValueInside[], depth = 0): void {
  const numberOf = ({ one }: ValueInside) => one.inside!.path[depth];
  for (const number of new Set(values.map(numberOf))) {
    const together = values.filter((value) => numberOf(value) === number);
    if (number === undefined) {
      for (const { one, name, value } of together) {
        at(name, () => {
          one.inside!.inner.encode(writer, value as never);
        });
      }
      continue;
    }
    const start = writer.beginAttribute(number | NLA_F_NESTED);
    encodeInside(writer, together, depth + 1);
    writer.endAttribute(start);
  }
}

function keepUnknown(row: Row, name: string, attribute: UnknownAttribute): void {
  const before = row.get(name) as UnknownAttribute[] | undefined;
  if (before === undefined) row.set(name, [attribute]);
  else before.push(attribute);
}

import { within, wrongType, wrongValue, show } from '../errors';
import { hostOrder } from './byte-order';
import { returnRow, takeRow, type Row } from './shape';
import { field, type Field, type ReadOnlyField, type Source, type Type, type WriteOnlyField } from './type';
import type { Writer } from './writer';

/** Bit of an attribute's type: it holds attributes. Kernels since 5.2 ask for it in newer attributes; all accept it. */
const NLA_F_NESTED = 0x8000;
const TYPE_MASK = 0x3fff;

// `any` in a constraint only: with `unknown` and `never` no conditional type could infer both directions.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Fields = Readonly<Record<string, Field<any, any>>>;

/** What decoding yields: every field that the message had. */
export type Decoded<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends WriteOnlyField ? never : K]?: F[K] extends Field<infer Output, never>
    ? Output
    : never;
};

/** What encoding takes: the fields that the kernel accepts. */
export type Encodable<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends ReadOnlyField<unknown> ? never : K]?: F[K] extends Field<unknown, infer Input>
    ? Input
    : never;
};

/** An attribute that no declaration knows, of a kernel newer than this library. */
export interface UnknownAttribute {
  type: number;
  data: Uint8Array;
}

/** A set of attributes as an object: fields by their names. */
export interface AttributeSet<F extends Fields> extends Type<Decoded<F>, Encodable<F>> {
  readonly fields: F;
  /** As of any type; properties named in `elsewhere` are passed over, since another part of the message has them. */
  encode(writer: Writer, values: Encodable<F>, elsewhere?: ReadonlySet<string>): void;
  /** Decodes into an object that exists, for sets of which a message has few. */
  decodeInto(target: object, source: Source, start: number, end: number): void;
  /** Decodes into the properties of an object that is still to be made. Unknown attributes are collected under `unknown`. */
  decodeTo(row: Row, source: Source, start: number, end: number, unknown?: string): void;
}

/** The property under which attributes without a declaration are kept. Requests pass over it. */
const UNKNOWN = 'unknownAttributes';

/** Derives both directions from a declaration of fields; attributes of the `ignored` numbers are passed over. */
export function attributes<const F extends Fields>(fields: F, ignored: readonly number[] = []): AttributeSet<F> {
  const byNumber: ([name: string, field: Field<unknown, unknown>] | undefined)[] = [];
  for (const [name, one] of Object.entries(fields)) {
    for (const number of one.numbers) {
      if (byNumber[number] !== undefined) throw new Error(`attribute ${String(number)} is declared twice: ${name}`);
      byNumber[number] = [name, one];
    }
  }
  const byName = new Map<string, Field<unknown, unknown>>(Object.entries(fields));
  const decoders = decodersOf(fields, ignored);

  function encode(writer: Writer, values: Encodable<F>, elsewhere?: ReadonlySet<string>): void {
    if (typeof values !== 'object' || values === null) throw wrongType(`must be an object, not ${show(values)}`);
    for (const name in values) {
      const value: unknown = values[name as keyof typeof values];
      if (value === undefined) continue;
      const one = byName.get(name);
      if (one === undefined) checkElsewhere(name, elsewhere);
      else if (!one.readOnly) encodeField(one, name, writer, value);
    }
  }

  function checkElsewhere(name: string, elsewhere: ReadonlySet<string> | undefined): void {
    if (name === UNKNOWN || elsewhere?.has(name) === true) return;
    throw wrongValue('is not a property known here', name);
  }

  function encodeField(one: Field<unknown, unknown>, name: string, writer: Writer, value: unknown): void {
    try {
      one.encode(writer, value);
    } catch (error) {
      throw one.isTransparent === true ? error : within(name, error);
    }
  }

  function decodeTo(row: Row, source: Source, start: number, end: number, unknown = UNKNOWN): void {
    const { view } = source;
    for (let at = start; at + 4 <= end;) {
      const length = view.getUint16(at, hostOrder);
      if (length < 4 || at + length > end) return;
      const number = view.getUint16(at + 2, hostOrder) & TYPE_MASK;
      const known = number < decoders.length ? decoders[number] : undefined;
      if (known === undefined) {
        keepUnknown(row, unknown, { type: number, data: source.bytes.slice(at + 4, at + length) });
      } else if (known !== IGNORED) {
        const { name, decode, accumulates } = known;
        const value = decode(source, at + 4, at + length, number, accumulates ? row.get(name) : undefined);
        if (value !== undefined) row.set(name, value);
      }
      at += (length + 3) & ~3;
    }
  }

  function decodeInto(target: object, source: Source, start: number, end: number): void {
    const values = target as Record<string, unknown>;
    const { view } = source;
    for (let at = start; at + 4 <= end;) {
      const length = view.getUint16(at, hostOrder);
      if (length < 4 || at + length > end) return;
      const number = view.getUint16(at + 2, hostOrder) & TYPE_MASK;
      const known = number < decoders.length ? decoders[number] : undefined;
      if (known === undefined) {
        const unknown = (values[UNKNOWN] ??= []) as UnknownAttribute[];
        unknown.push({ type: number, data: source.bytes.slice(at + 4, at + length) });
      } else if (known !== IGNORED) {
        const { name, decode, accumulates } = known;
        const value = decode(source, at + 4, at + length, number, accumulates ? values[name] : undefined);
        if (value !== undefined) values[name] = value;
      }
      at += (length + 3) & ~3;
    }
  }

  return {
    fields,
    encode,
    decodeInto,
    decodeTo,
    decode(source, start, end) {
      const row = takeRow();
      decodeTo(row, source, start, end);
      const values = row.toObject();
      returnRow(row);
      return values;
    },
    locate(source, start, end, offset) {
      const found = attributeAt(source, start, end, offset);
      const known = found && byNumber[found.number];
      if (!known) return undefined;
      const inner = known[1].locate?.(source, found.start, found.end, offset);
      if (inner === undefined) return known[0];
      return known[1].isTransparent === true ? inner : `${known[0]}.${inner}`;
    },
  };
}

/** How the attribute of a number is decoded. */
interface Decoder {
  readonly name: string;
  readonly accumulates: boolean;
  readonly decode: Field<unknown>['decode'];
}

const IGNORED = 'ignored';

/** Decoders by their attributes' numbers. */
function decodersOf(fields: Fields, ignored: readonly number[]): (Decoder | typeof IGNORED | undefined)[] {
  const known = Object.entries(fields).filter(([, one]) => !('writeOnly' in one));
  const numbers = [...ignored, ...known.flatMap(([, one]) => one.numbers)];
  const decoders = new Array<Decoder | typeof IGNORED | undefined>(Math.max(-1, ...numbers) + 1).fill(undefined);
  for (const number of ignored) decoders[number] = IGNORED;
  for (const [name, one] of known) {
    const decoder = { name, accumulates: one.accumulates === true, decode: one.decode };
    for (const number of one.numbers) decoders[number] = decoder;
  }
  return decoders;
}

function keepUnknown(row: Row, name: string, attribute: UnknownAttribute): void {
  const before = row.get(name) as UnknownAttribute[] | undefined;
  if (before === undefined) row.set(name, [attribute]);
  else before.push(attribute);
}

/** An attribute as it lies in a buffer: its number, and where its payload begins and ends. */
export interface AttributeSpan {
  number: number;
  start: number;
  end: number;
}

/** The attributes that lie one behind the other; ends at the first that is malformed. */
export function attributesOf(source: Source, start: number, end: number): AttributeSpan[] {
  const spans: AttributeSpan[] = [];
  for (let at = start; at + 4 <= end;) {
    const length = source.view.getUint16(at, hostOrder);
    if (length < 4 || at + length > end) break;
    spans.push({ number: source.view.getUint16(at + 2, hostOrder) & TYPE_MASK, start: at + 4, end: at + length });
    at += (length + 3) & ~3;
  }
  return spans;
}

/** The first attribute of a number, without a look at those behind it. */
export function findAttribute(source: Source, start: number, end: number, number: number): AttributeSpan | undefined {
  for (let at = start; at + 4 <= end;) {
    const length = source.view.getUint16(at, hostOrder);
    if (length < 4 || at + length > end) return undefined;
    if ((source.view.getUint16(at + 2, hostOrder) & TYPE_MASK) === number) {
      return { number, start: at + 4, end: at + length };
    }
    at += (length + 3) & ~3;
  }
  return undefined;
}

/** The attribute in which a byte lies, header included. */
export function attributeAt(source: Source, start: number, end: number, offset: number): AttributeSpan | undefined {
  return attributesOf(source, start, end).find((span) => offset >= span.start - 4 && offset < span.end);
}

/** A field that holds a set of attributes. */
export function nested<const F extends Fields>(number: number, set: AttributeSet<F>): Field<Decoded<F>, Encodable<F>> {
  return nestedType(number, set);
}

/** A field whose payload is attributes, of any type that writes them. */
export function nestedType<Output, Input>(number: number, type: Type<Output, Input>): Field<Output, Input> {
  const plain = field(number, type);
  return {
    ...plain,
    encode(writer, value) {
      const start = writer.beginAttribute(number | NLA_F_NESTED);
      type.encode(writer, value);
      writer.endAttribute(start);
    },
  };
}

/** A field that holds the same attribute several times, as a list. */
export function list<Output, Input>(number: number, item: Field<Output, Input>): Field<Output[], readonly Input[]> {
  return nestedType(number, {
    encode(writer, values: readonly Input[]) {
      if (!Array.isArray(values)) throw wrongType(`must be an array, not ${show(values)}`);
      values.forEach((value: Input, index) => {
        try {
          item.encode(writer, value);
        } catch (error) {
          throw within(String(index), error);
        }
      });
    },
    decode(source, start, end) {
      const values: Output[] = [];
      for (const found of attributesOf(source, start, end)) {
        if (item.numbers.includes(found.number)) {
          values.push(item.decode(source, found.start, found.end, found.number, undefined));
        }
      }
      return values;
    },
  });
}

/** A field that lies inside other attributes, of which it is the only one of interest: `through([OUTER], inner)`. */
export function through<Output, Input>(
  numbers: readonly [number, ...number[]],
  inner: Field<Output, Input>,
): Field<Output | undefined, Input> {
  return numbers.reduceRight<Field<Output | undefined, Input>>((held, number) => insideOf(number, held), inner);
}

function insideOf<Output, Input>(number: number, inner: Field<Output, Input>): Field<Output | undefined, Input> {
  return nestedType(number, {
    encode: (writer, value: Input) => {
      inner.encode(writer, value);
    },
    decode(source, start, end) {
      for (const found of attributesOf(source, start, end)) {
        if (inner.numbers.includes(found.number)) {
          return inner.decode(source, found.start, found.end, found.number, undefined);
        }
      }
      return undefined;
    },
  });
}

import { checkIsObject } from '../errors';
import {
  attributes,
  type AttributeSet,
  type Decoded,
  type Encodable,
  type Fields,
  type Names,
  type UnknownAttribute,
} from './attributes';
import type { Row as OpenRow } from './fast/shape';
import { rowDecoder } from './fast/table-rows';
import type { FilterBy } from './marks';
import type { Members, Struct, StructInput } from './struct';
import { attributesBeside, type MessagePart } from './variant-set';
import type { AnyVariants, Kinds, VariantOptions, VariantRow, Variants } from './variants';
import { togetherCheck, type TogetherCheck } from './together';
import type { Field, ReadOnlyField, RequiredField, Source } from './type';
import { sourceOf } from './type';
import { returnWriter, takeWriter, type Writer } from './writer';

/** What a request says in a field. */
export type InputOf<One> = One extends Field<unknown, infer Input> ? Input : never;

/** What the kernel says in a message of these fields. */
export type RowOf<F extends Fields> = Decoded<F> & {
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
};

/** What requests say in a message of these fields. */
export type OptionsOf<F extends Fields> = {
  -readonly [K in keyof F as F[K] extends RequiredField ? K : never]: InputOf<F[K]>;
} & {
  -readonly [K in keyof F as F[K] extends ReadOnlyField<unknown> | RequiredField ? never : K]?:
    InputOf<F[K]> | undefined;
};

/** How a request is written. */
export interface MessageOptions<M extends Members> {
  /** What the header says besides the fields; these come later and win. */
  header?: StructInput<M>;
  /** The fields that it has; the others are known, and passed over. */
  only?: Names | undefined;
  /** Properties of another part of the request, which are passed over. */
  elsewhere?: Names | undefined;
}

/** A family's message, declared once: a header, and the fields that stand in it and in the attributes behind it. */
export interface Message<M extends Members, F extends Fields, Row = RowOf<F>> {
  readonly header: Struct<M>;
  readonly fields: F;
  readonly attributes: AttributeSet<F>;
  /** The properties that name a row. */
  readonly keys: Names;
  /** The properties that lists can be filtered by. */
  readonly filters: ReadonlyMap<string, FilterBy>;
  encode(writer: Writer, values: Partial<OptionsOf<F>>, options?: MessageOptions<M>): void;
  readonly decode: (source: Source, start: number, end: number) => Row;
  /** Adds what a message says to a row. */
  decodeTo(row: OpenRow, source: Source, start: number, end: number): void;
  /** The property that holds the byte at `offset`. */
  readonly locate: (source: Source, start: number, end: number, offset: number) => string | undefined;
}

/** A family's message of which some properties are only a kind's: those of its `kind` are beside the others. */
export interface VariantMessage<M extends Members, F extends Fields, V extends AnyVariants> extends Omit<
  Message<M, F>,
  'encode' | 'decode'
> {
  encode(
    writer: Writer,
    values: Partial<OptionsOf<F>> & (VariantOptions<V> | Partial<Record<V['property'], undefined>>),
    options?: MessageOptions<M>,
  ): void;
  decode(source: Source, start: number, end: number): RowOf<F> & VariantRow<V>;
}

/** What a declaration may say of a message besides its fields. */
interface MessageTraits<F extends Fields, Row> {
  /** Attributes that are passed over when the kernel sends them. */
  ignored?: readonly number[];
  /** Another part, whose properties stand beside those of the fields. */
  part?: MessagePart;
  /** Makes the row of what the fields say, where one property follows from several. */
  finish?: (row: RowOf<F>) => Row;
}

/** The same, of a message that has kinds. */
interface VariantTraits<F extends Fields, V> extends Omit<MessageTraits<F, never>, 'finish' | 'part'> {
  /** What only its kinds have. */
  variants: V;
}

/** Declares a family's message. With `variants`, it has a kind, and the properties of that. */
export function message<M extends Members, const F extends Fields, Row = RowOf<F>>(
  header: Struct<M>,
  fields: F,
  traits?: MessageTraits<F, Row>,
): Message<M, F, Row>;
export function message<
  M extends Members,
  const F extends Fields,
  Word extends string | number,
  K extends Kinds,
  Property extends string,
>(
  header: Struct<M>,
  fields: F,
  traits: VariantTraits<F, Variants<Word, K, Property>>,
): VariantMessage<M, F, Variants<Word, K, Property>>;
export function message<M extends Members, const F extends Fields>(
  header: Struct<M>,
  fields: F,
  traits: MessageTraits<F, unknown> & Partial<VariantTraits<F, Variants<string | number, Kinds, string>>> = {},
): unknown {
  const { ignored, finish, variants, part = variants } = traits;
  const set = part === undefined ? attributes(fields, ignored) : attributesBeside(fields, part, ignored);
  return messageOf(header, fields, set, finish);
}

function messageOf<M extends Members, F extends Fields, Row>(
  header: Struct<M>,
  fields: F,
  set: AttributeSet<F>,
  finish: ((row: RowOf<F>) => Row) | undefined,
): Message<M, F, Row> {
  const size = (header.size + 3) & ~3;
  const begin = beginner(fields);
  // As in a set of attributes, what follows from the fields is put together when it is first needed.
  let byMember: ReadonlyMap<string, string> | undefined;
  let checkTogether: TogetherCheck | undefined;
  let keys: Names | undefined;
  let filters: ReadonlyMap<string, FilterBy> | undefined;

  const decode = rowDecoder({ header, begin, attributes: set }) as unknown as Message<M, F>['decode'];

  return {
    header,
    fields,
    attributes: set,
    get keys() {
      return (keys ??= new Set(Object.keys(fields).filter((name) => fields[name]!.isKey === true)));
    },
    get filters() {
      return (filters ??= filtersOf(fields));
    },
    encode(writer, values, { header: given = {} as StructInput<M>, only, elsewhere } = {}) {
      checkIsObject(values);
      // A message may lie inside another.
      const outer = writer.header;
      writer.header = writer.position;
      header.encode(writer, given);
      writer.align();
      set.encode(writer, values as unknown as Encodable<F>, elsewhere, only);
      writer.header = outer;
      // Behind the names and values: what is misspelt would else be told that something is missing.
      checkTogether ??= togetherCheck(fields);
      checkTogether(values, only);
    },
    decode:
      finish === undefined
        ? (decode as unknown as Message<M, F, Row>['decode'])
        : (...place) => finish(decode(...place)),
    decodeTo(row, source, start, end) {
      begin(row, header.decode(source, start, end));
      set.decodeTo(row, source, start + size, end);
    },
    locate(source, start, end, offset) {
      if (offset >= start + header.size) return set.locate?.(source, start + size, end, offset);
      const member = header.locate?.(source, start, end, offset);
      byMember ??= namesByMember(fields);
      return member === undefined ? undefined : (byMember.get(member) ?? member);
    },
  };
}

/** The fields by the members of the header that they speak for: of several the first. */
function namesByMember(fields: Fields): ReadonlyMap<string, string> {
  const all = Object.entries(fields).reverse();
  return new Map(all.flatMap(([name, { members = [] }]) => members.map((member) => [member, name])));
}

function filtersOf(fields: Fields): ReadonlyMap<string, FilterBy> {
  const all = Object.entries(fields);
  return new Map(all.flatMap(([name, { filterBy }]) => (filterBy === undefined ? [] : [[name, filterBy]])));
}

/** Begins rows with what the header says. */
function beginner(fields: Fields): (row: OpenRow, header: unknown) => void {
  let known: readonly { name: string; begin: NonNullable<Field<unknown>['begin']> }[] | undefined;
  return (row, header) => {
    known ??= Object.entries(fields).flatMap(([name, { begin }]) => (begin === undefined ? [] : [{ name, begin }]));
    for (const { name, begin } of known) {
      const value = begin(header as never);
      if (value !== undefined) row.set(name, value);
    }
  };
}

/** A message of whatever header and fields. */
export interface AnyMessage<Row extends object> {
  encode(writer: Writer, values: never, options?: { only?: Names }): void;
  decode(source: Source, start: number, end: number): Row;
}

/** Values in the form in which rows have them: words in place of their numbers, canonical addresses. */
export function canonical<Row extends object>(of: AnyMessage<Row>, values: object): Row {
  const writer = takeWriter();
  try {
    of.encode(writer, values as never, { only: new Set(Object.keys(values)) });
    return of.decode(sourceOf(writer.bytes), 0, writer.position);
  } finally {
    returnWriter(writer);
  }
}

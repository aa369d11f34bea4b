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
import type { NamesOf, NamesWithout } from './chosen-fields';
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

/** The type of a field in requests. */
export type InputOf<One> = One extends Field<unknown, infer Input> ? Input : never;

/** The type of a row with these fields. */
export type RowOf<F extends Fields> = Decoded<F> & {
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
};

/** The type of options with these fields. */
export type OptionsOf<F extends Fields> = Given<F, NamesOf<F, RequiredField>> &
  GivenOrNot<F, NamesWithout<F, ReadOnlyField<unknown> | RequiredField>>;

type Given<F extends Fields, Names extends keyof F> = { -readonly [K in Names]: InputOf<F[K]> };

type GivenOrNot<F extends Fields, Names extends keyof F> = { -readonly [K in Names]?: InputOf<F[K]> | undefined };

/** Options for encoding a request. */
export interface MessageOptions<M extends Members> {
  /** Members of the header besides the fields, which they overrule. */
  header?: StructInput<M>;
  /** The fields of the request; other known ones are ignored. */
  only?: Names | undefined;
  /** Properties of another part of the request, which are ignored. */
  elsewhere?: Names | undefined;
}

/** A family's message, declared once: a header, and fields in the header and in attributes. */
export interface Message<M extends Members, F extends Fields, Row = RowOf<F>> {
  readonly header: Struct<M>;
  readonly fields: F;
  readonly attributes: AttributeSet<F>;
  /** The properties of a row's key. */
  readonly keys: Names;
  /** The properties that lists can be filtered by. */
  readonly filters: ReadonlyMap<string, FilterBy>;
  encode(writer: Writer, values: Partial<OptionsOf<F>>, options?: MessageOptions<M>): void;
  readonly decode: (source: Source, start: number, end: number) => Row;
  /** Adds the properties of a message to a row. */
  decodeTo(row: OpenRow, source: Source, start: number, end: number): void;
  /** The property that holds the byte at `offset`. */
  readonly locate: (source: Source, start: number, end: number, offset: number) => string | undefined;
}

/** A family's message in which some properties belong to one kind: those of its `kind` are beside the others. */
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

/** Options of a message's declaration besides its fields. */
interface MessageTraits<F extends Fields, Row> {
  /** Attributes that are ignored when the kernel sends them. */
  ignored?: readonly number[];
  /** Another part, whose properties are beside those of the fields. */
  part?: MessagePart;
  /** Makes the row from the decoded fields, where one property follows from several. */
  finish?: (row: RowOf<F>) => Row;
}

/** The same for a message with kinds. */
interface VariantTraits<F extends Fields, V> extends Omit<MessageTraits<F, never>, 'finish' | 'part'> {
  /** The properties of its kinds. */
  variants: V;
}

/** Declares a family's message. With `variants` it has a kind, and the properties of that kind. */
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
  // As in a set of attributes, this is built when it is first needed.
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
      // A message may be inside another one.
      const outer = writer.header;
      writer.header = writer.position;
      header.encode(writer, given);
      writer.align();
      set.encode(writer, values as unknown as Encodable<F>, elsewhere, only);
      writer.header = outer;
      // After the names and values: otherwise a misspelt property would be reported as a missing one.
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

/** The fields by their members of the header; of several fields the first. */
function namesByMember(fields: Fields): ReadonlyMap<string, string> {
  const all = Object.entries(fields).reverse();
  return new Map(all.flatMap(([name, { members = [] }]) => members.map((member) => [member, name])));
}

function filtersOf(fields: Fields): ReadonlyMap<string, FilterBy> {
  const all = Object.entries(fields);
  return new Map(all.flatMap(([name, { filterBy }]) => (filterBy === undefined ? [] : [[name, filterBy]])));
}

/** Begins rows with the properties from the header. */
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

/** A message with any header and fields. */
export interface AnyMessage<Row extends object> {
  encode(writer: Writer, values: never, options?: { only?: Names }): void;
  decode(source: Source, start: number, end: number): Row;
}

/** Values in the form of rows: words in place of their numbers, canonical addresses. */
export function canonical<Row extends object>(of: AnyMessage<Row>, values: object): Row {
  const writer = takeWriter();
  try {
    of.encode(writer, values as never, { only: new Set(Object.keys(values)) });
    return of.decode(sourceOf(writer.bytes), 0, writer.position);
  } finally {
    returnWriter(writer);
  }
}

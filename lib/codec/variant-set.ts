import { checkIsObject } from '../errors';
import { missingName } from '../unknown-name';
import {
  attributes,
  everyName,
  type AttributeSet,
  type DecodeOptions,
  type Decoded,
  type Encodable,
  type Fields,
  type Names,
  type UnknownAttribute,
} from './attributes';
import type { Readers } from './attribute-readers';
import { Rows, type Row } from './fast/shape';
import { sourceOf, type Field, type Source } from './type';
import type { AnyVariants, Kinds, VariantOptions, VariantRow, Variants } from './variants';
import type { Writer } from './writer';

/** A part of a message whose properties are beside those of its fields: its kind, and the kind's own properties. */
export interface MessagePart {
  /** Its attributes. */
  readonly numbers: readonly number[];
  /** The properties that it has for every kind. */
  readonly names?: readonly string[];
  /** Throws if a kind has a property with the name of a common one; for a kind that is not loaded yet, when it is. */
  checkBeside(common: Names): void;
  /** Writes its properties from the values; those in `common` belong to others, and all remaining ones are refused. */
  encode(writer: Writer, values: object, common: ReadonlySet<string>, only?: Names): void;
  /** Adds its properties to a row, decoded from these attributes. */
  decodeTo(row: Row, source: Source, start: number, end: number, header?: unknown): void;
  /** Its property that holds the byte at `offset`; undefined if none of its attributes does. */
  locate(source: Source, start: number, end: number, offset: number): string | undefined;
}

/** Attributes of which some belong to one kind, beside those of all kinds. */
export interface VariantSet<F extends Fields, V extends AnyVariants> extends Omit<
  AttributeSet<F>,
  'encode' | 'decode'
> {
  readonly variants: V;
  encode(
    writer: Writer,
    values: Encodable<F> & (VariantOptions<V> | Partial<Record<V['property'], undefined>>),
    elsewhere?: Names,
    only?: Names,
  ): void;
  readonly decode: (
    source: Source,
    start: number,
    end: number,
  ) => Decoded<F> & VariantRow<V> & { unknownAttributes?: UnknownAttribute[] };
}

/**
 * Declares attributes of which some belong to one kind: those of a message, or of an element of a list. All are
 * properties of one object, in which `kind` selects the others.
 */
export function attributesOfKinds<
  const F extends Fields,
  Word extends string | number,
  K extends Kinds,
  Property extends string,
>(
  fields: F,
  variants: Variants<Word, K, Property>,
  ignored: readonly number[] = [],
): VariantSet<F, Variants<Word, K, Property>> {
  type Whole = VariantSet<F, Variants<Word, K, Property>>;
  return Object.assign(attributesBeside(fields, variants, ignored) as unknown as Omit<Whole, 'variants'>, { variants });
}

/** As {@link attributesOfKinds}, beside a part that has its kinds in its own way. */
export function attributesBeside<const F extends Fields>(
  fields: F,
  part: MessagePart,
  ignored: readonly number[] = [],
): AttributeSet<F> {
  const set = attributes(fields, [...ignored, ...part.numbers]);
  const { names = [] } = part;
  part.checkBeside({ has: (name) => Object.hasOwn(fields, name) || names.includes(name) });
  let common: ReadonlySet<string> | undefined;
  let readers: Readers | undefined;
  let rows: Rows | undefined;

  function decodeTo(row: Row, source: Source, start: number, end: number, options?: DecodeOptions): void {
    set.decodeTo(row, source, start, end, options);
    part.decodeTo(row, source, start, end, options?.header);
  }

  function decode(source: Source, start: number, end: number): Decoded<F> {
    const row = (rows ??= new Rows()).take();
    decodeTo(row, source, start, end);
    return row.toObject() as Decoded<F>;
  }

  return {
    fields,
    names: set.names,
    encodeGiven(writer, values, elsewhere, only) {
      set.encodeGiven(writer, values, elsewhere, only);
    },
    checkWanted(values, only) {
      set.checkWanted(values, only);
    },
    // A kind's properties depend on two attributes: no reader of one gives them, and no row is a pattern for others.
    get readers() {
      return (readers ??= set.readers.map((reader, number) => (part.numbers.includes(number) ? undefined : reader)));
    },
    decodeTo,
    decode,
    decodeInto(target, ...place) {
      const row = (rows ??= new Rows()).take();
      decodeTo(row, ...place);
      row.addTo(target);
    },
    encode(writer, values, _elsewhere, only) {
      common ??= new Set([...set.names, ...names]);
      set.encodeGiven(writer, values, everyName, only);
      part.encode(writer, values, common, only);
      set.checkWanted(values, only);
    },
    locate: (source, start, end, offset) =>
      part.locate(source, start, end, offset) ?? set.locate?.(source, start, end, offset),
  };
}

/** One property, an object, in two attributes: the kind, and the kind's own properties, in either order. */
export function variantField<Word extends string | number, K extends Kinds, Property extends string>(
  variants: Variants<Word, K, Property>,
): Field<VariantRow<Variants<Word, K, Property>>, VariantOptions<Variants<Word, K, Property>>> {
  type Output = VariantRow<Variants<Word, K, Property>>;
  const { property, numbers } = variants;
  const [, dataNumber] = numbers;
  let rows: Rows | undefined;

  function whole(kind: Word, source: Source, start: number, end: number): Output {
    const row = (rows ??= new Rows()).take();
    row.set(property, kind);
    variants.decodeDataTo(row, kind, source, start, end);
    return row.toObject() as Output;
  }

  return {
    numbers,
    readOnly: false,
    accumulates: true,
    encode(writer, value) {
      checkIsOfKind(value, property);
      variants.encode(writer, value);
    },
    decode(source, start, end, number, previous) {
      const before = previous as ({ data?: Uint8Array } & Record<string, unknown>) | undefined;
      if (number === dataNumber) {
        const kind = before?.[property] as Word | undefined;
        // The kind follows later: until then the bytes are kept.
        if (kind === undefined) return { data: source.bytes.slice(start, end) } as unknown as Output;
        return whole(kind, source, start, end);
      }
      const kind = variants.decodeKind(source, start, end);
      if (before?.data === undefined) return { [property]: kind } as unknown as Output;
      return whole(kind, sourceOf(before.data), 0, before.data.length);
    },
    locateAmong: (...place) => variants.locate(...place),
  };
}

function checkIsOfKind(value: unknown, property: string): asserts value is object {
  checkIsObject(value);
  if ((value as Record<string, unknown>)[property] === undefined) throw missingName(property, value);
}

import { show, wrongType } from '../errors';
import {
  attributes,
  type AttributeSet,
  type Decoded,
  type Encodable,
  type Fields,
  type Names,
  type UnknownAttribute,
} from './attributes';
import type { Members, Struct, StructInput } from './struct';
import { rowDecoder } from './table-rows';
import { togetherCheck } from './together';
import type { Field, ReadOnlyField, RequiredField, Source } from './type';
import { sourceOf } from './type';
import { returnWriter, takeWriter, type Writer } from './writer';

type InputOf<One> = One extends Field<unknown, infer Input> ? Input : never;

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
}

/** A family's message, declared once: a header, and the fields that stand in it and in the attributes behind it. */
export interface Message<M extends Members, F extends Fields> {
  readonly header: Struct<M>;
  readonly fields: F;
  readonly attributes: AttributeSet<F>;
  encode(writer: Writer, values: Partial<OptionsOf<F>>, options?: MessageOptions<M>): void;
  readonly decode: (source: Source, start: number, end: number) => RowOf<F>;
  /** The property that holds the byte at `offset`. */
  readonly locate: (source: Source, start: number, end: number, offset: number) => string | undefined;
}

/** What a declaration may say of a message besides its fields. */
interface MessageTraits {
  /** Attributes that are passed over when the kernel sends them. */
  ignored?: readonly number[];
}

/** Declares a family's message. */
export function message<M extends Members, const F extends Fields>(
  header: Struct<M>,
  fields: F,
  { ignored = [] }: MessageTraits = {},
): Message<M, F> {
  const set = attributes(fields, ignored);
  const size = (header.size + 3) & ~3;
  const begin = beginner(fields);
  const byMember = new Map(
    Object.entries(fields).flatMap(([name, { members = [] }]) => members.map((member) => [member, name])),
  );
  const checkTogether = togetherCheck(fields);
  const wanted = Object.entries(fields).flatMap(([name, { wants }]) => (wants === undefined ? [] : [{ name, wants }]));

  function check(values: Record<string, unknown>, only: Names | undefined): void {
    if (typeof values !== 'object' || values === null) throw wrongType(`must be an object, not ${show(values)}`);
    for (const { name, wants } of wanted) {
      if (values[name] === undefined && (only === undefined || only.has(name))) throw wrongType(wants, name);
    }
    checkTogether(values, only);
  }

  return {
    header,
    fields,
    attributes: set,
    encode(writer, values, { header: given = {} as StructInput<M>, only } = {}) {
      check(values, only);
      writer.header = writer.position;
      header.encode(writer, given);
      writer.align();
      set.encode(writer, values as unknown as Encodable<F>, undefined, only);
    },
    decode: rowDecoder({ header, begin, attributes: set }) as unknown as Message<M, F>['decode'],
    locate(source, start, end, offset) {
      if (offset >= start + header.size) return set.locate?.(source, start + size, end, offset);
      const member = header.locate?.(source, start, end, offset);
      return member === undefined ? undefined : (byMember.get(member) ?? member);
    },
  };
}

/** Makes rows of what the header says. */
function beginner(fields: Fields): (header: unknown) => object {
  const known = Object.entries(fields).flatMap(([name, { begin }]) => (begin === undefined ? [] : [{ name, begin }]));
  return (header) => {
    const row: Record<string, unknown> = {};
    for (const { name, begin } of known) {
      const value = begin(header as never) as unknown;
      if (value !== undefined) row[name] = value;
    }
    return row;
  };
}

/** Values in the form in which rows have them: words in place of their numbers, canonical addresses. */
export function canonical<M extends Members, F extends Fields>(of: Message<M, F>, values: object): object {
  const writer = takeWriter();
  try {
    of.encode(writer, values as Partial<OptionsOf<F>>, { only: new Set(Object.keys(values)) });
    return of.decode(sourceOf(writer.bytes), 0, writer.position);
  } finally {
    returnWriter(writer);
  }
}

import { within, wrongType } from '../errors';
import { blank } from './fast/blank';
import { longerThan } from './holds-more';
import type { FixedType, ReadOnlyField, RequiredField, Type } from './type';

/** Members of a struct, in order and without gaps: padding that C would add is declared with {@link pad}. */
export type Members = Readonly<Record<string, FixedType<unknown, never>>>;

export type StructValues<M extends Members> = {
  [K in keyof M as K extends `pad${string}` ? never : K]: M[K] extends FixedType<infer Output, never> ? Output : never;
};

type InputOf<One> = One extends FixedType<unknown, infer Input> ? Input : never;

export type StructInput<M extends Members> = {
  -readonly [K in keyof M as M[K] extends RequiredField ? K : never]: InputOf<M[K]>;
} & {
  -readonly [K in keyof M as K extends `pad${string}` ? never : M[K] extends RequiredField ? never : K]?:
    InputOf<M[K]> | undefined;
};

/** A struct's type, which can also be read member by member. */
export interface Struct<M extends Members> extends FixedType<StructValues<M>, StructInput<M>> {
  /**
   * Decodes one member of the struct at `start`: `rtmsg.read.flags(source, start, end)`. Headers of rows are read this
   * way: an object of nine members that is made and dropped costs as much as the rest of a route.
   */
  readonly read: { readonly [K in keyof StructValues<M>]: Type<StructValues<M>[K]>['decode'] };
  /** The offset of each member, for values that are only known after more has been written. */
  readonly offsets: { readonly [K in keyof StructValues<M>]: number };
  readonly members: M;
  /** The names of the members, without padding. */
  readonly names: readonly string[];
}

/**
 * A C struct. Kernels older than the declaration send fewer bytes, and missing members are zero; newer ones send more,
 * and an attribute with more bytes is also kept whole among the unknown ones. When encoding, absent members are zero,
 * unless they are required.
 */
export function struct<const M extends Members>(members: M): Struct<M> {
  const list = Object.entries(members) as [string, FixedType<unknown, unknown>][];
  const offsets: Record<string, number> = {};
  let size = 0;
  for (const [name, type] of list) {
    offsets[name] = size;
    size += type.size;
  }
  // Most structs are never decoded by a program.
  let readers: Readers | undefined;
  const readersOf = () => (readers ??= readersIn(list, offsets));
  let empty: (() => object) | undefined;

  return {
    size,
    holdsMore: longerThan(size),
    encode(writer, values) {
      let index = 0;
      try {
        for (; index < list.length; index++) {
          const [name, type] = list[index]!;
          const value = (values as Record<string, unknown>)[name];
          if (value !== undefined) type.encode(writer, value);
          else if (type.wants === undefined) writer.reserve(type.size);
          else throw wrongType(type.wants);
        }
      } catch (error) {
        throw within(list[index]![0], error);
      }
    },
    decode(source, start, end) {
      const { all } = (readers ??= readersIn(list, offsets));
      const values = (empty ??= blank(all.length))() as Record<string, unknown>;
      for (const [name, decode] of all) values[name] = decode(source, start, end);
      return values as StructValues<M>;
    },
    get read() {
      return readersOf().byName as Struct<M>['read'];
    },
    offsets: offsets as Struct<M>['offsets'],
    members,
    get names() {
      return Object.keys(readersOf().byName);
    },
    locate(_source, start, _end, offset) {
      let at = start;
      for (const [name, type] of list) {
        if (offset >= at && offset < at + type.size) return name;
        at += type.size;
      }
      return undefined;
    },
  };
}

type Reader = Type<unknown>['decode'];

/** How the members of a struct are read, but for padding. */
interface Readers {
  readonly byName: Readonly<Record<string, Reader>>;
  readonly all: readonly (readonly [string, Reader])[];
}

function readersIn(
  list: readonly (readonly [string, FixedType<unknown>])[],
  offsets: Readonly<Record<string, number>>,
): Readers {
  const all = list
    .filter(([name]) => !name.startsWith('pad'))
    .map(([name, type]): [string, Reader] => [name, memberAt(offsets[name]!, type)]);
  return { byName: Object.fromEntries(all), all };
}

function memberAt(offset: number, type: FixedType<unknown>): Type<unknown>['decode'] {
  const { size, decode } = type;
  return (source, start, end) => {
    const at = start + offset;
    return decode(source, at, Math.max(at, Math.min(at + size, end)));
  };
}

/** A member of a struct in an attribute, as a property of its own, beside others of the same attribute. */
export function memberOf<M extends Members, K extends keyof StructValues<M>>(
  number: number,
  { read, size }: Struct<M>,
  name: K,
): ReadOnlyField<StructValues<M>[K]> {
  const holdsMore = longerThan(size);
  return { numbers: [number], readOnly: true, isPart: true, encode: () => undefined, decode: read[name], holdsMore };
}

/** Bytes of padding; the member's name begins with 'pad'. */
export function pad(size: number): FixedType<undefined> {
  return { size, encode: (writer) => void writer.reserve(size), decode: () => undefined };
}

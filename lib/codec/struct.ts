import { within } from '../errors';
import type { FixedType } from './type';

/** Members of a struct in their order, without holes: the padding that C would add is declared with {@link pad}. */
export type Members = Readonly<Record<string, FixedType<unknown, never>>>;

export type StructValues<M extends Members> = {
  [K in keyof M as K extends `pad${string}` ? never : K]: M[K] extends FixedType<infer Output, never> ? Output : never;
};

export type StructInput<M extends Members> = {
  -readonly [K in keyof M as K extends `pad${string}` ? never : K]?: M[K] extends FixedType<unknown, infer Input>
    ? Input
    : never;
};

/**
 * A C struct. Kernels older than the declaration send fewer bytes (the missing members are zero), newer ones more (which
 * are passed over). Members that are absent from a value are zero.
 */
export function struct<const M extends Members>(members: M): FixedType<StructValues<M>, StructInput<M>> {
  const list = Object.entries(members) as [string, FixedType<unknown, unknown>][];
  const names = list.map(([name]) => name);
  const types = list.map(([, type]) => type);
  const size = list.reduce((sum, [, type]) => sum + type.size, 0);
  return {
    size,
    encode(writer, values) {
      let index = 0;
      try {
        for (; index < types.length; index++) {
          const type = types[index]!;
          const value = (values as Record<string, unknown>)[names[index]!];
          if (value === undefined) writer.reserve(type.size);
          else type.encode(writer, value);
        }
      } catch (error) {
        throw within(names[index]!, error);
      }
    },
    decode(source, start, end) {
      const values: Record<string, unknown> = {};
      let at = start;
      for (const [name, type] of list) {
        if (!name.startsWith('pad'))
          values[name] = type.decode(source, at, Math.max(at, Math.min(at + type.size, end)));
        at += type.size;
      }
      return values as StructValues<M>;
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

/** Bytes of padding; the member's name begins with 'pad'. */
export function pad(size: number): FixedType<undefined> {
  return { size, encode: (writer) => void writer.reserve(size), decode: () => undefined };
}

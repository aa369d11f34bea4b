import { at, show, wrongType } from '../errors';
import { unknownName } from '../unknown-name';
import type { Members, Struct, StructInput, StructValues } from './struct';
import type { Type } from './type';

/** Structs one behind the other, as a list. An element that is not whole is left out. */
export function arrayOf<M extends Members>(item: Struct<M>): Type<StructValues<M>[], readonly StructInput<M>[]> {
  const { size, members } = item;
  const names = Object.keys(members).filter((name) => !name.startsWith('pad'));

  function check(value: unknown): asserts value is StructInput<M> {
    if (typeof value !== 'object' || value === null) throw wrongType(`must be an object, not ${show(value)}`);
    for (const name in value) if (!names.includes(name)) throw unknownName(name, names);
  }

  return {
    encode(writer, values) {
      if (!Array.isArray(values)) throw wrongType(`must be an array, not ${show(values)}`);
      values.forEach((value: unknown, index) => {
        at(String(index), () => {
          check(value);
          item.encode(writer, value);
        });
      });
    },
    decode(source, start, end) {
      const count = Math.floor((end - start) / size);
      return Array.from({ length: count }, (_, index) => {
        const begin = start + index * size;
        return item.decode(source, begin, begin + size);
      });
    },
    locate(source, start, end, offset) {
      if (offset < start) return undefined;
      const index = Math.floor((offset - start) / size);
      const begin = start + index * size;
      const inner = item.locate?.(source, begin, end, offset);
      return inner === undefined ? String(index) : `${String(index)}.${inner}`;
    },
  };
}

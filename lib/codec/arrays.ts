import { placeIn } from '../errors';
import { eachElementOf } from './elements';
import type { Members, Struct, StructInput, StructValues } from './struct';
import type { Type } from './type';
import { asObject } from './whole-struct';

/** A list of structs, one after the other. An incomplete element is left out. */
export function arrayOf<M extends Members>(item: Struct<M>): Type<StructValues<M>[], readonly StructInput<M>[]> {
  const { size } = item;
  const element = asObject(item);

  return {
    encode(writer, values) {
      eachElementOf(values, (value: StructInput<M>) => {
        element.encode(writer, value);
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
      return placeIn(`[${String(index)}]`, inner);
    },
  };
}

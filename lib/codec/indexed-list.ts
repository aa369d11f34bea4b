import { show, withinElement, wrongType } from '../errors';
import { attributeAt, attributesOf } from './attribute-spans';
import { nested } from './nesting';
import type { Field, Type } from './type';

/** A field that holds a list as attributes whose numbers are the places in it, counted from 0. */
export function indexedList<Output, Input>(
  number: number,
  item: Type<Output, Input>,
): Field<Output[], readonly Input[]> {
  return nested<Output[], readonly Input[]>(number, {
    encode(writer, values) {
      if (!Array.isArray(values)) throw wrongType(`must be an array, not ${show(values)}`);
      values.forEach((value: Input, index) => {
        const start = writer.beginAttribute(index);
        try {
          item.encode(writer, value);
        } catch (error) {
          throw withinElement(index, error);
        }
        writer.endAttribute(start);
      });
    },
    decode: (source, start, end) =>
      attributesOf(source, start, end).map((found) => item.decode(source, found.start, found.end)),
    locate(source, start, end, offset) {
      const found = attributeAt(source, start, end, offset);
      return found && `[${String(found.number)}]`;
    },
  });
}

import { attributeAt, attributesOf } from './attribute-spans';
import { eachElementOf } from './elements';
import { nested } from './nesting';
import type { Field, FixedType } from './type';

/**
 * A field that holds a list as attributes whose numbers are the indexes, from 0. An element of another size is not
 * decoded as one: a shorter one is left out, and the whole list is then kept among the unknown attributes as well.
 */
export function indexedList<Output, Input>(
  number: number,
  item: FixedType<Output, Input>,
): Field<Output[], readonly Input[]> {
  return nested<Output[], readonly Input[]>(number, {
    encode(writer, values) {
      eachElementOf(values, (value: Input, index) => {
        const start = writer.beginAttribute(index);
        item.encode(writer, value);
        writer.endAttribute(start);
      });
    },
    decode: (source, start, end) =>
      attributesOf(source, start, end)
        .filter((found) => found.end - found.start >= item.size)
        .map((found) => item.decode(source, found.start, found.end)),
    holdsMore: (source, start, end) =>
      attributesOf(source, start, end).some((found) => found.end - found.start !== item.size),
    locate(source, start, end, offset) {
      const found = attributeAt(source, start, end, offset);
      return found && `[${String(found.number)}]`;
    },
  });
}

import { eachElementOf } from './elements';
import {
  attributeAt,
  attributesOf,
  findAttribute,
  holdsOthers,
  NLA_F_NESTED,
  payloadEnd,
  payloadOf,
} from './attribute-spans';
import type { AttributeSet, Encodable, Fields, Names } from './attributes';
import { field, type Field, type HoldsMore, type Source, type Type } from './type';
import type { Writer } from './writer';

/** A field whose payload consists of attributes, written by any type. */
export function nested<Output, Input = Output>(
  number: number,
  type: Type<Output, Input> & Pick<Field<Output, Input>, 'names'>,
): Field<Output, Input> {
  const plain = field(number, type);
  return {
    ...plain,
    ...(type.names && { names: type.names }),
    encode(writer, value) {
      const start = writer.beginAttribute(number | NLA_F_NESTED);
      type.encode(writer, value);
      writer.endAttribute(start);
    },
  };
}

/**
 * Writes a set of attributes inside one, which is left out if the set is empty. For `elsewhere` and `only` see the
 * set's encoder.
 */
export function appendNested<F extends Fields>(
  writer: Writer,
  number: number,
  set: AttributeSet<F>,
  values: Encodable<F>,
  elsewhere?: Names,
  only?: Names,
): void {
  const start = writer.beginAttribute(number | NLA_F_NESTED);
  const { position } = writer;
  set.encode(writer, values, elsewhere, only);
  if (writer.position === position) writer.cut(start);
  else writer.endAttribute(start);
}

/**
 * A list of attributes with the same number. If there are others among them, the whole is kept among the unknown
 * attributes as well.
 */
export function list<Output, Input>(number: number, item: Field<Output, Input>): Field<Output[], readonly Input[]> {
  return nested(number, {
    holdsMore: holdsOthers(item.numbers, checksOf(item)),
    encode(writer, values: readonly Input[]) {
      eachElementOf(values, (value: Input) => {
        item.encode(writer, value);
      });
    },
    decode(source, start, end) {
      const values: Output[] = [];
      for (const found of attributesOf(source, start, end)) {
        if (item.numbers.includes(found.number)) {
          values.push(item.decode(source, found.start, found.end, found.number, undefined));
        }
      }
      return values;
    },
  });
}

/** A field that holds a list of attributes which are numbered by their places. The kernel looks at no number, and counts from 0 or from 1. */
export function numberedList<Output, Input>(
  number: number,
  item: Type<Output, Input>,
): Field<Output[], readonly Input[]> {
  return nested<Output[], readonly Input[]>(number, {
    encode(writer, values) {
      eachElementOf(values, (value: Input, index) => {
        const start = writer.beginAttribute((index + 1) | NLA_F_NESTED);
        item.encode(writer, value);
        writer.endAttribute(start);
      });
    },
    decode: (source, start, end) =>
      attributesOf(source, start, end).map((found) => item.decode(source, found.start, found.end)),
  });
}

function checksOf({ numbers, holdsMore }: Field<unknown, never>): Record<number, HoldsMore> {
  return holdsMore === undefined ? {} : Object.fromEntries(numbers.map((number) => [number, holdsMore]));
}

/**
 * A field that is inside other attributes: `inside([OUTER, INNER], field)`. Several fields may share them. Apply it
 * last when a field is composed, except for `readOnly`.
 */
export function inside<Output, Input>(
  path: readonly [number, ...number[]],
  inner: Field<Output, Input>,
  holdsMore?: HoldsMore,
): Field<Output | undefined, Input> {
  const [number, ...rest] = path;
  const { numbers, accumulates } = inner;
  const only = accumulates === true ? undefined : numbers.length === 1 ? numbers[0] : undefined;

  return {
    numbers: [number],
    readOnly: inner.readOnly,
    isPart: true,
    inside: { path, inner },
    ...(holdsMore && { holdsMore }),
    encode(writer, value) {
      write(writer, value, 0);
    },
    decode(source, start, end) {
      let from = start;
      let to = end;
      for (let index = 1; index < path.length; index++) {
        from = payloadOf(source, from, to, path[index]!);
        if (from < 0) return undefined;
        to = payloadEnd(source, from);
      }
      if (only !== undefined) {
        const found = payloadOf(source, from, to, only);
        return found < 0 ? undefined : inner.decode(source, found, payloadEnd(source, found), only);
      }
      let value: Output | undefined;
      for (const found of attributesOf(source, from, to)) {
        if (!numbers.includes(found.number)) continue;
        value = inner.decode(source, found.start, found.end, found.number, value);
      }
      return value;
    },
    covers: (source, start, end, offset) => leafAt(source, start, end, offset) !== undefined,
    locate(source, start, end, offset) {
      const leaf = leafAt(source, start, end, offset);
      return leaf && inner.locate?.(source, leaf.start, leaf.end, offset);
    },
  };

  function write(writer: Writer, value: Input, depth: number): void {
    if (depth === path.length) {
      inner.encode(writer, value);
      return;
    }
    const start = writer.beginAttribute(path[depth]! | NLA_F_NESTED);
    write(writer, value, depth + 1);
    writer.endAttribute(start);
  }

  /** The field's own attribute at a place. */
  function leafAt(source: Source, start: number, end: number, offset: number) {
    let place: { start: number; end: number } | undefined = { start, end };
    for (const one of rest) {
      place = findAttribute(source, place.start, place.end, one);
      if (place === undefined) return undefined;
    }
    const leaf = attributeAt(source, place.start, place.end, offset);
    return leaf !== undefined && numbers.includes(leaf.number) ? leaf : undefined;
  }
}

import { within, wrongType, show } from '../errors';
import { attributesOf } from './attribute-spans';
import type { AttributeSet, Decoded, Encodable, Fields, Names } from './attributes';
import { field, type Field, type Type } from './type';
import type { Writer } from './writer';

/** Bit of an attribute's type: it holds attributes. Kernels since 5.2 ask for it in newer attributes; all accept it. */
export const NLA_F_NESTED = 0x8000;

/** A field that holds a set of attributes. */
export function nested<const F extends Fields>(number: number, set: AttributeSet<F>): Field<Decoded<F>, Encodable<F>> {
  return nestedType(number, set);
}

/** A field whose payload is attributes, of any type that writes them. */
export function nestedType<Output, Input>(number: number, type: Type<Output, Input>): Field<Output, Input> {
  const plain = field(number, type);
  return {
    ...plain,
    encode(writer, value) {
      const start = writer.beginAttribute(number | NLA_F_NESTED);
      type.encode(writer, value);
      writer.endAttribute(start);
    },
  };
}

/** Writes a set of attributes inside one, which is left out if there are none. `elsewhere` and `only` are as of the set's encoder. */
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

/** A field that holds the same attribute several times, as a list. */
export function list<Output, Input>(number: number, item: Field<Output, Input>): Field<Output[], readonly Input[]> {
  return nestedType(number, {
    encode(writer, values: readonly Input[]) {
      if (!Array.isArray(values)) throw wrongType(`must be an array, not ${show(values)}`);
      values.forEach((value: Input, index) => {
        try {
          item.encode(writer, value);
        } catch (error) {
          throw within(String(index), error);
        }
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

/** A field that lies inside other attributes, of which it is the only one of interest: `through([OUTER], inner)`. */
export function through<Output, Input>(
  numbers: readonly [number, ...number[]],
  inner: Field<Output, Input>,
): Field<Output | undefined, Input> {
  return numbers.reduceRight<Field<Output | undefined, Input>>((held, number) => insideOf(number, held), inner);
}

/** One of the fields inside an attribute, as a property of its own beside others of the same attribute. */
export function partOf<Output, Input>(number: number, inner: Field<Output, Input>): Field<Output | undefined, Input> {
  return { ...insideOf(number, inner), isPart: true };
}

function insideOf<Output, Input>(number: number, inner: Field<Output, Input>): Field<Output | undefined, Input> {
  return nestedType(number, {
    encode: (writer, value: Input) => {
      inner.encode(writer, value);
    },
    decode(source, start, end) {
      for (const found of attributesOf(source, start, end)) {
        if (inner.numbers.includes(found.number)) {
          return inner.decode(source, found.start, found.end, found.number, undefined);
        }
      }
      return undefined;
    },
  });
}

import {
  attributesOf,
  decodeText,
  findAttribute,
  hostOrder,
  nested,
  NLA_F_NESTED,
  text,
  type Field,
  type Source,
  type Writer,
} from '../../../codec';
import { checkIsObject, show, wrongType } from '../../../errors';

const BITSET = { NOMASK: 1, BITS: 3 } as const;
const BITS_BIT = 1;
const BIT = { INDEX: 1, NAME: 2, VALUE: 3 } as const;
/** ETH_GSTRING_LEN, without the NUL. */
const LONGEST_NAME = 31;

const bitName = text(BIT.NAME, LONGEST_NAME);

/** Bits by their names: those that a message speaks of. One without a name has its number. */
export type Bits = Record<string, boolean>;

/** A set of bits that have names in the kernel, of which a message speaks of some (ETHTOOL_A_BITSET_*). */
export function bitset(number: number): Field<Bits, Readonly<Record<string, boolean | undefined>>> {
  return nested<Bits, Readonly<Record<string, boolean | undefined>>>(number, {
    encode(writer, values) {
      checkIsObject(values);
      const bits = writer.beginAttribute(BITSET.BITS | NLA_F_NESTED);
      for (const [name, value] of Object.entries(values)) if (value !== undefined) writeBit(writer, name, value);
      writer.endAttribute(bits);
    },
    decode(source, start, end) {
      // Without a mask the bits that are listed are those that are set.
      const isList = findAttribute(source, start, end, BITSET.NOMASK) !== undefined;
      const bits = findAttribute(source, start, end, BITSET.BITS);
      const values: Bits = {};
      if (bits === undefined) return values;
      for (const bit of attributesOf(source, bits.start, bits.end)) {
        const isSet = findAttribute(source, bit.start, bit.end, BIT.VALUE) !== undefined;
        values[nameOf(source, bit.start, bit.end)] = isList || isSet;
      }
      return values;
    },
    locate(source, start, end, offset) {
      const bits = findAttribute(source, start, end, BITSET.BITS);
      const bit =
        bits && attributesOf(source, bits.start, bits.end).find((one) => offset >= one.start - 4 && offset < one.end);
      return bit && nameOf(source, bit.start, bit.end);
    },
  });
}

function writeBit(writer: Writer, name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`, name);
  const bit = writer.beginAttribute(BITS_BIT | NLA_F_NESTED);
  bitName.encode(writer, name);
  if (value) writer.endAttribute(writer.beginAttribute(BIT.VALUE));
  writer.endAttribute(bit);
}

function nameOf(source: Source, start: number, end: number): string {
  const name = findAttribute(source, start, end, BIT.NAME);
  if (name !== undefined) return decodeText(source, name.start, name.end);
  const index = findAttribute(source, start, end, BIT.INDEX);
  return index === undefined || index.end - index.start < 4
    ? ''
    : String(source.view.getUint32(index.start, hostOrder));
}

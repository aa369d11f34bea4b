import { show, wrongType, wrongValue } from '../errors';
import { familyNames, type IpFamily } from './address-family';
import { hostOrder } from './byte-order';
import { appendPrefix, formatPrefix, hasHostBits } from './prefix';
import type { Members, Struct, StructInput, StructValues } from './struct';
import { readOnly, type ConstantField, type Field, type FixedType, type ReadOnlyField } from './type';
import { bitsToNumber, numberOf, wordsByNumber, wordsOfBits, type Word, type Words } from './words';
import type { Writer } from './writer';

// Fields of a message that stand in its header, alone or beside an attribute.

/** A property that is a member of the header. */
export function member<M extends Members, K extends keyof StructValues<M> & keyof StructInput<M> & string>(
  header: Struct<M>,
  name: K,
): Field<StructValues<M>[K], Exclude<StructInput<M>[K], undefined>> & ConstantField {
  const offset = header.offsets[name];
  const type = header.members[name] as unknown as FixedType<StructValues<M>[K], unknown>;
  return {
    numbers: [],
    members: [name],
    readOnly: false,
    isConstant: true,
    begin: (values: StructValues<M>) => values[name],
    encode(writer, value) {
      writer.overwrite(writer.header + offset, type, value);
    },
    decode: notInAttributes,
  };
}

/** As {@link member}, for values that the kernel reports but does not take. */
export function readOnlyMember<M extends Members, K extends keyof StructValues<M> & keyof StructInput<M> & string>(
  header: Struct<M>,
  name: K,
): ReadOnlyField<StructValues<M>[K]> & ConstantField {
  return { ...readOnly(member(header, name)), isConstant: true };
}

/** As {@link member}, for one in which 0 stands for absent. */
export function optionalMember<M extends Members, K extends keyof StructValues<M> & keyof StructInput<M> & string>(
  header: Struct<M>,
  name: K,
): Field<StructValues<M>[K], Exclude<StructInput<M>[K], undefined>> {
  const { isConstant: _, ...of } = member(header, name);
  const without = (values: StructValues<M>) => (values[name] === 0 ? undefined : values[name]);
  return { ...of, none: 0, begin: without };
}

/** A bit of a four-byte member of the header: true where it is set, otherwise absent. */
export function memberBit<M extends Members>(
  header: Struct<M>,
  name: keyof StructValues<M> & string,
  bit: number,
): Field<boolean> {
  const offset = header.offsets[name];
  return {
    numbers: [],
    members: [name],
    readOnly: false,
    begin: (values: StructValues<M>) => (((values[name] as number) & bit) === 0 ? undefined : true),
    encode(writer, value) {
      if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
      overwriteBits(writer, writer.header + offset, bit, value ? bit : 0);
    },
    decode: notInAttributes,
  };
}

/**
 * A bit of a four-byte member of the header that a request changes only where another member of the same size has the
 * bit, too. Rows always have it; a decoded request has it only where it changes it (`ofRequests`).
 */
export function memberSwitch<M extends Members>(
  header: Struct<M>,
  name: keyof StructValues<M> & string,
  changeName: keyof StructValues<M> & string,
  bit: number,
  { isInverted = false, ofRequests = false } = {},
): Field<boolean> & ConstantField {
  const offset = header.offsets[name];
  const changeOffset = header.offsets[changeName];
  return {
    numbers: [],
    members: [name],
    readOnly: false,
    isConstant: true,
    begin(values: StructValues<M>) {
      if (ofRequests && ((values[changeName] as number) & bit) === 0) return undefined;
      return (((values[name] as number) & bit) !== 0) !== isInverted;
    },
    encode(writer, value) {
      if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
      overwriteBits(writer, writer.header + offset, bit, value === isInverted ? 0 : bit);
      overwriteBits(writer, writer.header + changeOffset, bit, bit);
    },
    decode: notInAttributes,
  };
}

/** The words of those bits of a header's member that the kernel sets; bits `apart` are properties of their own. */
export function memberStates<M extends Members, const W extends Words>(
  header: Struct<M>,
  name: keyof StructValues<M> & string,
  words: W,
  apart = 0,
): ReadOnlyField<readonly Word<W>[]> & ConstantField {
  const wordsOf = wordsOfBits(words);
  return {
    numbers: [],
    members: [name],
    readOnly: true,
    isConstant: true,
    begin: (values: StructValues<M>) => wordsOf(((values[name] as number) & ~apart) >>> 0),
    encode: () => undefined,
    decode: notInAttributes,
  };
}

/**
 * As {@link memberStates}, where requests can set those that are `settable`; they may contain the others, as rows do.
 */
export function memberFlags<M extends Members, const W extends Words>(
  header: Struct<M>,
  name: keyof StructValues<M> & string,
  words: W,
  settable: number,
): Field<readonly Word<W>[]> & ConstantField {
  const offset = header.offsets[name];
  return {
    ...memberStates(header, name, words),
    readOnly: false,
    encode(writer, value) {
      overwriteBits(writer, writer.header + offset, settable, bitsToNumber(words, value) & settable);
    },
  };
}

/** Sets the bits of the mask in a number of the message. */
function overwriteBits(writer: Writer, at: number, mask: number, bits: number): void {
  const others = writer.view.getUint32(at, hostOrder) & ~mask;
  writer.view.setUint32(at, others | bits, hostOrder);
}

function notInAttributes(): never {
  throw new Error('a member of a header was decoded as an attribute');
}

/** The network of all addresses, by iproute2's word. */
const ANY_NETWORK = 'default';

const anyAddress = { inet: '0.0.0.0', inet6: '::' } as const;
const sizes = { inet: 4, inet6: 16 } as const;

/**
 * A network whose prefix length is a member of the header: '10.0.0.0/8'. Without an attribute it is `otherwise` if that
 * length is 0.
 */
export function network<M extends Members>(
  number: number,
  family: IpFamily,
  header: Struct<M>,
  lengthMember: keyof StructValues<M> & string,
  otherwise?: string,
): Field<string> {
  const offset = header.offsets[lengthMember];
  const lengthOf = (values: StructValues<M>) => values[lengthMember] as number;
  return {
    numbers: [number],
    members: [lengthMember],
    readOnly: false,
    begin(values: StructValues<M>) {
      const length = lengthOf(values);
      return length === 0 ? otherwise : `${anyAddress[family]}/${String(length)}`;
    },
    encode(writer, value) {
      if (value === ANY_NETWORK) return;
      const attribute = writer.beginAttribute(number);
      const start = writer.position;
      const length = appendPrefix(writer, value);
      if (writer.position - start !== sizes[family])
        throw wrongValue(`must be ${familyNames[family]}, not ${show(value)}`);
      if (hasHostBits(writer.bytes, start, writer.position, length)) {
        throw wrongValue(`has bits set behind its prefix: ${show(value)}`);
      }
      if (length === 0) writer.cut(attribute);
      else writer.endAttribute(attribute);
      writer.bytes[writer.header + offset] = length;
    },
    decode(source, start, end, _number, _previous, values) {
      const length = lengthOf(values as StructValues<M>);
      return length === 0 ? otherwise! : formatPrefix(source, start, end, length);
    },
  };
}

/**
 * A number that is in a byte of the header if it is small, and in an attribute if it is not, such as the number of a
 * routing table (`carrier`). 0 stands for absent.
 */
export function wideMember<M extends Members, const W extends Words>(
  number: number,
  words: W,
  carrier: FixedType<number>,
  header: Struct<M>,
  name: keyof StructValues<M> & string,
): Field<Word<W> | undefined, Word<W>> {
  const offset = header.offsets[name];
  const wordOf = wordsByNumber(words);
  const known = (value: number) => (value === 0 ? undefined : wordOf(value));
  return {
    numbers: [number],
    members: [name],
    readOnly: false,
    begin: (values: StructValues<M>) => known(values[name] as number),
    encode(writer, value) {
      const one = numberOf(words, value);
      const attribute = writer.beginAttribute(number);
      carrier.encode(writer, one);
      if (one < 256) writer.cut(attribute);
      else writer.endAttribute(attribute);
      writer.bytes[writer.header + offset] = one < 256 ? one : 0;
    },
    decode: (source, start, end) => known(carrier.decode(source, start, end)),
  };
}

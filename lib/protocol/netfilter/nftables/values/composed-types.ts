import { eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import { maskOf } from './order';
import { parseLeadingBits, type ValueType } from './value-type';

const BITS_OF_TYPE = 6;

/** nft's number for values one behind the other. */
export function typeNumber(types: readonly ValueType[]): number {
  return types.reduce((number, { id }) => number * 2 ** BITS_OF_TYPE + id, 0);
}

/** Each begins at a multiple of four bytes. */
export function behindOneAnother(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + paddedSize(length), 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += paddedSize(part.length);
  }
  return whole;
}

export function paddedSize(size: number): number {
  return (size + 3) & ~3;
}

/** Several values one behind the other: an array. */
export function togetherOf(types: readonly ValueType[]): ValueType<readonly unknown[]> {
  const names = types.map(({ name }) => name).join(', ');
  return {
    ...{ name: names, id: typeNumber(types), isHost: false, parts: types },
    size: types.reduce((sum, { size }) => sum + paddedSize(size), 0),
    parse(value) {
      if (!isArray(value) || value.length !== types.length)
        throw wrongType(`must be an array of ${String(types.length)} values (${names}), not ${show(value)}`);
      const parts: Uint8Array[] = [];
      eachElementOf(value, (one: unknown) => {
        parts.push(types[parts.length]!.parse(one));
      });
      return behindOneAnother(parts);
    },
    format(bytes) {
      let position = 0;
      return types.map((type) => {
        const part = bytes.slice(position, position + type.size);
        position += paddedSize(type.size);
        return type.format(part);
      });
    },
  };
}

/** Values from one to another: a range, or all with a prefix. A single value is a range of itself. */
export function rangeOf(type: ValueType): ValueType {
  return {
    ...{ name: type.name, id: type.id, size: type.size * 2, isHost: type.isHost },
    rangeOf: [type],
    parse(value) {
      const { first, last } = endsOf(type, value);
      return Uint8Array.from([...first, ...last]);
    },
    format: (bytes) => formatRange(type, bytes.slice(0, type.size), bytes.slice(type.size)),
  };
}

/** Ranges that stand together: all that they begin with, and behind it all that they end with. */
export function rangesOf(types: readonly ValueType[]): ValueType {
  const { name, id, size } = togetherOf(types);
  return {
    ...{ name, id, size: size * 2, isHost: false, rangeOf: types },
    parse(value) {
      if (!isArray(value) || value.length !== types.length)
        throw wrongType(`must be an array of ${String(types.length)} values or ranges (${name}), not ${show(value)}`);
      const ends: ReturnType<typeof endsOf>[] = [];
      eachElementOf(value, (one: unknown) => {
        ends.push(endsOf(types[ends.length]!, one));
      });
      const [first, last] = [ends.map((one) => one.first), ends.map((one) => one.last)];
      return Uint8Array.from([...behindOneAnother(first), ...behindOneAnother(last)]);
    },
    format(bytes) {
      let position = 0;
      return types.map((type) => {
        const [first, last] = [position, position + size].map((begin) => bytes.slice(begin, begin + type.size));
        position += paddedSize(type.size);
        return formatRange(type, first!, last!);
      });
    },
  };
}

/** The first and the last of the values that something stands for. */
export function endsOf(type: ValueType, value: unknown): { first: Uint8Array; last: Uint8Array; isOne: boolean } {
  if (isObject(value) && !isArray(value)) {
    const unknown = Object.keys(value).find((name) => name !== 'from' && name !== 'to');
    if (unknown !== undefined) throw wrongValue("is no property here: a range has 'from' and 'to'", unknown);
    const { from, to } = value as { from?: unknown; to?: unknown };
    const first = at('from', () => type.parse(from));
    const last = at('to', () => type.parse(to));
    if (Buffer.compare(first, last) > 0) throw wrongValue(`must not be less than 'from', as ${show(to)} is`, 'to');
    return { first, last, isOne: false };
  }
  if (type.hasPrefixes === true && typeof value === 'string' && value.includes('/')) {
    const { bytes, length } = parseLeadingBits(type, value);
    const mask = maskOf(length, bytes.length);
    return { first: bytes, last: bytes.map((byte, index) => byte | (~mask[index]! & 0xff)), isOne: false };
  }
  const bytes = type.parse(value);
  return { first: bytes, last: bytes, isOne: true };
}

/** Values from one to another in words. */
export function formatRange(type: ValueType, first: Uint8Array, last: Uint8Array): unknown {
  if (Buffer.compare(first, last) === 0) return type.format(first);
  const length = type.hasPrefixes === true ? prefixBetween(first, last) : undefined;
  if (length !== undefined) return `${String(type.format(first))}/${String(length)}`;
  return { from: type.format(first), to: type.format(last) };
}

/** The length of the prefix that is all from one address to another. */
export function prefixBetween(first: Uint8Array, last: Uint8Array): number | undefined {
  for (let length = 0; length <= first.length * 8; length++) {
    const mask = maskOf(length, first.length);
    const isPrefix = first.every((byte, at) => (byte & ~mask[at]!) === 0 && last[at] === (byte | (~mask[at]! & 0xff)));
    if (isPrefix) return length;
  }
  return undefined;
}

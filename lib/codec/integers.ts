import { outOfRange, show, wrongType } from '../errors';
import { hostOrder } from './byte-order';
import { fieldOf, type Field, type FixedType, type Type } from './type';

/** Throws unless a value is a whole number from `least` to `most`; `unit` names what is counted. */
export function checkInteger(value: unknown, least: number, most: number, unit?: string): asserts value is number {
  if (typeof value !== 'number') {
    throw wrongType(`must be a number${unit === undefined ? '' : ` of ${unit}`}, not ${show(value)}`);
  }
  if (!Number.isInteger(value) || value < least || value > most) {
    throw outOfRange(`must be a whole number from ${String(least)} to ${String(most)}, not ${String(value)}`);
  }
}

function integer(
  [least, most]: readonly [number, number],
  put: (view: DataView, at: number, value: number) => void,
  decode: FixedType<number>['decode'],
): FixedType<number> {
  const size = Math.log2(most - least + 1) / 8;
  return {
    size,
    encode(writer, value) {
      checkInteger(value, least, most);
      const at = writer.reserve(size);
      put(writer.view, at, value);
    },
    decode,
  };
}

// Each has accessors of its own: messages consist of numbers, and a single function that chose the accessor by its
// name, `view[get]()`, took twice as long.

export const uint8 = integer(
  [0, 0xff],
  (view, at, value) => {
    view.setUint8(at, value);
  },
  ({ view }, start, end) => (end - start < 1 ? 0 : view.getUint8(start)),
);
export const uint16 = integer(
  [0, 0xffff],
  (view, at, value) => {
    view.setUint16(at, value, hostOrder);
  },
  ({ view }, start, end) => (end - start < 2 ? 0 : view.getUint16(start, hostOrder)),
);
export const uint32 = integer(
  [0, 0xffffffff],
  (view, at, value) => {
    view.setUint32(at, value, hostOrder);
  },
  ({ view }, start, end) => (end - start < 4 ? 0 : view.getUint32(start, hostOrder)),
);
export const int32 = integer(
  [-0x80000000, 0x7fffffff],
  (view, at, value) => {
    view.setInt32(at, value, hostOrder);
  },
  ({ view }, start, end) => (end - start < 4 ? 0 : view.getInt32(start, hostOrder)),
);
/** In network order. */
export const uint16be = integer(
  [0, 0xffff],
  (view, at, value) => {
    view.setUint16(at, value, false);
  },
  ({ view }, start, end) => (end - start < 2 ? 0 : view.getUint16(start, false)),
);
/** In network order. */
export const uint32be = integer(
  [0, 0xffffffff],
  (view, at, value) => {
    view.setUint32(at, value, false);
  },
  ({ view }, start, end) => (end - start < 4 ? 0 : view.getUint32(start, false)),
);

/** With a sign, in network order. */
export const int32be = integer(
  [-0x80000000, 0x7fffffff],
  (view, at, value) => {
    view.setInt32(at, value, false);
  },
  ({ view }, start, end) => (end - start < 4 ? 0 : view.getInt32(start, false)),
);

/** 64 bits as a number: exact below 2^53, which a counter of bytes at 100 Gbit/s reaches after eight days. */
export const uint64: FixedType<number> = {
  size: 8,
  encode(writer, value) {
    checkInteger(value, 0, Number.MAX_SAFE_INTEGER);
    const at = writer.reserve(8);
    writer.view.setBigUint64(at, BigInt(value), hostOrder);
  },
  decode(source, start, end) {
    if (end - start < 8) return 0;
    const first = source.view.getUint32(start, hostOrder);
    const second = source.view.getUint32(start + 4, hostOrder);
    return hostOrder ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  },
};

/** 64 bits with a sign as a number: exact within 2^53. */
export const int64: FixedType<number> = {
  size: 8,
  encode(writer, value) {
    checkInteger(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    const at = writer.reserve(8);
    writer.view.setBigInt64(at, BigInt(value), hostOrder);
  },
  decode: ({ view }, start, end) => (end - start < 8 ? 0 : Number(view.getBigInt64(start, hostOrder))),
};

/** All 64 bits, for values that are not counts. */
export const bigUint64: FixedType<bigint> = {
  size: 8,
  encode(writer, value) {
    if (typeof value !== 'bigint') throw wrongType(`must be a bigint, not ${show(value)}`);
    if (value < 0n || value > 0xffffffffffffffffn) {
      throw outOfRange(`must be a whole number from 0 to 2^64 - 1, not ${String(value)}`);
    }
    const at = writer.reserve(8);
    writer.view.setBigUint64(at, value, hostOrder);
  },
  decode: ({ view }, start, end) => (end - start < 8 ? 0n : view.getBigUint64(start, hostOrder)),
};

/** A number in four bytes, or in eight where it needs them (NLA_UINT). */
export const uint: Type<number> = {
  encode(writer, value) {
    (value > 0xffffffff ? uint64 : uint32).encode(writer, value);
  },
  decode: (source, start, end) => (end - start < 8 ? uint32 : uint64).decode(source, start, end),
};

/** As {@link uint64}, in network order. */
export const uint64be: FixedType<number> = {
  size: 8,
  encode(writer, value) {
    checkInteger(value, 0, Number.MAX_SAFE_INTEGER);
    const at = writer.reserve(8);
    writer.view.setBigUint64(at, BigInt(value), false);
  },
  decode: ({ view }, start, end) =>
    end - start < 8 ? 0 : view.getUint32(start, false) * 2 ** 32 + view.getUint32(start + 4, false),
};

/** True or false, carried by `on` and 0; every other number is true. */
export function booleanOf(carrier: FixedType<number>, on = 1): FixedType<boolean> {
  return {
    size: carrier.size,
    encode(writer, value) {
      if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
      carrier.encode(writer, value ? on : 0);
    },
    decode: (source, start, end) => carrier.decode(source, start, end) !== 0,
  };
}

export const u8 = fieldOf(uint8);
export const u16 = fieldOf(uint16);
export const u32 = fieldOf(uint32);
export const s32 = fieldOf(int32);
export const u16be = fieldOf(uint16be);
/** True or false in a byte. */
export const bool = fieldOf(booleanOf(uint8));

/**
 * An attribute without payload (NLA_FLAG): present or absent. False writes nothing. The kernel reports some with a
 * number, of which 0 is false.
 */
export function flag(number: number): Field<boolean> {
  return {
    numbers: [number],
    readOnly: false,
    encode(writer, value) {
      if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
      if (value) writer.endAttribute(writer.beginAttribute(number));
    },
    decode({ bytes }, start, end) {
      if (start === end) return true;
      for (let at = start; at < end; at++) if (bytes[at] !== 0) return true;
      return false;
    },
  };
}

/**
 * A whole number in the kernel that is in seconds here; `perSecond` of its units are one second. The kernel's clock
 * ticks (USER_HZ) are 100 a second on every architecture that Node runs on.
 */
export function seconds(type: FixedType<number>, perSecond: number): FixedType<number> {
  const part = quotients(perSecond);
  return {
    size: type.size,
    encode(writer, value) {
      if (typeof value !== 'number') throw wrongType(`must be a number of seconds, not ${show(value)}`);
      if (!(value >= 0)) throw outOfRange(`must be 0 seconds or more, not ${String(value)}`);
      const units = Math.round(value * perSecond);
      // Zero usually has a special meaning.
      if (units === 0 && value > 0)
        throw outOfRange(`must be 0 seconds or at least ${String(1 / perSecond)}, not ${String(value)}`);
      try {
        type.encode(writer, units);
      } catch {
        throw outOfRange(`is too many seconds: ${String(value)}`);
      }
    },
    decode: (source, start, end) => part(type.decode(source, start, end)),
  };
}

const MOST_QUOTIENTS = 1024;

/**
 * Divides, and returns the same number object for the same arguments. In V8 a fraction is an object of its own, and the
 * rows of a table have few distinct times.
 */
function quotients(divisor: number): (dividend: number) => number {
  let dividends: (number | undefined)[] | undefined;
  // Not an array of numbers only: such an array would hold the fractions themselves, and not the objects.
  let known: (number | undefined)[] | undefined;
  return (dividend) => {
    dividends ??= new Array<number | undefined>(MOST_QUOTIENTS).fill(undefined);
    known ??= new Array<number | undefined>(MOST_QUOTIENTS).fill(undefined);
    const place = dividend & (MOST_QUOTIENTS - 1);
    if (dividends[place] === dividend) return known[place]!;
    dividends[place] = dividend;
    return (known[place] = dividend / divisor);
  };
}

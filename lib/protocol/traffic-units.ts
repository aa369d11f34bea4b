import { uint32, type FixedType } from '../codec';
import { outOfRange, show, wrongType } from '../errors';

// Units of traffic control. The kernel counts time in ticks of 64 ns (PSCHED_SHIFT; /proc/net/psched says the same on every kernel
// since 2.6.31), rates in bytes a second, and probabilities in parts of 2^32 - 1.

const TICKS_PER_MS = 1e6 / 64;
const WHOLE = 0xffffffff;

/** Milliseconds, in ticks of 64 ns. */
export const ticks: FixedType<number> = {
  size: 4,
  encode(writer, value) {
    checkMilliseconds(value, 268_435);
    uint32.encode(writer, Math.floor(value * TICKS_PER_MS));
  },
  decode: (source, start, end) => uint32.decode(source, start, end) / TICKS_PER_MS,
};

/** Throws unless a value is a time of 0 ms or more. */
export function checkMilliseconds(value: unknown, most: number): asserts value is number {
  if (typeof value !== 'number') throw wrongType(`must be a number of milliseconds, not ${show(value)}`);
  if (!(value >= 0 && value <= most)) {
    throw outOfRange(`must be from 0 to ${String(most)} milliseconds, not ${String(value)}`);
  }
}

/** Ticks in which so many bytes pass at a rate in bits a second, as the kernel counts them. */
export function ticksOf(bytes: number, rate: number): number {
  const { factor, shift } = byteTime(rate);
  return Number((BigInt(bytes) * factor) >> (shift + TICK_SHIFT));
}

/** The most bytes that take so many ticks at a rate in bits a second: 64 ns are 80 bytes at 10 Gbit/s. */
export function bytesIn(time: number, rate: number): number {
  const { factor, shift } = byteTime(rate);
  return Number((((BigInt(time) + 1n) << (shift + TICK_SHIFT)) - 1n) / factor);
}

/** A tick is 2^6 ns. */
const TICK_SHIFT = 6n;
const NS_PER_SECOND = 1_000_000_000n;
const LEAST_FACTOR = 2n ** 31n;
/** With more a second would not fit 64 bits. */
const MOST_SHIFT = 34n;

/** Nanoseconds that a byte takes: the kernel multiplies by a whole number of 32 bits and shifts, which loses what is behind them. */
function byteTime(rate: number): { factor: bigint; shift: bigint } {
  const bytes = BigInt(Math.round(rate / 8));
  let shift = 0n;
  while (shift < MOST_SHIFT && (NS_PER_SECOND << shift) / bytes < LEAST_FACTOR) shift++;
  return { factor: (NS_PER_SECOND << shift) / bytes, shift };
}

/** Rates that do not fit 32 bits of bytes a second have another attribute beside. */
export const LARGEST_RATE32 = 8 * WHOLE;

/** Bits a second, in bytes a second; the largest number where another attribute holds it. */
export const rate32: FixedType<number> = {
  size: 4,
  encode(writer, value) {
    checkRate(value);
    uint32.encode(writer, Math.min(Math.round(value / 8), WHOLE));
  },
  decode: (source, start, end) => uint32.decode(source, start, end) * 8,
};

/** As {@link rate32}, of 64 bits. */
export function rate64Of(carrier: FixedType<number>): FixedType<number> {
  return {
    size: 8,
    encode(writer, value) {
      checkRate(value);
      carrier.encode(writer, Math.round(value / 8));
    },
    decode: (source, start, end) => carrier.decode(source, start, end) * 8,
  };
}

/** The kernel counts bytes, of which a number is exact to 2^53. */
const LARGEST_RATE = 8 * Number.MAX_SAFE_INTEGER;

/** Throws unless a value is a rate. */
export function checkRate(value: unknown): asserts value is number {
  if (typeof value !== 'number') throw wrongType(`must be a number of bits a second, not ${show(value)}`);
  if (!(value >= 8)) throw outOfRange(`must be 8 bits a second or more, not ${String(value)}`);
  if (value > LARGEST_RATE)
    throw outOfRange(`must be at most ${String(LARGEST_RATE)} bits a second, not ${String(value)}`);
}

/** A probability in percent, or what is left of it. Decodes to the shortest number that encodes to the same. */
function percentOf(fraction: (value: number) => number): FixedType<number> {
  const partsOf = (value: number) => roundedToEven(fraction(value) * WHOLE);
  return {
    size: 4,
    encode(writer, value) {
      if (typeof value !== 'number') throw wrongType(`must be a number of percent, not ${show(value)}`);
      if (!(value >= 0 && value <= 100)) throw outOfRange(`must be from 0 to 100 percent, not ${String(value)}`);
      if (value !== 0 && partsOf(value) === partsOf(0)) {
        throw outOfRange(`must be 0 percent or at least ${LEAST_PERCENT}, not ${String(value)}`);
      }
      uint32.encode(writer, partsOf(value));
    },
    decode(source, start, end) {
      const parts = uint32.decode(source, start, end);
      // Both ways are their own inverse.
      const exact = fraction((parts / WHOLE) * 100) * 100;
      for (let digits = 0; digits < 12; digits++) {
        const short = Number(exact.toFixed(digits));
        if (partsOf(short) === parts) return short;
      }
      return exact;
    },
  };
}

/** More than half of a part. */
const LEAST_PERCENT = '1.2e-8';

/** Percent of the whole. */
export const percent = percentOf((value) => value / 100);

/** Percent, of which the kernel holds what is left of the whole. */
export const percentLeft = percentOf((value) => 1 - value / 100);

/** A half becomes the even number, as in iproute2. */
function roundedToEven(exact: number): number {
  const rounded = Math.round(exact);
  return rounded - exact === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

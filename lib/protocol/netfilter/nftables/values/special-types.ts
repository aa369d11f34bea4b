import { checkInteger, hostOrder, sourceOf } from '../../../../codec';
import { isArray, outOfRange, show, wrongType } from '../../../../errors';
import { handleType, type Handle } from '../../../traffic-handles';
import { bytesOf, encodedBy, numberIn, numeric, type ValueType } from './value-type';

// nft's types whose values are written in a way of their own.

const MILLISECONDS = 1000;

/** Seconds, which the kernel has in milliseconds. */
export const seconds: ValueType<number> = {
  ...{ name: 'time', id: 18, size: 4, isHost: true },
  parse(value) {
    if (typeof value !== 'number') throw wrongType(`must be a number of seconds, not ${show(value)}`);
    const milliseconds = Math.round(value * MILLISECONDS);
    checkInteger(milliseconds, 0, 2 ** 32 - 1, 'milliseconds');
    return bytesOf(milliseconds, 4, true);
  },
  format: (bytes) => numberIn(bytes, true) / MILLISECONDS,
};

/** A class of traffic control: '1:10'. */
export const classId: ValueType<string | number> = {
  ...{ name: 'classid', id: 23, size: 4, isHost: true },
  parse(value) {
    if (typeof value === 'number') {
      checkInteger(value, 0, 2 ** 32 - 1);
      return bytesOf(value, 4, true);
    }
    return encodedBy(handleType, value as Handle);
  },
  format: (bytes) => handleType.decode(sourceOf(bytes), 0, 4),
};

/** Whether something is there, in so many bytes. */
export const presenceIn = (size: number): ValueType<boolean> => ({
  ...{ name: 'boolean', id: 39, size, isHost: size > 1 },
  parse(value) {
    if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
    return bytesOf(Number(value), size, size > 1);
  },
  format: (bytes) => bytes.some((byte) => byte !== 0),
});

/** Whether something is there. */
export const presence = presenceIn(1);

const LABELS = 128;

/** Labels of a connection, by their numbers: each is a bit, of words that are in the host's order. */
export const connectionLabels: ValueType<readonly number[]> = {
  ...{ name: 'ct_label', id: 30, size: LABELS / 8, isHost: true, isFlags: true },
  parse(value) {
    const bytes = new Uint8Array(LABELS / 8);
    for (const label of isArray(value) ? value : [value]) {
      checkInteger(label, 0, LABELS - 1);
      const place = placeOf(label);
      bytes[place] = bytes[place]! | (1 << (label & 7));
    }
    return bytes;
  },
  format: (bytes) =>
    Array.from({ length: LABELS }, (_, label) => label).filter(
      (label) => (bytes[placeOf(label)]! & (1 << (label & 7))) !== 0,
    ),
};

function placeOf(label: number): number {
  return hostOrder ? label >> 3 : LABELS / 8 - 1 - (label >> 3);
}

const MILLION = 1_000_000n;
const LATEST = 2n ** 64n - 1n;
const DIGITS_OF_SECOND = 9;

/** A moment, which the kernel has in nanoseconds since 1970: '2030-01-01T00:00:00Z'. */
export const time: ValueType<string> = {
  ...{ name: 'time_date', id: 43, size: 8, isHost: true },
  parse(value) {
    const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(value) : null;
    const milliseconds = match === null ? NaN : Date.parse(`${match[1]!}Z`);
    if (match === null || Number.isNaN(milliseconds))
      throw wrongType(`must be a moment in UTC such as '2030-01-01T00:00:00Z', not ${show(value)}`);
    const nanoseconds = BigInt(milliseconds) * MILLION + BigInt((match[2] ?? '').padEnd(DIGITS_OF_SECOND, '0'));
    if (nanoseconds < 0n || nanoseconds > LATEST) throw outOfRange(`must not be before 1970, as ${show(value)} is`);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, nanoseconds, hostOrder);
    return bytes;
  },
  format(bytes) {
    const nanoseconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, hostOrder);
    const [whole] = new Date(Number(nanoseconds / MILLION)).toISOString().split('.');
    const rest = String(nanoseconds % (MILLION * 1000n)).padStart(DIGITS_OF_SECOND, '0');
    return `${whole!}${rest === '000000000' ? '' : `.${rest.replace(/0+$/, '')}`}Z`;
  },
};

const SECONDS_OF_HOUR = 3600;
const SECONDS_OF_MINUTE = 60;
const SECONDS_OF_DAY = 86_400;

/** A time of the day in UTC, which the kernel has in seconds since midnight: '10:00', '23:59:59'. */
export const hour: ValueType<string> = {
  ...{ name: 'hour', id: 44, size: 4, isHost: true },
  parse(value) {
    const match = typeof value === 'string' ? /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(value) : null;
    const [hours = 0, minutes = 0, rest = 0] = (match ?? [])
      .slice(1)
      .map((part: string | undefined) => Number(part ?? 0));
    const sum = hours * SECONDS_OF_HOUR + minutes * SECONDS_OF_MINUTE + rest;
    if (match === null || minutes > 59 || rest > 59 || sum > SECONDS_OF_DAY)
      throw wrongType(`must be a time of the day in UTC such as '10:00' or '23:59:59', not ${show(value)}`);
    return bytesOf(sum, 4, true);
  },
  format(bytes) {
    const sum = numberIn(bytes, true);
    const parts = [sum / SECONDS_OF_HOUR, (sum / SECONDS_OF_MINUTE) % SECONDS_OF_MINUTE, sum % SECONDS_OF_MINUTE];
    const texts = parts.map((part) => String(Math.floor(part)).padStart(2, '0'));
    return (texts[2] === '00' ? texts.slice(0, 2) : texts).join(':');
  },
};

/** A day of the week, in UTC. */
export const day = numeric('day', 45, 1, {
  words: { sunday: 0, monday: 1, tuesday: 2, wednesday: 3, thursday: 4, friday: 5, saturday: 6 },
});

/** Bytes of a packet, in hexadecimal digits. */
export const octetsOf = (size: number): ValueType<string> => ({
  ...{ name: 'integer', id: 4, size, isHost: false },
  parse(value) {
    if (typeof value !== 'string' || value.length !== size * 2 || !/^[0-9a-f]*$/i.test(value))
      throw wrongType(`must be ${String(size * 2)} hexadecimal digits, not ${show(value)}`);
    return Uint8Array.from(Buffer.from(value, 'hex'));
  },
  format: (bytes) => Buffer.from(bytes).toString('hex'),
});

import {
  bitsToNumber,
  checkInteger,
  checkText,
  ethernetAddressType,
  formatIp,
  hostOrder,
  numberOf,
  parseIp,
  parsePrefix,
  returnWriter,
  sourceOf,
  takeWriter,
  wordsByNumber,
  wordsOfBits,
  type FixedType,
  type Words,
} from '../../../../codec';
import { outOfRange, show, wrongType, wrongValue } from '../../../../errors';
import { maskOf } from './order';

/** What a field of a packet holds, and the elements of a set: one of nft's types. */
export interface ValueType<Value = unknown> {
  /** As nft calls it: 'ipv4_addr'. */
  readonly name: string;
  /** Its number in nft, which the kernel keeps for it. */
  readonly id: number;
  /** Bytes of a value. */
  readonly size: number;
  /** Whether the bytes are in the host's order, and so not in that of the network. */
  readonly isHost: boolean;
  /** Whether a value is any of several bits: a list of words. */
  readonly isFlags?: boolean;
  /** Whether leading bits of a value can be asked for: '10.1.0.0/16'. */
  readonly hasPrefixes?: boolean;
  /** A text that goes on, where it is shorter than a whole value: 'br*'. */
  readonly isText?: boolean;
  /** The types of values that stand together. */
  readonly parts?: readonly ValueType[];
  /** Of a range, which has twice as many bytes as one value, what lies in it: one type, or several that stand together. */
  readonly rangeOf?: readonly ValueType[];
  parse(value: unknown): Uint8Array;
  format(bytes: Uint8Array): Value;
}

/** The bytes of a number. */
export function bytesOf(number: number, size: number, isHost: boolean): Uint8Array {
  const bytes = new Uint8Array(size);
  const little = isHost && hostOrder;
  let rest = number;
  for (let index = 0; index < size; index++) {
    bytes[little ? index : size - 1 - index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** The number that bytes stand for. */
export function numberIn(bytes: Uint8Array, isHost: boolean): number {
  const little = isHost && hostOrder;
  let number = 0;
  for (let index = 0; index < bytes.length; index++) {
    number = number * 256 + bytes[little ? bytes.length - 1 - index : index]!;
  }
  return number;
}

interface NumberTraits<W extends Words> {
  words?: W;
  isHost?: boolean;
  /** Bits, where they are less than the bytes have. */
  bits?: number;
}

type WordIn<W extends Words> = (keyof W & string) | number;

/** A whole number; one of some words, where it has any. */
export function numeric<const W extends Words>(
  name: string,
  id: number,
  size: number,
  traits: NumberTraits<W> & { words: W },
): ValueType<WordIn<W>>;
export function numeric(
  name: string,
  id: number,
  size: number,
  traits?: Omit<NumberTraits<Words>, 'words'>,
): ValueType<number>;
export function numeric(
  name: string,
  id: number,
  size: number,
  { words, isHost = false, bits = size * 8 }: NumberTraits<Words> = {},
): ValueType<string | number> {
  const wordOf = words === undefined ? undefined : wordsByNumber(words);
  return {
    ...{ name, id, size, isHost },
    parse(value) {
      const number = words === undefined ? value : numberOf(words, value);
      checkInteger(number, 0, Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER));
      return bytesOf(number, size, isHost);
    },
    format(bytes) {
      const number = numberIn(bytes, isHost);
      return wordOf === undefined ? number : wordOf(number);
    },
  };
}

/** Bits of which each has a word. */
export function flags<const W extends Words>(
  name: string,
  id: number,
  size: number,
  words: W,
  isHost = false,
): ValueType<readonly WordIn<W>[]> {
  const wordsOf = wordsOfBits(words);
  return {
    ...{ name, id, size, isHost, isFlags: true },
    parse(value) {
      const number = Array.isArray(value) ? bitsToNumber(words, value) : numberOf(words, value);
      checkInteger(number, 0, 2 ** (size * 8) - 1);
      return bytesOf(number, size, isHost);
    },
    format: (bytes) => wordsOf(numberIn(bytes, isHost)),
  };
}

function formatIpv4(bytes: Uint8Array): string {
  return `${String(bytes[0])}.${String(bytes[1])}.${String(bytes[2])}.${String(bytes[3])}`;
}

/** An address of IP. */
export function ipAddress(name: string, id: number, size: 4 | 16): ValueType<string> {
  const version = size === 4 ? 'an IPv4' : 'an IPv6';
  return {
    ...{ name, id, size, isHost: false, hasPrefixes: true },
    parse(value) {
      const bytes = parseIp(value);
      if (bytes.length !== size) throw outOfRange(`must be ${version} address, not ${show(value)}`);
      return bytes;
    },
    format: size === 4 ? formatIpv4 : (bytes) => formatIp(sourceOf(bytes), 0, size),
  };
}

/** The leading bits of an address that are meant, and how many. Throws where bits are set behind them. */
export function parseLeadingBits(type: ValueType, value: unknown): { bytes: Uint8Array; length: number } {
  const { bytes, length } = parsePrefix(value);
  if (bytes.length !== type.size) type.parse(formatIp(sourceOf(bytes), 0, bytes.length));
  const mask = maskOf(length, bytes.length);
  if (bytes.some((byte, index) => (byte & ~mask[index]!) !== 0))
    throw wrongValue(`must have no bits behind its prefix, as ${show(value)} has`);
  return { bytes, length };
}

/** What a type of the codec makes of a value. Throws for what is none. */
export function encodedBy<Input>(type: FixedType<unknown, Input>, value: Input): Uint8Array {
  const writer = takeWriter();
  try {
    type.encode(writer, value);
    return writer.bytes.slice(0, type.size);
  } finally {
    returnWriter(writer);
  }
}

export const etherAddress: ValueType<string> = {
  ...{ name: 'ether_addr', id: 9, size: 6, isHost: false },
  parse: (value) => encodedBy(ethernetAddressType, value as string),
  format: (bytes) => ethernetAddressType.decode(sourceOf(bytes), 0, 6),
};

/** A text, filled with zeros. */
export const textOf = (name: string, id: number, size: number, what = 'a text'): ValueType<string> => ({
  ...{ name, id, size, isHost: true, isText: true },
  parse(value) {
    if (typeof value !== 'string') throw wrongType(`must be ${what}, not ${show(value)}`);
    if (value === '') throw outOfRange('must not be empty');
    checkText(value, size - 1);
    const bytes = new TextEncoder().encode(value);
    const whole = new Uint8Array(size);
    whole.set(bytes);
    return whole;
  },
  format(bytes) {
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  },
});

/** A text of at most 15 bytes, as of a link's name; with '*' at its end, any that begins so. */
export const interfaceName = textOf('ifname', 41, 16, 'the name of a link');

import { outOfRange, show, wrongType } from '../errors';
import { formatIpv4Prefix } from './fast/octet-texts';
import { appendIp, formatIp, parseIp } from './ip-address';
import type { Source } from './type';
import type { Writer } from './writer';

const ZERO = 0x30;

/** An address with the length of its prefix: '10.1.1.1/24'. */
export interface Prefix {
  bytes: Uint8Array;
  length: number;
}

/** An address as of {@link formatIp}, followed by the length of its prefix: '10.1.1.0/24'. */
export function formatPrefix(source: Source, start: number, end: number, length: number): string {
  if (end - start === 4) return formatIpv4Prefix(source.bytes, start, length);
  return `${formatIp(source, start, end)}/${String(length)}`;
}

/** Parses 'ADDRESS/LENGTH'; without a length the prefix is the whole address. */
export function parsePrefix(value: unknown): Prefix {
  checkPrefix(value);
  const end = endOfAddress(value);
  const bytes = parseIp(value.slice(0, end));
  return { bytes, length: lengthBehind(value, end, bytes.length * 8) };
}

/** Appends the address of a prefix, parsed as by {@link parsePrefix}, and returns the prefix length. */
export function appendPrefix(writer: Writer, value: unknown): number {
  checkPrefix(value);
  const end = endOfAddress(value);
  const size = appendIp(writer, value, end);
  return lengthBehind(value, end, size * 8);
}

function checkPrefix(value: unknown): asserts value is string {
  if (typeof value !== 'string')
    throw wrongType(`must be an address with a prefix length such as '10.1.1.0/24', not ${show(value)}`);
}

function endOfAddress(value: string): number {
  const slash = value.indexOf('/');
  return slash < 0 ? value.length : slash;
}

/** The prefix length after an address that ends at `end`; `most` if nothing follows. */
function lengthBehind(value: string, end: number, most: number): number {
  if (end === value.length) return most;
  const length = parseLength(value, end + 1);
  if (!(length <= most)) throw outOfRange(`must have a prefix length from 0 to ${String(most)}, not ${show(value)}`);
  return length;
}

/** The whole number at the end of a text, of up to three digits and without leading zeros; otherwise NaN. */
function parseLength(text: string, start: number): number {
  if (text.length === start || text.length > start + 3) return Number.NaN;
  let length = 0;
  for (let at = start; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9 || (at > start && length === 0)) return Number.NaN;
    length = 10 * length + digit;
  }
  return length;
}

/**
 * Whether the address from `start` to `end` has bits set after its prefix: true for '10.1.1.1/24', whose network is
 * '10.1.1.0/24'.
 */
export function hasHostBits(bytes: Uint8Array, start: number, end: number, length: number): boolean {
  let rest = length;
  for (let at = start; at < end; at++, rest -= 8) {
    if (rest < 8 && (bytes[at]! & (0xff >> Math.max(rest, 0))) !== 0) return true;
  }
  return false;
}

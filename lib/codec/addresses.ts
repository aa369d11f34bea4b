import { outOfRange, show, wrongType, wrongValue } from '../errors';
import { packages } from '../packages';
import { formatIpv4, formatIpv4Prefix, formatMac, hexText } from './octet-texts';
import { field, fieldOf, type Field, type FixedType, type Source, type Type } from './type';
import type { Writer } from './writer';

/** The kernel's numbers of address families. */
export const AF = { unspec: 0, unix: 1, inet: 2, bridge: 7, inet6: 10, packet: 17, mpls: 28 } as const;

/** An address family by iproute2's word. */
export type IpFamily = 'inet' | 'inet6';

/** What errors call a family. */
export const familyNames = { inet: 'IPv4', inet6: 'IPv6' } as const;

/** The bytes of an IPv4 or IPv6 address in network order. Shorthands such as '10.1' or octal octets are refused. */
export function parseIp(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw notAnIp(value);
  const bytes = new Uint8Array(4);
  return putIpv4(bytes, 0, value, value.length) ? bytes : parseIpv6(value);
}

/** Appends what {@link parseIp} would answer, of the text up to `end`, and answers how many bytes that are. */
export function appendIp(writer: Writer, value: unknown, end?: number): 4 | 16 {
  if (typeof value !== 'string') throw notAnIp(value);
  const start = writer.reserve(4);
  if (putIpv4(writer.bytes, start, value, end ?? value.length)) return 4;
  writer.cut(start);
  writer.append(parseIpv6(value.slice(0, end)));
  return 16;
}

function parseIpv6(text: string): Uint8Array {
  if (!packages.net.isIPv6(text) || text.includes('%')) throw wrongValue(`must be an IP address, not ${show(text)}`);
  return bytesOfIpv6(text);
}

/** The bytes of what is an IPv6 address. A tenth of the time that ipaddr.js takes (0.19 us against 1.9, 100,000 of them). */
function bytesOfIpv6(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  let at = 0;
  let gap = -1;
  let group = 0;
  let groupStart = 0;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : COLON;
    if (code === FULL_STOP) {
      putIpv4(bytes, at, text.slice(groupStart), text.length - groupStart);
      at += 4;
      break;
    }
    if (code !== COLON) {
      group = (group << 4) | (code <= NINE ? code - ZERO : (code | LOWER_CASE) - BEFORE_A);
      continue;
    }
    if (index === groupStart) {
      gap = at;
    } else {
      bytes[at++] = group >> 8;
      bytes[at++] = group;
    }
    group = 0;
    groupStart = index + 1;
  }
  if (gap >= 0) {
    const end = bytes.length - (at - gap);
    bytes.copyWithin(end, gap, at);
    bytes.fill(0, gap, end);
  }
  return bytes;
}

function notAnIp(value: unknown): Error {
  return wrongType(`must be an IP address, not ${show(value)}`);
}

/**
 * Puts the bytes of an IPv4 address, the text up to `end`, where there is room for them; false if it is none. Every address
 * and route that is added comes through here; ipaddr.js took a quarter of the time that encoding one takes.
 */
function putIpv4(bytes: Uint8Array, start: number, text: string, end: number): boolean {
  let octet = -1;
  let index = 0;
  for (let at = 0; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit === DOT && octet >= 0 && index < 3) {
      bytes[start + index++] = octet;
      octet = -1;
    } else if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return false;
    } else {
      return false;
    }
  }
  if (index !== 3 || octet < 0) return false;
  bytes[start + 3] = octet;
  return true;
}

const ZERO = 0x30;
const FULL_STOP = 0x2e;
const DOT = FULL_STOP - ZERO;
const NINE = 0x39;
const COLON = 0x3a;
const LOWER_CASE = 0x20;
/** So far is the digit 'a' from ten. */
const BEFORE_A = 0x61 - 10;

/** Canonical text (RFC 5952 for IPv6) of 4 or 16 bytes; other lengths as hexadecimal octets, as link layers have them. */
export function formatIp(source: Source, start: number, end: number): string {
  if (end - start === 4) return formatIpv4(source.bytes, start);
  if (end - start === 16) return formatIpv6(source.bytes, start);
  return formatOctets(source.bytes, start, end);
}

/** An address as {@link formatIp} writes it, and the length of its prefix behind it: '10.1.1.0/24'. */
export function formatPrefix(source: Source, start: number, end: number, length: number): string {
  if (end - start === 4) return formatIpv4Prefix(source.bytes, start, length);
  return `${formatIp(source, start, end)}/${String(length)}`;
}

/** Dumps are made of addresses, and ipaddr.js takes ten times as long to format one (3.4 us against 0.36, 200,000 of them). */
function formatIpv6(bytes: Uint8Array, at: number): string {
  const groups: number[] = [];
  let runStart = -1;
  let runLength = 1;
  let zeros = 0;
  for (let index = 0; index < 8; index++) {
    const group = (bytes[at + 2 * index]! << 8) | bytes[at + 2 * index + 1]!;
    groups.push(group);
    zeros = group === 0 ? zeros + 1 : 0;
    if (zeros > runLength) {
      runLength = zeros;
      runStart = index - zeros + 1;
    }
  }
  if (runStart === 0 && runLength === 5 && groups[5] === 0xffff) return `::ffff:${formatIpv4(bytes, at + 12)}`;
  let text = '';
  for (let index = 0; index < 8; index++) {
    if (index === runStart) {
      text += '::';
      index += runLength - 1;
    } else {
      text += (text === '' || text.endsWith(':') ? '' : ':') + groups[index]!.toString(16);
    }
  }
  return text;
}

/** Octets as a MAC address is written: '02:00:5e:10:00:00'. */
export function formatOctets(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 6) return formatMac(bytes, start);
  if (start >= end) return '';
  let text = hexText(bytes[start]!);
  for (let at = start + 1; at < end; at++) text += `:${hexText(bytes[at]!)}`;
  return text;
}

/** The bytes of hexadecimal octets with colons, of none as well; undefined if it is something else. */
function parseOctets(text: string): Uint8Array | undefined {
  if (text === '') return new Uint8Array();
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));
}

/** The longest address of a link layer, in bytes (MAX_ADDR_LEN). */
const LONGEST_LINK_ADDRESS = 32;

/** The bytes of a link-layer address: hexadecimal octets with colons, or an IP address as tunnels have. */
export function parseLinkAddress(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw wrongType(`must be a link-layer address, not ${show(value)}`);
  const bytes = value === '' ? undefined : parseOctets(value);
  if (bytes !== undefined && bytes.length <= LONGEST_LINK_ADDRESS) return bytes;
  try {
    return parseIp(value);
  } catch {
    throw wrongValue(`must be a link-layer address such as 02:00:00:00:00:01, not ${show(value)}`);
  }
}

/** An IPv4 or IPv6 address; which, its length tells. */
export const ipType: Type<string> = {
  encode(writer, value) {
    appendIp(writer, value);
  },
  decode: formatIp,
};

/** An address of one family, as structs have. */
export function ipOf(family: IpFamily): FixedType<string> {
  const size = family === 'inet' ? 4 : 16;
  return {
    size,
    encode(writer, value) {
      if (appendIp(writer, value) !== size)
        throw wrongValue(`must be an ${family === 'inet' ? 'IPv4' : 'IPv6'} address, not ${show(value)}`);
    },
    decode: (source, start, end) => (end - start < size ? '' : formatIp(source, start, start + size)),
  };
}

/** A link-layer address: six octets for Ethernet, an IP address for tunnels (4 bytes; 16 for those over IPv6). */
export const linkAddressType: Type<string> = {
  encode(writer, value) {
    writer.append(parseLinkAddress(value));
  },
  decode: (source, start, end) =>
    end - start === 4 || end - start === 16 ? formatIp(source, start, end) : formatOctets(source.bytes, start, end),
};

export function linkAddress(number: number): Field<string> {
  return field(number, linkAddressType);
}

/** As {@link linkAddressType}, of a link layer that may have no addresses, as a tun: then it is ''. */
export const optionalLinkAddressType: Type<string> = {
  ...linkAddressType,
  encode(writer, value) {
    if (value !== '') linkAddressType.encode(writer, value);
  },
};

/** Octets of any number as hexadecimal ones, '00:1b:21', whatever else so many bytes may be. */
export const hexOctetsType: Type<string> = {
  encode(writer, value) {
    const wrong = typeof value === 'string' ? wrongValue : wrongType;
    const bytes = typeof value === 'string' ? parseOctets(value) : undefined;
    if (bytes === undefined) throw wrong(`must be hexadecimal octets such as 00:1b:21, not ${show(value)}`);
    writer.append(bytes);
  },
  decode: ({ bytes }, start, end) => formatOctets(bytes, start, end),
};

export const hexOctets = fieldOf(hexOctetsType);

/** An address that has one attribute for both families, or one for each. */
export function ipAddress(number: number, numberOfIpv6 = number): Field<string> {
  return {
    numbers: number === numberOfIpv6 ? [number] : [number, numberOfIpv6],
    readOnly: false,
    encode(writer, value) {
      const start = writer.beginAttribute(familyOfText(value) === 'inet' ? number : numberOfIpv6);
      appendIp(writer, value);
      writer.endAttribute(start);
    },
    decode: formatIp,
  };
}

/** An address with the length of its prefix: '10.1.1.1/24'. */
export interface Prefix {
  bytes: Uint8Array;
  length: number;
}

/** Parses 'ADDRESS/LENGTH'; without a length the whole address. */
export function parsePrefix(value: unknown): Prefix {
  checkPrefix(value);
  const end = endOfAddress(value);
  const bytes = parseIp(value.slice(0, end));
  return { bytes, length: lengthBehind(value, end, bytes.length * 8) };
}

/** Appends the address of a prefix, read as by {@link parsePrefix}, and answers its length. */
export function appendPrefix(writer: Writer, value: unknown): number {
  checkPrefix(value);
  const end = endOfAddress(value);
  const size = appendIp(writer, value, end);
  return lengthBehind(value, end, size * 8);
}

function checkPrefix(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw wrongType(`must be an address with a prefix length, not ${show(value)}`);
}

function endOfAddress(value: string): number {
  const slash = value.indexOf('/');
  return slash < 0 ? value.length : slash;
}

/** The length behind an address that ends at `end`; `most` where nothing follows. */
function lengthBehind(value: string, end: number, most: number): number {
  if (end === value.length) return most;
  const length = parseLength(value, end + 1);
  if (!(length <= most)) throw outOfRange(`must have a prefix length from 0 to ${String(most)}, not ${show(value)}`);
  return length;
}

/** The whole number that a text ends with, of up to three digits and without zeros before it; else NaN. */
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

/** True if the address from `start` to `end` has bits set behind its prefix: '10.1.1.1/24', where a network is '10.1.1.0/24'. */
export function hasHostBits(bytes: Uint8Array, start: number, end: number, length: number): boolean {
  let rest = length;
  for (let at = start; at < end; at++, rest -= 8) {
    if (rest < 8 && (bytes[at]! & (0xff >> Math.max(rest, 0))) !== 0) return true;
  }
  return false;
}

/** The family that an address of so many bytes belongs to. */
export function familyOf(bytes: Uint8Array): IpFamily {
  return bytes.length === 4 ? 'inet' : 'inet6';
}

/** The family that an address or prefix would be of, if it is one; nothing else is checked. */
export function familyOfText(value: unknown): IpFamily {
  return typeof value === 'string' && value.includes(':') ? 'inet6' : 'inet';
}

/** The word of a family's number; the number itself for families without one here. */
export function familyWord(number: number): IpFamily | number {
  return number === AF.inet ? 'inet' : number === AF.inet6 ? 'inet6' : number;
}

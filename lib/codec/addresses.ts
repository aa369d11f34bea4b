import { show, wrongType, wrongValue } from '../errors';
import { packages } from '../packages';
import { formatIpv4, formatIpv4Prefix, formatMac, hexText } from './octet-texts';
import { field, fieldOf, type Field, type FixedType, type Source, type Type } from './type';

/** The kernel's numbers of address families. */
export const AF = { unspec: 0, unix: 1, inet: 2, bridge: 7, inet6: 10, packet: 17, mpls: 28 } as const;

/** An address family by iproute2's word. */
export type IpFamily = 'inet' | 'inet6';

/** The bytes of an IPv4 or IPv6 address in network order. Shorthands such as '10.1' or octal octets are refused. */
export function parseIp(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw wrongType(`must be an IP address, not ${show(value)}`);
  const ipv4 = parseIpv4(value);
  if (ipv4 !== undefined) return ipv4;
  const { net, ipaddr } = packages;
  if (net.isIPv6(value) && !value.includes('%')) {
    return Uint8Array.from(ipaddr.IPv6.parse(value).toByteArray());
  }
  throw wrongValue(`must be an IP address, not ${show(value)}`);
}

/** Every address and route that is added comes through here; ipaddr.js took a quarter of the time that encoding one takes. */
function parseIpv4(text: string): Uint8Array | undefined {
  if (text.length > 15) return undefined;
  const bytes = new Uint8Array(4);
  let octet = -1;
  let index = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit === DOT && octet >= 0 && index < 3) {
      bytes[index++] = octet;
      octet = -1;
    } else if (digit >= 0 && digit <= 9 && octet !== 0) {
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    } else {
      return undefined;
    }
  }
  if (index !== 3 || octet < 0) return undefined;
  bytes[3] = octet;
  return bytes;
}

const ZERO = 0x30;
const DOT = 0x2e - ZERO;

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
  if (start === end) return '';
  let text = hexText(bytes[start]!);
  for (let at = start + 1; at < end; at++) text += `:${hexText(bytes[at]!)}`;
  return text;
}

/** The bytes of a link-layer address: hexadecimal octets with colons, or an IP address as tunnels have. */
export function parseLinkAddress(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw wrongType(`must be a link-layer address, not ${show(value)}`);
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){1,31}$/i.test(value)) {
    return Uint8Array.from(value.split(':'), (part) => Number.parseInt(part, 16));
  }
  try {
    return parseIp(value);
  } catch {
    throw wrongValue(`must be a link-layer address such as 02:00:00:00:00:01, not ${show(value)}`);
  }
}

/** An IPv4 or IPv6 address; which, its length tells. */
export const ipType: Type<string> = {
  encode(writer, value) {
    writer.append(parseIp(value));
  },
  decode: formatIp,
};

/** An address of one family, as structs have. */
export function ipOf(family: IpFamily): FixedType<string> {
  const size = family === 'inet' ? 4 : 16;
  return {
    size,
    encode(writer, value) {
      const bytes = parseIp(value);
      if (bytes.length !== size)
        throw wrongValue(`must be an ${family === 'inet' ? 'IPv4' : 'IPv6'} address, not ${show(value)}`);
      writer.append(bytes);
    },
    decode: (source, start, end) => (end - start < size ? '' : formatIp(source, start, start + size)),
  };
}

/** The address of a prefix, which requests have parsed already for the header's sake. */
export const parsedIpType: Type<string, Uint8Array> = {
  encode: (writer, address) => {
    writer.append(address);
  },
  decode: formatIp,
};

export const parsedIp = fieldOf(parsedIpType);

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

/** An address that has one attribute for both families, or one for each. */
export function ipAddress(number: number, numberOfIpv6 = number): Field<string> {
  return {
    numbers: number === numberOfIpv6 ? [number] : [number, numberOfIpv6],
    readOnly: false,
    encode(writer, value) {
      const bytes = parseIp(value);
      const start = writer.beginAttribute(bytes.length === 4 ? number : numberOfIpv6);
      writer.append(bytes);
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
  if (typeof value !== 'string') throw wrongType(`must be an address with a prefix length, not ${show(value)}`);
  const slash = value.indexOf('/');
  const bytes = parseIp(slash < 0 ? value : value.slice(0, slash));
  const most = bytes.length * 8;
  if (slash < 0) return { bytes, length: most };
  const length = parseLength(value, slash + 1);
  if (!(length <= most)) {
    throw wrongValue(`must have a prefix length from 0 to ${String(most)}, not ${show(value)}`);
  }
  return { bytes, length };
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

/** True if an address has bits set behind the prefix: '10.1.1.1/24', where a network would be '10.1.1.0/24'. */
export function hasHostBits({ bytes, length }: Prefix): boolean {
  let rest = length;
  for (const byte of bytes) {
    if (rest < 8 && (byte & (0xff >> Math.max(rest, 0))) !== 0) return true;
    rest -= 8;
  }
  return false;
}

/** The family that an address of so many bytes belongs to. */
export function familyOf(bytes: Uint8Array): IpFamily {
  return bytes.length === 4 ? 'inet' : 'inet6';
}

/** The word of a family's number; the number itself for families without one here. */
export function familyWord(number: number): IpFamily | number {
  return number === AF.inet ? 'inet' : number === AF.inet6 ? 'inet6' : number;
}

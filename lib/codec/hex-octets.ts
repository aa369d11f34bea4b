import { show, wrongType, wrongValue } from '../errors';
import { formatMac, hexText } from './fast/octet-texts';
import { fieldOf, type Type } from './type';

/** Octets in the form of a MAC address: '02:00:5e:10:00:00'. */
export function formatOctets(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 6) return formatMac(bytes, start);
  if (start >= end) return '';
  let text = hexText(bytes[start]!);
  for (let at = start + 1; at < end; at++) text += `:${hexText(bytes[at]!)}`;
  return text;
}

/** The bytes of hexadecimal octets with colons, or of an empty text; undefined for anything else. */
export function parseOctets(text: string): Uint8Array | undefined {
  if (text === '') return new Uint8Array();
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (part) => Number.parseInt(part, 16));
}

/** Any number of octets in hexadecimal, '00:1b:21', whatever else that many bytes may mean. */
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

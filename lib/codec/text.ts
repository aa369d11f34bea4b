import { show, wrongType, wrongValue } from '../errors';
import { field, fieldOf, type Field, type Source, type Type } from './type';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes text up to its NUL or the end; names are ASCII nearly always, and short. */
export function decodeText(source: Source, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = source.bytes[at] ?? 0;
    if (byte === 0) return text;
    if (byte > 127) return decodeUnicode(source.bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUnicode(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The bytes of a text; throws if there is a NUL in it or more than `most` bytes. */
export function encodeText(value: unknown, most: number): Uint8Array {
  if (typeof value !== 'string') throw wrongType(`must be a string, not ${show(value)}`);
  if (value.includes('\0')) throw wrongValue('must not contain NUL');
  const bytes = encodeAscii(value) ?? encoder.encode(value);
  if (bytes.length > most) throw wrongValue(`must be at most ${String(most)} bytes long, not ${String(bytes.length)}`);
  return bytes;
}

/** Names are short and ASCII nearly always, where a loop beats TextEncoder by far; undefined if a character is not. */
function encodeAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** Text, NUL-terminated, of at most `most` bytes without the NUL. */
export function textOf(most: number): Type<string> {
  return {
    encode(writer, value) {
      writer.append(encodeText(value, most));
      writer.uint8(0);
    },
    decode: decodeText,
  };
}

/** Text that ends with its attribute, without a NUL: empty text is an empty attribute. */
export function unterminatedText(number: number, most: number): Field<string> {
  return field(number, {
    encode: (writer, value: string) => {
      writer.append(encodeText(value, most));
    },
    decode: decodeText,
  });
}

/** The field of a text; see {@link textOf}. */
export function text(number: number, most: number): Field<string> {
  return field(number, textOf(most));
}

/** Bytes as they are. */
export const octets: Type<Uint8Array> = {
  encode(writer, value) {
    if (!(value instanceof Uint8Array)) throw wrongType(`must be a Uint8Array, not ${show(value)}`);
    writer.append(value);
  },
  decode: (source, start, end) => source.bytes.slice(start, end),
};

export const bytes = fieldOf(octets);

/** The longest name of a link, without its NUL (IFNAMSIZ - 1). */
export const LONGEST_LINK_NAME = 15;
/** The longest alternative name of a link, without its NUL (ALTIFNAMSIZ - 1). */
export const LONGEST_ALTERNATIVE_NAME = 127;

/** Throws unless a value can name a link. */
export function checkLinkName(value: unknown, most = LONGEST_LINK_NAME): asserts value is string {
  const { length } = encodeText(value, most);
  if (length === 0) throw wrongValue('must not be empty');
  if (value === '.' || value === '..') throw wrongValue(`must not be ${show(value)}`);
  if (/[/:\s]/.test(value as string)) throw wrongValue(`must not contain '/', ':' or white space: ${show(value)}`);
}

/** A link's name, as the kernel allows them. */
export function linkNameOf(most: number): Type<string> {
  const name = textOf(most);
  return {
    encode(writer, value) {
      checkLinkName(value, most);
      name.encode(writer, value);
    },
    decode: decodeText,
  };
}

export const linkName = fieldOf(linkNameOf(LONGEST_LINK_NAME));

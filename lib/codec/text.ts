import { types } from 'node:util';

import { outOfRange, show, wrongType, wrongValue } from '../errors';
import { field, fieldOf, type Field, type Source, type Type } from './type';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes text up to its NUL or the end. Names are short, and nearly always ASCII. */
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

/** A lone UTF-16 surrogate. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Throws if a text contains NUL, is not well-formed Unicode, or takes more than `most` bytes; returns how many it
 * takes.
 */
export function checkText(value: unknown, most: number): number {
  if (typeof value !== 'string') throw wrongType(`must be a string, not ${show(value)}`);
  if (value.includes('\0')) throw wrongValue('must not contain NUL');
  const isPlain = isAscii(value);
  // Encoding would replace it by U+FFFD, and so change the text.
  if (!isPlain && LONE_SURROGATE.test(value)) throw wrongValue(`must be well-formed Unicode, not ${show(value)}`);
  const length = isPlain ? value.length : Buffer.byteLength(value);
  if (length > most) throw outOfRange(`must be at most ${String(most)} bytes long, not ${String(length)}`);
  return length;
}

/** Does the same for a name, which is never empty. */
export function checkName(value: unknown, most: number): number {
  const length = checkText(value, most);
  if (length === 0) throw wrongValue('must not be empty');
  return length;
}

/** Names are short and nearly always ASCII; for those a loop is much faster than TextEncoder. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** Writes the bytes of a text at a place with enough room. */
export function putText(bytes: Uint8Array, at: number, text: string, length: number): void {
  if (length !== text.length) bytes.set(encoder.encode(text), at);
  else for (let index = 0; index < length; index++) bytes[at + index] = text.charCodeAt(index);
}

function typeOf(check: typeof checkText, most: number, terminator: 0 | 1): Type<string> {
  return {
    encode(writer, value) {
      const length = check(value, most);
      const start = writer.reserve(length + terminator);
      putText(writer.bytes, start, value, length);
    },
    decode: decodeText,
  };
}

/** Text, NUL-terminated, of at most `most` bytes without the NUL. */
export function textOf(most: number): Type<string> {
  return typeOf(checkText, most, 1);
}

/** The field of a text; see {@link textOf}. */
export function text(number: number, most: number): Field<string> {
  return field(number, textOf(most));
}

/** The field of a text that must not be empty, such as a name. */
export function nonEmptyText(number: number, most: number): Field<string> {
  return field(number, typeOf(checkName, most, 1));
}

/** Text that ends with its attribute, without a NUL: empty text is an empty attribute. */
export function unterminatedText(number: number, most: number): Field<string> {
  return field(number, typeOf(checkText, most, 0));
}

/** Bytes as they are. */
export const octets: Type<Uint8Array> = {
  encode(writer, value) {
    if (!types.isUint8Array(value)) throw wrongType(`must be a Uint8Array, not ${show(value)}`);
    writer.append(value);
  },
  decode: (source, start, end) => source.bytes.slice(start, end),
};

export const bytes: (number: number) => Field<Uint8Array> = fieldOf(octets);

/** The longest name of a link, without its NUL (IFNAMSIZ - 1). */
export const LONGEST_LINK_NAME = 15;
/** The longest alternative name of a link, without its NUL (ALTIFNAMSIZ - 1). */
export const LONGEST_ALTERNATIVE_NAME = 127;

/** The name that was checked last: tables repeat the same few. */
let knownName: unknown;

/** Throws unless a value can name a link. */
export function checkLinkName(value: unknown, most = LONGEST_LINK_NAME): asserts value is string {
  if (value === knownName && most >= LONGEST_LINK_NAME) return;
  const length = checkName(value, most);
  if (value === '.' || value === '..') throw wrongValue(`must not be ${show(value)}`);
  if (/[/:\s]/.test(value as string)) throw wrongValue(`must not contain '/', ':' or white space: ${show(value)}`);
  if (length <= LONGEST_LINK_NAME) knownName = value;
}

/** A link's name, by the kernel's rules. */
export function linkNameOf(most: number): Type<string> {
  return typeOf(
    (value) => {
      checkLinkName(value, most);
      return checkText(value, most);
    },
    most,
    1,
  );
}

export const linkName = fieldOf(linkNameOf(LONGEST_LINK_NAME));

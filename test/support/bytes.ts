import { hostOrder, sourceOf, Writer, type Source, type Type } from '../../lib/codec';

/** Bytes, literal or already built. */
export type Piece = number | readonly number[] | Uint8Array;

/** One behind the other. */
export function bytes(...pieces: Piece[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => (typeof piece === 'number' ? [piece] : [...piece])));
}

/** The octets of a number, most significant first, in the host's order: `host(0x12, 0x34)` is the u16 0x1234. */
export function host(...octets: number[]): Uint8Array {
  return Uint8Array.from(hostOrder ? octets.toReversed() : octets);
}

/** The characters of a text, without a NUL. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A u16 in the host's order. */
export function u16(value: number): Uint8Array {
  return host(value >>> 8, value & 0xff);
}

/** A u32 in the host's order. */
export function u32(value: number): Uint8Array {
  return host(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** An attribute: length, type, payload, and padding to four bytes. */
export function attribute(type: number, ...payload: Piece[]): Uint8Array {
  const content = bytes(...payload);
  return bytes(u16(content.length + 4), u16(type), content, new Uint8Array(-content.length & 3));
}

/** What encoding writes. */
export function encoded(encode: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  encode(writer);
  return writer.bytes.slice(0, writer.position);
}

/** What a type makes of bytes that lie in the midst of others, which it must not read. */
export function decoded<Output>(type: Pick<Type<Output, never>, 'decode'>, content: Uint8Array): Output {
  const { source, start, end } = amidst(content);
  return type.decode(source, start, end);
}

/** Bytes between others. */
export function amidst(content: Uint8Array): { source: Source; start: number; end: number } {
  const around = new Uint8Array(12).fill(0xee);
  return { source: sourceOf(bytes(around, content, around)), start: 12, end: 12 + content.length };
}

/** The error that a function throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

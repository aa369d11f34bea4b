import type { Source, Type } from '../type';

const MOST_TEXTS = 256;
const SHIFT = 32 - Math.log2(MOST_TEXTS);
const LONGEST = 32;

/**
 * Returns the same string for bytes that were seen recently (256 entries). Gateways repeat, so a table that is kept
 * takes less memory, and the garbage collector has less to copy.
 */
export function interned(decode: Type<string>['decode']): Type<string>['decode'] {
  const texts = new Array<string | undefined>(MOST_TEXTS).fill(undefined);
  const lengths = new Uint8Array(MOST_TEXTS);
  const contents = new Uint8Array(MOST_TEXTS * LONGEST);

  return (source, start, end) => {
    const length = end - start;
    if (length > LONGEST) return decode(source, start, end);
    const { bytes } = source;
    let hash = length;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    const place = Math.imul(hash, 0x9e3779b1) >>> SHIFT;
    const text = texts[place];
    if (text !== undefined && lengths[place] === length && isSame(source, start, length, place)) return text;
    lengths[place] = length;
    for (let index = 0; index < length; index++) contents[place * LONGEST + index] = bytes[start + index]!;
    return (texts[place] = decode(source, start, end));
  };

  function isSame({ bytes }: Source, start: number, length: number, place: number): boolean {
    for (let index = 0; index < length; index++) {
      if (contents[place * LONGEST + index] !== bytes[start + index]) return false;
    }
    return true;
  }
}

import { hostOrder } from '../byte-order';
import type { Source } from '../type';

const PLACES = 256;
const SHIFT = 32 - Math.log2(PLACES);
/** Bytes of the longest payload that is remembered, and the same in words. */
const LONGEST = 96;
const LONGEST_WORDS = LONGEST >> 2;

type Decode<Value> = (source: Source, start: number, end: number, number: number) => Value;

/**
 * A decoder that returns the same object for payloads that were seen recently (256 entries, each remembered when it is seen again); it must
 * not be changed. `mayBeShared` tells whether an object is one whose parts nobody is given.
 */
export function repeated<Value>(decode: Decode<Value>, mayBeShared: (value: Value) => boolean): Decode<Value> {
  const values = new Array<Value | undefined>(PLACES).fill(undefined);
  const hashes = new Int32Array(PLACES);
  const lengths = new Uint8Array(PLACES);
  const contents = new Int32Array(PLACES * LONGEST_WORDS);

  return (source, start, end, number) => {
    const length = end - start;
    if (length === 0 || length > LONGEST || length % 4 !== 0) return decode(source, start, end, number);
    const { view } = source;
    let hash = length;
    for (let at = start; at < end; at += 4) hash = Math.imul(hash ^ view.getInt32(at, hostOrder), 0x9e3779b1);
    const place = hash >>> SHIFT;
    if (hashes[place] !== hash) {
      // What is seen once, as most values are, pushes nothing out.
      hashes[place] = hash;
      lengths[place] = 0;
      return decode(source, start, end, number);
    }
    const first = place * LONGEST_WORDS - (start >> 2);
    if (lengths[place] === length) {
      let isSame = true;
      for (let at = start; at < end; at += 4) isSame &&= contents[first + (at >> 2)] === view.getInt32(at, hostOrder);
      if (isSame) return values[place]!;
    }
    const value = decode(source, start, end, number);
    if (!mayBeShared(value)) return value;
    for (let at = start; at < end; at += 4) contents[first + (at >> 2)] = view.getInt32(at, hostOrder);
    lengths[place] = length;
    return (values[place] = value);
  };
}

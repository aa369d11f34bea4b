import type { Random } from './random';

/** Values at which lengths and numbers turn. */
const edges = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 0x7f, 0x80, 0xff, 0xfffc, 0xffff, 0x7fff];

/** A copy of bytes with some changed: cut off, repeated, moved, or mixed with some of others. The first `kept` stay as they are. */
export function mutated(original: Uint8Array, random: Random, others: readonly Uint8Array[], kept: number): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let change = 1 + random.below(4); change > 0; change--) bytes = changed(bytes, random, others, kept);
  return bytes;
}

function changed(bytes: Buffer, random: Random, others: readonly Uint8Array[], kept: number): Buffer {
  const room = bytes.length - kept;
  if (room < 4) return bytes;
  const at = kept + random.below(room);
  const behind = at + random.below(Math.min(64, bytes.length - at) + 1);
  switch (random.below(7)) {
    case 0:
      bytes[at] = random.below(256);
      return bytes;
    case 1:
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
      return bytes;
    case 2: {
      // A length, mostly: they are of 16 bits, on multiples of four.
      const place = Math.min(kept + ((at - kept) & ~3), bytes.length - 2);
      bytes.writeUInt16LE(random.pick(edges), place);
      return bytes;
    }
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(behind)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, behind), bytes.subarray(at)]);
    case 5:
      return bytes.subarray(0, at);
    default: {
      const other = random.pick(others);
      const from = random.below(other.length);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + 64), bytes.subarray(behind)]);
    }
  }
}

import { uint32 } from './integers';
import type { HoldsMore } from './type';

// Data that newer kernels may send in known attributes: see `holdsMore` of a type.

/** Whether there are more bytes than are known. */
export function longerThan(size: number): HoldsMore {
  return (_source, start, end) => end - start > size;
}

/** Of `struct { __u32 value, mask }`: offset of the mask. */
const MASK = 4;

/**
 * For a number of bits followed by the mask of valid bits: whether there are more bytes, or bits that are not among the
 * `known` ones. `isMaskExact` says that the kernel sets only the bits of the mask that it knows; some kernels set all.
 */
export function holdsOtherBits(known: number, { isMaskExact }: { isMaskExact: boolean }): HoldsMore {
  return (source, start, end) => {
    if (end - start > 2 * MASK) return true;
    const value = uint32.decode(source, start, end);
    const mask = isMaskExact ? uint32.decode(source, start + MASK, end) : 0;
    return ((value | mask) & ~known) !== 0;
  };
}

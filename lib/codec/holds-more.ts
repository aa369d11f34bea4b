import { uint32 } from './integers';
import type { HoldsMore } from './type';

// What newer kernels may send in an attribute that is known: see `holdsMore` of a type.

/** Whether there are more bytes than are known. */
export function longerThan(size: number): HoldsMore {
  return (_source, start, end) => end - start > size;
}

/** Of `struct { __u32 value, mask }`: offset of the mask. */
const MASK = 4;

/**
 * Of a number of bits and, behind it, the mask of those that are meant: whether there are more bytes, or bits that are not among
 * those `known`. `isMaskExact` says that the kernel sets those bits of the mask that it knows; some set all.
 */
export function holdsOtherBits(known: number, { isMaskExact }: { isMaskExact: boolean }): HoldsMore {
  return (source, start, end) => {
    if (end - start > 2 * MASK) return true;
    const value = uint32.decode(source, start, end);
    const mask = isMaskExact ? uint32.decode(source, start + MASK, end) : 0;
    return ((value | mask) & ~known) !== 0;
  };
}

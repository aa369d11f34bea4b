import type { Selector, Step } from './selector';

// Bits that are moved within a register. The kernel does that with words of four bytes in the order of the host.

type Loaded = Pick<Selector, 'load' | 'type'> & { load: { length?: number } };

/** Bytes that are loaded. */
export function sizeOf({ load: { kind, length }, type }: Loaded): number {
  return kind === 'payload' || kind === 'exthdr' ? length! : type.size;
}

/** Whether a value is a number of several bytes in the order of the network, which is turned before its bits are moved, and turned back. */
export function isMovedAsNumber(selector: Loaded): boolean {
  return sizeOf(selector) > 1 && !selector.type.isHost && selector.type.isText !== true;
}

/** What is turned of so many bytes: words of four, in which the bytes behind the last one are 0; or two bytes. */
export function turnedBytes(length: number): { length: number; size: number } {
  return length === 2 ? { length, size: 2 } : { length: Math.ceil(length / 4) * 4, size: 4 };
}

/** How the bits of a field get to the end of its first bytes; undefined if they are there. */
export function takingShift(selector: Selector): Extract<Step, { mask?: undefined }> | undefined {
  const { bits, type } = selector;
  if (bits === undefined) return undefined;
  const right = bits.shift - (sizeOf(selector) - type.size) * 8;
  if (right === 0) return undefined;
  return {
    shift: Math.abs(right),
    to: right > 0 ? 'right' : 'left',
    ...(isMovedAsNumber(selector) && { isNumber: true }),
  };
}

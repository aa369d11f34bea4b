import { hostOrder } from '../../../../codec';
import type { ValueType } from './value-type';

/** Bytes of the host's order in that of the network, and back: there they compare as the values do. */
export function inNetworkOrder({ isHost, isText }: ValueType, bytes: Uint8Array): Uint8Array {
  // Not by way of a number, which has no room for all of eight bytes.
  return isHost && isText !== true && hostOrder ? bytes.slice().reverse() : bytes;
}

/** Whether numbers of a type are turned before they are compared, or looked up among ranges. */
export function hasHostOrder({ isHost, isText, size }: Pick<ValueType, 'isHost' | 'isText' | 'size'>): boolean {
  return isHost && isText !== true && size > 1;
}

/** So many leading bits. */
export function maskOf(length: number, size: number): Uint8Array {
  return Uint8Array.from(
    { length: size },
    (_, index) => (0xff00 >> Math.min(8, Math.max(0, length - index * 8))) & 0xff,
  );
}

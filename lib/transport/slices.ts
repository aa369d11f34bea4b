import { now } from '../clock';
import { withinElement } from '../errors';
import { currentFurnishing } from './trip';

/** Milliseconds of a slice, for which the event loop waits. */
export const SLICE_MS = 1;
/** Elements between two readings of the clock. */
const BETWEEN_LOOKS = 16;

/**
 * As {@link inSlices}, with the index of each element of an array: argument errors get the index before their property.
 */
export function eachElement(count: number, work: (index: number) => void): Promise<void> | undefined {
  return inSlices(count, (index) => {
    try {
      work(index);
    } catch (error) {
      throw withinElement(index, error);
    }
  });
}

/**
 * Calls a function with each number from 0 on, in slices of the event loop's time. The first slice begins at once; returns undefined if
 * nothing is left after it. In a furnishing everything is done in one go.
 */
export function inSlices(count: number, work: (index: number) => void): Promise<void> | undefined {
  const isOneSlice = currentFurnishing() !== undefined;
  let next = 0;

  function slice(): boolean {
    const until = isOneSlice ? Infinity : now() + SLICE_MS;
    for (; next < count; next++) {
      if (next % BETWEEN_LOOKS === BETWEEN_LOOKS - 1 && now() > until) return false;
      work(next);
    }
    return true;
  }

  async function rest(): Promise<void> {
    do await new Promise(setImmediate);
    while (!slice());
  }

  return slice() ? undefined : rest();
}

import { now } from '../clock';
import { within } from '../errors';
import { currentFurnishing } from './trip';

/** The event loop does not wait longer. */
export const SLICE_MS = 1;
/** Elements between two looks at the clock. */
const BETWEEN_LOOKS = 16;

/**
 * Does something for each element of an array, of which the index is given, in slices of the event loop's time. The first
 * begins at once; undefined where nothing is left behind it. What a namespace is created with is done in one go. Throws and rejects with
 * the index before the property of an argument error.
 */
export function eachElement(count: number, work: (index: number) => void): Promise<void> | undefined {
  const isOneSlice = currentFurnishing() !== undefined;
  let next = 0;

  function slice(): boolean {
    const until = isOneSlice ? Infinity : now() + SLICE_MS;
    try {
      for (; next < count; next++) {
        if (next % BETWEEN_LOOKS === BETWEEN_LOOKS - 1 && now() > until) return false;
        work(next);
      }
    } catch (error) {
      throw within(`[${String(next)}]`, error);
    }
    return true;
  }

  async function rest(): Promise<void> {
    do await new Promise(setImmediate);
    while (!slice());
  }

  return slice() ? undefined : rest();
}

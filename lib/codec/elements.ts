import { show, withinElement, wrongType } from '../errors';

/**
 * Writes each element of an array. Holes count as undefined, which no element may be. Errors contain the element's
 * index.
 */
export function eachElementOf(values: unknown, write: (value: never, index: number) => void): void {
  if (!Array.isArray(values)) throw wrongType(`must be an array, not ${show(values)}`);
  // Not `entries()`, which makes an array for each.
  for (let index = 0; index < values.length; index++) {
    try {
      write(values[index] as never, index);
    } catch (error) {
      throw withinElement(index, error);
    }
  }
}

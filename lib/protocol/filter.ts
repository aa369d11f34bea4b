import { numberOf, wordsByNumber, type LinkReference, type Word, type Words } from '../codec';
import { at, checkArgument, wrongType, wrongValue } from '../errors';

/** Throws unless a filter is an object. */
export function checkFilter(filter: unknown): asserts filter is object {
  checkArgument('filter', filter);
}

/**
 * Throws if a filter's property names no link by index 0 or null, which the kernel takes for no filter: it would answer with
 * everything. Other values are checked when they are encoded.
 */
export function checkFilterLink(property: string, device: LinkReference | null | undefined): void {
  if (device === null) throw wrongType('must be the name or index of a link, not null', property);
  if (device === 0) throw wrongValue('must be the name of a link, or its index, which is 1 or more', property);
}

/** Tells what a filter by a word, or by its number, has to be in a row. */
export function wordFilter<const W extends Words>(property: string, words: W) {
  const wordOf = wordsByNumber(words);
  return (wanted: Word<W> | undefined): Word<W> | undefined => {
    if (wanted === undefined) return undefined;
    const number = at(property, () => numberOf(words, wanted));
    return Number.isInteger(number) ? wordOf(number) : number;
  };
}

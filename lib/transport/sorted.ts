import { inSlices } from './slices';

type Compare<Item> = (one: Item, other: Item) => number;

/** So many are put in order at once. */
const AT_ONCE = 64;
/** So many numbers, which takes a tenth of the time. */
const NUMBERS_AT_ONCE = 512;

/** The same in order, as `sort` puts it, in slices of the event loop's time: those that are equal stay as they are to one another. */
export async function sortedInSlices<Item>(items: readonly Item[], compare: Compare<Item>): Promise<Item[]> {
  const sorted = items.slice();
  await inSlices(Math.ceil(items.length / AT_ONCE), (index) => {
    let at = index * AT_ONCE;
    for (const item of items.slice(at, at + AT_ONCE).sort(compare)) sorted[at++] = item;
  });
  return await merged<Item, Item[]>(sorted, sorted.slice(), AT_ONCE, compare);
}

/** The same for numbers, which are sorted where they are as far as possible. */
export async function numbersInSlices(numbers: Float64Array): Promise<Float64Array> {
  await inSlices(Math.ceil(numbers.length / NUMBERS_AT_ONCE), (index) => {
    numbers.subarray(index * NUMBERS_AT_ONCE, (index + 1) * NUMBERS_AT_ONCE).sort();
  });
  const other = new Float64Array(numbers.length);
  return await merged<number, Float64Array>(numbers, other, NUMBERS_AT_ONCE, (one, another) => one - another);
}

/** Makes one of parts of so many that are in order, by turns in two lists. */
async function merged<Item, List extends Record<number, Item> & { readonly length: number }>(
  parts: List,
  other: List,
  size: number,
  compare: Compare<Item>,
): Promise<List> {
  let [from, into] = [parts, other];
  for (let width = size; width < parts.length; width *= 2) {
    await merge(from, into, width, compare);
    [from, into] = [into, from];
  }
  return from;
}

/** Each two parts of so many become one. */
async function merge<Item>(
  parts: ArrayLike<Item>,
  into: Record<number, Item>,
  width: number,
  compare: Compare<Item>,
): Promise<void> {
  const { length } = parts;
  let [one, oneEnd, other, otherEnd] = [0, 0, 0, 0];
  await inSlices(length, (at) => {
    if (at % (2 * width) === 0) {
      one = at;
      other = oneEnd = Math.min(at + width, length);
      otherEnd = Math.min(at + 2 * width, length);
    }
    const isOfOne = one < oneEnd && (other >= otherEnd || compare(parts[one]!, parts[other]!) <= 0);
    into[at] = parts[isOfOne ? one++ : other++]!;
  });
}

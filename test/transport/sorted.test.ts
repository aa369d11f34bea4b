import { numbersInSlices, sortedInSlices } from '../../lib/transport/sorted';

/** Around the numbers of what is sorted at once, and of what becomes one. */
const sizes = [0, 1, 2, 63, 64, 65, 127, 128, 129, 511, 512, 513, 1500, 10_000];

interface Item {
  readonly key: number;
  readonly at: number;
}

const byKey = (one: Item, other: Item) => one.key - other.key;

/** Numbers that look random, of which some are there several times. */
function keysOf(size: number): number[] {
  let last = 12_345;
  return Array.from({ length: size }, () => (last = (last * 1_103_515_245 + 12_345) % 2 ** 31) % (1 + (size >> 1)));
}

test.each(sizes)('%d are sorted as by sort, and those that are equal stay in their order', async (size) => {
  const items = keysOf(size).map((key, at) => ({ key, at }));
  const before = items.slice();

  expect(await sortedInSlices(items, byKey)).toEqual([...items].sort(byKey));
  expect(items).toEqual(before);
});

test.each(sizes)('%d numbers are sorted', async (size) => {
  const numbers = Float64Array.from(keysOf(size), (key) => key * 2 ** 20);

  expect(await numbersInSlices(numbers.slice())).toEqual(numbers.slice().sort());
});

test('what is in order already, or the other way round, is sorted', async () => {
  const up = Array.from({ length: 1000 }, (_, index) => index);

  expect(await sortedInSlices(up, (one, other) => one - other)).toEqual(up);
  expect(await sortedInSlices([...up].reverse(), (one, other) => one - other)).toEqual(up);
});

import { Rows } from '../../../lib/codec';

const rows = new Rows();
const manyNames = Array.from({ length: 40 }, (_, index) => `property${String(index)}`);

function made(...properties: [string, unknown][]): object {
  const row = rows.take();
  for (const [name, value] of properties) row.set(name, value);
  return row.toObject();
}

test('a row becomes an object with its properties, in the order in which they came', () => {
  const one = made(['b', 1], ['a', 'text'], ['c', [1]]);
  const other = made(['a', 1], ['b', 2]);

  expect(one).toStrictEqual({ b: 1, a: 'text', c: [1] });
  expect(Object.keys(one)).toEqual(['b', 'a', 'c']);
  expect(other).toStrictEqual({ a: 1, b: 2 });
});

test('of a property that is set twice the last value counts, at the place of the first', () => {
  const object = made(['a', 1], ['b', 2], ['a', 3]);

  expect(Object.entries(object)).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
});

test('objects with many properties are not the same one', () => {
  const first = made(...manyNames.map((name, index): [string, unknown] => [name, index]));
  const second = made(...manyNames.map((name): [string, unknown] => [name, name]));

  expect(first).toStrictEqual(Object.fromEntries(manyNames.map((name, index) => [name, index])));
  expect(second).toStrictEqual(Object.fromEntries(manyNames.map((name) => [name, name])));
});

test('a row that was used before knows nothing of that', () => {
  const row = rows.take();
  row.set('a', 1);
  row.toObject();
  const again = rows.take();

  expect(again).toBe(row);
  expect(again.get('a')).toBeUndefined();
  expect(again.toObject()).toStrictEqual({});
});

test('rows can be made while others are', () => {
  const outer = rows.take();
  outer.set('before', 1);
  outer.set('inner', made(['before', 2]));
  outer.set('behind', 3);

  expect(outer.get('inner')).toEqual({ before: 2 });
  expect(outer.toObject()).toStrictEqual({ before: 1, inner: { before: 2 }, behind: 3 });
});

test('more shapes than are remembered are made all the same', () => {
  for (let index = 0; index < 6000; index++) {
    const name = `of${String(index)}`;
    expect(made([name, index], ['same', 1])).toStrictEqual({ [name]: index, same: 1 });
  }
});

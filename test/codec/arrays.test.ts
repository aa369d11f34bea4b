import { arrayOf, field, pad, required, struct, uint16, uint8 } from '../../lib/codec';
import { amidst, bytes, decoded, encoded, thrownBy, u16 } from '../support/bytes';

const entries = arrayOf(struct({ id: required(uint8, 'must be an id'), pad: pad(1), weight: uint16 }));
const content = bytes(7, 0, u16(772), 8, 0, u16(0));
const write = (values: unknown) =>
  encoded((writer) => {
    entries.encode(writer, values as { id: number }[]);
  });

test('structs stand one behind the other', () => {
  expect(write([{ id: 7, weight: 772 }, { id: 8 }])).toEqual(content);
  expect(decoded(entries, content)).toEqual([
    { id: 7, weight: 772 },
    { id: 8, weight: 0 },
  ]);
  expect(decoded(entries, bytes())).toEqual([]);
});

test('an element that is not whole is left out', () => {
  expect(decoded(entries, content.subarray(0, 7))).toEqual([{ id: 7, weight: 772 }]);
});

test.each([
  [5, undefined, 'TypeError'],
  [[null], '[0]', 'TypeError'],
  [[{ id: 1 }, {}], '[1].id', 'TypeError'],
  [[{ id: 1, weight: -1 }], '[0].weight', 'RangeError'],
  [[{ id: 1, pad: 1 }], '[0].pad', 'RangeError'],
])('%j is refused at %s', (values, property, name) => {
  const error = thrownBy(() => write(values));

  expect(error).toMatchObject({ name });
  expect((error as { property?: string }).property).toBe(property);
});

test('a byte belongs to the member of the element that it lies in', () => {
  const { source, start, end } = amidst(content);
  const at = (offset: number) => field(1, entries).locate?.(source, start, end, start + offset);

  expect([-4, 0, 2, 4, 7].map(at)).toEqual([undefined, '[0].id', '[0].weight', '[1].id', '[1].weight']);
});

test('a hole is refused', () => {
  expect(thrownBy(() => write([{ id: 1 }, , { id: 3 }]))).toMatchObject({ property: '[1]' });
});

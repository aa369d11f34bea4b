import {
  clearable,
  filterable,
  filterableLink,
  inKey,
  linkIndex,
  member,
  message,
  pad,
  readOnly,
  required,
  struct,
  u32,
  uint8,
  type FilterOf,
  type KeyOf,
} from '../../lib/codec';

const header = struct({ family: uint8, type: uint8, pad: pad(2) });
const fields = {
  id: inKey(required(u32(1), 'must be a number')),
  type: inKey(filterable(member(header, 'type'))),
  master: filterableLink(clearable(linkIndex(2), 0)),
  size: u32(3),
  state: readOnly(u32(4)),
} as const;
const thing = message(header, fields);

test('a declaration knows what names a row, and what lists can be filtered by', () => {
  expect(thing.keys).toEqual(new Set(['id', 'type']));
  expect([...thing.filters]).toEqual([
    ['type', 'value'],
    ['master', 'link'],
  ]);
});

test('a mark changes nothing else of a field', () => {
  expect(inKey(filterable(fields.size))).toMatchObject({ numbers: [3], readOnly: false, isKey: true });
});

test('a mark may tell what rows have for a value', () => {
  expect(filterable(fields.size, (size) => 2 * size)).toMatchObject({ filterBy: expect.any(Function) as unknown });
});

test('types follow from the marks', () => {
  ({ id: 1 }) satisfies KeyOf<typeof fields>;
  ({ id: 1, type: 2 }) satisfies KeyOf<typeof fields>;
  ({ type: 2, master: 'br0' }) satisfies FilterOf<typeof fields>;
  ({ type: undefined }) satisfies FilterOf<typeof fields>;
  // @ts-expect-error: a key has what is required.
  ({ type: 2 }) satisfies KeyOf<typeof fields>;
  // @ts-expect-error: it is not marked.
  ({ id: 1, size: 3 }) satisfies KeyOf<typeof fields>;
  // @ts-expect-error: rows have no such value.
  ({ master: null }) satisfies FilterOf<typeof fields>;
  // @ts-expect-error: it is not marked.
  ({ size: 3 }) satisfies FilterOf<typeof fields>;
});

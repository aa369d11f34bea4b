import { attributes, indexedList, ipOf } from '../../lib/codec';
import { amidst, attribute, bytes, decoded, encoded, thrownBy } from '../support/bytes';

const NESTED = 0x8000;
const set = attributes({ targets: indexedList(8, ipOf('inet')) });
const write = (targets: unknown) =>
  encoded((writer) => {
    set.encode(writer, { targets: targets as string[] });
  });

test('numbers of attributes are places in the list', () => {
  const inside = bytes(attribute(0, [10, 0, 0, 1]), attribute(1, [10, 0, 0, 2]));

  expect(write(['10.0.0.1', '10.0.0.2'])).toEqual(attribute(8 | NESTED, inside));
  expect(decoded(set, attribute(8, inside))).toEqual({ targets: ['10.0.0.1', '10.0.0.2'] });
});

test('an empty list is an empty attribute', () => {
  expect(write([])).toEqual(attribute(8 | NESTED));
  expect(decoded(set, attribute(8))).toEqual({ targets: [] });
});

test('errors name the place', () => {
  expect(thrownBy(() => write(['10.0.0.1', '::1']))).toMatchObject({ property: 'targets[1]' });
  expect(thrownBy(() => write('10.0.0.1'))).toMatchObject({
    message: "targets: must be an array, not '10.0.0.1'",
  });
});

test('the kernel points at a place', () => {
  const content = attribute(8, attribute(0, [10, 0, 0, 1]), attribute(1, [10, 0, 0, 2]));
  const { source, start, end } = amidst(content);

  expect(set.locate?.(source, start, end, start + 4 + 8 + 4)).toBe('targets[1]');
  expect(set.locate?.(source, start, end, start)).toBe('targets');
});

test('an element of another size is none: the list is kept whole', () => {
  const short = bytes(attribute(0, [10, 0, 0, 1]), attribute(1, [10, 0]));
  const long = bytes(attribute(0, [10, 0, 0, 1, 7, 7, 7, 7]));

  expect(decoded(set, attribute(8, short))).toEqual({
    targets: ['10.0.0.1'],
    unknownAttributes: [{ type: 8, data: short }],
  });
  expect(decoded(set, attribute(8, long))).toEqual({
    targets: ['10.0.0.1'],
    unknownAttributes: [{ type: 8, data: long }],
  });
});

test('a hole is refused', () => {
  expect(thrownBy(() => write(['10.0.0.1', , '10.0.0.2']))).toMatchObject({ property: 'targets[1]' });
});

import { attributes, masked, range, uint32 } from '../../lib/codec';
import { attribute, bytes, decoded, encoded, thrownBy, u32 } from '../support/bytes';

const set = attributes({ users: range(1, uint32), mark: masked(5, 6, uint32) });
const write = (values: object) =>
  encoded((writer) => {
    set.encode(writer, values);
  });

test('a range is two numbers, and one number stands for itself', () => {
  expect(write({ users: { from: 1, to: 2 } })).toEqual(attribute(1, u32(1), u32(2)));
  expect(write({ users: 7 })).toEqual(attribute(1, u32(7), u32(7)));
});

test('of more bytes than are known the attribute is kept whole as well', () => {
  expect(decoded(set, attribute(1, u32(1), u32(2), u32(3)))).toEqual({
    users: { from: 1, to: 2 },
    unknownAttributes: [{ type: 1, data: bytes(u32(1), u32(2), u32(3)) }],
  });
  expect(decoded(set, attribute(5, u32(1), u32(2)))).toEqual({
    mark: 1,
    unknownAttributes: [{ type: 5, data: bytes(u32(1), u32(2)) }],
  });
});

test.each<[object, string, string]>([
  [{ users: { from: 1, to: 2, form: 9 } }, 'users.form', "is not a property known here: did you mean 'from'?"],
  [{ mark: { value: 1, mask: 1, msak: 2 } }, 'mark.msak', "is not a property known here: did you mean 'mask'?"],
  [{ users: { from: 1 } }, 'users.to', 'must be a number, not undefined'],
  [{ users: { from: 2, to: 1 } }, 'users', 'must not end before it begins: from 2 to 1'],
  [{ users: '1-2' }, 'users', "must be a number or { from, to }, not '1-2'"],
  [{ users: [1, 2] }, 'users', 'must be a number or { from, to }, not [ 1, 2 ]'],
  [{ mark: new Map([['value', 1]]) }, 'mark', "must be a number or { value, mask }, not Map(1) { 'value' => 1 }"],
])('%p is refused at %s', (values, property, reason) => {
  expect(thrownBy(() => write(values))).toMatchObject({ property, message: `${property}: ${reason}` });
});

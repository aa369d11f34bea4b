import { attributes, field, ipOf, linkIndexType, memberOf, pad, struct, uint16, uint32, uint8 } from '../../lib/codec';
import { amidst, attribute, bytes, decoded, encoded, thrownBy, u16, u32 } from '../support/bytes';

const sample = struct({ family: uint8, pad: pad(1), type: uint16, index: linkIndexType, address: ipOf('inet') });
const content = bytes(2, 0, u16(772), u32(7), [127, 0, 0, 1]);
const values = { family: 2, type: 772, index: 7, address: '127.0.0.1' };

const write = (value: Parameters<typeof sample.encode>[1]) =>
  encoded((writer) => {
    sample.encode(writer, value);
  });

test('members stand one behind the other', () => {
  expect(sample.size).toBe(12);
  expect(write(values)).toEqual(content);
  expect(decoded(sample, content)).toStrictEqual(values);
});

test('absent members are zero', () => {
  expect(write({ type: 1 })).toEqual(bytes(0, 0, u16(1), u32(0), u32(0)));
});

test('where a newer kernel appends something, the attribute is kept whole as well', () => {
  const longer = bytes(content, [9, 9, 9, 9]);
  const set = attributes({ sample: field(1, sample) });
  const parts = attributes({ type: memberOf(1, sample, 'type'), index: memberOf(1, sample, 'index') });
  const read = (of: typeof set | typeof parts, payload: Uint8Array) => {
    const { source, start, end } = amidst(attribute(1, payload));
    return of.decode(source, start, end);
  };

  expect(decoded(sample, longer)).toStrictEqual(values);
  expect(read(set, content)).toStrictEqual({ sample: values });
  expect(read(set, longer)).toStrictEqual({ sample: values, unknownAttributes: [{ type: 1, data: longer }] });
  expect(read(parts, content)).toStrictEqual({ type: 772, index: 7 });
  expect(read(parts, longer)).toStrictEqual({ type: 772, index: 7, unknownAttributes: [{ type: 1, data: longer }] });
});

test('what an older kernel does not send is zero', () => {
  expect(decoded(sample, content.subarray(0, 8))).toStrictEqual({ ...values, address: '' });
  expect(decoded(sample, content.subarray(0, 7))).toStrictEqual({ ...values, index: 0, address: '' });
  expect(decoded(sample, content.subarray(0, 3))).toStrictEqual({ family: 2, type: 0, index: 0, address: '' });
  expect(decoded(sample, bytes())).toStrictEqual({ family: 0, type: 0, index: 0, address: '' });
});

test('errors name the member', () => {
  const inner = struct({ limits: struct({ most: uint8 }) });

  expect(thrownBy(() => write({ type: 65536 }))).toMatchObject({
    property: 'type',
    message: 'type: must be a whole number from 0 to 65535, not 65536',
  });
  expect(
    thrownBy(() =>
      encoded((writer) => {
        inner.encode(writer, { limits: { most: 256 } });
      }),
    ),
  ).toMatchObject({ property: 'limits.most' });
});

test('a byte belongs to the member that it lies in', () => {
  const { source, start, end } = amidst(content);
  const at = (offset: number) => sample.locate?.(source, start, end, start + offset);

  expect([0, 2, 3, 4, 7, 8, 11].map(at)).toEqual(['family', 'type', 'type', 'index', 'index', 'address', 'address']);
  expect(at(12)).toBeUndefined();
});

test('members of every kind survive a neighbour of odd size', () => {
  const odd = struct({ one: uint8, four: uint32 });

  expect(
    encoded((writer) => {
      odd.encode(writer, { one: 1, four: 4 });
    }),
  ).toEqual(bytes(1, u32(4)));
});

test('members can be read one by one, from structs longer and shorter than declared, too', () => {
  const longer = amidst(bytes(content, [9, 9, 9, 9]));
  const shorter = amidst(content.subarray(0, 7));
  const read = ({ source, start, end }: typeof longer) => [
    sample.read.type(source, start, end),
    sample.read.index(source, start, end),
    sample.read.address(source, start, end),
  ];

  expect(read(longer)).toEqual([772, 7, '127.0.0.1']);
  expect(read(shorter)).toEqual([772, 0, '']);
});

test('a struct of many members is an object of its own each time', () => {
  const many = struct(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`m${String(index)}`, uint8])));
  const octets = Uint8Array.from({ length: 20 }, (_, index) => index);
  const one = decoded(many, octets);
  const other = decoded(many, new Uint8Array(20));

  expect(one).toStrictEqual(Object.fromEntries([...octets].map((octet) => [`m${String(octet)}`, octet])));
  expect(Object.values(other)).toEqual(Array.from(octets, () => 0));
});

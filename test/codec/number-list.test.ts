import { attributes, field, int32, numbersByName, uint64 } from '../../lib/codec';
import { amidst, attribute, bytes, decoded, host, u32 } from '../support/bytes';

const u64 = (value: number) => host(0, 0, 0, 0, 0, 0, 0, value);

const settings = numbersByName(['forwarding', '', 'mtu'], int32);

test('numbers have the names of their places', () => {
  expect(decoded(settings, bytes(u32(1), u32(7), u32(0xffffffff)))).toStrictEqual({ forwarding: 1, mtu: -1 });
});

test('what an older kernel does not send is absent', () => {
  expect(decoded(settings, bytes(u32(1), u32(7)))).toStrictEqual({ forwarding: 1 });
  expect(decoded(settings, bytes(u32(1), 7, 7))).toStrictEqual({ forwarding: 1 });
  expect(decoded(settings, bytes())).toStrictEqual({});
});

test('what a newer kernel appends is kept', () => {
  const set = attributes({ settings: field(2, settings) });
  const longer = bytes(u32(1), u32(7), u32(8), u32(9));
  const { source, start, end } = amidst(attribute(2, longer));

  expect(set.decode(source, start, end)).toEqual({
    settings: { forwarding: 1, mtu: 8 },
    unknownAttributes: [{ type: 2, data: longer }],
  });
});

test('many are an object of their own each time', () => {
  const names = Array.from({ length: 20 }, (_, index) => `n${String(index)}`);
  const many = numbersByName(names, uint64);
  const one = decoded(many, bytes(u64(7), new Uint8Array(152)));
  const other = decoded(many, new Uint8Array(160));

  expect(Object.keys(one)).toEqual(names);
  expect([one.n0, other.n0, other.n19]).toEqual([7, 0, 0]);
});

import fc from 'fast-check';

import {
  booleanOf,
  flag,
  int32,
  seconds,
  uint,
  uint16,
  uint16be,
  uint32,
  uint32be,
  uint64,
  uint8,
  type FixedType,
  type Type,
} from '../../lib/codec';
import { amidst, bytes, decoded, encoded, host, thrownBy, u16, u32 } from '../support/bytes';

const write = <T>(type: Type<T>, value: unknown) =>
  encoded((writer) => {
    type.encode(writer, value as T);
  });

describe('integers stand in the bytes that the kernel reads', () => {
  test.each<[string, FixedType<number>, number, Uint8Array]>([
    ['u8', uint8, 0xa5, bytes(0xa5)],
    ['u16', uint16, 0x1234, host(0x12, 0x34)],
    ['u32', uint32, 0x89abcdef, host(0x89, 0xab, 0xcd, 0xef)],
    ['s32, negative', int32, -2, host(0xff, 0xff, 0xff, 0xfe)],
    ['u16 in network order', uint16be, 0x88a8, bytes(0x88, 0xa8)],
    ['u32 in network order', uint32be, 0x01020304, bytes(1, 2, 3, 4)],
    ['u64', uint64, 0x1f_2345_6789_abcd, host(0, 0x1f, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd)],
  ])('%s', (_name, type, value, content) => {
    expect(write(type, value)).toEqual(content);
    expect(decoded(type, content)).toBe(value);
    expect(type.size).toBe(content.length);
  });

  test('a u64 beyond 2^53 is decoded to the nearest number', () => {
    expect(decoded(uint64, new Uint8Array(8).fill(0xff))).toBe(2 ** 64);
  });
});

test('a number of either size takes four bytes, or eight where it needs them', () => {
  expect(write(uint, 0xffffffff)).toEqual(u32(0xffffffff));
  expect(write(uint, 2 ** 40)).toEqual(write(uint64, 2 ** 40));
  expect(decoded(uint, u32(7))).toBe(7);
  expect(decoded(uint, write(uint64, 7))).toBe(7);
  for (const value of [-1, 0.5, 2 ** 53]) expect(thrownBy(() => write(uint, value))).toBeInstanceOf(RangeError);
});

describe('what does not fit is refused', () => {
  test.each<[string, FixedType<number>, number, number]>([
    ['u8', uint8, 0, 0xff],
    ['u16', uint16, 0, 0xffff],
    ['u32', uint32, 0, 0xffffffff],
    ['s32', int32, -0x80000000, 0x7fffffff],
    ['u16 in network order', uint16be, 0, 0xffff],
    ['u32 in network order', uint32be, 0, 0xffffffff],
    ['u64', uint64, 0, Number.MAX_SAFE_INTEGER],
  ])('%s', (_name, type, least, most) => {
    for (const limit of [least, most]) expect(decoded(type, write(type, limit))).toBe(limit);
    for (const value of [least - 1, most + 1, 0.5, Number.NaN, Infinity]) {
      expect(thrownBy(() => write(type, value))).toMatchObject({
        name: 'RangeError',
        message: `must be a whole number from ${least} to ${most}, not ${value}`,
      });
    }
    for (const value of ['1', null, 1n, {}]) {
      expect(thrownBy(() => write(type, value))).toMatchObject({ name: 'TypeError' });
    }
  });

  test('fewer bytes than the type has are zero, more are passed over', () => {
    for (const type of [uint8, uint16, uint32, int32, uint16be, uint32be, uint64]) {
      expect(decoded(type, new Uint8Array(type.size - 1).fill(0xff))).toBe(0);
      expect(decoded(type, bytes(write(type, 7), 0xff))).toBe(7);
    }
  });
});

test('true and false are 1 and 0, and every other number is true', () => {
  const inFour = booleanOf(uint32);

  expect(write(inFour, true)).toEqual(u32(1));
  expect(write(inFour, false)).toEqual(u32(0));
  expect(decoded(inFour, u32(2))).toBe(true);
  expect(decoded(inFour, u32(0))).toBe(false);
  expect(thrownBy(() => write(inFour, 1))).toMatchObject({ message: 'must be true or false, not 1' });
});

test('a flag is an attribute without payload, or none', () => {
  const there = flag(21);

  expect(
    encoded((writer) => {
      there.encode(writer, true);
    }),
  ).toEqual(bytes(u16(4), u16(21)));
  expect(
    encoded((writer) => {
      there.encode(writer, false);
    }),
  ).toEqual(bytes());
  const { source, start, end } = amidst(bytes());
  expect(there.decode(source, start, end, 21, undefined)).toBe(true);
  expect(
    thrownBy(() =>
      encoded((writer) => {
        there.encode(writer, 1 as never);
      }),
    ),
  ).toBeInstanceOf(TypeError);
});

test('a flag that is there is set, unless it comes with a number that is 0', () => {
  const there = { decode: (...place: Parameters<Type<boolean>['decode']>) => flag(3).decode(...place, 3) };

  expect(decoded(there, bytes())).toBe(true);
  expect(decoded(there, bytes(1))).toBe(true);
  expect(decoded(there, bytes(0))).toBe(false);
  expect(decoded(there, u32(0))).toBe(false);
  expect(decoded(there, u32(256))).toBe(true);
});

describe('seconds', () => {
  const ticks = seconds(uint32, 100);

  test('are counted in the units of the kernel', () => {
    expect(write(ticks, 1.5)).toEqual(u32(150));
    expect(decoded(ticks, u32(12345))).toBe(123.45);
  });

  test('every number of ticks survives', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (count) => {
        expect(write(ticks, decoded(ticks, u32(count)))).toEqual(u32(count));
      }),
    );
  });

  test('are 0 or more, and no more than the kernel can count', () => {
    expect(thrownBy(() => write(ticks, -1))).toMatchObject({ message: 'must be 0 seconds or more, not -1' });
    expect(thrownBy(() => write(ticks, Number.NaN))).toMatchObject({ message: 'must be 0 seconds or more, not NaN' });
    expect(thrownBy(() => write(ticks, 42949673))).toMatchObject({ message: 'is too many seconds: 42949673' });
    expect(thrownBy(() => write(ticks, '1'))).toMatchObject({ name: 'TypeError' });
    expect(write(ticks, 42949672.95)).toEqual(u32(0xffffffff));
  });
});

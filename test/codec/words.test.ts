import fc from 'fast-check';

import {
  attributes,
  bits,
  bitsOf,
  bitsToNumber,
  choice,
  choiceOf,
  switchesOf,
  uint16be,
  uint32,
  wordsByNumber,
  wordsOfBits,
} from '../../lib/codec';
import { amidst, attribute, bytes, decoded, encoded, thrownBy, u32 } from '../support/bytes';

const colors = { red: 0, green: 1, blue: 200 } as const;
const powers = { read: 1, write: 2, admin: 0x80000000 } as const;

describe('one of several words', () => {
  test('is carried by its number', () => {
    expect(
      encoded((writer) => {
        choice(5, colors).encode(writer, 'blue');
      }),
    ).toEqual(attribute(5, 200));
    expect(
      encoded((writer) => {
        choiceOf({ q: 0x8100 }, uint16be).encode(writer, 'q');
      }),
    ).toEqual(bytes(0x81, 0));
    expect(decoded(choiceOf(colors), bytes(1))).toBe('green');
  });

  test('a number that has no word stays one, in both directions', () => {
    expect(decoded(choiceOf(colors), bytes(7))).toBe(7);
    expect(
      encoded((writer) => {
        choiceOf(colors).encode(writer, 7);
      }),
    ).toEqual(bytes(7));
  });

  test.each<[unknown, string, string]>([
    ['pink', 'RangeError', "must be one of red, green, blue, or a number, not 'pink'"],
    ['toString', 'RangeError', "must be one of red, green, blue, or a number, not 'toString'"],
    [256, 'RangeError', 'must be a whole number from 0 to 255, not 256'],
    [true, 'TypeError', 'must be one of red, green, blue, or a number, not true'],
  ])('%p is refused', (value, name, message) => {
    expect(
      thrownBy(() =>
        encoded((writer) => {
          choiceOf(colors).encode(writer, value as never);
        }),
      ),
    ).toMatchObject({ name, message });
  });

  test('of two words for a number the first is used', () => {
    expect(wordsByNumber({ first: 1, second: 1 })(1)).toBe('first');
  });

  test.each([-1, 0, 3, 255, 256, 0xffffffff])('%i may be the number of a word, or of none', (number) => {
    expect(wordsByNumber({ word: number })(number)).toBe('word');
    expect(wordsByNumber({ other: 7 })(number)).toBe(number);
  });
});

describe('any of several bits', () => {
  const type = bitsOf(powers, uint32);

  test('are carried by their sum', () => {
    expect(
      encoded((writer) => {
        type.encode(writer, ['read', 'admin', 'read']);
      }),
    ).toEqual(u32(0x80000001));
    expect(decoded(type, u32(0x80000001))).toEqual(['read', 'admin']);
  });

  test('those without a word come as one number more', () => {
    expect(wordsOfBits(powers)(0x40000013)).toEqual(['read', 'write', 0x40000010]);
  });

  test('of more bytes the attribute is kept whole as well', () => {
    const set = attributes({ rights: bits(3, powers, uint32) });

    expect(decoded(set, attribute(3, u32(1), u32(2)))).toEqual({
      rights: ['read'],
      unknownAttributes: [{ type: 3, data: bytes(u32(1), u32(2)) }],
    });
    expect(decoded(set, attribute(3, u32(4)))).toEqual({ rights: [4] });
  });

  test('of every number are its words, and words of it that number', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (number) => {
        expect(bitsToNumber(powers, wordsOfBits(powers)(number))).toBe(number);
      }),
    );
  });

  test.each<[unknown, string]>([
    ['read', "must be an array of words, not 'read'"],
    [['fly'], "must be one of read, write, admin, or a number, not 'fly'"],
    [[2 ** 32], 'must be a whole number from 0 to 4294967295, not 4294967296'],
    [[0.5], 'must be a whole number from 0 to 4294967295, not 0.5'],
    [[-1], 'must be a whole number from 0 to 4294967295, not -1'],
  ])('%p is refused', (value, message) => {
    expect(thrownBy(() => bitsToNumber(powers, value))).toMatchObject({ message });
  });
});

describe('switches of which some are meant', () => {
  const type = switchesOf({ fast: 1, safe: 2, new: 0x80000000 });
  const write = (value: unknown) =>
    encoded((writer) => {
      type.encode(writer, value as never);
    });

  test('are the values, then which of them are meant', () => {
    expect(write({ fast: true, safe: false, new: undefined })).toEqual(bytes(u32(1), u32(3)));
    expect(write({ new: true })).toEqual(bytes(u32(0x80000000), u32(0x80000000)));
    expect(write({})).toEqual(bytes(u32(0), u32(0)));
  });

  test('come back as those that the kernel knows', () => {
    expect(decoded(type, bytes(u32(0x80000002), u32(0x80000003)))).toEqual({ fast: false, safe: true, new: true });
    expect(decoded(type, bytes(u32(4), u32(4)))).toEqual({});
    expect(decoded(type, bytes(u32(1)))).toEqual({});
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a switch that is not known and on', bytes(u32(1 << 20), u32(1 << 20)), true],
    ['one that is not known and off', bytes(u32(1), u32((1 << 20) | 3)), true],
    ['more bytes', bytes(u32(1), u32(1), u32(0)), true],
    ['all that are known', bytes(u32(0x80000003), u32(0x80000003)), false],
    ['fewer bytes', bytes(u32(1)), false],
  ])('hold more where there is %s: %#', (_what, content, expected) => {
    const { source, start, end } = amidst(content);

    expect(type.holdsMore?.(source, start, end, 1)).toBe(expected);
  });

  test('are refused unless they are words with true or false', () => {
    expect(thrownBy(() => write(3))).toMatchObject({ name: 'TypeError', message: 'must be an object, not 3' });
    expect(thrownBy(() => write({ fast: 1 }))).toMatchObject({ property: 'fast' });
    expect(thrownBy(() => write({ slow: true }))).toMatchObject({ name: 'RangeError' });
  });
});

import fc from 'fast-check';

import {
  attributeAt,
  attributes,
  attributesOf,
  field,
  flag,
  inside,
  ipAddress,
  list,
  nested,
  struct,
  Rows,
  text,
  u16,
  u32,
  u8,
  uint16,
  uint8,
  type Decoded,
  sourceOf,
} from '../../lib/codec';
import { amidst, ascii, attribute, bytes, encoded, thrownBy, u16 as half, u32 as word } from '../support/bytes';

const NESTED = 0x8000;

const set = attributes(
  {
    name: text(1, 15),
    mtu: u32(2),
    isolated: flag(3),
    remote: ipAddress(4, 5),
    limits: field(6, struct({ least: uint8, most: uint8, step: uint16 })),
    inner: nested(7, attributes({ port: u16(1), deeper: nested(2, attributes({ level: u8(1) })) })),
    names: list(8, text(1, 15)),
    mode: inside([9, 10], u8(8)),
    held: { ...nested(11, attributes({ secret: u8(1) })), isTransparent: true },
  },
  [99],
);

const write = (values: object) =>
  encoded((writer) => {
    set.encode(writer, values);
  });

function read(...content: Uint8Array[]): Decoded<typeof set.fields> {
  const { source, start, end } = amidst(bytes(...content));
  return set.decode(source, start, end);
}

const known: [string, object, Uint8Array][] = [
  ['text', { name: 'lo' }, attribute(1, ascii('lo'), 0)],
  ['a number', { mtu: 1500 }, attribute(2, word(1500))],
  ['a flag', { isolated: true }, attribute(3)],
  ['one attribute for IPv4', { remote: '10.0.0.1' }, attribute(4, [10, 0, 0, 1])],
  ['another for IPv6', { remote: '::1' }, attribute(5, new Uint8Array(15), 1)],
  ['a struct', { limits: { least: 1, most: 2, step: 3 } }, attribute(6, 1, 2, half(3))],
  ['nested ones', { inner: { port: 80 } }, attribute(7 | NESTED, attribute(1, half(80)))],
  ['nested twice', { inner: { deeper: { level: 9 } } }, attribute(7 | NESTED, attribute(2 | NESTED, attribute(1, 9)))],
  ['a list', { names: ['a', 'b'] }, attribute(8 | NESTED, attribute(1, ascii('a\0')), attribute(1, ascii('b\0')))],
  ['an empty list', { names: [] }, attribute(8 | NESTED)],
  ['one deep inside others', { mode: 3 }, attribute(9 | NESTED, attribute(10 | NESTED, attribute(8, 3)))],
  ['those of an enclosing object', { held: { secret: 1 } }, attribute(11 | NESTED, attribute(1, 1))],
];

describe('fields and their bytes', () => {
  test.each(known)('%s', (_name, values, content) => {
    expect(write(values)).toEqual(content);
    expect(read(content)).toEqual(values);
  });

  test('stand in the order of the object, each on a multiple of four', () => {
    expect(write({ mtu: 1, name: 'eth0' })).toEqual(bytes(attribute(2, word(1)), attribute(1, ascii('eth0\0'))));
  });

  test('absent ones are absent', () => {
    expect(write({ mtu: undefined })).toEqual(bytes());
    expect(read()).toStrictEqual({});
  });

  test('the bit that marks nested attributes need not be there', () => {
    expect(read(attribute(7, attribute(1, half(80))), attribute(2 | NESTED, word(5)))).toEqual({
      inner: { port: 80 },
      mtu: 5,
    });
  });

  test('of two the last counts', () => {
    expect(read(attribute(2, word(1)), attribute(2, word(2)))).toEqual({ mtu: 2 });
  });

  test('what lies beside the one of interest is passed over', () => {
    const content = attribute(9, attribute(2, word(1)), attribute(10, attribute(1, 7), attribute(8, 3)));

    expect(read(content)).toEqual({ mode: 3 });
    expect(read(attribute(9, attribute(2, word(1)))).mode).toBeUndefined();
    expect(read(attribute(8, attribute(1, ascii('a')), attribute(2, 7)))).toMatchObject({ names: ['a'] });
  });
});

describe('into what is there already', () => {
  const content = amidst(
    bytes(attribute(2, word(1)), attribute(77, 1), attribute(2, word(2)), attribute(99, 1), attribute(78)),
  );
  const unknown = [
    { type: 77, data: bytes(1) },
    { type: 78, data: bytes() },
  ];

  test('an object keeps what it has, and gets the rest', () => {
    const target = { name: 'lo', mtu: 0 };
    set.decodeInto(target, content.source, content.start, content.end);

    expect(target).toStrictEqual({ name: 'lo', mtu: 2, unknownAttributes: unknown });
  });

  test('a row gets unknown attributes under the name that is wanted', () => {
    const row = new Rows().take();
    row.set('name', 'lo');
    set.decodeTo(row, content.source, content.start, content.end, { unknown: 'others' });

    expect(row.toObject()).toStrictEqual({ name: 'lo', mtu: 2, others: unknown });
  });
});

describe('unknown attributes', () => {
  test('are kept, each with a copy of its bytes', () => {
    const { unknownAttributes } = read(attribute(77, [1, 2, 3]), attribute(2, word(5)), attribute(78 | NESTED)) as {
      unknownAttributes?: { data: Uint8Array }[];
    };

    expect(unknownAttributes).toEqual([
      { type: 77, data: bytes(1, 2, 3) },
      { type: 78, data: bytes() },
    ]);
    expect(unknownAttributes?.[0]?.data.buffer.byteLength).toBe(3);
  });

  test('are kept where they were nested', () => {
    expect(read(attribute(7, attribute(50, 1)))).toEqual({
      inner: { unknownAttributes: [{ type: 50, data: bytes(1) }] },
    });
  });

  test('are passed over by requests', () => {
    expect(write({ unknownAttributes: [{ type: 77, data: bytes(1) }], mtu: 1 })).toEqual(attribute(2, word(1)));
  });

  test('of the numbers to ignore are not kept', () => {
    expect(read(attribute(99, 1))).toStrictEqual({});
  });
});

describe('malformed attributes', () => {
  const good = attribute(2, word(5));

  test.each<[string, Uint8Array]>([
    ['of length 0', bytes(half(0), half(2), word(9))],
    ['of length 1', bytes(half(1), half(2), word(9))],
    ['of length 3', bytes(half(3), half(2), word(9))],
    ['that reach beyond the end', bytes(half(9), half(2), word(9))],
    ['that reach far beyond the end', bytes(half(0xffff), half(2), word(9))],
    ['with half a header', bytes(half(8), 2)],
  ])('%s end the message, and what was before stands', (_name, content) => {
    expect(read(good, content)).toEqual({ mtu: 5 });
    expect(read(attribute(7, attribute(1, half(80)), content))).toEqual({ inner: { port: 80 } });
  });

  test('the padding of the last one may be missing', () => {
    expect(read(attribute(1, ascii('ab')).subarray(0, 6))).toEqual({ name: 'ab' });
  });

  test('payloads shorter than their type are zero', () => {
    expect(read(attribute(2, [1, 2]), attribute(6, [7]), attribute(4, []))).toEqual({
      mtu: 0,
      limits: { least: 7, most: 0, step: 0 },
      remote: '',
    });
  });

  test('of random bytes are decoded without an error, and nothing is read outside', () => {
    // Attributes with numbers that are known, and with lengths that nearly fit: those get furthest.
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(fc.nat(12), fc.uint8Array({ maxLength: 24 })) },
      { weight: 1, arbitrary: fc.tuple(fc.nat(0xffff), fc.uint8Array({ maxLength: 8 })) },
    );
    const content = fc
      .tuple(fc.array(piece, { maxLength: 6 }), fc.uint8Array({ maxLength: 9 }))
      .map(([pieces, rest]) => bytes(...pieces.map(([type, payload]) => attribute(type, payload)), rest));
    fc.assert(
      fc.property(content, fc.nat(), fc.nat(0xff), (whole, place, value) => {
        const damaged = Uint8Array.from(whole);
        if (damaged.length > 0) damaged[place % damaged.length] = value;
        const { source, start, end } = amidst(damaged);

        const alone = set.decode({ bytes: damaged, view: new DataView(damaged.buffer) }, 0, damaged.length);

        expect(set.decode(source, start, end)).toEqual(alone);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('arguments', () => {
  test.each<[object, string, string]>([
    [{ color: 1 }, 'color', 'color: is not a property known here'],
    [{ inner: { color: 1 } }, 'inner.color', 'inner.color: is not a property known here'],
    [{ mtu: -1 }, 'mtu', 'mtu: must be a whole number from 0 to 4294967295, not -1'],
    [{ mtu: null }, 'mtu', 'mtu: must be a number, not null'],
    [{ inner: { deeper: { level: 256 } } }, 'inner.deeper.level', 'must be a whole number from 0 to 255, not 256'],
    [{ inner: 5 }, 'inner', 'inner: must be an object, not 5'],
    [{ inner: null }, 'inner', 'inner: must be an object, not null'],
    [{ names: 'a' }, 'names', "names: must be an array, not 'a'"],
    [{ names: ['a', 5] }, 'names[1]', 'names[1]: must be a string, not 5'],
    [{ mode: 256 }, 'mode', 'mode: must be a whole number from 0 to 255, not 256'],
    [{ limits: { most: 256 } }, 'limits.most', 'limits.most: must be a whole number from 0 to 255, not 256'],
    [{ held: { secret: 256 } }, 'secret', 'secret: must be a whole number from 0 to 255, not 256'],
  ])('%j is refused at %s', (values, property, message) => {
    const error = thrownBy(() => write(values)) as Error;

    expect(error).toMatchObject({ property });
    expect(error.message).toContain(message);
  });

  test('an attribute cannot be declared twice', () => {
    const set = attributes({ one: u8(1), other: u16(1) });

    // What is declared is looked at when it is first needed.
    expect(() => set.readers).toThrow('attribute 1 is declared twice: other');
    expect(() => set.decode(sourceOf(new Uint8Array()), 0, 0)).toThrow('attribute 1 is declared twice: other');
  });

  test('errors of other kinds pass through as they are', () => {
    const failure = new Error('closed');
    const failing = attributes({
      reference: nested(1, {
        encode: () => {
          throw failure;
        },
        decode: () => undefined,
      }),
    });

    expect(
      thrownBy(() =>
        encoded((writer) => {
          failing.encode(writer, { reference: 1 as never });
        }),
      ),
    ).toBe(failure);
  });
});

describe('the property at a byte', () => {
  const content = bytes(
    attribute(1, ascii('lo\0')),
    attribute(7, attribute(1, half(80)), attribute(2, attribute(1, 9))),
    attribute(6, 1, 2, half(3)),
    attribute(11, attribute(1, 1)),
    attribute(77, word(1)),
  );
  const { source, start, end } = amidst(content);
  const at = (offset: number) => set.locate?.(source, start, end, start + offset);

  test.each([
    [0, 'name'],
    [6, 'name'],
    [8, 'inner'],
    [12, 'inner.port'],
    [17, 'inner.port'],
    [20, 'inner.deeper'],
    [24, 'inner.deeper.level'],
    [28, 'inner.deeper.level'],
    [32, 'limits'],
    [36, 'limits.least'],
    [38, 'limits.step'],
    [44, 'secret'],
    [40, 'held'],
    [48, 'secret'],
    [52, undefined],
    [7, undefined],
    [500, undefined],
  ])('%i is of %s', (offset, property) => {
    expect(at(offset)).toBe(property);
  });
});

test('spans are where attributes lie', () => {
  const { source, start, end } = amidst(bytes(attribute(1, [1, 2, 3]), attribute(2 | NESTED, word(1))));

  expect(attributesOf(source, start, end)).toEqual([
    { number: 1, start: start + 4, end: start + 7 },
    { number: 2, start: start + 12, end: start + 16 },
  ]);
  expect(attributeAt(source, start, end, start + 8)?.number).toBe(2);
  expect(attributeAt(source, start, end, start + 7)).toBeUndefined();
});

import fc from 'fast-check';

import {
  attributes,
  canonical,
  choiceOf,
  constant,
  field,
  linkIndexType,
  masked,
  member,
  memberBit,
  memberStates,
  message,
  network,
  optionalMember,
  range,
  readOnly,
  readOnlyMember,
  required,
  struct,
  u32,
  uint16,
  uint32,
  uint8,
  wideMember,
  Writer,
} from '../../lib/codec';
import { amidst, attribute, bytes, encoded, thrownBy, u16, u32 as bytesOfU32 } from '../support/bytes';

const header = struct({
  family: uint8,
  length: uint8,
  table: uint8,
  kind: choiceOf({ plain: 1, odd: 2 }),
  device: linkIndexType,
  flags: uint32,
});

const thing = message(
  header,
  {
    device: required(member(header, 'device'), 'must be a link'),
    destination: network(1, 'inet', header, 'length', 'default'),
    table: wideMember(2, { main: 254 }, uint32, header, 'table'),
    kind: optionalMember(header, 'kind'),
    inverted: memberBit(header, 'flags', 0x2),
    states: memberStates(header, 'flags', { stuck: 0x1 }, 0x2),
    family: readOnlyMember(header, 'family'),
    priority: constant(u32(3), 0),
    ports: range(4, uint16),
    mark: masked(5, 6, uint32),
    seen: readOnly(u32(7)),
  },
  { ignored: [9] },
);

const encode = (values: object, options: Parameters<typeof thing.encode>[2] = {}) =>
  encoded((writer) => {
    thing.encode(writer, values, options);
  });
const decode = (content: Uint8Array) => {
  const { source, start, end } = amidst(content);
  return thing.decode(source, start, end);
};
const head = (length: number, table: number, kind: number, device: number, flags: number) =>
  bytes([2, length, table, kind], bytesOfU32(device), bytesOfU32(flags));

test('fields stand in the header, in attributes, or in both', () => {
  const values = { device: 7, destination: '10.0.0.0/8', table: 'main', kind: 'odd', inverted: true, ports: 80 };

  expect(encode(values, { header: { family: 2 } })).toEqual(
    bytes(head(8, 254, 2, 7, 2), attribute(1, [10, 0, 0, 0]), attribute(4, u16(80), u16(80))),
  );
});

test('a number that a byte of the header cannot hold stands in the attribute', () => {
  expect(encode({ device: 7, table: 300 }, { header: { family: 2 } })).toEqual(
    bytes(head(0, 0, 0, 7, 0), attribute(2, bytesOfU32(300))),
  );
});

test('a row begins with what the header says', () => {
  expect(decode(head(0, 0, 0, 7, 0))).toEqual({
    ...{ device: 7, destination: 'default', states: [], family: 2, priority: 0 },
  });
  expect(decode(bytes(head(8, 254, 9, 7, 3), attribute(1, [10, 0, 0, 0]), attribute(9, [1])))).toEqual({
    ...{ device: 7, destination: '10.0.0.0/8', table: 'main', kind: 9, inverted: true, states: ['stuck'], family: 2 },
    priority: 0,
  });
});

test('a network of length 0, or one without an attribute, is what the header says', () => {
  expect(decode(head(24, 0, 0, 7, 0))).toMatchObject({ destination: '0.0.0.0/24' });
  expect(decode(bytes(head(0, 0, 0, 7, 0), attribute(1, [0, 0, 0, 0])))).toMatchObject({ destination: 'default' });
});

test('what the kernel only reports is passed over', () => {
  expect(encode({ device: 7, seen: 5, states: ['stuck'], family: 2, unknownAttributes: [] })).toEqual(
    bytes([0], head(0, 0, 0, 7, 0).subarray(1)),
  );
});

test('what a request shall not have is passed over, and need not be there', () => {
  const only = new Set(['priority']);

  expect(encode({ ports: 80, priority: 5 }, { only })).toEqual(
    bytes([0], head(0, 0, 0, 0, 0).subarray(1), attribute(3, bytesOfU32(5))),
  );
});

test.each<[string, unknown, string]>([
  ['TypeError', undefined, 'must be an object, not undefined'],
  ['TypeError', {}, 'device: must be a link, not undefined'],
  ['RangeError', { device: 7, destination: '10.0.0.1/8' }, "destination: has bits set behind its prefix: '10.0.0.1/8'"],
  ['RangeError', { device: 7, destination: '::/8' }, "destination: must be IPv4, not '::/8'"],
  ['RangeError', { device: 7, kind: 'queer' }, "kind: must be one of plain, odd, or a number, not 'queer'"],
  ['RangeError', { device: 7, table: 'mine' }, "table: must be one of main, or a number, not 'mine'"],
  ['RangeError', { device: 7, priorty: 5 }, "priorty: is not a property known here: did you mean 'priority'?"],
  ['RangeError', { device: 7, zzz: 5 }, 'zzz: is not a property known here'],
])('%s for %j', (name, values, text) => {
  expect(thrownBy(() => encode(values as object))).toMatchObject({ name, message: text });
});

test('after an error bytes written over are no longer there', () => {
  const writer = new Writer();
  const mark = writer.mark();
  expect(() => {
    thing.encode(writer, { device: 7, destination: '10.0.0.0/8', kind: 'queer' as never });
  }).toThrow(RangeError);

  writer.truncate(mark);

  expect(writer.bytes.every((byte) => byte === 0)).toBe(true);
});

test('a byte belongs to the property that speaks for it', () => {
  const content = bytes(head(8, 0, 0, 7, 0), attribute(1, [10, 0, 0, 0]), attribute(5, bytesOfU32(1)));
  const { source, start, end } = amidst(content);

  const at = (offset: number) => thing.locate(source, start, end, start + offset);

  expect([0, 1, 2, 3, 4, 8, 12, 20].map(at)).toEqual([
    ...['family', 'destination', 'table', 'kind', 'device', 'inverted', 'destination', 'mark'],
  ]);
});

test('values become what rows have', () => {
  expect(canonical(thing, { table: 254, kind: 1, ports: { from: 80, to: 80 } })).toMatchObject({
    ...{ table: 'main', kind: 'plain', ports: 80 },
  });
});

test('a value and its mask come in either order; a number is all of its bits', () => {
  const set = attributes({ mark: masked(5, 6, uint32), port: field(7, uint16) });
  const read = (...content: Uint8Array[]) => {
    const { source, start, end } = amidst(bytes(...content));
    return set.decode(source, start, end).mark;
  };
  const value = attribute(5, bytesOfU32(16));
  const mask = attribute(6, bytesOfU32(255));

  expect(read(value, mask)).toEqual({ value: 16, mask: 255 });
  expect(read(mask, value)).toEqual({ value: 16, mask: 255 });
  expect(read(mask)).toEqual({ value: 0, mask: 255 });
  expect(read(value)).toBe(16);
  expect(read(value, attribute(6, bytesOfU32(0xffffffff)))).toBe(16);
});

test('what is encoded decodes to the same', () => {
  const port = fc.nat({ max: 0xffff });
  const values = fc.record(
    {
      device: fc.nat({ max: 0x7fffffff }),
      destination: fc.constantFrom('default', '10.0.0.0/8', '192.0.2.1/32', '0.0.0.0/1'),
      table: fc.oneof(
        fc.constant('main' as const),
        fc.integer({ min: 1, max: 253 }),
        fc.integer({ min: 256, max: 2 ** 32 - 1 }),
      ),
      kind: fc.constantFrom('plain' as const, 'odd' as const, 7),
      inverted: fc.constant(true),
      priority: fc.nat(),
      ports: fc.oneof(
        port,
        fc
          .tuple(port, port)
          .filter(([a, b]) => a < b)
          .map(([from, to]) => ({ from, to })),
      ),
      mark: fc.oneof(fc.nat(), fc.record({ value: fc.nat(), mask: fc.nat() })),
    },
    { requiredKeys: ['device'] },
  );

  fc.assert(
    fc.property(values, (given) => {
      expect(decode(encode(given))).toMatchObject(given);
    }),
  );
});

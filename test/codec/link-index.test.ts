import { linkIndex, linkIndexType, Writer, LinkSlot } from '../../lib/codec';
import { attribute, decoded, encoded, thrownBy, u32 } from '../support/bytes';

test('an index stands as it is', () => {
  expect(
    encoded((writer) => {
      linkIndex(10).encode(writer, 7);
    }),
  ).toEqual(attribute(10, u32(7)));
  expect(decoded(linkIndexType, u32(7))).toBe(7);
  expect(decoded(linkIndexType, Uint8Array.of(7))).toBe(0);
});

test('a name leaves a hole, and says where', () => {
  const writer = new Writer();
  writer.reserve(16);

  linkIndex(10).encode(writer, 'br0');

  expect(writer.bytes.slice(16, writer.position)).toEqual(attribute(10, u32(0)));
  expect(writer.linkNames).toEqual([{ offset: 20, name: 'br0', slot: 0 }]);
});

test('a name that is too long for a device is left to be looked up', () => {
  const writer = new Writer();

  linkIndexType.encode(writer, 'sixteen-bytes...');

  expect(writer.linkNames).toEqual([
    { offset: 0, name: 'sixteen-bytes...', slot: expect.any(Number) as number, isLong: true },
  ]);
});

test('a link of a call is looked up once, and has one slot', () => {
  const writer = new Writer();
  const link = new LinkSlot('sixteen-bytes...');

  linkIndexType.encode(writer, link as never);
  linkIndexType.encode(writer, link as never);

  const slot = link.number;
  expect(writer.linkNames).toEqual([
    { offset: 0, name: 'sixteen-bytes...', slot, isLong: true },
    { offset: 4, name: '', slot },
  ]);
});

test.each<[unknown, string, string]>([
  [-1, 'RangeError', 'must be a whole number from 1 to 2147483647, not -1'],
  [2 ** 31, 'RangeError', 'must be a whole number from 1 to 2147483647, not 2147483648'],
  ['', 'RangeError', 'must not be empty'],
  ['a/b', 'RangeError', "must not contain '/', ':' or white space: 'a/b'"],
  ['x'.repeat(128), 'RangeError', 'must be at most 127 bytes long, not 128'],
  [{}, 'TypeError', 'must be the name or index of a link, not {}'],
])('%p is refused, and leaves no hole', (value, name, message) => {
  const writer = new Writer();

  const error = thrownBy(() => {
    linkIndexType.encode(writer, value as never);
  });

  expect(error).toMatchObject({ name, message });
  expect(writer.linkNames).toEqual([]);
});

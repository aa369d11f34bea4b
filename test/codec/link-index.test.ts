import { linkIndex, linkIndexType, Writer } from '../../lib/codec';
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
  expect(writer.linkNames).toEqual([{ offset: 20, name: 'br0' }]);
});

test.each<[unknown, string, string]>([
  [-1, 'RangeError', 'must be a whole number from 0 to 2147483647, not -1'],
  [2 ** 31, 'RangeError', 'must be a whole number from 0 to 2147483647, not 2147483648'],
  ['', 'RangeError', 'must not be empty'],
  ['a/b', 'RangeError', "must not contain '/', ':' or white space: 'a/b'"],
  ['sixteen-bytes...', 'RangeError', 'must be at most 15 bytes long, not 16'],
  [{}, 'TypeError', 'must be the name or index of a link, not {}'],
])('%p is refused, and leaves no hole', (value, name, message) => {
  const writer = new Writer();

  const error = thrownBy(() => {
    linkIndexType.encode(writer, value as never);
  });

  expect(error).toMatchObject({ name, message });
  expect(writer.linkNames).toEqual([]);
});

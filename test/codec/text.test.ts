import fc from 'fast-check';

import {
  bytes as octetsField,
  checkLinkName,
  linkNameOf,
  octets,
  text,
  textOf,
  unterminatedText,
} from '../../lib/codec';
import { ascii, attribute, bytes, decoded, encoded, thrownBy } from '../support/bytes';

const writeText = (most: number, value: unknown) =>
  encoded((writer) => {
    textOf(most).encode(writer, value as string);
  });

test('text ends with a NUL', () => {
  expect(
    encoded((writer) => {
      text(3, 15).encode(writer, 'lo');
    }),
  ).toEqual(attribute(3, ascii('lo'), 0));
});

test('text that ends with its attribute has no NUL', () => {
  const alias = unterminatedText(20, 255);

  expect(
    encoded((writer) => {
      alias.encode(writer, 'uplink');
    }),
  ).toEqual(attribute(20, ascii('uplink')));
  expect(
    encoded((writer) => {
      alias.encode(writer, '');
    }),
  ).toEqual(attribute(20));
});

test('text is decoded up to its NUL, or to the end', () => {
  expect(decoded(textOf(15), bytes(ascii('eth0'), 0, ascii('junk')))).toBe('eth0');
  expect(decoded(textOf(15), ascii('eth0'))).toBe('eth0');
  expect(decoded(textOf(15), bytes())).toBe('');
  expect(decoded(textOf(15), bytes(0xc3, 0xa4, 0, 0xc3))).toBe('ä');
});

/** Any that UTF-8 has, but NUL. fast-check's own unit lists all of them first. */
const character = fc
  .integer({ min: 1, max: 0x10ffff })
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

test('every text without a NUL survives, as UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: character }), (value) => {
      const written = writeText(1000, value);

      expect(written).toEqual(bytes(Buffer.from(value), 0));
      expect(decoded(textOf(1000), written)).toBe(value);
    }),
    { examples: [['\ufeffname']] },
  );
});

test('bytes that are no UTF-8 are decoded without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (content) => {
      expect(typeof decoded(textOf(15), content)).toBe('string');
    }),
  );
});

test('the limit counts bytes', () => {
  expect(writeText(4, 'ää')).toHaveLength(5);
  expect(thrownBy(() => writeText(3, 'ää'))).toMatchObject({
    name: 'RangeError',
    message: 'must be at most 3 bytes long, not 4',
  });
  expect(thrownBy(() => writeText(9, 'a\0b'))).toMatchObject({ message: 'must not contain NUL' });
  expect(thrownBy(() => writeText(9, 5))).toMatchObject({ name: 'TypeError', message: 'must be a string, not 5' });
});

describe('a link name', () => {
  test.each(['lo', 'eth0', 'veth%d', 'a.b-c_d', 'fifteen-bytes..', 'eth0@x', '...', 'grün'])('%j is one', (name) => {
    expect(() => {
      checkLinkName(name);
    }).not.toThrow();
  });

  test.each([
    ['', 'must not be empty'],
    ['.', "must not be '.'"],
    ['..', "must not be '..'"],
    ['a/b', "must not contain '/', ':' or white space: 'a/b'"],
    ['a b', "must not contain '/', ':' or white space: 'a b'"],
    ['a\tb', "must not contain '/', ':' or white space: 'a\\tb'"],
    ['eth0:1', "must not contain '/', ':' or white space: 'eth0:1'"],
    ['sixteen-bytes...', 'must be at most 15 bytes long, not 16'],
    ['a\0', 'must not contain NUL'],
  ])('%j is none', (name, message) => {
    expect(
      thrownBy(() => {
        checkLinkName(name);
      }),
    ).toMatchObject({ name: 'RangeError', message });
  });

  test('is checked before it is written', () => {
    const type = linkNameOf(15);

    expect(
      encoded((writer) => {
        type.encode(writer, 'eth0');
      }),
    ).toEqual(bytes(ascii('eth0'), 0));
    expect(() =>
      encoded((writer) => {
        type.encode(writer, 'a/b');
      }),
    ).toThrow(RangeError);
  });
});

test('octets stand as they are, and are a copy when decoded', () => {
  const content = bytes(1, 2, 3);

  expect(
    encoded((writer) => {
      octetsField(7).encode(writer, content);
    }),
  ).toEqual(attribute(7, content));
  expect(decoded(octets, content)).toEqual(content);
  expect(decoded(octets, content).buffer.byteLength).toBe(3);
  expect(
    thrownBy(() =>
      encoded((writer) => {
        octets.encode(writer, [1] as never);
      }),
    ),
  ).toBeInstanceOf(TypeError);
});

import fc from 'fast-check';

import { decodeText, formatIp, interned, sourceOf, struct, uint16, uint32, uint8 } from '../../../lib/codec';
import { shared } from '../../../lib/codec/fast/shared';
import { amidst, ascii, bytes, u16, u32 } from '../../support/bytes';

describe('interned texts', () => {
  test('of the same bytes are decoded once', () => {
    let count = 0;
    const decode = interned((source, start, end) => {
      count++;
      return decodeText(source, start, end);
    });
    const { source, start, end } = amidst(ascii('noqueue'));

    expect([decode(source, start, end), decode(source, start, end)]).toEqual(['noqueue', 'noqueue']);
    expect(count).toBe(1);
  });

  test('are those of their bytes, whatever was decoded before', () => {
    const decode = interned(decodeText);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ min: 1, max: 3, maxLength: 40 })), (contents) => {
        for (const content of contents) {
          const { source, start, end } = amidst(content);
          expect(decode(source, start, end)).toBe(decodeText(source, start, end));
        }
      }),
    );
  });

  test('of more values than are remembered, too', () => {
    const decode = interned(formatIp);
    for (let index = 0; index < 2000; index++) {
      const address = [10, 0, index >> 8, index & 255];
      expect(decode(sourceOf(bytes(address)), 0, 4)).toBe(address.join('.'));
    }
  });
});

describe('shared structs', () => {
  const header = struct({ family: uint8, length: uint8, type: uint16, flags: uint32 });
  const decode = shared(header);
  const content = bytes(2, 24, u16(1), u32(7));

  test('are one object for the same bytes', () => {
    const { source, start, end } = amidst(content);

    expect(decode(source, start, end)).toEqual({ family: 2, length: 24, type: 1, flags: 7 });
    expect(decode(sourceOf(content), 0, 8)).toBe(decode(source, start, end));
  });

  test('are those of their bytes, whatever was decoded before', () => {
    const small = fc.nat(3);
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small, small, fc.nat(600))), (headers) => {
        for (const [family, length, type, flags] of headers) {
          const { source, start, end } = amidst(bytes(family, length, u16(type), u32(flags)));
          expect(decode(source, start, end)).toEqual({ family, length, type, flags });
        }
      }),
    );
  });

  test('that are too short have zeros, and are not remembered', () => {
    const { source, start } = amidst(content);

    expect(decode(source, start, start + 4)).toEqual({ family: 2, length: 24, type: 1, flags: 0 });
    expect(decode(source, start, start + 8)).toMatchObject({ flags: 7 });
  });

  test('have whole words', () => {
    expect(() => shared(struct({ one: uint8 }))).toThrow('whole words');
  });
});

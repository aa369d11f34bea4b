import fc from 'fast-check';

import { repeated, sourceOf, type Source } from '../../../lib/codec';
import { amidst } from '../../support/bytes';

interface Content {
  readonly content: number[];
  readonly number: number;
}

const plain = ({ bytes }: Source, start: number, end: number, number: number): Content => ({
  content: [...bytes.subarray(start, end)],
  number,
});

const decodeAll =
  (decode: typeof plain, times: number) =>
  (content: Uint8Array): Content[] => {
    const { source, start, end } = amidst(content);
    return Array.from({ length: times }, () => decode(source, start, end, 1));
  };

test('what is seen again is the same object, from the second time on', () => {
  const [first, second, third] = decodeAll(
    repeated(plain, () => true),
    3,
  )(Uint8Array.of(1, 2, 3, 4));

  expect(first).not.toBe(second);
  expect(third).toBe(second);
});

test('what must not be shared is decoded each time', () => {
  const [, second, third] = decodeAll(
    repeated(plain, () => false),
    3,
  )(Uint8Array.of(1, 2, 3, 4));

  expect(third).not.toBe(second);
  expect(third).toEqual(second);
});

test('values are those of their bytes, whatever was decoded before', () => {
  const decode = repeated(plain, ({ content }) => content[0] !== 3);
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ min: 1, max: 3, maxLength: 120 })), (contents) => {
      for (const content of contents) {
        for (const found of decodeAll(decode, 2)(content)) {
          expect(found).toEqual({ content: [...content], number: 1 });
        }
      }
    }),
  );
});

test('values of more payloads than are remembered are right, too', () => {
  const decode = repeated(plain, () => true);
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 2000; index++) {
      const content = [10, round >> 1, index >> 8, index & 255];
      expect(decode(sourceOf(Uint8Array.from(content)), 0, 4, 1).content).toEqual(content);
    }
  }
});

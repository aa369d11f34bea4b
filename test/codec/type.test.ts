import { attributes, clearable, octets, readOnly, sourceOf, u32, u8, writeOnly } from '../../lib/codec';
import { amidst, attribute, bytes, encoded, u32 as word } from '../support/bytes';

test('a source is over the whole of a buffer, or over a part', () => {
  const buffer = Uint8Array.of(1, 2, 3, 4).buffer;

  expect(sourceOf(buffer).view.getUint8(3)).toBe(4);
  expect(sourceOf(new Uint8Array(buffer, 2)).view.getUint8(0)).toBe(3);
});

test('what is decoded of a Buffer is a copy, as of any bytes', () => {
  const memory = Buffer.from([1, 2, 3, 4]);

  const found = octets.decode(sourceOf(memory), 1, 3);
  memory.fill(9);

  expect(found).toEqual(Uint8Array.of(2, 3));
  expect(Buffer.isBuffer(found)).toBe(false);
});

test('null is the value that clears', () => {
  const master = clearable(u32(10), 0);
  const write = (value: number | null) =>
    encoded((writer) => {
      master.encode(writer, value);
    });

  expect(write(null)).toEqual(attribute(10, word(0)));
  expect(write(5)).toEqual(attribute(10, word(5)));
});

describe('fields of one direction', () => {
  const set = attributes({ both: u8(1), counter: readOnly(u8(2)), flush: writeOnly(u8(3)) });
  const write = (values: object) =>
    encoded((writer) => {
      set.encode(writer, values);
    });

  test('what the kernel only reports is left out of requests, whatever it is', () => {
    expect(write({ counter: 'not even a number', both: 1 })).toEqual(attribute(1, 1));
  });

  test('what the kernel only takes is written, and read in a captured request', () => {
    const { source, start, end } = amidst(bytes(attribute(1, 7), attribute(3, 1)));

    expect(write({ flush: 1 })).toEqual(attribute(3, 1));
    expect(set.decode(source, start, end)).toEqual({ both: 7, flush: 1 });
  });
});

import {
  attributes,
  holdsOthers,
  inside,
  list,
  masked,
  nested,
  readOnly,
  text,
  u16,
  u32,
  u8,
  uint32,
} from '../../lib/codec';
import { amidst, ascii, attribute, bytes, encoded, thrownBy, u16 as half, u32 as word } from '../support/bytes';

const NESTED = 0x8000;

/** Two that a request sets, and one that is only told, inside the same attributes; another inside one of its own. */
const set = attributes({
  mtu: u32(1),
  mode: inside([26, 10], u8(8), holdsOthers([2, 10], { 10: holdsOthers([7, 8, 9]) })),
  token: inside([26, 10], u16(7)),
  inet: readOnly(inside([26], nested(2, attributes({ count: u8(1) })))),
  reason: inside([55], masked(2, 1, uint32)),
});

const write = (values: Parameters<typeof set.encode>[1]) =>
  encoded((writer) => {
    set.encode(writer, values);
  });

const read = (...content: Uint8Array[]) => {
  const { source, start, end } = amidst(bytes(...content));
  return set.decode(source, start, end);
};

describe('fields inside other attributes', () => {
  test('stand in these once, since of two alike the kernel takes one', () => {
    const content = bytes(
      attribute(1, word(1500)),
      attribute(26 | NESTED, attribute(10 | NESTED, attribute(7, half(5)), attribute(8, 1))),
    );

    expect(write({ token: 5, mtu: 1500, mode: 1 })).toEqual(content);
    expect(read(content)).toEqual({ mtu: 1500, mode: 1, token: 5 });
  });

  test('are read among others, of which some are read too', () => {
    const content = bytes(
      attribute(26, attribute(2, attribute(1, 9)), attribute(10, attribute(9, 0, 0), attribute(8, 3))),
      attribute(1, word(9)),
    );

    expect(read(content)).toEqual({ mode: 3, inet: { count: 9 }, mtu: 9 });
    expect(read(attribute(26, attribute(2)))).toEqual({ inet: {} });
    expect(read(attribute(26))).toEqual({});
  });

  test.each([
    ['another family', attribute(45, attribute(1, 1))],
    ['something new of a known one', attribute(10, attribute(8, 3), attribute(99, 1))],
  ])('beside %s are kept with it', (_what, other) => {
    expect(read(attribute(26, other))).toMatchObject({ unknownAttributes: [{ type: 26, data: other }] });
  });

  test('may be several for one property', () => {
    const content = attribute(55 | NESTED, attribute(2, word(4)), attribute(1, word(12)));

    expect(write({ reason: { value: 4, mask: 12 } })).toEqual(content);
    expect(read(content)).toEqual({ reason: { value: 4, mask: 12 } });
    expect(read(attribute(55, attribute(2, word(4))))).toEqual({ reason: 4 });
  });

  test('are named in errors, and by the byte that the kernel points at', () => {
    const content = write({ mode: 1, token: 5 });
    const { source, start, end } = amidst(content);
    const at = (offset: number) => set.locate?.(source, start, end, start + offset);

    expect(thrownBy(() => write({ mode: 256 }))).toMatchObject({ property: 'mode' });
    expect(thrownBy(() => write({ reason: { value: -1, mask: 1 } }))).toMatchObject({ property: 'reason.value' });
    expect([0, 4, 8, 12, 16, 20].map(at)).toEqual(['mode', 'mode', 'mode', 'mode', 'token', 'token']);
  });

  test('write the attributes around them when they are written alone', () => {
    expect(
      encoded((writer) => {
        set.fields.mode.encode(writer, 1);
      }),
    ).toEqual(attribute(26 | NESTED, attribute(10 | NESTED, attribute(8, 1))));
  });
});

test('a list with others among its elements is kept whole as well', () => {
  const names = attributes({ names: list(52, text(53, 127)) });
  const name = attribute(53, ascii('a\0'));
  const read = (content: Uint8Array) => {
    const { source, start, end } = amidst(attribute(52, content));
    return names.decode(source, start, end);
  };

  expect(read(name)).toEqual({ names: ['a'] });
  expect(read(bytes(name, attribute(54, 1)))).toEqual({
    names: ['a'],
    unknownAttributes: [{ type: 52, data: bytes(name, attribute(54, 1)) }],
  });
});

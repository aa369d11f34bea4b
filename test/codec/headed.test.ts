import { attributes, headed, struct, u8, uint16, uint32, uint8 } from '../../lib/codec';
import { amidst, attribute, bytes, encoded, thrownBy, u16, u32 } from '../support/bytes';

const message = headed(struct({ family: uint8, index: uint32 }), attributes({ mode: u8(3) }));
const content = bytes(7, u32(9), [0, 0, 0], attribute(3, 5));

test('attributes begin behind the header, on a multiple of four', () => {
  expect(
    encoded((writer) => {
      message.encode(writer, { family: 7, index: 9 }, { mode: 5 });
    }),
  ).toEqual(content);
});

test('header and attributes are decoded each for itself', () => {
  const { source, start, end } = amidst(content);

  expect(message.decodeHeader(source, start, end)).toEqual({ family: 7, index: 9 });
  expect(message.decode(source, start, end)).toEqual({ mode: 5 });
});

test('a message that ends in its header has no attributes', () => {
  const { source, start, end } = amidst(content.subarray(0, 3));

  expect(message.decodeHeader(source, start, end)).toEqual({ family: 7, index: 0 });
  expect(message.decode(source, start, end)).toEqual({});
});

test('a byte belongs to a member of the header or to an attribute', () => {
  const { source, start, end } = amidst(content);
  const at = (offset: number) => message.locate(source, start, end, start + offset);

  expect([0, 1, 4, 8, 12].map(at)).toEqual(['family', 'index', 'index', 'mode', 'mode']);
  expect(at(6)).toBeUndefined();
  expect(at(16)).toBeUndefined();
});

test('errors name the member of the header', () => {
  const other = headed(struct({ type: uint16 }), attributes({}));

  expect(
    thrownBy(() =>
      encoded((writer) => {
        other.encode(writer, { type: -1 }, {});
      }),
    ),
  ).toMatchObject({ property: 'type' });
  expect(
    encoded((writer) => {
      other.encode(writer, { type: 1 }, {});
    }),
  ).toEqual(bytes(u16(1), [0, 0]));
});

import { attributes, maskedSwitches, u16 } from '../../lib/codec';
import { amidst, attribute, bytes, decoded, encoded, thrownBy, u16 as short, u32 } from '../support/bytes';

const set = attributes({ id: u16(1), ...maskedSwitches(2, { reorder: 1, register: 2, loose: 4 }) });
const write = (values: object) =>
  encoded((writer) => {
    set.encode(writer, values);
  });

test('switches of one attribute are written together, wherever they stand', () => {
  expect(write({ loose: true })).toEqual(attribute(2, u32(4), u32(4)));
  expect(write({ reorder: false, id: 7, loose: true, register: undefined })).toEqual(
    bytes(attribute(2, u32(4), u32(5)), attribute(1, short(7))),
  );
});

test('messages do not share them', () => {
  const two = encoded((writer) => {
    set.encode(writer, { reorder: true });
    set.encode(writer, { register: true });
  });

  expect(two).toEqual(bytes(attribute(2, u32(1), u32(1)), attribute(2, u32(2), u32(2))));
});

test('those that are meant are read', () => {
  expect(decoded(set, attribute(2, u32(4), u32(0xffffffff)))).toEqual({ reorder: false, register: false, loose: true });
  expect(decoded(set, attribute(2, u32(1), u32(3)))).toEqual({ reorder: true, register: false });
  expect(decoded(set, attribute(2, u32(1)))).toEqual({});
});

test('errors name the switch', () => {
  const message = 'loose: must be true or false, not 1';

  expect(thrownBy(() => write({ loose: 1 }))).toMatchObject({ message });
  expect(thrownBy(() => write({ reorder: true, loose: 1 }))).toMatchObject({ message });
});

test('where the kernel points at the attribute, the first that is meant is named', () => {
  const { source, start, end } = amidst(attribute(2, u32(4), u32(6)));

  expect(set.locate?.(source, start, end, start)).toBe('register');
});

test('what is on and not known is kept whole as well, and so are more bytes', () => {
  const reading = (...content: Uint8Array[]) => decoded(set, attribute(2, ...content));
  const kept = (...content: Uint8Array[]) => [{ type: 2, data: bytes(...content) }];
  const on = [u32(0x61), u32(0xffffffff)];
  const longer = [u32(1), u32(1), u32(0)];

  expect(reading(...on)).toEqual({ reorder: true, register: false, loose: false, unknownAttributes: kept(...on) });
  expect(reading(...longer)).toEqual({ reorder: true, unknownAttributes: kept(...longer) });
});

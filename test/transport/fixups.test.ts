import { sourceOf } from '../../lib/codec';
import { encodeFixups, encodeNotes } from '../../lib/transport/fixups';
import { ascii, bytes, u32 } from '../support/bytes';

/** Messages of these lengths, one behind the other. */
function messages(...lengths: number[]) {
  const whole = lengths.map((length) => bytes(u32(length), new Uint8Array(((length + 3) & ~3) - 4)));
  return sourceOf(bytes(...whole));
}

test('a fixup is message, place, flags, slot and name', () => {
  const { view } = messages(64, 38, 44);
  const linkNames = [
    { offset: 20, name: 'br0', slot: 0 },
    { offset: 60, name: 'br0', slot: 0 },
    { offset: 104, name: 'fifteen-bytes..', slot: 0 },
  ];

  const fixups = encodeFixups({ view, linkNames }, 104);

  expect(fixups).toEqual(
    bytes(
      ...[u32(0), u32(20), u32(0), u32(0), ascii('br0'), new Uint8Array(13)],
      ...[u32(0), u32(60), u32(0), u32(0), ascii('br0'), new Uint8Array(13)],
      ...[u32(104), u32(104), u32(1), u32(0), ascii('fifteen-bytes..'), 0],
    ),
  );
});

test('no name is new where no request changes names', () => {
  const { view } = messages(32, 32);

  const fixups = encodeFixups({ view, linkNames: [{ offset: 48, name: 'br0', slot: 0 }] });

  expect(fixups).toEqual(bytes(u32(32), u32(48), u32(0), u32(0), ascii('br0'), new Uint8Array(13)));
});

test('a name that another message tells, and one that is looked up, stand as a slot', () => {
  const { view } = messages(64);
  const long = 'an-alternative-name-of-a-link';

  const linkNames = [
    { offset: 20, name: '', slot: 7 },
    { offset: 24, name: long, slot: 8, isLong: true as const },
    { offset: 28, name: 'br0', slot: 9 },
  ];

  expect(encodeFixups({ view, linkNames })).toEqual(
    bytes(
      ...[u32(0), u32(20), u32(0), u32(7), new Uint8Array(16)],
      ...[u32(0), u32(24), u32(0), u32(8), new Uint8Array(16)],
      ...[u32(0), u32(28), u32(0), u32(9), ascii('br0'), new Uint8Array(13)],
    ),
  );
});

test('a note is message, group, flags, slot, attribute and size of the header', () => {
  const notes = [
    { message: 0, group: 3, isUndo: false, slot: 7, attribute: 5 },
    { message: 64, group: 3, isUndo: true, slot: 0, attribute: 0, headerSize: 4 },
  ];

  expect(encodeNotes(notes)).toEqual(bytes(...[0, 3, 0, 7, 5, 16, 64, 3, 1, 0, 0, 4].map(u32)));
  expect(encodeNotes([])).toBeUndefined();
});

test('none are nothing at all', () => {
  expect(encodeFixups({ view: messages().view, linkNames: [] })).toBeUndefined();
});

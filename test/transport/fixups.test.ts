import { sourceOf } from '../../lib/codec';
import { encodeFixups } from '../../lib/transport/fixups';
import { ascii, bytes, u32 } from '../support/bytes';

/** Messages of these lengths, one behind the other. */
function messages(...lengths: number[]) {
  const whole = lengths.map((length) => bytes(u32(length), new Uint8Array(((length + 3) & ~3) - 4)));
  return sourceOf(bytes(...whole));
}

test('a fixup is message, place, flags and name', () => {
  const { view } = messages(64, 38, 44);
  const linkNames = [
    { offset: 20, name: 'br0' },
    { offset: 60, name: 'br0' },
    { offset: 104, name: 'fifteen-bytes..' },
  ];

  const fixups = encodeFixups({ view, linkNames }, 104);

  expect(fixups).toEqual(
    bytes(
      ...[u32(0), u32(20), u32(0), ascii('br0'), new Uint8Array(13)],
      ...[u32(0), u32(60), u32(0), ascii('br0'), new Uint8Array(13)],
      ...[u32(104), u32(104), u32(1), ascii('fifteen-bytes..'), 0],
    ),
  );
});

test('no name is new where no request changes names', () => {
  const { view } = messages(32, 32);

  const fixups = encodeFixups({ view, linkNames: [{ offset: 48, name: 'br0' }] });

  expect(fixups).toEqual(bytes(u32(32), u32(48), u32(0), ascii('br0'), new Uint8Array(13)));
});

test('none are nothing at all', () => {
  expect(encodeFixups({ view: messages().view, linkNames: [] })).toBeUndefined();
});

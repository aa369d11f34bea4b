import { encodeFixups } from '../../lib/transport/fixups';
import { ascii, bytes, u32 } from '../support/bytes';

test('a fixup is message, place, flags and name', () => {
  const fixups = encodeFixups([
    { message: 0, offset: 20, name: 'br0', afterEarlier: false },
    { message: 64, offset: 84, name: 'fifteen-bytes..', afterEarlier: true },
  ]);

  expect(fixups).toEqual(
    bytes(
      [u32(0), u32(20), u32(0), ascii('br0'), new Uint8Array(13)].flatMap((part) => [...part]),
      [u32(64), u32(84), u32(1), ascii('fifteen-bytes..'), [0]].flatMap((part) => [...part]),
    ),
  );
});

test('none are nothing at all', () => {
  expect(encodeFixups([])).toBeUndefined();
});

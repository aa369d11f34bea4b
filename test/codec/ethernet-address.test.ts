import { attributes, ethernetAddress } from '../../lib/codec';
import { attribute, decoded, encoded, thrownBy } from '../support/bytes';

const set = attributes({ address: ethernetAddress(4) });
const write = (address: unknown) =>
  encoded((writer) => {
    set.encode(writer, { address } as object);
  });

test('six octets', () => {
  const content = attribute(4, [2, 0, 0, 0, 0, 0xab]);

  expect(write('02:00:00:00:00:AB')).toEqual(content);
  expect(decoded(set, content)).toEqual({ address: '02:00:00:00:00:ab' });
});

test.each(['10.0.0.1', '02:00:00:00:00', '02:00:00:00:00:00:01', 'x'])(
  "the link-layer address '%s' is refused",
  (address) => {
    expect(thrownBy(() => write(address))).toMatchObject({
      name: 'RangeError',
      message: `address: must be an Ethernet address such as 02:00:00:00:00:01, not '${address}'`,
    });
  },
);

test('what is no text is refused', () => {
  expect(thrownBy(() => write(7))).toMatchObject({ message: 'address: must be an Ethernet address, not 7' });
});

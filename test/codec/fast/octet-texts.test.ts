import fc from 'fast-check';

import { formatIp, formatOctets, formatPrefix, sourceOf } from '../../../lib/codec';
import { bytes } from '../../support/bytes';

const octets = (length: number) => fc.array(fc.nat(255), { minLength: length, maxLength: length });
const hex = (octet: number) => octet.toString(16).padStart(2, '0');

test('IPv4 addresses are their octets with dots', () => {
  fc.assert(
    fc.property(octets(4), (address) => {
      expect(formatIp(sourceOf(bytes(address)), 0, 4)).toBe(address.join('.'));
    }),
  );
});

test('IPv4 prefixes are the address, and the length whatever it is', () => {
  const network = fc.tuple(octets(3), fc.constantFrom(0, 0, 128, 255)).map(([first, last]) => [...first, last]);
  fc.assert(
    fc.property(network, fc.constantFrom(0, 1, 8, 16, 24, 25, 31, 32, 33, 255), (address, length) => {
      expect(formatPrefix(sourceOf(bytes(address)), 0, 4, length)).toBe(`${address.join('.')}/${String(length)}`);
    }),
    { numRuns: 500 },
  );
});

test('other prefixes are their address, and the length', () => {
  expect(formatPrefix(sourceOf(new Uint8Array(16)), 0, 16, 64)).toBe('::/64');
  expect(formatPrefix(sourceOf(bytes([1, 2])), 0, 2, 9)).toBe('01:02/9');
});

test('octets are written with colons, however many there are', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(255), { maxLength: 20 }), (address) => {
      expect(formatOctets(bytes(address), 0, address.length)).toBe(address.map(hex).join(':'));
    }),
    { numRuns: 500 },
  );
});

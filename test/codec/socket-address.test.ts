import { encodeSocketAddress } from '../../lib/codec';
import { bytes, u16, u32 } from '../support/bytes';

test('sockaddr_in: the family in the order of the host, the port in that of the network', () => {
  expect(encodeSocketAddress('127.0.0.1', 8080)).toEqual(bytes(u16(2), 0x1f, 0x90, [127, 0, 0, 1], new Uint8Array(8)));
});

test('sockaddr_in6', () => {
  const expected = bytes(u16(10), 0, 80, u32(0), new Uint8Array(15), 1, u32(0));

  expect(encodeSocketAddress('::1', 80)).toEqual(expected);
});

test('a host that is no address is refused', () => {
  expect(() => encodeSocketAddress('localhost', 80)).toThrow(RangeError);
});

import { hostOrder } from './byte-order';
import { AF } from './address-family';
import { parseIp } from './ip-address';

/** An address and port as the socket calls want them: `sockaddr_in` or `sockaddr_in6`. */
export function encodeSocketAddress(host: string, port: number): Uint8Array {
  const address = parseIp(host);
  const isIpv4 = address.length === 4;
  const bytes = new Uint8Array(isIpv4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isIpv4 ? AF.inet : AF.inet6, hostOrder);
  view.setUint16(2, port);
  bytes.set(address, isIpv4 ? 4 : 8);
  return bytes;
}

/** The name of a Unix-domain socket: `sockaddr_un`, without anything behind the name. */
export function encodeUnixAddress(name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + name.length);
  new DataView(bytes.buffer).setUint16(0, AF.unix, hostOrder);
  bytes.set(name, 2);
  return bytes;
}

/** A link-layer protocol (an EtherType) and a device by its index, 0 for all: `sockaddr_ll`. */
export function encodeLinkLayerAddress(protocol: number, index: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF.packet, hostOrder);
  view.setUint16(2, protocol);
  view.setInt32(4, index, hostOrder);
  return bytes;
}

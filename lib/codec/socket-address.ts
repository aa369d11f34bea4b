import { hostOrder } from './byte-order';
import { AF, parseIp } from './addresses';

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

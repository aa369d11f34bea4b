import { show, wrongType, wrongValue } from '../errors';
import { formatOctets, parseOctets } from './hex-octets';
import { formatIp, parseIp } from './ip-address';
import { field, type Field, type Type } from './type';

/** The longest address of a link layer, in bytes (MAX_ADDR_LEN). */
const LONGEST_LINK_ADDRESS = 32;

/** The bytes of a link-layer address: hexadecimal octets with colons, or an IP address for tunnels. */
export function parseLinkAddress(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw wrongType(`must be a link-layer address, not ${show(value)}`);
  const bytes = value === '' ? undefined : parseOctets(value);
  if (bytes !== undefined && bytes.length <= LONGEST_LINK_ADDRESS) return bytes;
  try {
    return parseIp(value);
  } catch {
    throw wrongValue(`must be a link-layer address such as 02:00:00:00:00:01, not ${show(value)}`);
  }
}

/** A link-layer address: six octets for Ethernet, an IP address for tunnels (4 bytes; 16 for those over IPv6). */
export const linkAddressType: Type<string> = {
  encode(writer, value) {
    writer.append(parseLinkAddress(value));
  },
  decode: (source, start, end) =>
    end - start === 4 || end - start === 16 ? formatIp(source, start, end) : formatOctets(source.bytes, start, end),
};

export function linkAddress(number: number): Field<string> {
  return field(number, linkAddressType);
}

/** As {@link linkAddressType}, for a link layer that may have no addresses, such as that of a tun: then it is ''. */
export const optionalLinkAddressType: Type<string> = {
  ...linkAddressType,
  encode(writer, value) {
    if (value !== '') linkAddressType.encode(writer, value);
  },
};

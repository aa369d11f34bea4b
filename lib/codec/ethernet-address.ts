import { show, wrongType, wrongValue } from '../errors';
import { formatOctets } from './hex-octets';
import { parseLinkAddress } from './link-layer-address';
import { fieldOf, type FixedType } from './type';

const SIZE = 6;

/** Six octets: '02:00:00:00:00:01'. Addresses of other link layers are refused. */
export const ethernetAddressType: FixedType<string> = {
  size: SIZE,
  encode(writer, value) {
    if (typeof value !== 'string') throw wrongType(`must be an Ethernet address, not ${show(value)}`);
    const octets = octetsOf(value);
    if (octets?.length !== SIZE) {
      throw wrongValue(`must be an Ethernet address such as 02:00:00:00:00:01, not ${show(value)}`);
    }
    writer.append(octets);
  },
  decode: ({ bytes }, start, end) => formatOctets(bytes, start, end),
};

export const ethernetAddress = fieldOf(ethernetAddressType);

function octetsOf(value: string): Uint8Array | undefined {
  try {
    return parseLinkAddress(value);
  } catch {
    return undefined;
  }
}

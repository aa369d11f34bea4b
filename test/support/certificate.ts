import { generateKeyPairSync, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A key and a certificate that signs itself, for servers of TLS in tests. */
export interface Certified {
  key: string;
  cert: string;
}

/** Makes a certificate of an IPv4 address or a host name, valid for the 2020s and 2030s. node:crypto makes keys, but no certificates. */
export function certify(host: string): Certified {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const name = sequence(set(sequence(objectId(COMMON_NAME), der(UTF8_STRING, Buffer.from(host)))));
  const address = der(IP_ADDRESS, Buffer.from(host.split('.').map(Number)));
  const alternative = sequence(isIPv4(host) ? address : der(DNS_NAME, Buffer.from(host)));
  const tbs = sequence(
    der(VERSION, integer(2)),
    integer(1),
    algorithm,
    name,
    sequence(utcTime('200101000000Z'), utcTime('391231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, sequence(sequence(objectId(SUBJECT_ALTERNATIVE_NAME), der(OCTET_STRING, alternative)))),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', tbs, privateKey));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(tbs, algorithm, signature)),
  };
}

// Tags of DER, and object identifiers as it has them.
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const SUBJECT_ALTERNATIVE_NAME = '551d11';

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => der(SEQUENCE, ...parts);
const set = (...parts: Buffer[]) => der(SET, ...parts);
const integer = (value: number) => der(INTEGER, Buffer.from([value]));
const objectId = (hex: string) => der(OBJECT_ID, Buffer.from(hex, 'hex'));
const utcTime = (text: string) => der(UTC_TIME, Buffer.from(text));

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

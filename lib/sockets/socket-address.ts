import {
  checkLinkName,
  LONGEST_ALTERNATIVE_NAME,
  encodeSocketAddress,
  encodeUnixAddress,
  familyOf,
  parseIp,
  type IpFamily,
  type LinkReference,
} from '../codec';
import { at, outOfRange, show, wrongType, wrongValue } from '../errors';

/** An IP address that a user wrote, perhaps with a zone: '10.1.1.1', 'fe80::1%eth0'. */
export interface HostAddress {
  family: IpFamily;
  /** As it was written, without the zone. */
  text: string;
  /**
   * The device of a link-local address. Node would look up its name in the namespace of the thread. The kernel looks up
   * the name of a socket's device in the socket's namespace, and reaches link-local addresses through it.
   */
  zone: LinkReference | undefined;
}

/** Splits an IP address into address and zone. Throws errors that name the property. */
export function parseHost(property: string, value: unknown): HostAddress {
  return at(property, () => {
    if (typeof value !== 'string') throw wrongType(`must be an IP address, not ${show(value)}`);
    const percent = value.indexOf('%');
    const text = percent < 0 ? value : value.slice(0, percent);
    const bytes = parseIp(text);
    const family = familyOf(bytes);
    if (percent < 0) return { family, text, zone: undefined };
    const zone = value.slice(percent + 1);
    if (!isLinkLocal(bytes)) throw wrongValue(`only a link-local IPv6 address has a zone, not ${show(value)}`);
    if (/^[1-9]\d{0,8}$/.test(zone)) return { family, text, zone: Number(zone) };
    checkLinkName(zone, LONGEST_ALTERNATIVE_NAME);
    return { family, text, zone };
  });
}

/** The device of a socket, from the option or from the zones of its addresses, which must agree. */
export function commonDevice(device: LinkReference | undefined, ...hosts: (HostAddress | undefined)[]) {
  for (const host of hosts) {
    if (host?.zone === undefined) continue;
    device ??= host.zone;
    if (device !== host.zone) throw wrongValue(`must be the zone ${show(host.zone)}, not ${show(device)}`, 'device');
  }
  return device;
}

/** The sockaddr of an address and port. The zone is the device of the socket. */
export function socketAddress({ text }: HostAddress, port: number): Uint8Array {
  return encodeSocketAddress(text, port);
}

/** The bytes of the longest name, with the NUL before it. */
const LONGEST_NAME = 108;

/** The sockaddr of an abstract Unix-domain socket. Throws errors that name `path`. */
export function abstractAddress(path: unknown): Uint8Array {
  return at('path', () => {
    if (typeof path !== 'string') throw wrongType(`must be a string, not ${show(path)}`);
    if (!path.startsWith('\0')) {
      throw wrongValue(
        `must begin with '\\0': sockets with a path are no namespace's, node:net serves; not ${show(path)}`,
      );
    }
    const name = Buffer.from(path);
    if (name.length === 1) throw wrongValue('must have a name behind its NUL');
    if (name.length > LONGEST_NAME) {
      throw outOfRange(`must be at most ${String(LONGEST_NAME)} bytes long, not ${String(name.length)}`);
    }
    return encodeUnixAddress(name);
  });
}

const ofUnix: ReadonlySet<string> = new Set(['path', 'backlog', 'signal', 'allowHalfOpen', 'timeout']);

/** Throws for options that do not go with a path. */
export function checkUnixOptions(options: object): void {
  for (const [property, value] of Object.entries(options)) {
    if (value !== undefined && !ofUnix.has(property)) throw wrongValue('does not go with a path', property);
  }
}

/** fe80::/10, and multicast groups of the scopes of interface and link. */
function isLinkLocal(bytes: Uint8Array): boolean {
  if (bytes.length !== 16) return false;
  const [first = 0, second = 0] = bytes;
  return first === 0xff ? (second & 0xf) <= 2 : first === 0xfe && (second & 0xc0) === 0x80;
}

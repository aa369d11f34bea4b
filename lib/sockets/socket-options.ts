import {
  checkInteger,
  checkLinkName,
  hostOrder,
  isLongLinkName,
  LONGEST_ALTERNATIVE_NAME,
  type IpFamily,
  type LinkReference,
} from '../codec';
import { at, show, wrongValue } from '../errors';
import { socketCalls } from '../native';
import { checkSwitch, whenRead, type Checks } from '../options';
import type { SocketOption } from './open-socket';

/** Options of a socket that Node's classes do not know, set when it is made. */
export interface SocketOptions {
  /**
   * Several sockets share the address and port, and the kernel distributes what arrives (SO_REUSEPORT). False by
   * default.
   */
  reusePort?: boolean | undefined;
  /** An IPv6 socket accepts no IPv4 (IPV6_V6ONLY). False by default. */
  ipv6Only?: boolean | undefined;
  /** The device, by name or index; the socket sends and receives only through it (SO_BINDTODEVICE). */
  device?: LinkReference | undefined;
  /** The firewall mark of what it sends (SO_MARK), 0 to 2^32 - 1. Needs CAP_NET_ADMIN. */
  mark?: number | undefined;
  /**
   * It may use addresses that are not of the namespace, like a transparent proxy (IP_TRANSPARENT). Needs CAP_NET_ADMIN.
   */
  transparent?: boolean | undefined;
  /** It may be bound to an address that the namespace does not have, or not yet (IP_FREEBIND). */
  freebind?: boolean | undefined;
}

/** How they are checked. `device` is checked together with the addresses, and `ipv6Only` with the family. */
export const socketChecks: Checks<SocketOptions> = {
  reusePort: checkSwitch,
  ipv6Only: checkSwitch,
  device: whenRead,
  mark(value) {
    checkInteger(value, 0, 0xffffffff);
  },
  transparent: checkSwitch,
  freebind: checkSwitch,
};

const SOL = { ip: 0, socket: 1, ipv6: 41 } as const;
const SO = {
  REUSEADDR: 2,
  SNDBUF: 7,
  RCVBUF: 8,
  REUSEPORT: 15,
  BINDTODEVICE: 25,
  MARK: 36,
  BINDTOIFINDEX: 62,
} as const;
const IP = { FREEBIND: 15, TRANSPARENT: 19 } as const;
const IPV6 = { V6ONLY: 26, TRANSPARENT: 75, FREEBIND: 78 } as const;

/** Others may bind to the same address: at once for UDP, for TCP after a server has ended. */
export const reuseAddress: SocketOption = flag('reuseAddr', SOL.socket, SO.REUSEADDR, true);

/**
 * The socket options for checked options of a user. The device may follow from the zone of an address. Throws errors that name the property.
 */
export function socketOptions(
  options: SocketOptions,
  family: IpFamily,
  device: LinkReference | undefined = options.device,
): SocketOption[] {
  const { reusePort, ipv6Only, mark, transparent, freebind } = options;
  const isIpv4 = family === 'inet';
  if (ipv6Only === true && isIpv4) throw wrongValue('is for IPv6 sockets', 'ipv6Only');
  const chosen: SocketOption[] = [];
  if (reusePort === true) chosen.push(flag('reusePort', SOL.socket, SO.REUSEPORT, true));
  if (ipv6Only !== undefined && !isIpv4) chosen.push(flag('ipv6Only', SOL.ipv6, IPV6.V6ONLY, ipv6Only));
  if (device !== undefined)
    chosen.push({ ...toDevice(device), property: options.device === undefined ? undefined : 'device' });
  if (mark !== undefined) chosen.push(toMark(mark));
  if (transparent === true) {
    const [level, name] = isIpv4 ? [SOL.ip, IP.TRANSPARENT] : [SOL.ipv6, IPV6.TRANSPARENT];
    chosen.push({ ...flag('transparent', level, name, true), needs: 'CAP_NET_ADMIN' });
  }
  if (freebind === true) {
    const [level, name] = isIpv4 ? [SOL.ip, IP.FREEBIND] : [SOL.ipv6, IPV6.FREEBIND];
    chosen.push(flag('freebind', level, name, true));
  }
  return chosen;
}

/** Undoes {@link reuseAddress} on a socket that is bound. */
export function clearReuseAddress(fd: number): void {
  // It cannot fail: the descriptor is an open socket.
  socketCalls().setSocketOption(fd, SOL.socket, SO.REUSEADDR, uint32(0));
}

/** The sizes of a socket's buffers, in bytes. */
export function bufferSizes(recvBufferSize: number | undefined, sendBufferSize: number | undefined): SocketOption[] {
  const sizes = Object.entries({ recvBufferSize, sendBufferSize });
  return sizes.flatMap(([subject, size]) => {
    if (size === undefined) return [];
    const name = subject === 'recvBufferSize' ? SO.RCVBUF : SO.SNDBUF;
    return { level: SOL.socket, name, value: uint32(size), subject, property: subject };
  });
}

/** Throws unless a value is a port; 0 is any that is free. */
export function checkPort(value: unknown): void {
  checkInteger(value, 0, 65535);
}

/** Throws unless a value is a whole number that is not negative: milliseconds, connections. */
export function checkDelay(value: unknown): void {
  checkInteger(value, 0, 0x7fffffff);
}

/** Throws unless a value is the size of a buffer. */
export function checkBufferSize(value: unknown): void {
  checkInteger(value, 1, 0x7fffffff);
}

function toDevice(device: LinkReference): SocketOption {
  const subject = `device ${show(device)}`;
  const needs = 'CAP_NET_RAW'; // only to change it
  return at('device', () => {
    if (typeof device === 'number') {
      checkInteger(device, 1, 0x7fffffff);
      return toIndexOf(device);
    }
    checkLinkName(device, LONGEST_ALTERNATIVE_NAME);
    // Too long for the kernel's own look-up.
    const isLong: boolean = isLongLinkName(device);
    if (isLong) return toIndexOf(device);
    return { level: SOL.socket, name: SO.BINDTODEVICE, value: Buffer.from(`${device}\0`), subject, needs };
  });
}

function toIndexOf(device: LinkReference): SocketOption {
  const subject = `device ${show(device)}`;
  return { level: SOL.socket, name: SO.BINDTOIFINDEX, value: uint32(0), subject, device, needs: 'CAP_NET_RAW' };
}

function toMark(mark: number): SocketOption {
  return {
    level: SOL.socket,
    name: SO.MARK,
    value: uint32(mark),
    subject: 'mark',
    property: 'mark',
    needs: 'CAP_NET_ADMIN',
  };
}

function flag(subject: string, level: number, name: number, value: boolean): SocketOption {
  return { level, name, value: uint32(value ? 1 : 0), subject, property: subject };
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, hostOrder);
  return bytes;
}

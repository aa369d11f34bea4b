import type dgram from 'node:dgram';

import { hostOrder, parseIp } from '../codec';
import type { LinkReference } from '../codec';
import { ERRNO, errorName } from '../errno';
import { show, wrongValue } from '../errors';
import { socketCalls } from '../native';
import { packages } from '../packages';

/**
 * Zones in the arguments of an IPv6 socket's own methods ('::%eth0'). Node looks up their names in the namespace of its
 * thread; these versions look in the namespace of the socket.
 */

type Lookup = NonNullable<dgram.SocketOptions['lookup']>;

const SOL_IPV6 = 41;
const IPV6 = { MULTICAST_IF: 17, JOIN_GROUP: 20, LEAVE_GROUP: 21 } as const;

/** Makes the multicast methods of a socket look up devices in its namespace. */
export function findDevicesInside(socket: dgram.Socket, fd: number): void {
  const addMembership = socket.addMembership.bind(socket);
  const dropMembership = socket.dropMembership.bind(socket);
  const setMulticastInterface = socket.setMulticastInterface.bind(socket);
  const set = (syscall: string, name: number, parts: (index: number) => Uint8Array, zone: string) => {
    checkRunning(socket);
    const index = /^\d+$/.test(zone) ? Number(zone) : socketCalls().deviceIndex(fd, zone);
    const errno = index <= 0 ? -index || ERRNO.ENODEV : socketCalls().setSocketOption(fd, SOL_IPV6, name, parts(index));
    if (errno === 0) return;
    const code = errorName(errno);
    throw Object.assign(new Error(`${syscall} ${code}`), { errno: -errno, code, syscall });
  };
  socket.addMembership = (group, device) => {
    const zone = zoneOf(device);
    if (zone === undefined) addMembership(group, device);
    else set('addMembership', IPV6.JOIN_GROUP, (index) => membership(group, index), zone);
  };
  socket.dropMembership = (group, device) => {
    const zone = zoneOf(device);
    if (zone === undefined) dropMembership(group, device);
    else set('dropMembership', IPV6.LEAVE_GROUP, (index) => membership(group, index), zone);
  };
  socket.setMulticastInterface = (device) => {
    const zone = zoneOf(device);
    if (zone === undefined) setMulticastInterface(device);
    else set('setMulticastInterface', IPV6.MULTICAST_IF, uint32, zone);
  };
}

/** A lookup for the names given to `send` and `connect`, for a socket with or without a device. */
export function lookupWithZones(
  { device, address }: { device?: LinkReference | undefined; address?: string | undefined },
  lookup: Lookup = packages.dns.lookup,
): Lookup {
  const known = String(device ?? zoneOf(address));
  return (host, options, callback) => {
    const zone = zoneOf(host);
    if (zone === undefined) lookup(host, options, callback);
    else if (zone === known) callback(null, host.slice(0, host.indexOf('%')), 6);
    else callback(wrongValue(`the option 'device' must name the device of ${show(host)}`, 'address'), '', 6);
  };
}

function zoneOf(address: unknown): string | undefined {
  if (typeof address !== 'string') return undefined;
  const percent = address.indexOf('%');
  return percent < 0 ? undefined : address.slice(percent + 1);
}

/** The number of the descriptor may belong to another one as soon as it is closed. */
function checkRunning(socket: dgram.Socket): void {
  try {
    socket.remoteAddress();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error;
  }
}

/** `struct ipv6_mreq`. */
function membership(group: string, index: number): Uint8Array {
  const address = parseIp(group);
  if (address.length !== 16) throw wrongValue(`must be an IPv6 address, not ${show(group)}`, 'multicastAddress');
  return Buffer.concat([address, uint32(index)]);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, hostOrder);
  return bytes;
}

import type dgram from 'node:dgram';

import { AF, type IpFamily } from '../codec';
import { show, wrongValue } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, checkFunction, checkSignal, checkSwitch, whenRead, type Checks } from '../options';
import { refuseUnder } from '../other-runtimes';
import { packages } from '../packages';
import { ipv6Missing } from './ipv6';
import { openSocketInside, SOCK_DGRAM, type HeldSocket } from './open-socket';
import { commonDevice, parseHost, socketAddress, type HostAddress } from './socket-address';
import { socketError } from './socket-error';
import {
  bufferSizes,
  checkBufferSize,
  checkPort,
  clearReuseAddress,
  reuseAddress,
  socketChecks,
  socketOptions,
  type SocketOptions,
} from './socket-options';
import { findDevicesInside, lookupWithZones } from './udp-zones';

/** Options of a UDP socket: those of `createSocket` and `bind` of node:dgram, and more. */
export interface DatagramOptions extends SocketOptions {
  /** The family. */
  type: 'udp4' | 'udp6';
  /** The port that it is bound to; 0 or absent for any that is free. */
  port?: number | undefined;
  /** The address that it is bound to, one of the namespace or a multicast group; all by default. */
  address?: string | undefined;
  /** Other sockets with this option may be bound to the same address and port (SO_REUSEADDR). False by default. */
  reuseAddr?: boolean | undefined;
  /** Bytes of the receive buffer; the kernel takes twice as much, at most `net.core.rmem_max`. */
  recvBufferSize?: number | undefined;
  /** Bytes of the send buffer; the kernel takes twice as much, at most `net.core.wmem_max`. */
  sendBufferSize?: number | undefined;
  /** Resolves the names that `send` and `connect` are given; that of the namespace by default. */
  lookup?: dgram.SocketOptions['lookup'];
  /** Closes the socket. */
  signal?: AbortSignal | undefined;
}

const datagramChecks: Checks<DatagramOptions> = {
  ...socketChecks,
  type: whenRead,
  port: checkPort,
  address: whenRead,
  reuseAddr: checkSwitch,
  recvBufferSize: checkBufferSize,
  sendBufferSize: checkBufferSize,
  lookup: checkFunction,
  signal: checkSignal,
};

const families = new Map<unknown, IpFamily>([
  ['udp4', 'inet'],
  ['udp6', 'inet6'],
]);

/** What resolves names inside the namespace; it may return a promise as well. */
type LookupInside = (...args: Parameters<NonNullable<DatagramOptions['lookup']>>) => unknown;

/**
 * Makes a UDP socket inside a namespace and binds it. Resolves with Node's own socket, bound and receiving; there is no
 * event 'listening' to wait for. Rejects with Node's error of bind, such as EADDRINUSE, with the namespace added.
 */
export async function createSocket(
  handle: NamespaceHandle,
  typeOrOptions: DatagramOptions['type'] | DatagramOptions,
  lookupInside?: LookupInside,
): Promise<dgram.Socket> {
  const given = typeof typeOrOptions === 'string' ? { type: typeOrOptions } : typeOrOptions;
  const options = checkedOptions<DatagramOptions>(given, datagramChecks, "{ type: 'udp4', port: 53 }");
  refuseUnder(['deno'], 'a UDP socket');
  const { type, lookup = lookupInside, signal } = options;
  signal?.throwIfAborted();
  const opened = await openDatagram(handle, options);
  if (signal?.aborted === true) opened.discard();
  signal?.throwIfAborted();
  const isIpv6 = type === 'udp6';
  const resolve = isIpv6 ? lookupWithZones(options, lookup) : lookup;
  const socket = packages.dgram.createSocket({
    type,
    ...(resolve === undefined ? {} : { lookup: resolve }),
    ...(signal === undefined ? {} : { signal }),
  });
  const fd = opened.adopt((taken) => {
    socket.bind({ fd: taken, exclusive: true });
    return taken;
  });
  // libuv sets it on a descriptor that it adopts; then any other socket with the option could share the port.
  if (options.reuseAddr !== true) clearReuseAddress(fd);
  if (isIpv6) findDevicesInside(socket, fd);
  return socket;
}

/** Opens and binds a UDP socket, with checked options. */
async function openDatagram(handle: NamespaceHandle, options: DatagramOptions): Promise<HeldSocket> {
  const { type, port = 0, address, reuseAddr, device, recvBufferSize, sendBufferSize } = options;
  const family = families.get(type);
  if (family === undefined) throw wrongValue(`must be 'udp4' or 'udp6', not ${show(type)}`, 'type');
  const local = checkAddress(address, family);
  const chosen = [
    ...(reuseAddr === true ? [reuseAddress] : []),
    ...socketOptions(options, family, commonDevice(device, local)),
    ...bufferSizes(recvBufferSize, sendBufferSize),
  ];
  return await openSocketInside(handle, {
    family: AF[family],
    type: SOCK_DGRAM,
    options: chosen,
    address: socketAddress(local, port),
    addressError: async (errno) => {
      const reason = await ipv6Missing(handle, family, errno);
      return socketError({ errno, syscall: 'bind', address: local.text, port, where: handle.where, reason });
    },
  });
}

function checkAddress(address: unknown, family: IpFamily): HostAddress {
  const local = parseHost('address', address ?? (family === 'inet' ? '0.0.0.0' : '::'));
  if (local.family === family) return local;
  throw wrongValue(`must be of the family of the socket, not ${show(address)}`, 'address');
}

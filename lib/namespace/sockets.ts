import net from 'node:net';

import { AF, checkInteger, encodeSocketAddress, parseIp } from '../codec';
import { at, checkObject, NamespaceError, show, wrongType, wrongValue } from '../errors';
import type { NamespaceHandle } from './handle';
import { openSocketInside, type OpenedSocket } from './open-socket';
import { reuseAddress } from './socket-options';

/** Where a server shall listen. */
export interface ListenOptions {
  /** 1 to 65535; 0 or absent for any that is free. */
  port?: number;
  /** An IPv4 or IPv6 address of the namespace; all of them by default. */
  host?: string;
  /** Connections that may wait to be accepted; 511 by default. */
  backlog?: number;
}

/** Where to connect to. */
export interface ConnectOptions {
  /** 1 to 65535. */
  port: number;
  /** An IPv4 or IPv6 address. */
  host: string;
  /** An address of the namespace to connect from. */
  localAddress?: string;
  /** A port to connect from. */
  localPort?: number;
  /** Gives up. */
  signal?: AbortSignal;
}

const SOCK_STREAM = 1;

/**
 * Lets a server of Node (net, http, https, http2) listen inside a namespace. Resolves when it listens. Rejects with the
 * error of the system call, its namespace included, and leaves the server as it was.
 */
export async function listen(handle: NamespaceHandle, server: net.Server, options: ListenOptions = {}): Promise<void> {
  checkObject('options', options);
  const { port = 0, backlog = 511 } = options;
  if (typeof server?.listen !== 'function') throw wrongType(`must be a server, not ${show(server)}`, 'server');
  if (server.listening) throw wrongValue('listens already', 'server');
  checkPort('port', port, 0);
  const opened = await bound(handle, options.host, port);
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error) => {
      server.off('listening', settle).off('error', settle);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.on('listening', settle).on('error', settle);
    try {
      opened.adopt((fd) => server.listen({ fd, backlog, exclusive: true }));
    } catch (error) {
      settle(error as Error);
    }
  });
}

/** Connects from inside a namespace. Resolves with a socket that is connected; rejects with Node's own error. */
export async function connect(handle: NamespaceHandle, options: ConnectOptions): Promise<net.Socket> {
  checkObject('options', options);
  const { port, host, localAddress, localPort = 0, signal } = options;
  checkPort('port', port, 1);
  checkPort('localPort', localPort, 0);
  const address = checkHost('host', host);
  const family = address.length === 4 ? AF.inet : AF.inet6;
  const anyAddress = family === AF.inet ? '0.0.0.0' : '::';
  const from = localAddress ?? (localPort === 0 ? undefined : anyAddress);
  if (from !== undefined && checkHost('localAddress', from).length !== address.length) {
    throw wrongValue(`must be of the family of the host ${show(host)}, not ${show(from)}`, 'localAddress');
  }
  signal?.throwIfAborted();
  const local = from === undefined ? undefined : encodeSocketAddress(from, localPort);
  const opened = await openSocketInside(handle, { family, type: SOCK_STREAM, address: local });
  const socket = opened.adopt(
    (fd) => new net.Socket({ fd, readable: true, writable: true, manualStart: true } as net.SocketConstructorOpts),
  );
  return await new Promise((resolve, reject) => {
    const onAbort = () => socket.destroy(signal?.reason as Error);
    const settle = (error?: Error) => {
      socket.off('connect', settle).off('error', settle);
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) resolve(socket);
      else reject(Object.assign(error, { namespace: handle.where }));
    };
    socket.on('connect', settle).on('error', settle);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    else socket.connect({ port, host });
  });
}

/** Without a host Node listens on '::', for both families, and where there is no IPv6 on '0.0.0.0'. */
async function bound(handle: NamespaceHandle, host: string | undefined, port: number): Promise<OpenedSocket> {
  if (host !== undefined) {
    const family = checkHost('host', host).length === 4 ? AF.inet : AF.inet6;
    return await openStream(handle, family, encodeSocketAddress(host, port));
  }
  try {
    return await openStream(handle, AF.inet6, encodeSocketAddress('::', port));
  } catch (error) {
    const withoutIpv6 = error instanceof NamespaceError && ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(error.code);
    if (!withoutIpv6) throw error;
    return await openStream(handle, AF.inet, encodeSocketAddress('0.0.0.0', port));
  }
}

function openStream(handle: NamespaceHandle, family: number, address: Uint8Array): Promise<OpenedSocket> {
  return openSocketInside(handle, { family, type: SOCK_STREAM, options: [reuseAddress], address });
}

function checkPort(name: string, port: unknown, least: number): void {
  at(name, () => {
    checkInteger(port, least, 65535);
  });
}

function checkHost(name: string, host: unknown): Uint8Array {
  return at(name, () => parseIp(host));
}

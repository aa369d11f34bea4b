import type net from 'node:net';

import { AF, checkInteger } from '../codec';
import { at, ledToCaller, show, wrongValue } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkSignal, checkSwitch, whenRead, type Check } from '../options';
import { refuseUnder } from '../other-runtimes';
import { packages } from '../packages';
import { ipv6Missing } from './ipv6';
import { openSocketInside, SOCK_STREAM, type HeldSocket } from './open-socket';
import {
  abstractAddress,
  checkUnixOptions,
  commonDevice,
  parseHost,
  socketAddress,
  type HostAddress,
} from './socket-address';
import { socketError, withNamespace, type SocketTask } from './socket-error';
import { checkDelay, checkPort, reuseAddress, socketChecks, socketOptions, type SocketOptions } from './socket-options';

/** How Node's socket is to behave, as `net.connect` takes it. */
interface StreamOptions {
  /** The socket stays writable when the other end has ended. False by default. */
  allowHalfOpen?: boolean | undefined;
  /** Milliseconds without traffic after which the socket emits 'timeout'. It does not give up connecting: `signal` does. */
  timeout?: number | undefined;
  /** Gives up connecting. */
  signal?: AbortSignal | undefined;
}

/** Where to connect to by TCP. */
export interface TcpConnectOptions extends StreamOptions, Omit<SocketOptions, 'ipv6Only'> {
  /** 1 to 65535. */
  port: number;
  /** An IPv4 or IPv6 address, a link-local one with its device ('fe80::1%eth0'). */
  host: string;
  /** An address of the namespace to connect from. */
  localAddress?: string | undefined;
  /** A port to connect from. */
  localPort?: number | undefined;
  /** Sends small pieces at once (TCP_NODELAY). False by default. */
  noDelay?: boolean | undefined;
  /** Sends probes to an other end that is silent (SO_KEEPALIVE). False by default. */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence until the first probe; 0 keeps the kernel's default. */
  keepAliveInitialDelay?: number | undefined;
  path?: undefined;
}

/** The Unix-domain socket to connect to. */
export interface UnixConnectOptions extends StreamOptions {
  /** An abstract name, '\0name'. */
  path: string;
}

/** Where to connect to. */
export type ConnectOptions = TcpConnectOptions | UnixConnectOptions;

const { ipv6Only: _, ...clientChecks } = socketChecks;

/** How the options of {@link connect}, and of connecting to a name, are checked. */
export const connectChecks: Record<keyof TcpConnectOptions | keyof UnixConnectOptions, Check> = {
  ...clientChecks,
  allowHalfOpen: checkSwitch,
  timeout: checkDelay,
  signal: checkSignal,
  port: whenRead,
  host: whenRead,
  localAddress: whenRead,
  localPort: checkPort,
  noDelay: checkSwitch,
  keepAlive: checkSwitch,
  keepAliveInitialDelay: checkDelay,
  path: whenRead,
};

/**
 * Connects from inside a namespace, with checked options ({@link connectChecks}). Resolves with a connected socket;
 * rejects with Node's own error.
 */
export async function connect(handle: NamespaceHandle, options: ConnectOptions): Promise<net.Socket> {
  refuseUnder(['bun', 'deno'], 'a connection');
  const request = clientOf(handle, options);
  const { signal, timeout } = options;
  signal?.throwIfAborted();
  const { opened, to } = await request();
  const socket = opened.adopt((fd) => new packages.net.Socket(socketSettings(fd, options)));
  if (timeout !== undefined) socket.setTimeout(timeout);
  if (to !== undefined) await connected(handle, socket, to, signal);
  return socket;
}

/** Throws unless {@link connect} can begin with these options. */
export function checkConnectOptions(handle: NamespaceHandle, options: ConnectOptions): void {
  clientOf(handle, options);
}

/** Checks the options, and returns a function that opens the socket. */
function clientOf(handle: NamespaceHandle, options: ConnectOptions): OpenClient {
  return options.path === undefined ? tcpClient(handle, options) : unixClient(handle, options);
}

/** Opens a socket; `to` is what it is still to be connected to. */
type OpenClient = () => Promise<{ opened: HeldSocket; to?: net.TcpSocketConnectOpts }>;

function tcpClient(handle: NamespaceHandle, options: TcpConnectOptions): OpenClient {
  const { port, host, localAddress, localPort = 0, device } = options;
  at('port', () => {
    checkInteger(port, 1, 65535);
  });
  const remote = parseHost('host', host);
  const local = localOf(remote, localAddress, localPort);
  const chosen = socketOptions(options, remote.family, commonDevice(device, remote, local));
  const task: SocketTask = { syscall: 'bind', address: local?.text ?? '', port: localPort, where: handle.where };
  return async () => ({
    to: { port, host: remote.text },
    opened: await openSocketInside(handle, {
      ...{ family: AF[remote.family], type: SOCK_STREAM },
      options: local === undefined ? chosen : [reuseAddress, ...chosen],
      address: local === undefined ? undefined : socketAddress(local, localPort),
      addressError: async (errno) =>
        socketError({ ...task, errno, reason: await ipv6Missing(handle, remote.family, errno) }),
    }),
  });
}

/** Connected by the addon: Node 20 takes the NULs that fill up a sockaddr_un for a part of the name. */
function unixClient(handle: NamespaceHandle, options: UnixConnectOptions): OpenClient {
  const { path } = options;
  const peer = abstractAddress(path);
  checkUnixOptions(options);
  return async () => ({
    opened: await openSocketInside(handle, {
      ...{ family: AF.unix, type: SOCK_STREAM, peer },
      addressError: (errno) => socketError({ errno, syscall: 'connect', address: path, where: handle.where }),
    }),
  });
}

/** The address to bind to; undefined where neither address nor port were given. */
function localOf(remote: HostAddress, address: string | undefined, port: number): HostAddress | undefined {
  if (address === undefined && port === 0) return undefined;
  const local = parseHost('localAddress', address ?? (remote.family === 'inet' ? '0.0.0.0' : '::'));
  if (local.family === remote.family) return local;
  throw wrongValue(`must be of the family of the host ${show(remote.text)}, not ${show(address)}`, 'localAddress');
}

function socketSettings(fd: number, options: ConnectOptions): net.SocketConstructorOpts {
  const { allowHalfOpen = false } = options;
  const { noDelay, keepAlive, keepAliveInitialDelay } =
    options.path === undefined ? options : ({} as TcpConnectOptions);
  const settings = { fd, allowHalfOpen, noDelay, keepAlive, keepAliveInitialDelay };
  const manualStart = options.path === undefined;
  return { ...settings, readable: true, writable: true, manualStart } as net.SocketConstructorOpts;
}

async function connected(
  handle: NamespaceHandle,
  socket: net.Socket,
  to: net.TcpSocketConnectOpts,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failure = await new Promise<Error | undefined>((resolve) => {
    const onAbort = () => {
      // Without the reason: it may be null, and then no 'error' would be emitted.
      socket.destroy();
      settle();
    };
    const settle = (error?: Error) => {
      socket.off('connect', settle).off('error', settle);
      signal?.removeEventListener('abort', onAbort);
      resolve(error);
    };
    socket.on('connect', settle).on('error', settle);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    else socket.connect(to);
  });
  if (signal?.aborted === true) {
    socket.destroy();
    throw signal.reason;
  }
  if (failure === undefined) return;
  throw ledToCaller(await withNamespace(handle, failure), connected);
}

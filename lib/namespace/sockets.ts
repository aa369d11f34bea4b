import type net from 'node:net';

import { AF, checkInteger } from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';
import { checkedOptions, checkSignal, checkSwitch, whenRead, type Check, type Checks } from '../options';
import { packages } from '../packages';
import type { NamespaceHandle } from './handle';
import { ipv6Missing } from './ipv6';
import { openSocketInside, type OpenedSocket } from './open-socket';
import {
  abstractAddress,
  checkUnixOptions,
  commonDevice,
  parseHost,
  socketAddress,
  type HostAddress,
} from './socket-address';
import { socketError, withNamespace, type SocketFailure } from './socket-error';
import {
  checkDelay,
  checkPort,
  familyNumber,
  reuseAddress,
  socketChecks,
  socketOptions,
  type SocketOptions,
} from './socket-options';

/** Where a server shall listen. */
export interface ListenOptions extends SocketOptions {
  /** 1 to 65535; 0 or absent for any that is free. */
  port?: number | undefined;
  /** An IPv4 or IPv6 address of the namespace, a link-local one with its device ('fe80::1%eth0'); all by default. */
  host?: string | undefined;
  /** A Unix-domain socket in place of port and host: an abstract name, '\0name'. */
  path?: string | undefined;
  /** Connections that may wait to be accepted; 511 by default. */
  backlog?: number | undefined;
  /** Closes the server. */
  signal?: AbortSignal | undefined;
}

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
  /** Asks a silent other end whether it is there (SO_KEEPALIVE). False by default. */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence until it is asked; 0 leaves it as the kernel has it. */
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

const SOCK_STREAM = 1;

const listenChecks: Checks<ListenOptions> = {
  ...socketChecks,
  port: checkPort,
  host: whenRead,
  path: whenRead,
  backlog: checkDelay,
  signal: checkSignal,
};

const { ipv6Only: _, ...clientChecks } = socketChecks;

/** How the options of {@link connect} are checked, and those of what connects by a name. */
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
 * Lets a server of Node (net, tls, http, https, http2) listen inside a namespace. Resolves when it listens. Rejects with
 * Node's own error, the namespace included, and leaves the server as it was.
 */
export async function listen(handle: NamespaceHandle, server: net.Server, given: ListenOptions = {}): Promise<void> {
  const options = checkedOptions(given, listenChecks);
  const { path, backlog, signal } = options;
  if (typeof server?.listen !== 'function') throw wrongType(`must be a server, not ${show(server)}`, 'server');
  if (server.listening) throw wrongValue('listens already', 'server');
  const request = path === undefined ? tcpServer(handle, options) : unixServer(handle, options);
  signal?.throwIfAborted();
  const { opened, place } = await request();
  if (signal?.aborted === true) opened.discard();
  signal?.throwIfAborted();
  await started(server, { backlog, signal }, opened, place);
}

/**
 * Connects from inside a namespace, by options that are checked ({@link connectChecks}). Resolves with a socket that is connected;
 * rejects with Node's own error.
 */
export async function connect(handle: NamespaceHandle, options: ConnectOptions): Promise<net.Socket> {
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

/** What is to be opened, once it has been looked at. */
function clientOf(handle: NamespaceHandle, options: ConnectOptions): OpenClient {
  return options.path === undefined ? tcpClient(handle, options) : unixClient(handle, options);
}

/** What fails is told with this address. */
type Place = Omit<SocketFailure, 'errno'>;
type OpenServer = () => Promise<{ opened: OpenedSocket; place: Place }>;
/** A socket, and what it is still to be connected to. */
type OpenClient = () => Promise<{ opened: OpenedSocket; to?: net.TcpSocketConnectOpts }>;

/** Without a host Node listens on '::', for both families, and where there is no IPv6 on '0.0.0.0'. */
function tcpServer(handle: NamespaceHandle, options: ListenOptions): OpenServer {
  const { port = 0, host, device, ipv6Only } = options;
  const open = (address: HostAddress): OpenServer => {
    const { family, text } = address;
    const both = family === 'inet' ? ipv6Only : (ipv6Only ?? false);
    const chosen = socketOptions({ ...options, ipv6Only: both }, family, commonDevice(device, address));
    const place: Place = { syscall: 'listen', address: text, port, where: handle.where };
    return async () => ({
      place,
      opened: await openSocketInside(handle, {
        ...{ family: familyNumber[family], type: SOCK_STREAM, options: [reuseAddress, ...chosen] },
        address: socketAddress(address, port),
        addressError: async (errno) =>
          socketError({ ...place, errno, reason: await ipv6Missing(handle, family, errno) }),
      }),
    });
  };
  if (host !== undefined) return open(parseHost('host', host));
  const both = open(parseHost('host', '::'));
  if (ipv6Only === true) return both;
  const ipv4 = open(parseHost('host', '0.0.0.0'));
  return () =>
    both().catch((error: unknown) => {
      if (['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes((error as NodeJS.ErrnoException).code ?? '')) return ipv4();
      throw error;
    });
}

function unixServer(handle: NamespaceHandle, options: ListenOptions): OpenServer {
  const address = abstractAddress(options.path);
  checkUnixOptions(options);
  // As Node says it of a Unix-domain socket.
  const place: Place = { syscall: 'listen', address: options.path!, port: -1, where: handle.where };
  return async () => ({
    place,
    opened: await openSocketInside(handle, {
      ...{ family: AF.unix, type: SOCK_STREAM, address },
      addressError: (errno) => socketError({ ...place, errno }),
    }),
  });
}

async function started(
  server: net.Server,
  options: Pick<ListenOptions, 'backlog' | 'signal'>,
  opened: OpenedSocket,
  place: Place,
): Promise<void> {
  const { backlog = 511, signal } = options;
  await new Promise<void>((resolve, reject) => {
    const end = () => server.off('listening', onListening).off('error', onError).off('close', onClose);
    const onListening = () => {
      end();
      resolve();
    };
    const onError = (error: NodeJS.ErrnoException) => {
      end();
      reject(error.errno === undefined ? error : socketError({ ...place, errno: Math.abs(error.errno) }));
    };
    const onClose = () => {
      end();
      // A signal's reason may be anything.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      reject(signal?.aborted === true ? signal.reason : wrongValue('was closed before it listened', 'server'));
    };
    server.on('listening', onListening).on('error', onError).on('close', onClose);
    try {
      const aborting = signal === undefined ? {} : { signal };
      // Of a descriptor Node takes the backlog only so.
      opened.adopt((fd) => server.listen({ fd, exclusive: true, ...aborting }, backlog));
    } catch (error) {
      onError(error as Error);
    }
  });
}

function tcpClient(handle: NamespaceHandle, options: TcpConnectOptions): OpenClient {
  const { port, host, localAddress, localPort = 0, device } = options;
  at('port', () => {
    checkInteger(port, 1, 65535);
  });
  const remote = parseHost('host', host);
  const local = localOf(remote, localAddress, localPort);
  const chosen = socketOptions(options, remote.family, commonDevice(device, remote, local));
  const place: Place = { syscall: 'bind', address: local?.text ?? '', port: localPort, where: handle.where };
  return async () => ({
    to: { port, host: remote.text },
    opened: await openSocketInside(handle, {
      ...{ family: familyNumber[remote.family], type: SOCK_STREAM },
      options: local === undefined ? chosen : [reuseAddress, ...chosen],
      address: local === undefined ? undefined : socketAddress(local, localPort),
      addressError: async (errno) =>
        socketError({ ...place, errno, reason: await ipv6Missing(handle, remote.family, errno) }),
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

/** What to bind to; nothing where neither address nor port were asked for. */
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
      // Without the reason, which may be null: an error that is none is not emitted.
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
  throw await withNamespace(handle, failure);
}

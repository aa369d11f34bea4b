import type net from 'node:net';

import { AF } from '../codec';
import { show, wrongType, wrongValue } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, checkSignal, whenRead, type Checks } from '../options';
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
import { socketError, type SocketTask } from './socket-error';
import { checkDelay, checkPort, reuseAddress, socketChecks, socketOptions, type SocketOptions } from './socket-options';

/** Where a server is to listen. */
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

const listenChecks: Checks<ListenOptions> = {
  ...socketChecks,
  port: checkPort,
  host: whenRead,
  path: whenRead,
  backlog: checkDelay,
  signal: checkSignal,
};

/**
 * Lets a server of Node (net, tls, http, https, http2) listen inside a namespace. Resolves when it listens. Rejects with
 * Node's own error, the namespace included, and leaves the server as it was.
 */
export async function listen(handle: NamespaceHandle, server: net.Server, given: ListenOptions = {}): Promise<void> {
  const options = checkedOptions(given, listenChecks, '{ port: 80 }');
  const { path, backlog, signal } = options;
  if (typeof server?.listen !== 'function') throw wrongType(`must be a server, not ${show(server)}`, 'server');
  // Bun's servers of HTTP are no servers of net, and listen elsewhere.
  if (!(server instanceof packages.net.Server)) refuseUnder(['bun'], 'a server of HTTP');
  if (server.listening) throw wrongValue('listens already', 'server');
  const request = path === undefined ? tcpServer(handle, options) : unixServer(handle, options);
  signal?.throwIfAborted();
  const { opened, task } = await request();
  if (signal?.aborted === true) opened.discard();
  signal?.throwIfAborted();
  await started(server, { backlog, signal }, opened, task);
}

type OpenServer = () => Promise<{ opened: HeldSocket; task: SocketTask }>;

/** Without a host Node listens on '::', for both families, or on '0.0.0.0' where there is no IPv6. */
function tcpServer(handle: NamespaceHandle, options: ListenOptions): OpenServer {
  const { port = 0, host, device, ipv6Only } = options;
  const open = (address: HostAddress): OpenServer => {
    const { family, text } = address;
    const both = family === 'inet' ? ipv6Only : (ipv6Only ?? false);
    const chosen = socketOptions({ ...options, ipv6Only: both }, family, commonDevice(device, address));
    const task: SocketTask = { syscall: 'listen', address: text, port, where: handle.where };
    return async () => ({
      task,
      opened: await openSocketInside(handle, {
        ...{ family: AF[family], type: SOCK_STREAM, options: [reuseAddress, ...chosen] },
        address: socketAddress(address, port),
        addressError: async (errno) =>
          socketError({ ...task, errno, reason: await ipv6Missing(handle, family, errno) }),
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
  const task: SocketTask = { syscall: 'listen', address: options.path!, port: -1, where: handle.where };
  return async () => ({
    task,
    opened: await openSocketInside(handle, {
      ...{ family: AF.unix, type: SOCK_STREAM, address },
      addressError: (errno) => socketError({ ...task, errno }),
    }),
  });
}

async function started(
  server: net.Server,
  options: Pick<ListenOptions, 'backlog' | 'signal'>,
  opened: HeldSocket,
  task: SocketTask,
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
      reject(error.errno === undefined ? error : socketError({ ...task, errno: Math.abs(error.errno) }));
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
      // With a descriptor Node takes the backlog only as an argument.
      opened.adopt((fd) => server.listen({ fd, exclusive: true, ...aborting }, backlog));
    } catch (error) {
      onError(error as Error);
    }
  });
}

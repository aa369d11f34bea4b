import type { LookupAddress } from 'node:dns';
import type net from 'node:net';

import { ledToCaller } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, whenRead, type Check } from '../options';
import { packages } from '../packages';
import { namespaceOf } from '../where';
import {
  checkConnectOptions,
  connect,
  connectChecks,
  type TcpConnectOptions as TcpAddressOptions,
  type UnixConnectOptions,
} from './connect';
import { addressesOf, checkLookupOptions, checkName, type LookupOptions } from './lookup';

/** Where to connect to by TCP: an address, or a name that is looked up inside the namespace. */
export interface TcpConnectOptions extends Omit<TcpAddressOptions, 'host'>, Pick<LookupOptions, 'family' | 'order'> {
  /** A name, or an IPv4 or IPv6 address, a link-local one with its device ('fe80::1%eth0'). */
  host: string;
}

/** Where to connect to. */
export type ConnectOptions = TcpConnectOptions | UnixConnectOptions;

const dialChecks: Record<keyof TcpConnectOptions | keyof UnixConnectOptions, Check> = {
  ...connectChecks,
  family: whenRead,
  order: whenRead,
};

/** Milliseconds after which the next address of a name is tried as well (RFC 8305, as in Node). */
const HEAD_START = 250;

/**
 * Connects from inside a namespace to an address or a name. The addresses of a name are tried one after the other,
 * alternating between the families, each a moment after the one before; the first that connects is used. Rejects with
 * Node's own error, or with an AggregateError where several addresses failed.
 */
export async function dial(
  handle: NamespaceHandle,
  name: string | undefined,
  given: ConnectOptions,
): Promise<net.Socket> {
  const options = checkedOptions(given, dialChecks, "{ host: '10.1.1.1', port: 80 }");
  if (options.path !== undefined) return await connect(handle, options);
  const { host, localAddress, signal } = options;
  const { family } = checkLookupOptions({ family: options.family, order: options.order });
  checkName('host', host);
  if (packages.net.isIP(host) !== 0) return await connect(handle, options);
  const of = localAddress === undefined ? family : packages.net.isIP(localAddress);
  // Everything but the name can be checked before the name is looked up.
  checkConnectOptions(handle, { ...options, host: of === 6 ? '::1' : '127.0.0.1' });
  const addresses = await addressesOf(handle, name, host, { family: of as 0 | 4 | 6, order: options.order, signal });
  return await race(handle, options, byTurns(addresses));
}

/** Alternates between the families, as long as there are addresses of both. */
function byTurns(addresses: LookupAddress[]): string[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const length = Math.max(first.length, second.length);
  const turns = Array.from({ length }, (_, index) => [first[index], second[index]]);
  return turns.flat().flatMap((one) => (one === undefined ? [] : [one.address]));
}

async function race(handle: NamespaceHandle, options: TcpConnectOptions, addresses: string[]): Promise<net.Socket> {
  if (addresses.length === 1) return await connect(handle, { ...options, host: addresses[0]! });
  const { signal } = options;
  const underWay = new Set<AbortController>();
  const errors: Error[] = [];
  const first = new Promise<net.Socket>((resolve, reject) => {
    let next = 0;
    let failed = 0;
    let ended = false;
    let timer: NodeJS.Timeout | undefined;

    const end = (settle: () => void) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      for (const attempt of underWay) attempt.abort();
      settle();
    };
    const fail = (error: unknown) => {
      end(() => {
        // A signal's reason may be anything.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      });
    };
    const onAbort = () => {
      fail(signal?.reason);
    };
    const attempt = () => {
      clearTimeout(timer);
      const index = next++;
      const host = addresses[index];
      if (host === undefined) return;
      if (next < addresses.length) timer = setTimeout(attempt, HEAD_START);
      const limit = new AbortController();
      underWay.add(limit);
      connect(handle, { ...options, host, signal: limit.signal }).then(
        (socket) => {
          underWay.delete(limit);
          if (ended) socket.destroy();
          else
            end(() => {
              resolve(socket);
            });
        },
        (error: unknown) => {
          underWay.delete(limit);
          if (ended) return;
          errors[index] = error as Error;
          failed++;
          if (handle.isClosed) fail(error);
          else if (failed === addresses.length) fail(together(errors, handle));
          else attempt();
        },
      );
    };
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    else attempt();
  });
  try {
    return await first;
  } catch (error) {
    throw error instanceof AggregateError ? ledToCaller(error, race) : error;
  }
}

/** The error of a name whose addresses all failed, as Node has it: the code is that of the first. */
function together(errors: Error[], { where }: NamespaceHandle): AggregateError {
  const { code } = errors[0] as NodeJS.ErrnoException;
  const message = errors.map((error) => error.message).join('; ');
  return Object.assign(new AggregateError(errors, message), { code, namespace: namespaceOf(where) });
}

import type dns from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { domainToASCII } from 'node:url';

import { at, checkObject, deepenStacks, show, wrongType, wrongValue } from '../errors';
import { readEtc } from '../files/etc';
import type { NamespaceHandle } from '../namespace/handle';
import {
  checkedOptions,
  checkFunction,
  checkOptions,
  checkSignal,
  checkSwitch,
  whenRead,
  type Checks,
} from '../options';
import { packages } from '../packages';
import { deferred } from '../transport/runtime';
import { namespaceOf } from '../where';
import { connectedDatagrams } from './resolver/datagrams';
import { addressesInHosts, isLocalhost } from './resolver/hosts';
import { parseResolvConf } from './resolver/resolv-conf';
import { resolve, ResolutionFailure } from './resolver/resolve';

/** How a name is looked up; the options of dns.lookup. */
export interface LookupOptions {
  /** 4 or 6 for addresses of that family alone; 0, the default, for both. */
  family?: 0 | 4 | 6 | 'IPv4' | 'IPv6' | undefined;
  /** All addresses rather than the first. */
  all?: boolean | undefined;
  /**
   * The order of the addresses: `verbatim` is that of the C library, IPv6 first unless the namespace has no route there. By default
   * that of the process (dns.setDefaultResultOrder).
   */
  order?: LookupOrder | undefined;
  /** The older form of `order`: true for `verbatim`, false for `ipv4first`. */
  verbatim?: boolean | undefined;
  /** Accepted, since Node passes it, but not used. */
  hints?: number | undefined;
  /** Gives up: the lookup rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The order of a name's addresses: as the resolver returns them, IPv4 first, or IPv6 first. */
export type LookupOrder = 'verbatim' | 'ipv4first' | 'ipv6first';

/** The callback of a lookup, as of dns.lookup. */
export type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

type LookupOneCallback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/** dns.lookup and its promise in one: with a callback it fits the `lookup` option of net, http and dgram. */
export interface Lookup {
  /** All addresses of a name, as the namespace's own hosts and name servers have them. */
  (hostname: string, options: LookupOptions & { all: true }): Promise<LookupAddress[]>;
  /** The first address of a name, as the namespace's own hosts and name servers have it. Rejects with ENOTFOUND if it has none. */
  (hostname: string, options?: LookupOptions & { all?: false | undefined }): Promise<LookupAddress>;
  /** One address of a name or all, as the namespace's own hosts and name servers have them. */
  (hostname: string, options?: LookupOptions): Promise<LookupAddress | LookupAddress[]>;
  /** As dns.lookup with a callback, inside the namespace. */
  (hostname: string, callback: LookupCallback): void;
  /** As dns.lookup with a callback, inside the namespace. */
  (hostname: string, options: LookupOptions, callback: LookupCallback): void;
  /** As dns.lookup with a callback, inside the namespace: one address. */
  (hostname: string, options: dns.LookupOneOptions, callback: LookupOneCallback): void;
}

/** A {@link Lookup} from a function that finds the addresses of a name, such as {@link addressesOf} in a namespace. */
export function lookupBy(find: (hostname: string, options: LookupOptions) => Promise<LookupAddress[]>): Lookup {
  const lookup = async (hostname: string, options: LookupOptions) => {
    const addresses = await find(hostname, options);
    return options.all === true ? addresses : addresses[0]!;
  };
  const lookupChecked = async (hostname: string, options: LookupOptions) =>
    await lookup(hostname, checkedOptions(options, lookupChecks));
  return ((hostname: string, ...rest: [(LookupOptions | number)?, LookupCallback?] | [LookupCallback]) => {
    const [given = {}, callback] = typeof rest[0] === 'function' ? [{}, rest[0]] : [rest[0], rest[1]];
    // node:dgram gives the family alone.
    const options = typeof given === 'number' ? { family: given as 0 | 4 | 6 } : given;
    if (callback === undefined) return lookupChecked(hostname, options);
    at('callback', () => {
      checkFunction(callback);
    });
    checkName('hostname', hostname);
    checkLookupOptions(options);
    const tell = (found: LookupAddress | LookupAddress[]) => {
      if (Array.isArray(found)) process.nextTick(callback, null, found);
      else process.nextTick(callback, null, found.address, found.family);
    };
    // An address needs neither the namespace nor the time that a promise takes: sockets look theirs up for each
    // datagram.
    if (packages.net.isIP(hostname) !== 0) tell(options.all === true ? [entry(hostname)] : entry(hostname));
    else
      lookup(hostname, options).then(tell, (error: unknown) => {
        process.nextTick(callback, error);
      });
    return undefined;
  }) as Lookup;
}

/** The addresses of a name, at least one. Rejects with the errors of dns.lookup, the namespace included. */
export async function addressesOf(
  handle: NamespaceHandle,
  name: string | undefined,
  hostname: string,
  options: LookupOptions = {},
): Promise<LookupAddress[]> {
  checkName('hostname', hostname);
  const { family, order, signal } = checkLookupOptions(options);
  signal?.throwIfAborted();
  return await handle.hold(() =>
    untilClosed(handle, signal, async (limit) => {
      const found = await find(handle, name, hostname, family, limit);
      if (found.length === 0) throw lookupError('ENOTFOUND', hostname, handle);
      return await ordered(handle, found, order);
    }),
  );
}

/** Runs a task that is given up at once when the caller's signal is aborted, and when the handle is closed. */
async function untilClosed<Result>(
  handle: NamespaceHandle,
  signal: AbortSignal | undefined,
  task: (limit: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const { promise: givenUp, reject } = deferred<never>();
  const giveUp = (reason: unknown) => {
    limit.abort(reason);
    reject(reason);
  };
  const onAbort = () => {
    giveUp(signal?.reason);
  };
  const stopListening = handle.onClose(giveUp);
  signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([task(limit.signal), givenUp]);
  } finally {
    stopListening();
    signal?.removeEventListener('abort', onAbort);
  }
}

async function find(
  handle: NamespaceHandle,
  name: string | undefined,
  hostname: string,
  family: 0 | 4 | 6,
  signal: AbortSignal,
): Promise<LookupAddress[]> {
  if (packages.net.isIP(hostname) !== 0) return [entry(hostname)];
  const wanted = (addresses: string[]) => addresses.map(entry).filter((one) => family === 0 || one.family === family);
  const known = wanted(addressesInHosts(await readEtc(handle, name, 'hosts'), hostname));
  if (known.length > 0) return known;
  if (isLocalhost(hostname)) return wanted(['::1', '127.0.0.1']);
  const asked = domainName(hostname);
  if (asked === undefined) return [];
  const settings = parseResolvConf(await readEtc(handle, name, 'resolv.conf'));
  const types = ([family === 4 ? [] : 'AAAA', family === 6 ? [] : 'A'] as const).flat();
  try {
    return (await resolve(handle, settings, asked, types, signal)).map(entry);
  } catch (error) {
    if (!(error instanceof ResolutionFailure)) throw error;
    throw lookupError('EAI_AGAIN', hostname, handle, error);
  }
}

function entry(address: string): LookupAddress {
  return { address, family: packages.net.isIP(address) };
}

/** A name in the form of DNS; undefined if it cannot be one. */
function domainName(hostname: string): string | undefined {
  const ascii = /^[\x21-\x7e]+$/.test(hostname) ? hostname : domainToASCII(hostname);
  const bare = ascii.replace(/\.$/, '');
  const labels = bare.split('.');
  const isName = bare.length <= 253 && labels.every((label) => label.length > 0 && label.length < 64);
  return isName ? ascii : undefined;
}

/** The order in which the addresses are tried. */
async function ordered(
  handle: NamespaceHandle,
  addresses: LookupAddress[],
  order: LookupOrder,
): Promise<LookupAddress[]> {
  const of = (family: number) => addresses.filter((one) => one.family === family);
  const [ipv4, ipv6] = [of(4), of(6)];
  if (ipv4.length === 0 || ipv6.length === 0) return addresses;
  if (order === 'ipv4first') return [...ipv4, ...ipv6];
  if (order === 'ipv6first' || (await isReachable(handle, ipv6[0]!))) return [...ipv6, ...ipv4];
  return [...ipv4, ...ipv6];
}

/** Whether the namespace has a route to an address: the kernel looks for one when a datagram socket is connected. */
async function isReachable(handle: NamespaceHandle, address: LookupAddress): Promise<boolean> {
  const ANY_PORT = 9;
  try {
    (await connectedDatagrams(handle, address, ANY_PORT)).close();
    return true;
  } catch (error) {
    if (shortages.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

/** Errors that say nothing about the address. */
const shortages: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EBADF']);

/** The error of dns.lookup. */
function lookupError(
  code: keyof typeof errnoOf,
  hostname: string,
  { where }: NamespaceHandle,
  cause?: Error,
): NodeJS.ErrnoException {
  const restore = deepenStacks();
  const error = new Error(`getaddrinfo ${code} ${hostname}`, cause && { cause });
  restore();
  return Object.assign(error, {
    errno: errnoOf[code],
    code,
    syscall: 'getaddrinfo',
    hostname,
    namespace: namespaceOf(where),
  });
}

/** The numbers that libuv gives them. */
const errnoOf = { ENOTFOUND: -3008, EAI_AGAIN: -3001 } as const;

/** Throws unless this can be looked up. */
export function checkName(property: string, hostname: unknown): asserts hostname is string {
  if (typeof hostname !== 'string') throw wrongType(`must be a name or an address, not ${show(hostname)}`, property);
  if (hostname === '') throw wrongValue('must not be empty', property);
}

const families = new Map<unknown, 0 | 4 | 6>([
  [undefined, 0],
  [0, 0],
  [4, 4],
  [6, 6],
  ['IPv4', 4],
  ['IPv6', 6],
]);

const orders: readonly unknown[] = ['verbatim', 'ipv4first', 'ipv6first'] satisfies LookupOrder[];

const lookupChecks: Checks<LookupOptions> = {
  family(value) {
    if (!families.has(value)) throw wrongValue(`must be 0, 4 or 6, not ${show(value)}`);
  },
  all: checkSwitch,
  order(value) {
    if (!orders.includes(value)) throw wrongValue(`must be one of ${orders.join(', ')}, not ${show(value)}`);
  },
  verbatim: checkSwitch,
  hints: whenRead,
  signal: checkSignal,
};

/**
 * Throws unless these can be options of a lookup. Other options are ignored: Node adds its own when it calls with a
 * callback.
 */
export function checkLookupOptions(options: LookupOptions) {
  checkObject('options', options);
  const { family, all, order, verbatim, hints, signal } = options;
  checkOptions({ family, all, order, verbatim, hints, signal }, lookupChecks);
  const inherited = packages.dns.getDefaultResultOrder();
  const ofVerbatim = verbatim === undefined ? inherited : verbatim ? 'verbatim' : 'ipv4first';
  return { family: families.get(family)!, order: order ?? ofVerbatim, signal };
}

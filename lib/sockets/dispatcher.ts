// Programs that do not use the dispatcher need not install the package, nor its types.
// eslint-disable-next-line @typescript-eslint/ban-ts-comment
/** @ts-ignore */
import type { Agent, buildConnector } from 'undici';

import type tls from 'node:tls';

import { checkInteger } from '../codec';
import { at, checkObject, show, wrongType, wrongValue } from '../errors';
import { packages } from '../packages';
import type { Dial } from './agent-connections';
import type { TcpConnectOptions } from './dial';

/** Options of undici. Undefined ones count as not given, as in all options of this library. */
type AsNotGiven<Options> = { [Name in keyof Options]?: Options[Name] | undefined };

/** The options of undici's Agent, except those that would connect elsewhere. */
export interface DispatcherOptions extends AsNotGiven<Omit<Agent.Options, 'connect' | 'factory' | 'socketPath'>> {
  /** How it connects: TLS as of tls.connect, and what undici has for it. */
  connect?: DispatcherConnectOptions | undefined;
}

/** The part of undici's `connect` option that applies to connections inside. */
export interface DispatcherConnectOptions
  extends
    Omit<tls.ConnectionOptions, 'host' | 'port' | 'path' | 'socket' | 'lookup' | 'timeout'>,
    Pick<TcpConnectOptions, 'family' | 'localAddress'>,
    AsNotGiven<
      Pick<buildConnector.BuildOptions, 'allowH2' | 'maxCachedSessions' | 'keepAlive' | 'keepAliveInitialDelay'>
    > {
  /** Milliseconds that connecting may take; 10,000 by default, 0 for as long as it takes. */
  timeout?: number | undefined;
}

/** An undici Agent, with the type that the global fetch has for one (that of the undici whose types @types/node has). */
export type Dispatcher = Agent & GlobalDispatcher;

type GlobalDispatcher = RequestInit extends { dispatcher?: infer Global } ? NonNullable<Global> : unknown;

/** Milliseconds that connecting may take; the same as undici's default. */
const CONNECT_TIMEOUT = 10_000;
const KEEP_ALIVE_DELAY = 60_000;

/** An undici Agent whose connections are made by `dial`. Throws where undici is not installed. */
export function dispatcher(dial: Dial, options: DispatcherOptions = {}): Dispatcher {
  checkDispatcherOptions(options);
  const { undici } = packages;
  const { connect = {}, ...rest } = options;
  const { maxCachedSessions, allowH2, connectTimeout } = rest;
  const timeout = connect.timeout ?? connectTimeout ?? CONNECT_TIMEOUT;
  const dialed = connector(dial, { maxCachedSessions, allowH2, ...connect, timeout }, undici);
  const agent: Agent = new undici.Agent({ ...rest, connect: dialed });
  // The classes of two versions of undici, which differ in little and take each other's instances.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  return agent as Dispatcher;
}

type Connecting = DispatcherConnectOptions & { timeout: number };

/** Connects, and lets undici add TLS to the connection. */
function connector(dial: Dial, options: Connecting, undici: typeof packages.undici): buildConnector.connector {
  const { timeout, family } = options;
  const secure = undici.buildConnector(options);
  return (target, callback) => {
    const { hostname, protocol, localAddress } = target;
    const port = Number(target.port || (protocol === 'https:' ? 443 : 80));
    const limit = new AbortController();
    const giveUp = () => {
      const text = `Connect Timeout Error (attempted address: ${hostname}:${port}, timeout: ${timeout}ms)`;
      limit.abort(new undici.errors.ConnectTimeoutError(text));
    };
    const timer = timeout === 0 ? undefined : setTimeout(giveUp, timeout);
    const from = localAddress ?? options.localAddress;
    dial({ host: hostname, port, family, localAddress: from, signal: limit.signal })
      .finally(() => {
        clearTimeout(timer);
      })
      .then(
        (socket) => {
          if (protocol === 'https:') {
            secure({ ...target, httpSocket: socket }, callback);
            return;
          }
          socket.setNoDelay(true);
          if (options.keepAlive !== false) socket.setKeepAlive(true, options.keepAliveInitialDelay ?? KEEP_ALIVE_DELAY);
          callback(null, socket);
        },
        (error: unknown) => {
          callback(error as Error, null);
        },
      );
  };
}

function checkDispatcherOptions(options: DispatcherOptions): void {
  checkObject('options', options);
  const { connect = {}, connectTimeout = 0 } = options;
  if (typeof connect !== 'object' || connect === null) {
    throw wrongType(`must be an object of options, not ${show(connect)}`, 'connect');
  }
  refuse(options, '', ['factory', 'socketPath']);
  refuse(connect, 'connect.', ['lookup', 'socketPath']);
  for (const [property, value] of Object.entries({ connectTimeout, 'connect.timeout': connect.timeout ?? 0 })) {
    at(property, () => {
      checkInteger(value, 0, 0x7fffffff);
    });
  }
}

/** Throws for options that would connect outside of the namespace. */
function refuse(options: object, prefix: string, properties: string[]): void {
  for (const property of properties) {
    const value = (options as Record<string, unknown>)[property];
    if (value != null) throw wrongValue('is not for connections inside a namespace', prefix + property);
  }
}

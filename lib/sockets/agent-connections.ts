import type http from 'node:http';
import type net from 'node:net';

import { wrongValue } from '../errors';
import { packages } from '../packages';
import type { TcpConnectOptions } from './dial';

/** Connects to where a request goes. */
export type Dial = (options: TcpConnectOptions) => Promise<net.Socket>;

/** What Node gives to an agent's `createConnection`. */
export interface Target extends http.ClientRequestArgs {
  socket?: net.Socket;
  noDelay?: boolean;
  keepAlive?: boolean;
  keepAliveInitialDelay?: number;
  _agentKey?: string;
}

/** How `createConnection` answers. */
export type AgentCallback = (error: Error | null, socket: net.Socket) => void;

/** An agent of Node with what it counts its connections by. */
export interface CountingAgent extends Omit<http.Agent, 'sockets' | 'requests' | 'createConnection'> {
  readonly sockets: Record<string, net.Socket[] | undefined>;
  readonly requests: Record<string, http.ClientRequest[] | undefined>;
  readonly defaultPort: number;
  totalSocketCount: number;
  getName(target: Target): string;
  createSocket(request: http.ClientRequest, options: object, answer: AgentCallback): void;
  createConnection(target: Target, answer?: AgentCallback): net.Socket | undefined;
}

/**
 * The connections of an agent while they are made. Node's agents expect a socket at once, which connects later; a
 * socket inside a namespace takes a moment to exist. Until then a placeholder is counted in its stead, so that
 * `maxSockets` holds and `destroy` ends it, and the request can be destroyed and time out as if it had its socket.
 */
export class AgentConnections {
  /** The request for which a connection is being asked for. */
  private request: http.ClientRequest | undefined;

  constructor(
    private readonly agent: CountingAgent,
    private readonly dial: Dial,
  ) {}

  /** Lets Node ask for a connection for a request. */
  serve(request: http.ClientRequest, ask: () => void): void {
    this.request = request;
    try {
      ask();
    } finally {
      this.request = undefined;
    }
  }

  /** Connects, and calls back with what `finish` makes of the socket, or with a socket that fails. */
  start(target: Target, answer: AgentCallback, finish: (socket: net.Socket) => net.Socket): void {
    const { request } = this;
    const name = target._agentKey ?? this.agent.getName(target);
    const limit = new AbortController();
    let reason: Error | undefined;
    const abort = (error?: Error) => {
      reason = error;
      limit.abort();
    };
    const isQueued = request !== undefined && this.agent.requests[name]?.includes(request) === true;
    const ends = [
      this.takeSeat(name, limit),
      // A queued request learns of it when a connection is made for it; this connection goes to the next one.
      isQueued ? undefined : whenDestroyed(request, abort),
      whenTimeIsOver(request, target.timeout),
    ];
    const settle = (socket: net.Socket) => {
      for (const end of ends) end?.();
      answer(null, socket);
    };
    /**
     * A socket that stands for the failed connection: agents and requests treat its end like that of any socket, and go
     * on with queued requests. It ends when the request has received it, or at once if the request was destroyed, so
     * that it is not given to another.
     */
    const fail = (error: unknown) => {
      const socket = Object.assign(new packages.net.Socket(), { connecting: true });
      settle(socket);
      if (request?.destroyed === true) socket.destroy(reason);
      else setImmediate(() => socket.destroy(limit.signal.aborted ? undefined : (error as Error)));
    };
    this.connect(target, limit.signal).then((socket) => {
      let finished: net.Socket;
      try {
        finished = finish(prepared(socket, target));
      } catch (error) {
        socket.destroy();
        fail(error);
        return;
      }
      if (target.timeout !== undefined) finished.setTimeout(target.timeout);
      settle(finished);
    }, fail);
  }

  private async connect(target: Target, signal: AbortSignal): Promise<net.Socket> {
    const { host, port, defaultPort, family, localAddress, localPort } = target;
    for (const property of ['socketPath', 'lookup'] as const) {
      if (target[property] != null) throw wrongValue('is not for connections inside a namespace', property);
    }
    const socket = await this.dial({
      host: host ?? 'localhost',
      port: Number(port ?? defaultPort ?? this.agent.defaultPort),
      family: family as TcpConnectOptions['family'],
      localAddress,
      localPort,
      signal,
    });
    if (!signal.aborted) return socket;
    socket.destroy();
    throw signal.reason;
  }

  /**
   * Counts a connection that does not exist yet; returns a function that ends this. Destroying the agent calls `abort`.
   */
  private takeSeat(name: string, limit: AbortController): () => void {
    const { agent } = this;
    const abort = () => {
      limit.abort();
    };
    const seat = new packages.net.Socket().once('close', abort);
    (agent.sockets[name] ??= []).push(seat);
    agent.totalSocketCount++;
    return () => {
      seat.off('close', abort);
      agent.sockets[name] = agent.sockets[name]?.filter((socket) => socket !== seat);
      agent.totalSocketCount--;
    };
  }
}

/** Calls `abort` when the request is destroyed, which has no event before there is a socket. */
function whenDestroyed(
  request: http.ClientRequest | undefined,
  abort: (error?: Error) => void,
): (() => void) | undefined {
  if (request === undefined) return undefined;
  const own = Object.getOwnPropertyDescriptor(request, 'destroy');
  const destroy = request.destroy.bind(request);
  request.destroy = (error) => {
    destroy(error);
    abort(error);
    return request;
  };
  return () => {
    if (own === undefined) delete (request as Partial<http.ClientRequest>).destroy;
    else Object.defineProperty(request, 'destroy', own);
  };
}

/** Emits 'timeout' on the request when connecting takes too long, as its socket would. */
function whenTimeIsOver(request: http.ClientRequest | undefined, timeout = 0): (() => void) | undefined {
  if (request === undefined || timeout <= 0) return undefined;
  const timer = setTimeout(() => {
    request.emit('timeout');
  }, timeout);
  return () => {
    clearTimeout(timer);
  };
}

/** A socket with the settings that net.connect applies from its options. */
function prepared(socket: net.Socket, target: Target): net.Socket {
  if (target.noDelay === true) socket.setNoDelay(true);
  if (target.keepAlive === true) socket.setKeepAlive(true, target.keepAliveInitialDelay);
  return socket;
}

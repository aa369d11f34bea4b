import type { NamespaceHandle } from '../../namespace/handle';
import { packages } from '../../packages';
import { connect } from '../connect';
import { connectedDatagrams } from './datagrams';
import { decodeReply, encodeQuery, type Query, type Question, type Reply } from './message';

/** How a server is asked. */
export interface Asking {
  /** Uses TCP from the beginning, and not only for answers that are too long for a datagram. */
  tcp: boolean;
  /** Milliseconds that the server has to answer. */
  timeout: number;
  signal: AbortSignal | undefined;
}

/** The answer of a server, or its failure. */
export type ServerAnswer = Exclude<Reply, { kind: 'truncated' }>;

const DNS_PORT = 53;

/**
 * Asks one server one question, from inside the namespace. Rejects where the server cannot be reached or does not
 * answer.
 */
export async function ask(
  handle: NamespaceHandle,
  server: string,
  question: Question,
  { tcp, timeout, signal }: Asking,
): Promise<ServerAnswer> {
  const query = encodeQuery(question);
  const read = (bytes: Buffer) => decodeReply(query, bytes);
  const reply = tcp ? undefined : await withinTime((limit) => askByUdp(handle, server, query, read, limit));
  if (reply !== undefined && reply.kind !== 'truncated') return reply;
  const whole = await withinTime((limit) => askByTcp(handle, server, query, read, limit));
  return whole.kind === 'truncated' ? { kind: 'failure', code: 'a truncated answer' } : whole;

  async function withinTime<Result>(attempt: (limit: AbortSignal) => Promise<Result>): Promise<Result> {
    const limit = new AbortController();
    const onAbort = () => {
      limit.abort();
    };
    const timer = setTimeout(() => {
      limit.abort(new Error(`no answer in ${timeout} ms`));
    }, timeout);
    signal?.addEventListener('abort', onAbort);
    try {
      signal?.throwIfAborted();
      return await attempt(limit.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }
}

type Read = (bytes: Buffer) => Reply | undefined;

/** Uses a socket of its own, on a port that the kernel chooses, and which receives only from the server. */
async function askByUdp(
  handle: NamespaceHandle,
  server: string,
  query: Query,
  read: Read,
  limit: AbortSignal,
): Promise<Reply> {
  const socket = await connectedDatagrams(handle, { address: server, family: packages.net.isIP(server) }, DNS_PORT);
  try {
    return await settled<Reply>(limit, (resolve, reject) => {
      socket.on('error', reject).on('message', (bytes) => {
        const reply = read(bytes);
        if (reply !== undefined) resolve(reply);
      });
      socket.send(query.bytes);
    });
  } finally {
    socket.close();
  }
}

async function askByTcp(
  handle: NamespaceHandle,
  server: string,
  query: Query,
  read: Read,
  limit: AbortSignal,
): Promise<Reply> {
  const socket = await connect(handle, { host: server, port: DNS_PORT, signal: limit });
  try {
    return await settled<Reply>(limit, (resolve, reject) => {
      let received = Buffer.alloc(0);
      socket.on('error', reject).on('end', () => {
        reject(new Error('the server closed the connection'));
      });
      socket.on('data', (piece: Buffer) => {
        received = Buffer.concat([received, piece]);
        const reply = whole(received);
        if (reply === undefined) return;
        const answer = read(reply);
        if (answer === undefined) reject(new Error('the server answered something else'));
        else resolve(answer);
      });
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.bytes.length);
      socket.write(Buffer.concat([length, query.bytes]));
    });
  } finally {
    socket.destroy();
  }
}

/** The message after its length, once all of it has arrived. */
function whole(received: Buffer): Buffer | undefined {
  if (received.length < 2) return undefined;
  const end = 2 + received.readUInt16BE(0);
  return received.length < end ? undefined : received.subarray(2, end);
}

/** A promise that is also rejected when a signal is aborted. */
async function settled<Result>(
  limit: AbortSignal,
  start: (resolve: (result: Result) => void, reject: (error: Error) => void) => void,
): Promise<Result> {
  return await new Promise<Result>((resolve, reject) => {
    const onAbort = () => {
      reject(limit.reason as Error);
    };
    limit.addEventListener('abort', onAbort);
    if (limit.aborted) onAbort();
    else start(resolve, reject);
  });
}

import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';

import { type NetworkNamespace } from 'rtnetlink';

/** One request and its response, and from where to where it went. */
export interface Exchange {
  from: string;
  to: string;
  status: string;
  body: string;
  milliseconds: number;
}

/** What the server in blue answers. */
export function greeting(request: http.IncomingMessage, response: http.ServerResponse): void {
  response.end(`Hello ${request.socket.remoteAddress}, this is process ${process.pid} at ${request.headers.host}`);
}

/** Fetches a server's page through a socket that is opened inside a namespace. */
export async function fetchThrough(
  namespace: NetworkNamespace,
  { host, port }: { host: string; port: number },
): Promise<Exchange> {
  const start = performance.now();
  const socket = await namespace.connect({ host, port });
  const from = `${socket.localAddress}:${socket.localPort}`;
  const request = http.get({ host, port, createConnection: () => socket });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const body = await text(response);
  const milliseconds = performance.now() - start;
  return {
    from,
    to: `${host}:${port}`,
    status: `${response.statusCode} ${response.statusMessage}`,
    body,
    milliseconds,
  };
}

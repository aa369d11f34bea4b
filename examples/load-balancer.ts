/**
 * An HTTP load balancer in one process: it listens in every front namespace, on the same address and port, and forwards to
 * servers in back namespaces, each in turn. One that is not there is passed over.
 *
 *     node build-programs/examples/load-balancer.js
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { createNamespace, type NetworkNamespace } from 'rtnetlink';

/** A server that requests are forwarded to, and how to reach it. */
interface Backend {
  namespace: NetworkNamespace;
  host: string;
  port: number;
}

/** A request handler that forwards to the backends in turn. */
function balance(backends: Backend[]): http.RequestListener {
  let turn = 0;
  return (request, response) => {
    const tries = backends.map((_, offset) => backends[(turn + offset) % backends.length]!);
    turn++;
    forward(tries, request, response).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    });
  };
}

async function forward(tries: Backend[], request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const socket = await connectToOne(tries);
  const { method, url: path, headers } = request;
  const onward = http.request({ createConnection: () => socket, method, path, headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', (error) => response.destroy(error));
  response.on('close', () => socket.destroy());
  request.pipe(onward);
}

/** Connects to the first backend that answers within a second. */
async function connectToOne([backend, ...others]: Backend[]) {
  if (backend === undefined) throw new Error('there is no backend');
  const { namespace, host, port } = backend;
  try {
    return await namespace.connect({ host, port, noDelay: true, signal: AbortSignal.timeout(1000) });
  } catch (error) {
    if (others.length === 0) throw error;
    return await connectToOne(others);
  }
}

function withLoopback(): Promise<NetworkNamespace> {
  return createNamespace(undefined, (made) => [made.links.set('lo', { up: true })]);
}

async function main(): Promise<void> {
  const fronts = await Promise.all([withLoopback(), withLoopback(), withLoopback()]);
  const backs = await Promise.all([withLoopback(), withLoopback(), withLoopback()]);
  const servers: http.Server[] = [];

  for (const [number, namespace] of backs.entries()) {
    const server = http.createServer(({ url }, response) => response.end(`backend ${number} has ${url ?? ''}`));
    servers.push(server);
    if (number < 2) await namespace.listen(server, { host: '127.0.0.1', port: 8080 });
    else console.log(`backend ${number} is not there`);
  }
  const handler = balance(backs.map((namespace) => ({ namespace, host: '127.0.0.1', port: 8080 })));
  for (const [number, namespace] of fronts.entries()) {
    const server = http.createServer(handler);
    servers.push(server);
    await namespace.listen(server, { host: '127.0.0.1', port: 80 });
    console.log(`front ${number} listens at 127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  for (const [number, namespace] of fronts.entries()) {
    for (const path of ['/a', '/b']) console.log(`front ${number}: ${await get(namespace, path)}`);
  }
  for (const server of servers) server.close();
  await Promise.all([...fronts, ...backs].map((namespace) => namespace.close()));
}

async function get(namespace: NetworkNamespace, path: string): Promise<string> {
  const socket = await namespace.connect({ host: '127.0.0.1', port: 80 });
  const body = await new Promise<string>((resolve, reject) => {
    const request = http.get({ createConnection: () => socket, path }, (response) => {
      let text = '';
      response
        .on('data', (piece) => (text += String(piece)))
        .on('end', () => {
          resolve(text);
        });
    });
    request.on('error', reject);
  });
  socket.destroy();
  return body;
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 1;
});

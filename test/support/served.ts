import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';

import type { NetworkNamespace } from '../../lib';
import { scratchNamespace } from './scratch';

/** Says hello. */
export function answer(_: http.IncomingMessage, response: http.ServerResponse): void {
  response.end('hello');
}

/** What a server has seen. */
export interface Serving extends AsyncDisposable {
  connections: number;
  /** The ends of its connections, the far and its own. */
  peers: (string | undefined)[];
  addresses: (string | undefined)[];
}

/** A server inside that says hello, and counts who comes. */
export async function serving(
  namespace: NetworkNamespace,
  server: http.Server = http.createServer(answer),
  port = 80,
): Promise<Serving> {
  const serving: Serving = {
    connections: 0,
    peers: [],
    addresses: [],
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  server.on('connection', ({ remoteAddress, localAddress }: net.Socket) => {
    serving.connections++;
    serving.peers.push(remoteAddress);
    serving.addresses.push(localAddress?.replace('::ffff:', ''));
  });
  await namespace.listen(server, { port });
  return serving;
}

/** A namespace with a loopback. */
export async function looped(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.set('lo', { up: true });
  return namespace;
}

/** Gives a namespace a network, 10.9.9.0/24, in which 10.9.9.9 never answers. */
export async function silent(given?: NetworkNamespace): Promise<NetworkNamespace> {
  const namespace = given ?? (await scratchNamespace());
  await namespace.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'far', up: true } });
  await namespace.addresses.add('eth0', '10.9.9.1/24');
  await namespace.neighbors.add({ device: 'eth0', destination: '10.9.9.9', linkLayerAddress: '02:00:00:00:00:99' });
  return namespace;
}

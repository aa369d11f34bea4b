'use strict';

// What a worker of workers.js does until it is terminated: a bit of everything, all at once, in namespaces without names.

const dgram = require('node:dgram');
const { once } = require('node:events');
const net = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');

parentPort.postMessage('begun');

/** Takes a while to make what is to own a descriptor: it is in the middle of that, mostly, when the worker is terminated. */
if (workerData.slow) {
  const wait = () => {
    for (const end = performance.now() + 15; performance.now() < end;);
  };
  const { Socket } = net;
  net.Socket = function (...args) {
    wait();
    return Reflect.construct(Socket, args);
  };
  const { createSocket } = dgram;
  dgram.createSocket = (...args) => {
    wait();
    return createSocket(...args);
  };
}

const library = require(workerData.library);

const quietly = async (asked) => await asked.catch(() => undefined);

async function all() {
  const [a, b] = await Promise.all([library.createNamespace(), library.createNamespace()]);
  await Promise.all([
    quietly(a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', namespace: b, up: true } })),
    quietly(a.links.add({ kind: 'bridge', name: 'br0', up: true })),
    quietly(a.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1', namespace: { fd: b.fd } } })),
    quietly(a.links.add({ kind: 'veth', name: 'x0', peer: { name: 'x1', namespace: { pid: process.pid } } })),
    quietly(a.addresses.add('br0', ['10.1.1.1/24'])),
    quietly(a.links.waitFor('nothing', 'present', { timeout: 5 })),
    quietly(b.createSocket('udp4').then((socket) => socket.close())),
    quietly(a.links.list()),
    quietly(a.routes.list({ family: 'inet' })),
    quietly(a.sysctl.get('net.ipv4.ip_forward')),
    quietly(a.processes()),
    quietly(library.createNamespace(undefined, (n) => [n.links.set('lo', { up: true })]).then((n) => n.close())),
    quietly(first(a.links.stream())),
    workerData.programs ? quietly(a.execFile('true')) : undefined,
  ]);
  void b.close();
  await a.close();
}

async function first(rows) {
  for await (const _ of rows) break;
}

/** Connections and sockets alone, in one namespace. */
async function sockets() {
  const a = await library.createNamespace();
  await a.links.set('lo', { up: true });
  const server = net.createServer((socket) => socket.on('error', () => {}).end());
  await a.listen(server, { host: '127.0.0.1', port: 0 });
  const { port } = server.address();
  parentPort.postMessage('busy');
  for (;;) {
    await quietly(
      a.connect({ host: '127.0.0.1', port }).then(async (socket) => {
        socket.on('error', () => {}).resume();
        await once(socket.end(), 'close');
      }),
    );
    await quietly(a.createSocket('udp4').then((socket) => socket.close()));
  }
}

(async () => {
  if (workerData.sockets) await sockets();
  parentPort.postMessage('busy');
  for (;;) await Promise.all([all(), all()]);
})();

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tls from 'node:tls';

import type { NetworkNamespace } from '../../lib';
import { certify } from '../support/certificate';
import { describeKernel } from '../support/kernel';
import { bridged, namespaceWithLoopback } from '../support/networks';
import { run, ss } from '../support/oracle';
import { openDescriptors, threadNamespaces } from '../support/process';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

/** Nobody listens there outside. */
const PORT = 48_611;

describeKernel('sockets in namespaces', () => {
  test('are of 100 HTTP servers on one address and port, each of which answers inside alone', async () => {
    const namespaces = await Promise.all(Array.from({ length: 100 }, namespaceWithLoopback));
    const servers = await Promise.all(
      namespaces.map(async (namespace, number) => {
        const server = http.createServer((_, response) => response.end(`this is ${number}`));
        await namespace.listen(server, { host: '127.0.0.1', port: PORT });
        return server;
      }),
    );

    const bodies = await Promise.all(namespaces.map((namespace) => get(namespace, PORT)));
    const byCurl = await run(namespaces[42]!, 'curl', ['-s', `http://127.0.0.1:${PORT}/`]);
    const listening = await ss(namespaces[99]!, '-tlnp');

    expect(bodies).toEqual(namespaces.map((_, number) => `this is ${number}`));
    expect(byCurl).toBe('this is 42');
    expect(listening.trim().split('\n')).toHaveLength(1);
    expect(listening).toMatch(new RegExp(`127\\.0\\.0\\.1:${PORT} .*pid=${process.pid},`));
    expect(new Set(threadNamespaces())).toEqual(new Set([fs.readlinkSync('/proc/self/ns/net')]));
    const outside = net.connect({ host: '127.0.0.1', port: PORT });
    expect(((await once(outside, 'error')) as [Error])[0]).toMatchObject({ code: 'ECONNREFUSED' });
    for (const server of servers) server.close();
    await Promise.all(namespaces.map((namespace) => namespace.close()));
  });

  test('speak TLS across a bridge', async () => {
    await using host = await scratchNamespace();
    await using red = await scratchNamespace();
    await using blue = await scratchNamespace();
    await bridged(host, red, blue);
    const { key, cert } = certify('10.1.1.1');
    const server = tls.createServer({ key, cert }, (socket) => socket.end(`hello ${String(socket.remoteAddress)}`));
    await red.listen(server, { host: '10.1.1.1', port: 443 });

    const socket = await blue.connect({ host: '10.1.1.1', port: 443 });
    const secure = tls.connect({ socket, host: '10.1.1.1', ca: cert });
    const text = await textOf(secure);
    const stranger = tls.connect({ socket: await blue.connect({ host: '10.1.1.1', port: 443 }), host: '10.1.1.1' });
    const [refused] = (await once(stranger, 'error')) as [NodeJS.ErrnoException];

    expect(text).toBe('hello 10.1.1.2');
    expect(refused.code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    server.close();
  });

  test('serve HTTPS and HTTP/2', async () => {
    await using a = await namespaceWithLoopback();
    const { key, cert } = certify('127.0.0.1');
    const plain = http2.createServer((_, response) => response.end('plain'));
    const secure = http2.createSecureServer({ key, cert, allowHTTP1: true }, (_, response) => response.end('secure'));
    await a.listen(plain, { host: '127.0.0.1', port: 80 });
    await a.listen(secure, { host: '127.0.0.1', port: 443 });

    const socket = await a.connect({ host: '127.0.0.1', port: 80 });
    const session = http2.connect('http://127.0.0.1', { createConnection: () => socket });
    const body = await textOf(session.request({ ':path': '/' }));
    const http1 = await run(a, 'curl', ['-sk', '--http1.1', '-w', ' over %{http_version}', 'https://127.0.0.1/']);

    expect(body).toBe('plain');
    expect(http1).toBe('secure over 1.1');
    session.close();
    plain.close();
    secure.close();
  });

  test('push streams with back-pressure between namespaces', async () => {
    await using host = await scratchNamespace();
    await using red = await scratchNamespace();
    await using blue = await scratchNamespace();
    await bridged(host, red, blue);
    const piece = randomBytes(1 << 16);
    const PIECES = 512; // 32 MiB
    const received = createHash('sha256');
    let longestQueue = 0;
    const server = net.createServer();
    await red.listen(server, { host: '10.1.1.1', port: 9 });
    const accepted = once(server, 'connection') as Promise<[net.Socket]>;
    const socket = await blue.connect({ host: '10.1.1.1', port: 9 });
    const [peer] = await accepted;
    const source = Readable.from(
      (function* () {
        for (let sent = 0; sent < PIECES; sent++) {
          longestQueue = Math.max(longestQueue, socket.writableLength);
          yield piece;
        }
      })(),
    );
    await Promise.all([
      pipeline(source, socket),
      pipeline(peer, async (parts: AsyncIterable<Buffer>) => {
        for await (const part of parts) received.update(part);
      }),
    ]);

    const sent = createHash('sha256');
    for (let count = 0; count < PIECES; count++) sent.update(piece);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(socket.bytesWritten).toBe(PIECES * piece.length);
    expect(longestQueue).toBeLessThanOrEqual(2 * piece.length);
    server.close();
  });

  test('leave nothing open after 500 connections', async () => {
    await using a = await namespaceWithLoopback();
    const server = net.createServer((socket) =>
      socket.resume().on('error', ({ code }: NodeJS.ErrnoException) => codes.add(code)),
    );
    const codes = new Set<string | undefined>();
    await a.listen(server, { host: '127.0.0.1', port: 7 });
    const cycle = async () => {
      const socket = await a.connect({ host: '127.0.0.1', port: 7 });
      // A reset at the end, rather than 500 ports that wait for late packets.
      socket.resetAndDestroy();
      await once(socket, 'close');
    };
    await Promise.all(Array.from({ length: 50 }, cycle));
    await until(async () => ((await connectionsOf(server)) === 0 ? true : undefined));
    const before = openDescriptors();

    for (let count = 0; count < 500; count++) await cycle();

    await until(() => Promise.resolve(openDescriptors() <= before ? true : undefined));
    expect(codes).toEqual(new Set(['ECONNRESET']));
    expect((await ss(a, '-tan state connected')).trim()).toBe('');
    server.close();
  });
});

async function get(namespace: NetworkNamespace, port: number): Promise<string | undefined> {
  const socket = await namespace.connect({ host: '127.0.0.1', port });
  socket.write('GET / HTTP/1.0\r\n\r\n');
  return (await textOf(socket)).split('\r\n\r\n')[1];
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}

function connectionsOf(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

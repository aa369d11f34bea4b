import { spawn } from 'node:child_process';
import type dgram from 'node:dgram';
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { createNamespace, openNamespace, type NetworkNamespace } from '../../lib';
import { etcFiles } from '../support/etc';
import { collect, exposedGc } from '../support/garbage';
import { describeKernel } from '../support/kernel';
import { namespacesHeld, openDescriptors } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { lastFound } from '../support/until';
import { openSockets } from '../support/waits';

const compiled = path.join(__dirname, '../../dist');

describeKernel('nothing is left', () => {
  test('open after many namespaces came and went', async () => {
    // The addon's threads start as they are needed, and each keeps the way home open.
    const createTen = () => Promise.all(Array.from({ length: 10 }, createAndClose));
    for (let round = 0; round < 5; round++) await createTen();
    const before = openDescriptors();

    for (let round = 0; round < 10; round++) await createTen();

    expect(await settled(() => openDescriptors() - before)).toBeLessThanOrEqual(0);
  });

  test('open after failed creations', async () => {
    const name = uniqueName();
    await using taken = await createNamespace(name);
    await createNamespace(name).catch(() => undefined);
    const before = openDescriptors();

    const failures = await Promise.allSettled(Array.from({ length: 50 }, () => createNamespace(taken.name)));

    expect(failures.every(({ status }) => status === 'rejected')).toBe(true);
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });

  test('of a namespace that nobody closed, once it is collected', async () => {
    const gc = exposedGc();
    const forgotten = await inodeOfForgotten();
    expect(namespacesHeld()).toContain(forgotten);

    const held = await settled(() => {
      gc();
      return namespacesHeld().includes(forgotten) ? 1 : 0;
    });

    expect(held).toBe(0);
  });

  test('but a namespace lives on while one of its collections is in use', async () => {
    const gc = exposedGc();
    const used = await inodeOfCollectionInUse(gc);

    const held = await settled(() => {
      gc();
      return namespacesHeld().includes(used) ? 1 : 0;
    });

    expect(held).toBe(0);
  });

  test('of streams that were forgotten after a row, once they are collected', async () => {
    const gc = exposedGc();
    await using a = await withRoutes();
    const before = openSockets();
    await beginStreams(a);
    expect(openSockets()).toBeGreaterThan(before);

    const left = await settled(() => {
      gc();
      return openSockets() - before;
    });

    expect(left).toBeLessThanOrEqual(0);
    // One that is awaited, or read, is not forgotten.
    let count = 1;
    const rest = a.routes.stream({ type: 'blackhole' });
    await Promise.all([rest.next(), collect(gc)]);
    for await (const _ of rest) if (++count % 700 === 0) await collect(gc);
    expect(count).toBe(3000);
  });

  test('of streams whose namespace is closed, and their readers are told', async () => {
    const a = await withRoutes(60_000);
    await using b = await openNamespace(a);
    const before = openSockets();
    const streams = await beginStreams(b);

    await b.close();

    expect(await settled(() => openSockets() - before)).toBeLessThanOrEqual(0);
    for (const stream of streams.slice(0, 3)) {
      await expect(readAll(stream)).rejects.toMatchObject({ code: 'EBADF', syscall: 'use' });
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    }
    await a.close();
  });

  test('but a namespace lives on while a stream of it has not begun', async () => {
    const gc = exposedGc();
    const used = await inodeOfStreamAlone(gc);

    const held = await settled(() => {
      gc();
      return namespacesHeld().includes(used) ? 1 : 0;
    });

    expect(held).toBe(0);
  });

  test('but a namespace lives on while a name is looked up in it, for whomever', async () => {
    const gc = exposedGc();
    const name = uniqueName();
    using _ = etcFiles(name, { 'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:30\n' });
    await using home = await createNamespace(name);
    await home.links.set('lo', { up: true });
    const server = (await nameServer(home, () => collect(gc))).unref();

    const [lookup, socket, ...answers] = await namesAlone(name);

    expect(await Promise.all(answers)).toEqual([
      'getaddrinfo ENOTFOUND web.example',
      'getaddrinfo ENOTFOUND web.example',
    ]);
    await collect(gc);
    expect(await lookup('localhost', { family: 4 })).toMatchObject({ address: '127.0.0.1' });
    await new Promise<void>((resolve, reject) => {
      socket.send('', 9, 'localhost', (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    socket.close();
    server.close();
  });

  test('of a worker that is terminated with requests under way', async () => {
    const before = openDescriptors();

    for (let round = 0; round < 5; round++) {
      const worker = new Worker(busyProgram, { eval: true, workerData: compiled });
      await once(worker, 'message');
      await worker.terminate();
    }

    expect(await settled(() => Math.max(0, openDescriptors() - before))).toBe(0);
  });

  test('of a worker that is terminated while it opens sockets', async () => {
    await using a = await scratchNamespace();
    const before = openSockets();

    for (let round = 0; round < 6; round++) {
      const worker = new Worker(openingProgram, { eval: true, workerData: { compiled, fd: a.fd } });
      await once(worker, 'message');
      await worker.terminate();
    }

    expect(await settled(() => Math.max(0, openSockets() - before))).toBe(0);
  });

  test('of a process that is killed: its namespaces end with it', async () => {
    await using a = await scratchNamespace();
    const child = spawn(process.execPath, ['-e', holdingProgram], {
      env: { ...process.env, COMPILED: compiled, TARGET: `/proc/${process.pid}/fd/${a.fd}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect((await a.links.list({ kind: 'veth' })).map(({ name }) => name)).toEqual(['left']);

    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(await settled(async () => (await a.links.list({ kind: 'veth' })).length)).toBe(0);
  });

  test('that keeps an idle process alive', async () => {
    const program = `
      const { createNamespace } = require(process.env.COMPILED);
      createNamespace().then((a) => a.links.list()).then(() => console.log('done'));`;
    const child = spawn(process.execPath, ['-e', program], {
      env: { ...process.env, COMPILED: compiled },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

    const [code] = (await once(child, 'exit')) as [number];

    expect(code).toBe(0);
  });
});

const busyProgram = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { createNamespace } = require(workerData);
  (async () => {
    const a = await createNamespace();
    parentPort.postMessage('busy');
    for (;;) await Promise.all(Array.from({ length: 50 }, () => a.links.list()));
  })();`;

const openingProgram = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { openNamespace } = require(workerData.compiled);
  (async () => {
    const a = await openNamespace({ fd: workerData.fd });
    const open = async () => (await a.createSocket('udp4')).close();
    await open();
    parentPort.postMessage('busy');
    for (;;) await Promise.all(Array.from({ length: 50 }, open));
  })();`;

const holdingProgram = `
  const { createNamespace, openNamespace } = require(process.env.COMPILED);
  (async () => {
    const outside = await openNamespace(process.env.TARGET);
    const inside = await createNamespace();
    await outside.links.add({ kind: 'veth', name: 'left', peer: { name: 'right', namespace: inside } });
    console.log('ready');
    setInterval(() => inside.links.list(), 10);
  })();`;

async function createAndClose(): Promise<void> {
  const namespace = await createNamespace();
  await namespace.links.add({ kind: 'bridge', name: 'br0' });
  await namespace.links.list();
  await namespace.close();
}

/** In a function of its own, so that nothing on the test's stack refers to the namespace. */
async function inodeOfForgotten(): Promise<number> {
  const namespace = await createNamespace();
  await namespace.links.list();
  return namespace.inode;
}

/** Keeps only a collection, and uses it after the rest could have been collected. */
async function inodeOfCollectionInUse(gc: () => void): Promise<number> {
  const [links, inode] = await linksAlone();
  await collect(gc);
  expect(await links.list()).toContainEqual(expect.objectContaining({ name: 'lo' }));
  return inode;
}

async function linksAlone() {
  const { links, inode } = await createNamespace();
  return [links, inode] as const;
}

/** Keeps only a stream, and begins it after the rest could have been collected. */
async function inodeOfStreamAlone(gc: () => void): Promise<number> {
  const [stream, inode] = await streamAlone();
  await collect(gc);
  expect((await stream.next()).value).toMatchObject({ name: 'lo' });
  await stream.return();
  return inode;
}

async function streamAlone() {
  const { links, inode } = await createNamespace();
  return [links.stream(), inode] as const;
}

/** More than a stream reads ahead. */
async function withRoutes(length = 3000): Promise<NetworkNamespace> {
  const a = await createNamespace();
  const destination = (index: number) => `10.${String(index >> 8)}.${String(index & 255)}.0/24`;
  await a.routes.add(Array.from({ length }, (_, index) => ({ destination: destination(index), type: 'blackhole' })));
  return a;
}

/** Reads a row of each; who does not keep the result has forgotten them. */
async function beginStreams({ routes }: NetworkNamespace) {
  const streams = Array.from({ length: 10 }, () => routes.stream());
  await Promise.all(streams.map((stream) => stream.next()));
  return streams;
}

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) continue;
}

/** Tells that there is no such name, when `meanwhile` is over: whoever asked waits until then. */
async function nameServer(namespace: NetworkNamespace, meanwhile: () => Promise<void>): Promise<dgram.Socket> {
  const server = await namespace.createSocket({ type: 'udp4', address: '127.0.0.1', port: 53 });
  server.on('message', (query, { port, address }) => {
    const answer = Buffer.from(query);
    answer.writeUInt16BE(0x8183, 2);
    void meanwhile().then(() => {
      server.send(answer, port, address);
    });
  });
  return server;
}

/** What looks names up, each by a handle that nothing else refers to: a function, a socket, and two calls under way. */
async function namesAlone(name: string) {
  const open = () => openNamespace(name);
  const { lookup } = await open();
  const socket = (await (await open()).createSocket('udp4')).unref();
  const answer = async (asked: Promise<unknown>) =>
    await asked.then(String, (error: unknown) => (error as Error).message);
  const found = answer((await open()).lookup('web.example'));
  const connected = answer((await open()).connect({ host: 'web.example', port: 80 }));
  return [lookup, socket, found, connected] as const;
}

/** What a probe says once it is 0, or when patience has ended: closing happens on other threads, and in the kernel. */
function settled(probe: () => number | Promise<number>): Promise<number> {
  return lastFound(probe, (value) => value <= 0);
}

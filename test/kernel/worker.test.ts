import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type Worker, type WorkerOptions } from 'node:worker_threads';

import type * as library from '../../lib';
import { compilePrograms, ROOT } from '../examples/programs';
import { describeKernel, requiresUnprivilegedRun } from '../support/kernel';
import { ss } from '../support/oracle';
import { mountPoints, openDescriptors, threadNamespaces } from '../support/process';
import { uniqueName } from '../support/scratch';
import { until } from '../support/until';

/** A worker loads compiled files: so this tests the library as it ships. */
const compiled = path.join(ROOT, 'dist');
type Library = typeof library;
type Namespace = Awaited<ReturnType<Library['createNamespace']>>;

/** The same as of the support's `threadNamespaces`, as the text of a program: threads may end while it looks. */
const NAMESPACES_OF_THREADS = `readdirSync('/proc/self/task').flatMap((task) => {
  try { return [readlinkSync('/proc/self/task/' + task + '/ns/net')]; } catch { return []; }
})`;

beforeAll(compilePrograms, 120_000);

describeKernel('a worker', () => {
  test('lives in the namespace, and nothing else does', async () => {
    await using a = await scratch();
    const home = readlinkSync('/proc/self/ns/net');

    const seen = await report(
      a,
      `const { readlinkSync, readdirSync } = require('node:fs');
      require('node:fs/promises').readlink('/proc/thread-self/ns/net').then((pool) => parentPort.postMessage({
        own: readlinkSync('/proc/thread-self/ns/net'), pool, devices: Object.keys(require('node:os').networkInterfaces()),
        inside: ${NAMESPACES_OF_THREADS}.filter((one) => one === 'net:[${a.inode}]').length,
      }));`,
    );

    expect(seen).toEqual({ own: `net:[${a.inode}]`, pool: home, devices: [], inside: 1 });
    await noThreadIn(a);
  });

  test('listens and connects in the namespace with bare node:net and node:http', async () => {
    await using a = await scratch();
    await a.links.set('lo', { up: true });

    const worker = await a.worker(
      `const { parentPort } = require('node:worker_threads');
      const server = require('node:http').createServer((_, response) => response.end('from inside'));
      server.listen(8080, '127.0.0.1', () => parentPort.postMessage('listening'));
      require('node:http').get('http://127.0.0.1:8080', (response) => response.resume());`,
      { eval: true },
    );
    expect(await once(worker, 'message')).toEqual(['listening']);

    expect(await ss(a, '-tln')).toMatch(/127\.0\.0\.1:8080/);
    const socket = await a.connect({ host: '127.0.0.1', port: 8080 });
    socket.end('GET / HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toContain('from inside');
    await worker.terminate();
    await noThreadIn(a);
  });

  test('keeps to what its options say', async () => {
    await using a = await scratch();
    const { port1, port2 } = new MessageChannel();
    const options: WorkerOptions = {
      workerData: { mine: [1, 2], port: port2 },
      transferList: [port2],
      argv: ['--one', 'two'],
      env: { ONLY: 'this' },
      execArgv: ['--no-warnings', '--conditions=special'],
      name: 'a name',
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    };
    const program = `
      const { workerData, resourceLimits, getEnvironmentData } = require('node:worker_threads');
      workerData.port.postMessage('through my port');
      parentPort.postMessage({ data: workerData.mine, argv: process.argv.slice(1), env: { ...process.env },
        execArgv: process.execArgv, old: resourceLimits.maxOldGenerationSizeMb,
        ticket: getEnvironmentData('rtnetlink.worker') === undefined });`;

    const message = new Promise((resolve) => port1.once('message', resolve));
    const seen = await report(a, program, options);

    expect(seen).toEqual({
      data: [1, 2],
      argv: ['[worker eval]', '--one', 'two'],
      env: { ONLY: 'this' },
      execArgv: options.execArgv,
      old: 64,
      ticket: true,
    });
    expect(await message).toBe('through my port');
    port1.close();
  });

  describe('of a file', () => {
    const directory = path.join(os.tmpdir(), uniqueName());
    beforeAll(() => {
      mkdirSync(directory);
      const say = (main: string) => `parentPort.postMessage({ main: ${main}, argv: process.argv.slice(1),
        execArgv: process.execArgv, own: readlinkSync('/proc/thread-self/ns/net') });`;
      writeFileSync(
        path.join(directory, 'common.cjs'),
        `const { readlinkSync } = require('node:fs'); const { parentPort } = require('node:worker_threads');
        ${say('require.main === module && __filename')}`,
      );
      writeFileSync(
        path.join(directory, 'module.mjs'),
        `import { readlinkSync } from 'node:fs'; import { parentPort } from 'node:worker_threads';
        ${say('import.meta.filename ?? (await import("node:url")).fileURLToPath(import.meta.url)')}`,
      );
    });
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });

    test.each(['common.cjs', 'module.mjs'])('%s', async (name) => {
      await using a = await scratch();
      const file = path.join(directory, name);

      for (const given of [file, pathToFileURL(file), `./${path.relative(process.cwd(), file)}`]) {
        const worker = await a.worker(given);
        const [seen] = (await once(worker, 'message')) as [unknown];
        await ended(worker);

        expect(seen).toEqual({ main: file, argv: [file], execArgv: process.execArgv, own: `net:[${a.inode}]` });
      }
    });
  });

  test('may use the library, whose threads stay outside', async () => {
    await using a = await scratch();
    // In a process of its own, where neither libuv's pool nor all threads of the addon have been started.
    const program = `
      const { createNamespace, hostNamespace } = require(${JSON.stringify(compiled)});
      const { readdirSync, readlinkSync } = require('node:fs');
      const inside = \`
        const { parentPort } = require('node:worker_threads');
        const { hostNamespace, createNamespace, openNamespace } = require(${JSON.stringify(compiled)});
        const { openSync, readdirSync, readlinkSync } = require('node:fs');
        (async () => {
          const own = await openNamespace({ fd: openSync('/proc/thread-self/ns/net') });
          const pool = await require('node:fs/promises').readlink('/proc/thread-self/ns/net');
          // More at once than the addon has threads for.
          await Promise.all(Array.from({ length: 8 }, () => createNamespace()));
          const count = async (namespace) => (await namespace.links.list()).length;
          const all = await Promise.all(Array.from({ length: 20 }, () => count(own)));
          const host = (await hostNamespace().links.list()).some(({ name }) => name === 'only-here');
          const started = hostNamespace().spawn('readlink', ['/proc/self/ns/net']);
          const here = () => ${NAMESPACES_OF_THREADS}
            .filter((one) => one === readlinkSync('/proc/thread-self/ns/net')).length;
          // A thread begins where it was made, and goes home before it does anything.
          for (let tries = 0; here() > 1 && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
          started.stdout.on('data', (data) => parentPort.postMessage({ pool, own: Math.min(...all), host, here: here(),
            spawned: String(data).trim() }));
        })();\`;
      (async () => {
        await hostNamespace().links.add({ kind: 'bridge', name: 'only-here' });
        const a = await createNamespace();
        const worker = await a.worker(inside, { eval: true });
        worker.on('message', (message) => console.log(JSON.stringify(message)));
        worker.on('exit', async () => {
          const strays = () => ${NAMESPACES_OF_THREADS}
            .filter((one) => one !== readlinkSync('/proc/self/ns/net'));
          // A thread that has ended stands in /proc for a moment.
          for (let tries = 0; strays().length > 0 && tries < 500; tries++) {
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          console.log(JSON.stringify(strays()));
        });
      })();`;

    const { stdout } = await a.execFile(process.execPath, ['-e', program]);

    const [seen, stray] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(seen).toEqual({ pool: `net:[${a.inode}]`, own: 1, host: true, spawned: `net:[${a.inode}]`, here: 1 });
    expect(stray).toEqual([]);
  });

  test('has the options of this process, but for those that only a process can have', async () => {
    await using a = await scratch();
    const program = `
      const { hostNamespace } = require(${JSON.stringify(compiled)});
      hostNamespace().worker("console.log(JSON.stringify([process.execArgv, typeof gc]))", { eval: true });`;
    const options = ['--expose-gc', '--no-warnings', '--max-old-space-size=200', '--conditions=special'];

    const { stdout } = await a.execFile(process.execPath, [...options, '-e', program]);

    const [inherited] = JSON.parse(stdout) as [string[]];
    expect(inherited).toEqual(expect.arrayContaining(['--no-warnings', '--conditions=special']));
    expect(inherited).not.toContain('--max-old-space-size=200');
  });

  test('is inside before what its options load first, and after what NODE_OPTIONS loads', async () => {
    await using blue = await scratch();
    const directory = mkdtempSync(path.join(os.tmpdir(), 'rtnl-preload-'));
    const preload = (name: string) => {
      const file = path.join(directory, `${name}.js`);
      const where = "require('node:fs').readlinkSync('/proc/thread-self/ns/net')";
      writeFileSync(file, `globalThis.seen = { ...globalThis.seen, ${name}: ${where} };`);
      return file;
    };
    const options = {
      eval: true,
      execArgv: ['--require', preload('option')],
      env: { ...process.env, NODE_OPTIONS: `--require ${preload('environment')}` },
    };
    try {
      const worker = await blue.worker(
        "require('node:worker_threads').parentPort.postMessage({ ...globalThis.seen, execArgv: process.execArgv })",
        options,
      );
      const [seen] = (await once(worker, 'message')) as [object];

      const inside = `net:[${blue.inode}]`;
      expect(seen).toEqual({
        option: inside,
        environment: readlinkSync('/proc/self/ns/net'),
        execArgv: options.execArgv,
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('hands its namespace down to the workers that it starts', async () => {
    await using a = await scratch();

    const seen = await report(
      a,
      `const { Worker } = require('node:worker_threads');
      const nested = new Worker(\`require('node:worker_threads').parentPort.postMessage([
        require('node:fs').readlinkSync('/proc/thread-self/ns/net'), process.execArgv.length])\`, { eval: true });
      nested.on('message', (message) => parentPort.postMessage(message));`,
    );

    expect((seen as unknown[])[0]).toBe(`net:[${a.inode}]`);
  });

  test('outlives the handle of its namespace', async () => {
    const a = await scratch();
    const worker = await a.worker(
      `const { parentPort } = require('node:worker_threads');
      parentPort.once('message', () => parentPort.postMessage(require('node:fs').readlinkSync('/proc/thread-self/ns/net')));`,
      { eval: true },
    );
    await a.close();

    worker.postMessage('where are you?');

    expect(await once(worker, 'message')).toEqual([`net:[${a.inode}]`]);
    await ended(worker);
  });

  test('that is ended early leaves nothing', async () => {
    await using a = await scratch();
    await report(a, 'parentPort.postMessage(1)');
    const before = openDescriptors();

    for (let round = 0; round < 10; round++) {
      const worker = await a.worker('setInterval(() => undefined, 1000)', { eval: true });
      if (round % 2 === 0) await once(worker, 'online');
      await worker.terminate();
    }

    await noThreadIn(a);
    expect(await until(() => Promise.resolve(openDescriptors() <= before || undefined))).toBe(true);
  });

  test('that is ended at any moment leaves no thread, descriptor, process or mount', async () => {
    await using a = await scratch();
    await a.links.set('lo', { up: true });
    // Opens sockets, and starts programs, as fast as it can.
    const program = `
      const { spawn } = require('node:child_process');
      const http = require('node:http');
      const server = http.createServer((_, response) => response.end()).listen(0, '127.0.0.1', () => {
        setInterval(() => http.get({ host: '127.0.0.1', port: server.address().port }).on('error', () => 0), 1);
      });
      setInterval(() => spawn('true', { stdio: 'ignore' }), 5);`;
    await report(a, 'parentPort.postMessage(1)');
    const [before, mounts] = [openDescriptors(), mountPoints()];

    const codes: number[] = [];
    for (let round = 0; round < 24; round++) {
      const worker = await a.worker(program, { eval: true });
      // From before its thread has entered until it is busy, which on some machines takes longer than others.
      if (round % 2 === 1) await once(worker, 'online');
      await new Promise((resolve) => setTimeout(resolve, round * 5));
      codes.push(await worker.terminate());
    }

    // One that was under way.
    expect(codes.at(-1)).toBe(1);
    await noThreadIn(a);
    expect(await until(() => Promise.resolve(openDescriptors() <= before || undefined))).toBe(true);
    await until(async () => (await a.processes()).length === 0 || undefined);
    expect(mountPoints()).toEqual(mounts);
    expect((await ss(a, '-tanH state listening')).trim()).toBe('');
  });

  test('is refused where it cannot be', async () => {
    const a = await scratch();
    await expect(a.worker(5 as never)).rejects.toMatchObject({ message: 'filename: must be a string or a URL, not 5' });
    await expect(a.worker('no-path')).rejects.toMatchObject({ code: 'ERR_WORKER_PATH' });
    await expect(a.worker('1', { eval: true, execArgv: ['--title=x'] })).rejects.toMatchObject({
      code: 'ERR_WORKER_INVALID_EXEC_ARGV',
    });
    await a.close();

    await expect(a.worker('1', { eval: true })).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF' });
  });

  test('is the only thread that may enter, once, and not the main thread', async () => {
    await using a = await scratch();
    // The one that is built, which need not be the release.
    const release = path.join(ROOT, 'build/Release/rtnetlink.node');
    const addon = existsSync(release) ? release : path.join(ROOT, 'build/Debug/rtnetlink.node');
    const ENOTSUP = 95;

    const seen = await report(
      a,
      `const { admitThread, enterThread } = require(${JSON.stringify(addon)});
      parentPort.postMessage([enterThread(1, ${a.fd}), admitThread()]);`,
    );
    const [refused, ticket] = seen as [number, number];
    const { enterThread, revokeThread } = jest.requireActual<Record<string, (...args: number[]) => number>>(addon);

    expect(refused).toBe(ENOTSUP);
    expect(enterThread!(ticket, a.fd)).toBe(ENOTSUP);
    revokeThread!(ticket);
    expect(readlinkSync('/proc/self/ns/net')).not.toBe(`net:[${a.inode}]`);
  });
});

describeKernel('without privileges', [requiresUnprivilegedRun()], () => {
  test('no program and no worker gets into another namespace, and both do at home', async () => {
    const program = `
      const { hostNamespace, openNamespace } = require(${JSON.stringify(compiled)});
      const told = (error) => [error.name, error.syscall, error.code, error.capability];
      (async () => {
        const a = await openNamespace({ fd: 3 });
        const results = [
          await a.exec('true').catch(told),
          await a.worker('1', { eval: true }).catch(told),
          (await hostNamespace().exec('echo home')).stdout,
        ];
        (await hostNamespace().worker('1', { eval: true })).on('exit', (code) => console.log(JSON.stringify([...results, code])));
      })();`;
    await using a = await scratch();
    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
    const { hostNamespace } = compiledLibrary();
    const child = hostNamespace().spawn('setpriv', [...drop, process.execPath, '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit', a.fd],
    });

    const expected = ['NamespaceError', 'setns', 'EPERM', 'CAP_SYS_ADMIN'];
    expect(JSON.parse(await text(child.stdout!))).toEqual([expected, expected, 'home\n', 0]);
  });
});

function compiledLibrary(): Library {
  return jest.requireActual<Library>(compiled);
}

function scratch(): Promise<Namespace> {
  return compiledLibrary().createNamespace();
}

/** Runs a program in a worker to its end, and gives the one message that it posts. */
async function report(namespace: Namespace, program: string, options?: WorkerOptions): Promise<unknown> {
  const source = `const { parentPort } = require('node:worker_threads'); ${program}`;
  const worker = await namespace.worker(source, { ...options, eval: true });
  const [message] = (await once(worker, 'message')) as [unknown];
  await ended(worker);
  return message;
}

async function ended(worker: Worker): Promise<void> {
  if (worker.threadId !== -1) await once(worker, 'exit');
}

/** A thread that was joined is seen in /proc until the kernel has put it away. */
async function noThreadIn(namespace: Namespace): Promise<void> {
  await until(() => Promise.resolve(!threadNamespaces().includes(`net:[${namespace.inode}]`) || undefined));
}

async function text(stream: net.Socket | NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

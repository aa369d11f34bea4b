import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { createNamespace, openNamespace, type NetworkNamespace } from '../../lib';
import { idleSockets } from '../../lib/transport/idle-sockets';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { descriptorTargets, namespacesHeld } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { until } from '../support/until';

const compiled = path.join(__dirname, '../../dist');
const execute = promisify(execFile);

const sockets = () => descriptorTargets().filter((target) => target.startsWith('socket:')).length;
/** Without waiting for the time that a socket stays open. */
const atRest = () =>
  until(() => {
    jest.advanceTimersByTime(1000);
    return Promise.resolve(idleSockets() === 0 ? true : undefined);
  });

// The library's, which closes sockets, and no other.
beforeAll(() => {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'setInterval'],
  });
});

/** Namespaces that end with the block. */
async function many(count: number): Promise<AsyncDisposable & { all: NetworkNamespace[] }> {
  const all = await Promise.all(Array.from({ length: count }, () => createNamespace()));
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

describeKernel('an open namespace', () => {
  test('takes one descriptor at rest, and answers as before', async () => {
    await atRest();
    const before = sockets();
    await using a = await scratchNamespace();
    await using again = await openNamespace({ fd: a.fd });
    await a.links.add({ kind: 'bridge', name: 'br0' });
    const found = await again.links.get('br0');
    expect(sockets()).toBeGreaterThan(before);

    await atRest();

    expect(sockets()).toBe(before);
    expect(namespacesHeld().filter((inode) => inode === a.inode)).toHaveLength(2);
    expect(await a.links.get('br0')).toEqual(found);
    expect(await again.links.list({ kind: 'bridge' })).toEqual([found]);
    await a.links.set('br0', { alias: 'after the rest' });
    expect(await ip(a, 'link show br0')).toMatchObject([{ ifname: 'br0', ifalias: 'after the rest' }]);
  });

  test('takes part in a trip from its rest', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await atRest();

    await using b = await createNamespace(undefined, (made) => [
      a.links.add({ kind: 'veth', name: 'left', master: 'br0', peer: { name: 'right', namespace: made } }),
      made.links.set('lo', { up: true }),
    ]);

    expect(await ip(a, 'link show left')).toMatchObject([{ master: 'br0' }]);
    expect(await ip(b, 'link show right')).toMatchObject([{ ifname: 'right' }]);
  });

  test('has its answers when it is closed meanwhile, from its rest too', async () => {
    await using a = await scratchNamespace();
    const opened = () => openNamespace({ fd: a.fd });
    const [unused, listed, held] = await Promise.all([opened(), opened(), opened()]);

    const answers = Promise.all([
      unused.links.get('lo'),
      listed.links.list(),
      held.links.add({ kind: 'veth', name: 'left', up: true, peer: { name: 'right', up: true } }),
    ]);
    await Promise.all([unused.close(), listed.close(), held.close()]);

    const lo = { name: 'lo' };
    // The pair may be made before the list or behind it: they are asked for by different handles.
    const list = expect.arrayContaining([expect.objectContaining(lo)]) as object[];
    await expect(answers).resolves.toMatchObject([lo, list, { name: 'left' }]);
    await expect(unused.links.get('lo')).rejects.toMatchObject({ code: 'EBADF', syscall: 'use' });
    expect(namespacesHeld().filter((inode) => inode === a.inode)).toHaveLength(1);
    expect(await ip(a, 'link show right')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as string[] }]);
  });
});

describeKernel('many open namespaces', () => {
  test('keep few sockets, though all were just used', async () => {
    await atRest();
    const before = sockets();
    await using opened = await many(320);

    const found = await Promise.all(opened.all.map((one) => one.links.get('lo')));

    expect(found.map(({ name }) => name)).toEqual(opened.all.map(() => 'lo'));
    expect(sockets() - before).toBeLessThanOrEqual(256);
    expect(new Set(namespacesHeld()).size).toBeGreaterThanOrEqual(320);
    const again = await Promise.all(opened.all.map((one) => one.links.list()));
    expect(again.flat().map(({ name }) => name)).toEqual(opened.all.map(() => 'lo'));
    expect(sockets() - before).toBeLessThanOrEqual(256);
    await atRest();
    expect(sockets()).toBe(before);
  });

  test('more than the process may have descriptors are refused, and leave nothing', async () => {
    const name = uniqueName();
    const { stdout } = await execute(
      'sh',
      ['-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, '-e', exhausting],
      {
        env: { ...process.env, COMPILED: compiled, NAME: name },
      },
    );

    const { code, message, left, works, named } = JSON.parse(stdout) as Record<string, unknown>;
    expect(code).toBe('EMFILE');
    expect(message).toMatch(/^\w+: EMFILE, Too many open files: RLIMIT_NOFILE .* \(a new namespace\)$/);
    expect(named).toMatchObject({ code: 'EMFILE', where: { name } });
    expect(existsSync(`/run/netns/${name}`)).toBe(false);
    expect(left).toBe(0);
    expect(works).toBe('lo');
  });
});

describeKernel('a thread of the addon that began without a descriptor to spare', () => {
  test('works when there is one', async () => {
    const program = `
      const { createNamespace } = require(process.env.COMPILED);
      const fs = require('node:fs');
      (async () => {
        await (await createNamespace()).close();
        const taken = [];
        try { for (;;) taken.push(fs.openSync('/dev/null')); } catch (error) { if (error.code !== 'EMFILE') throw error; }
        const refused = await Promise.allSettled(Array.from({ length: 8 }, () => createNamespace()));
        for (const fd of taken) fs.closeSync(fd);
        const made = await Promise.all(Array.from({ length: 8 }, () => createNamespace()));
        console.log(JSON.stringify({ refused: refused.map(({ reason }) => reason?.code), made: made.length }));
      })();`;

    const { stdout } = await execute('sh', ['-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: compiled },
    });

    expect(JSON.parse(stdout)).toEqual({ refused: Array<string>(8).fill('EMFILE'), made: 8 });
  });
});

describeKernel('the host namespace', () => {
  test('is asked again after a moment without descriptors', async () => {
    const program = `
      const { createNamespace, hostNamespace } = require(process.env.COMPILED);
      const fs = require('node:fs');
      const told = (asked) => asked.then((links) => links.length > 0, ({ name, code, syscall }) => [name, code, syscall]);
      (async () => {
        await (await createNamespace()).close();
        const host = hostNamespace();
        const taken = [];
        const exhaust = () => {
          try { for (;;) taken.push(fs.openSync('/dev/null')); } catch (error) { if (error.code !== 'EMFILE') throw error; }
        };
        const recover = () => taken.splice(0).forEach((fd) => fs.closeSync(fd));
        exhaust();
        const unloaded = [await told(host.links.list()), await told(host.links.stream().next())];
        recover();
        host.links;
        exhaust();
        const without = [await told(host.links.list()), await told(host.links.list())];
        recover();
        console.log(JSON.stringify([...unloaded, ...without, await told(host.links.list()), await told(host.links.list())]));
      })();`;

    const { stdout } = await execute('sh', ['-c', 'ulimit -n 60; exec "$@"', 'sh', process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: compiled },
    });

    const refused = ['NamespaceError', 'EMFILE', 'fcntl'];
    const unloaded = ['Error', 'EMFILE', 'open'];
    expect(JSON.parse(stdout)).toEqual([unloaded, unloaded, refused, refused, true, true]);
  });
});

/** Opens namespaces until there is no descriptor left, and goes on when some are free again. */
const exhausting = `
  const { createNamespace } = require(process.env.COMPILED);
  const fs = require('node:fs');
  const { setTimeout: sleep } = require('node:timers/promises');
  // No descriptor may be free: each is asked for by its number. Ways home do not count: a thread that began without one
  // takes it when it can.
  const home = fs.statSync('/proc/self/ns/net').ino;
  const count = () => Array.from({ length: 60 }, (_, fd) => fd).filter((fd) => {
    try { return fs.fstatSync(fd).ino !== home; } catch { return false; }
  }).length;
  const fallen = async (most) => { while (count() > most) await sleep(10); };
  (async () => {
    const first = await createNamespace();
    await first.links.get('lo');
    const before = count();
    const opened = [];
    let failure;
    while (failure === undefined) {
      const made = await Promise.allSettled(Array.from({ length: 5 }, () => createNamespace()));
      for (const { value } of made) if (value !== undefined) opened.push(value);
      failure = made.find(({ status }) => status === 'rejected')?.reason;
    }
    const full = count();
    const named = await createNamespace(process.env.NAME).catch((error) => error);
    const left = Math.max(0, count() - full);
    for (const one of opened.splice(0, 4)) await one.close();
    const second = await createNamespace();
    const { name: works } = await second.links.get('lo');
    for (const one of [second, ...opened]) await one.close();
    await fallen(before);
    console.log(JSON.stringify({
      code: failure.code, message: failure.message, named: { code: named.code, where: named.namespace }, left, works,
    }));
  })();`;

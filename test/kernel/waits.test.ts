import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { createNamespace, openNamespace, type NetworkNamespace } from '../../lib';
import { sharedEventsOf } from '../../lib/events/shared-events';
import type { News } from '../../lib/transport/subscription';
import { exposedGc } from '../support/garbage';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { until } from '../support/until';
import { eventThreads, listening, nobodyListens, openDescriptors, openSockets, veth } from '../support/waits';

const compiled = path.join(__dirname, '../../dist');

afterEach(nobodyListens);

describeKernel('a wait ends', () => {
  test('when its time is up, and says what was there instead', async () => {
    await using pair = await veth();
    const { a } = pair;

    const link = expect(a.links.waitFor('eth0', 'up', { timeout: 1000 })).rejects.toMatchObject({
      name: 'WaitError',
      code: 'ETIMEDOUT',
      errno: 110,
      message:
        'waitFor: ETIMEDOUT, the link is down after 1000 ms ' +
        `(link 'eth0' to be up, namespace net:[${String(a.inode)}])`,
    });
    const absent = expect(a.links.waitFor('eth9', 'present', { timeout: 1000 })).rejects.toMatchObject({
      message: `waitFor: ETIMEDOUT, absent after 1000 ms (link 'eth9' to be present, namespace net:[${String(a.inode)}])`,
    });
    await Promise.all([link, absent]);
  });

  test('when its function answers with a promise', async () => {
    await using a = await scratchNamespace();

    const isUp = () => Promise.resolve(false);

    await expect(a.links.waitFor('lo', isUp as never, { timeout: 1000 })).rejects.toMatchObject({
      name: 'TypeError',
      message: 'condition: must return true or false, not a promise, which is not awaited',
    });
  });

  test("when it is aborted, with the signal's reason", async () => {
    await using a = await scratchNamespace();
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = expect(a.links.waitFor('eth0', 'present', { signal: controller.signal })).rejects.toBe(reason);
    await listening();

    controller.abort(reason);

    await waiting;
    const aborted = AbortSignal.abort('before');
    await expect(a.links.waitFor('lo', 'present', { signal: aborted })).rejects.toBe('before');
  });

  test('when the namespace is closed', async () => {
    const a = await scratchNamespace();
    const closed = { name: 'NamespaceError', code: 'EBADF' };
    const waiting = [
      expect(a.links.waitFor('eth0', 'present')).rejects.toMatchObject(closed),
      expect(a.addresses.waitFor({ device: 'lo', address: '192.0.2.1' })).rejects.toMatchObject(closed),
    ];
    await listening();

    await a.close();

    await Promise.all(waiting);
    await expect(a.links.waitFor('lo', 'present')).rejects.toMatchObject(closed);
  });

  test('when the namespace is closed before it has begun', async () => {
    const a = await scratchNamespace();
    const waiting = expect(a.links.waitFor('eth0', 'present')).rejects.toMatchObject({ code: 'EBADF' });

    await a.close();

    await waiting;
  });

  test('with its worker', async () => {
    const before = openDescriptors();
    for (let round = 0; round < 3; round++) {
      const worker = new Worker(waitingProgram, { eval: true, workerData: compiled });
      await once(worker, 'message');
      await worker.terminate();
    }
    await until(() => Promise.resolve(openDescriptors() <= before ? true : undefined));
  });

  test('and leaves no descriptor', async () => {
    await using a = await scratchNamespace();
    const round = () =>
      Promise.allSettled([
        a.links.waitFor('lo', 'present'),
        a.links.waitFor('lo', 'gone', { timeout: 5 }),
        a.links.waitFor('nosuch', 'up'),
        a.links.waitFor('nosuch', 'present', { signal: AbortSignal.timeout(5) }),
        a.addresses.waitFor({ device: 'lo' }, { timeout: 5 }),
      ]);
    for (let count = 0; count < 10; count++) await round();
    const before = openDescriptors();

    for (let count = 0; count < 50; count++) await round();

    await until(() => Promise.resolve(openDescriptors() <= before ? true : undefined));
  });

  test('and one thread and one socket serve them all', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    const controller = new AbortController();
    const { signal } = controller;
    const before = openSockets();

    const waits = [a, a, a, b, b].map((one) => one.links.waitFor('late', 'present', { signal }).catch(() => 'ended'));
    await listening();
    await Promise.all([a, b].map((one) => one.links.waitFor('lo', 'present')));

    expect(eventThreads()).toBe(1);
    expect(openSockets() - before).toBe(2);
    controller.abort();
    expect(await Promise.all(waits)).toEqual(waits.map(() => 'ended'));
  });

  test('although nobody but it holds on to the namespace', async () => {
    const gc = exposedGc();
    const waiting = (async () => {
      const { links } = await createNamespace();
      return expect(links.waitFor('late', 'present', { timeout: 300 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    })();
    for (let round = 0; round < 10; round++) {
      gc();
      await setImmediate();
    }

    await waiting;
  });
});

describeKernel('a storm of events', () => {
  test('while this thread is busy, of more than the queue holds, hides nothing', async () => {
    await using a = await scratchNamespace();
    await ip(a, 'link add br0 type bridge');
    // Of a link that is down the kernel does not tell a new alias.
    await ip(a, 'link set br0 up');
    const news: News[] = [];
    const events = sharedEventsOf(a.handle);
    const listener = {
      tell: (more: News[]) => {
        for (const one of more) news.push(one);
      },
      fail: () => undefined,
    };
    await events.listen(listener);
    // Longer than the storm, which takes half a minute in User-mode Linux: the time of a wait goes on meanwhile.
    const timeout = 90_000;
    const waiting = [
      a.links.waitFor('br0', ({ alias }) => alias === 'done', { timeout }),
      a.links.waitFor('late', 'present', { timeout }),
    ];
    await Promise.all([a.links.waitFor('lo', 'present'), a.links.get('br0')]);
    const storm = "seq 20000 | sed 's/.*/link set br0 alias &/' | ip -batch -";

    // No turn of the event loop meanwhile. An event takes more than a kilobyte of the 16 MiB.
    runSync(a, `${storm}; ip link set br0 alias done; ip link add late type bridge`);

    expect(await Promise.all(waiting)).toMatchObject([{ alias: 'done' }, { name: 'late' }]);
    expect(news.filter(({ subject }) => subject === 'resync').length).toBeGreaterThan(0);
    expect(news.length).toBeGreaterThan(1000);
    expect(news.length).toBeLessThan(20_000);
    events.unlisten(listener);
  });
});

describeKernel('the end of a namespace', () => {
  test('is waited for, and with it that of the far ends of its pairs', async () => {
    await using a = await scratchNamespace();
    for (let round = 0; round < 5; round++) {
      const b = await createNamespace(uniqueName());
      await Promise.all(
        ['left', 'right', 'middle'].map((name) =>
          a.links.add({ kind: 'veth', name, up: true, peer: { name, namespace: b, up: true } }),
        ),
      );

      await b.delete({ wait: a });

      expect((await ip(a, 'link show')).map(({ ifname }) => ifname)).toEqual(['lo']);
    }
  });

  test('without pairs is waited for, too, with an id made for that', async () => {
    await using a = await scratchNamespace();
    const b = await scratchNamespace();

    await b.delete({ wait: a });

    expect(await ip(a, 'netns list-id')).toEqual([]);
  });

  test('does not come while a process is in it', async () => {
    await using a = await scratchNamespace();
    const b = await scratchNamespace();
    await b.links.add({ kind: 'veth', name: 'left', peer: { name: 'right', namespace: a } });
    const id = (await a.namespaceIds.get(b)) ?? (await a.namespaceIds.add(b));
    using holder = await held(b);

    const [ofA, ofB] = [a, b].map(({ inode }) => `namespace net:[${String(inode)}]`);
    await expect(b.delete({ wait: a, timeout: 50 })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      awaited: `the end of ${ofB}`,
      namespace: { name: undefined, inode: b.inode },
      message: `waitFor: ETIMEDOUT, something still holds it, and 1 link of ${ofA} still there after 50 ms (the end of ${ofB})`,
    });
    const gone = a.namespaceIds.waitFor(id, 'gone');
    await listening();
    holder[Symbol.dispose]();

    await gone;
    await a.links.waitFor('right', 'gone');
  });

  test.each([
    ['before', () => AbortSignal.abort('no longer')],
    ['at once', () => abortedBy(queueMicrotask)],
    ['in the next turn', () => abortedBy((abort) => setTimeout(abort, 0))],
  ])('that is given up %s comes nevertheless', async (_when, signalOf) => {
    await using a = await scratchNamespace();
    const name = uniqueName();
    const b = await createNamespace(name);
    await using _holder = await openNamespace(b);

    await expect(b.delete({ wait: a, signal: signalOf() })).rejects.toBe('no longer');

    await expect(openNamespace(name)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(() => b.fd).toThrow(expect.objectContaining({ code: 'EBADF' }) as Error);
  });

  test('is not waited for when deleting fails', async () => {
    await using a = await scratchNamespace();
    const name = uniqueName();
    const b = await createNamespace(name);
    await b.close();

    await expect(b.delete({ wait: a })).rejects.toMatchObject({ code: 'EBADF' });

    const again = await openNamespace(name);
    await again.delete({ wait: a });
    await expect(a.delete({ wait: a })).rejects.toMatchObject({ name: 'RangeError', property: 'wait' });
  });
});

function abortedBy(later: (callback: () => void) => unknown): AbortSignal {
  const controller = new AbortController();
  later(() => {
    controller.abort('no longer');
  });
  return controller.signal;
}

function runSync({ fd }: NetworkNamespace, script: string): void {
  execFileSync('nsenter', [`--net=/proc/${String(process.pid)}/fd/${String(fd)}`, 'sh', '-ec', script]);
}

/** A process that is in a namespace. */
async function held({ fd }: NetworkNamespace) {
  const child = spawn('nsenter', [`--net=/proc/${String(process.pid)}/fd/${String(fd)}`, 'cat']);
  child.stdin.write('here');
  await once(child.stdout, 'data');
  return { [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

const waitingProgram = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { createNamespace } = require(workerData);
  (async () => {
    const a = await createNamespace();
    a.links.waitFor('late', 'present');
    a.addresses.waitFor({ device: 'lo' });
    await a.links.waitFor('lo', 'present');
    parentPort.postMessage('waiting');
  })();`;

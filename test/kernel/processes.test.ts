import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';

import {
  attachNamespace,
  createNamespace,
  hostNamespace,
  listNamespaces,
  NamespaceError,
  namespaceOfProcess,
  type NetworkNamespace,
} from '../../lib';
import { describeKernel, kernelTest, requiresUnprivilegedRun } from '../support/kernel';
import { openDescriptors } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';

const execute = promisify(execFile);

describeKernel('processes', () => {
  test('of a namespace are those that `ip netns pids` finds', async () => {
    await using blue = await createNamespace(uniqueName());
    await using red = await scratchNamespace();
    await using first = await processIn(blue);
    await using second = await processIn(blue);
    await using other = await processIn(red);

    const pids = await blue.processes();

    expect(pids).toEqual([first.pid, second.pid].sort((a, b) => a - b));
    expect((await ipNetns('pids', blue.name!)).map(Number).sort((a, b) => a - b)).toEqual(pids);
    expect(await red.processes()).toEqual([other.pid]);
    expect(await hostNamespace().processes()).toContain(process.pid);
  });

  test('that ended are not in it any more', async () => {
    await using blue = await scratchNamespace();
    const child = await processIn(blue);
    expect(await blue.processes()).toEqual([child.pid]);

    await child[Symbol.asyncDispose]();

    expect(await blue.processes()).toEqual([]);
  });

  test('of a closed namespace cannot be asked for', async () => {
    const blue = await createNamespace();
    await blue.close();

    await expect(blue.processes()).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF' });
  });

  test('are in the namespace that `ip netns identify` names', async () => {
    await using blue = await createNamespace(uniqueName());
    await using red = await scratchNamespace();
    await using inBlue = await processIn(blue);
    await using inRed = await processIn(red);

    expect(await namespaceOfProcess(inBlue.pid)).toEqual({
      name: blue.name,
      path: `/run/netns/${blue.name ?? ''}`,
      device: blue.device,
      inode: blue.inode,
    });
    expect(await ipNetns('identify', String(inBlue.pid))).toEqual([blue.name]);
    expect(await namespaceOfProcess(inRed.pid)).toEqual({
      path: `/proc/${inRed.pid}/ns/net`,
      device: red.device,
      inode: red.inode,
    });
    expect(hostNamespace().equals(await namespaceOfProcess(process.pid))).toBe(true);
  });

  test('that there are not: ESRCH', async () => {
    await using blue = await scratchNamespace();
    const child = await processIn(blue);
    await child[Symbol.asyncDispose]();

    const failure = await namespaceOfProcess(child.pid).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(NamespaceError);
    expect(failure).toMatchObject({ code: 'ESRCH', message: `stat: ESRCH, No such process (process ${child.pid})` });
  });

  kernelTest('of others are left out without privileges', [requiresUnprivilegedRun()], async () => {
    const program = `
      const { hostNamespace, namespaceOfProcess } = require(process.env.COMPILED);
      (async () => {
        const failure = await namespaceOfProcess(${process.pid}).catch(({ code, capability }) => ({ code, capability }));
        console.log(JSON.stringify({ own: process.pid, pids: await hostNamespace().processes(), failure }));
      })();`;
    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];

    const { stdout } = await execute('setpriv', [...drop, process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: `${__dirname}/../../dist` },
    });

    const { own, pids, failure } = JSON.parse(stdout) as { own: number; pids: number[]; failure: object };
    expect(pids).toContain(own);
    expect(pids).not.toContain(process.pid);
    expect(failure).toEqual({ code: 'EACCES', capability: 'CAP_SYS_PTRACE' });
  });
});

describeKernel('attaching', () => {
  test("gives a process's namespace a name, as `ip netns attach` does", async () => {
    await using blue = await scratchNamespace();
    await using child = await processIn(blue);
    const name = uniqueName();

    await using attached = await attachNamespace(name, { pid: child.pid });

    expect(attached.name).toBe(name);
    expect(attached.equals(blue)).toBe(true);
    expect(await ipNetns('list')).toContain(name);
    expect(await ipNetns('pids', name)).toEqual([String(child.pid)]);
    expect(await ipNetns('identify', String(child.pid))).toEqual([name]);
    expect(await namespaceOfProcess(child.pid)).toMatchObject({ name });
    expect(await listNamespaces()).toContainEqual(expect.objectContaining({ name, inode: blue.inode }));
    await attached.links.add({ kind: 'bridge', name: 'br0' });
    expect((await blue.links.get('br0')).kind).toBe('bridge');
  });

  test('takes a namespace and a descriptor too, which stay as they are', async () => {
    await using blue = await createNamespace();
    const [first, second] = [uniqueName(), uniqueName()];
    {
      await using byHandle = await attachNamespace(first, blue);
      await using byFd = await attachNamespace(second, { fd: blue.fd });

      for (const { inode } of [byHandle, byFd]) expect(inode).toBe(blue.inode);
      expect(new Set([byHandle.fd, byFd.fd, blue.fd]).size).toBe(3);
      for (const name of [first, second]) expect(statSync(`/run/netns/${name}`).ino).toBe(blue.inode);
    }

    expect(await ipNetns('list')).not.toContain(first);
    expect(await blue.links.get('lo')).toMatchObject({ index: 1 });
  });

  test('lets a namespace outlive its process and its handle', async () => {
    const name = uniqueName();
    const blue = await createNamespace();
    const child = await processIn(blue);
    await using attached = await attachNamespace(name, { pid: child.pid });
    await blue.links.add({ kind: 'bridge', name: 'br0' });

    await child[Symbol.asyncDispose]();
    await blue.close();

    expect((await attached.links.get('br0')).name).toBe('br0');
    expect(execFileSync('ip', ['-n', name, 'link'], { encoding: 'utf8' })).toContain('br0');
  });

  test('to a name that is taken is EEXIST, and leaves all as it was', async () => {
    await using blue = await createNamespace(uniqueName());
    await using red = await scratchNamespace();
    const before = state();

    const failure = await attachNamespace(blue.name!, red).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(NamespaceError);
    expect(failure).toMatchObject({
      code: 'EEXIST',
      syscall: 'open',
      namespace: { name: blue.name, inode: undefined },
      message: `open: EEXIST, the name is taken (namespace '${blue.name ?? ''}')`,
    });
    expect(statSync(`/run/netns/${blue.name ?? ''}`).ino).toBe(blue.inode);
    expect(state()).toEqual(before);
  });

  test('what is not there or no namespace leaves nothing', async () => {
    const name = uniqueName();
    await using blue = await scratchNamespace();
    const child = await processIn(blue);
    await child[Symbol.asyncDispose]();
    const closed = await createNamespace();
    await closed.close();
    const before = state();

    await expect(attachNamespace(name, { pid: child.pid })).rejects.toMatchObject({ code: 'ESRCH', syscall: 'open' });
    await expect(attachNamespace(name, { fd: 0 })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(attachNamespace(name, closed)).rejects.toMatchObject({ code: 'EBADF', syscall: 'use' });

    expect(await ipNetns('list')).not.toContain(name);
    expect(state()).toEqual(before);
  });

  test('where the directory cannot be written leaves nothing', async () => {
    const program = `
      const { attachNamespace, createNamespace } = require(process.env.COMPILED);
      const fs = require('node:fs');
      (async () => {
        const blue = await createNamespace();
        const mounts = () => fs.readFileSync('/proc/self/mountinfo', 'utf8');
        const open = () => fs.readdirSync('/proc/self/fd').length;
        const before = mounts();
        await attachNamespace('x', blue).catch(() => undefined);
        const descriptors = open();
        const code = await attachNamespace('x', blue).catch(({ code }) => code);
        console.log(JSON.stringify({ code, mounts: mounts() === before, descriptors: Math.max(open() - descriptors, 0), entries: fs.readdirSync('/run').filter((entry) => entry !== 'mount') }));
      })();`;
    const readOnly = 'mount -t tmpfs none /run; mount -o remount,ro none /run; exec "$@"';

    const { stdout } = await execute(
      'unshare',
      ['--mount', 'sh', '-ec', readOnly, 'sh', process.execPath, '-e', program],
      { env: { ...process.env, COMPILED: `${__dirname}/../../dist` } },
    );

    expect(JSON.parse(stdout)).toEqual({ code: 'EROFS', mounts: true, descriptors: 0, entries: [] });
  });
});

/** A process that is inside a namespace already, and ends with the block. */
async function processIn(namespace: NetworkNamespace): Promise<AsyncDisposable & { pid: number }> {
  const enter = `--net=/proc/${process.pid}/fd/${namespace.fd}`;
  const child: ChildProcess = spawn('nsenter', [enter, 'sh', '-c', 'echo ready; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout!, 'data');
  return {
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The first words of the lines that `ip netns ...` prints. */
async function ipNetns(...args: string[]): Promise<string[]> {
  const { stdout } = await execute('ip', ['netns', ...args]);
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0]!)
    .filter((word) => word !== '');
}

/** What an attempt could leave: descriptors of namespaces, and names and mounts of this process's tests. */
function state() {
  const own = (text: string) => text.includes(`rtnl-${process.pid}-`);
  return {
    descriptors: openDescriptors(),
    names: readdirSync('/run/netns').filter(own),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter(own).length,
  };
}

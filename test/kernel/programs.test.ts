import child_process, { spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { types } from 'node:util';

import { createNamespace, hostNamespace, NamespaceError, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { mountPoints, openDescriptors } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { until } from '../support/until';

/** The functions that start a program: Node's, or a namespace's. */
type Spawn = typeof child_process.spawn;

describeKernel('a program', () => {
  test('lives in the namespace from its first instruction on', async () => {
    await using a = await scratchNamespace();

    const child = a.spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');

    expect(readlinkSync(`/proc/${child.pid!}/ns/net`)).toBe(`net:[${a.inode}]`);
    expect(readFileSync(`/proc/${child.pid!}/comm`, 'utf8')).toBe('cat\n');
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('shows the devices of the namespace, by netlink and by sysfs', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'only-here' });

    // The module of bonds has a file beside the devices.
    const { stdout } = await a.exec('ip -j link show; cd /sys/class/net; ls -d */');

    const [links, ...devices] = stdout.trim().split('\n');
    expect(JSON.parse(links!)).toMatchObject([{ ifname: 'lo' }, { ifname: 'only-here' }]);
    expect(devices.sort()).toEqual(['lo/', 'only-here/']);
    expect(await a.exec('ls -d */', { cwd: '/sys/class/net' })).toMatchObject({ stdout: 'lo/\nonly-here/\n' });
  });

  test('keeps the namespace alive after its handle was closed', async () => {
    const a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'only-here' });
    const child = a.spawn('sh', ['-c', 'read line; cd /sys/class/net; ls -d */'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await a.close();

    child.stdin.end('go\n');

    expect(await text(child.stdout)).toBe('lo/\nonly-here/\n');
  });

  test('has a mount namespace of its own, of which nothing gets out', async () => {
    await using a = await scratchNamespace();
    const before = mountPoints();

    const { stdout } = await a.exec('readlink /proc/self/ns/mnt; mount -t tmpfs none /mnt; stat -f -c %T /sys /mnt');

    const [mounts, ...types] = stdout.trim().split('\n');
    expect(mounts).not.toBe(readlinkSync('/proc/self/ns/mnt'));
    expect(types).toEqual(['sysfs', 'tmpfs']);
    expect(mountPoints()).toEqual(before);
  });

  test('sees the files of /etc/netns/NAME over those of /etc', async () => {
    const name = uniqueName();
    const directory = `/etc/netns/${name}`;
    await using a = await createNamespace(name);
    const made = mkdirSync(directory, { recursive: true });
    try {
      writeFileSync(`${directory}/resolv.conf`, 'nameserver 192.0.2.53\n');
      writeFileSync(`${directory}/hosts`, '192.0.2.1 inside\n');

      expect(await a.exec('cat /etc/resolv.conf /etc/hosts')).toMatchObject({
        stdout: 'nameserver 192.0.2.53\n192.0.2.1 inside\n',
      });
      expect(readFileSync('/etc/hosts', 'utf8')).not.toContain('inside');

      writeFileSync(`${directory}/rtnl-no-such-file`, '');
      const failed = a.exec('true');
      await expect(failed).rejects.toBeInstanceOf(NamespaceError);
      await expect(failed).rejects.toMatchObject({
        message: expect.stringContaining(`'/etc/rtnl-no-such-file', namespace '${name}'`) as string,
        syscall: 'mount',
        code: 'ENOENT',
      });
    } finally {
      rmSync(directory, { recursive: true });
      // Unless somebody else uses it by now.
      if (made === path.dirname(directory)) spawnSync('rmdir', [made], { stdio: 'ignore' });
    }
  });

  test('of the host namespace is started where we are', async () => {
    const { stdout } = await hostNamespace().exec('readlink /proc/self/ns/net /proc/self/ns/mnt');

    expect(stdout).toBe(`${readlinkSync('/proc/self/ns/net')}\n${readlinkSync('/proc/self/ns/mnt')}\n`);
  });
});

describeKernel('a program is started as by node:child_process', () => {
  const scripts = path.join(os.tmpdir(), uniqueName());
  beforeAll(() => {
    mkdirSync(scripts);
    writeFileSync(path.join(scripts, 'run'), 'echo $# "$@"', { mode: 0o755 });
  });
  afterAll(() => {
    rmSync(scripts, { recursive: true });
  });

  const shows = 'ls -l /proc/self/fd | sed 1d | sed "s/.*[0-9] \\([0-9]* ->\\)/\\1/; s/[0-9]*\\]/]/; s/[0-9]*.fd$//"';
  test.each<[string, string[], SpawnOptions]>([
    ['arguments', ['printf', '%s|', 'a b', '', '-', '=', '$HOME', 'ü'], {}],
    ['the zeroth argument', ['cat', '/proc/self/cmdline'], { argv0: 'dog' }],
    ['descriptors', ['sh', '-c', shows], {}],
    ['descriptors that are inherited', ['sh', '-c', shows], { stdio: ['ignore', 'pipe', 'inherit'] }],
    ['more descriptors', ['sh', '-c', shows], { stdio: ['pipe', 'pipe', 'pipe', 'ignore', 'pipe', 0] }],
    ['few descriptors', ['sh', '-c', shows], { stdio: [null, 'pipe'] }],
    ['signals', ['grep', '^Sig[BIC]', '/proc/self/status'], {}],
    ['limits', ['cat', '/proc/self/limits'], {}],
    ['its own environment', ['env'], {}],
    ['an environment', ['/usr/bin/env'], { env: { B: '2', '+A': 'x=y', LD_PRELOAD: '', UNSET: undefined } }],
    ['an environment for the loader', ['/bin/true'], { env: { LD_PRELOAD: '/rtnl-no-such.so', LD_DEBUG: 'unused' } }],
    ['a line of shell', ['echo $((6 * 7))', '$0', '"$SHELL"'], { shell: true }],
    ['another shell', ['echo $BASH_VERSION'], { shell: '/bin/bash' }],
    ['a directory', ['pwd'], { cwd: '/usr/share' }],
    ['a user and a group', ['grep', '-E', '^([UG]id|Groups)', '/proc/self/status'], { uid: 65534, gid: 12 }],
    ['an exit code', ['sh', '-c', 'exit 7'], {}],
    ['a signal that ends it', ['sh', '-c', 'kill -KILL $$'], {}],
    ['a script that names no shell', ['./run', 'a'], { cwd: scripts }],
    ['a command that does not exist', ['rtnl-no-such-command', 'a'], { argv0: 'b' }],
    ['a path that does not exist', ['./rtnl-no-such-command', 'a'], {}],
    ['a command that is not on the path', ['cat'], { env: { PATH: '/proc' } }],
    ['a directory that does not exist', ['pwd'], { cwd: '/rtnl-no-such-directory' }],
    ['a file that is not executable', ['/etc/passwd', 'a'], {}],
    ['a directory in place of a program', ['/etc'], {}],
    ['a time limit', ['sleep', '1000'], { timeout: 50 }],
    ['a time limit and a signal', ['sleep', '1000'], { timeout: 50, killSignal: 'SIGINT' }],
    ['a signal that has fired', ['sleep', '1000'], { signal: AbortSignal.abort() }],
  ])('%s', async (_, [command = '', ...args], options) => {
    await using a = await scratchNamespace();

    const [expected, actual] = [
      await story(child_process.spawn, command, args, options),
      await story(a.spawn, command, args, options),
    ];

    expect(actual).toEqual(expected);
  });

  test('an IPC channel', async () => {
    await using a = await scratchNamespace();
    const program = `process.on('message', (message) => process.send([message, process.channel !== undefined,
      Object.keys(process.env).filter((name) => /^\\W|^NODE_CHANNEL/.test(name))], () => process.disconnect()));`;

    const child = a.spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.send({ to: 'you' });

    expect(await once(child, 'message')).toEqual([[{ to: 'you' }, true, []], undefined]);
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  test('a session of its own', async () => {
    await using a = await scratchNamespace();

    const child = a.spawn('cat', { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    await once(child, 'spawn');

    const [, , , , group, session] = readFileSync(`/proc/${child.pid!}/stat`, 'utf8').split(' ').map(Number);
    expect([group, session]).toEqual([child.pid, child.pid]);
    process.kill(-child.pid!, 'SIGTERM');
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  test('an abort signal', async () => {
    await using a = await scratchNamespace();
    const controller = new AbortController();
    const child = a.spawn('sleep', ['1000'], { signal: controller.signal, killSignal: 'SIGKILL' });
    await once(child, 'spawn');
    const failed = new Promise((resolve) => child.on('error', resolve));
    const exited = new Promise((resolve) =>
      child.on('exit', (_, signal) => {
        resolve(signal);
      }),
    );

    controller.abort();

    expect(await failed).toMatchObject({ name: 'AbortError' });
    expect(await exited).toBe('SIGKILL');
  });
});

describeKernel('exec', () => {
  test('resolves with what was printed', async () => {
    await using a = await scratchNamespace();

    const running = a.exec('echo out; echo err >&2');

    expect(running.child.pid).toBeGreaterThan(0);
    expect(await running).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    expect(await a.execFile('printf', ['%s', 'a b'])).toEqual({ stdout: 'a b', stderr: '' });
    expect(await a.exec('printf "\\377"', { encoding: 'buffer' })).toEqual({
      stdout: Buffer.of(0xff),
      stderr: Buffer.of(),
    });
  });

  test('calls back', async () => {
    await using a = await scratchNamespace();

    const printed = new Promise((resolve) =>
      a.exec('echo out; exit 2', (...results) => {
        resolve(results);
      }),
    );

    expect(await printed).toMatchObject([{ message: 'Command failed: echo out; exit 2\n', code: 2 }, 'out\n', '']);
  });

  test.each<[string, string, object]>([
    ['an exit code', 'echo out; echo err >&2; exit 3', {}],
    ['a signal', 'kill -TERM $$', {}],
    ['a command of the shell that does not exist', 'rtnl-no-such-command', {}],
    ['a shell that does not exist', 'true', { shell: '/rtnl-no-such-shell' }],
    ['more output than is allowed', 'yes', { maxBuffer: 10_000 }],
    ['more errors than are allowed, as bytes', 'yes >&2', { maxBuffer: 10_000, encoding: 'buffer' }],
    ['a time limit', 'exec sleep 1000', { timeout: 50, killSignal: 'SIGKILL' }],
    ['a signal that has fired', 'exec sleep 1000', { signal: AbortSignal.abort() }],
  ])('rejects as that of node:child_process: %s', async (_, command, options) => {
    await using a = await scratchNamespace();

    const expected = await execByNode(command, options);
    const actual: unknown = await a.exec(command, options).catch((error: unknown) => error);

    expect(facts(actual)).toEqual(facts(expected));
  });

  test('gives a large output whole', async () => {
    await using a = await scratchNamespace();

    const { stdout } = await a.exec('head -c 20000000 /dev/zero', { maxBuffer: Infinity });

    expect(stdout).toHaveLength(20_000_000);
  });
});

describeKernel('of a program nothing is left', () => {
  test('when it is killed at any moment of its start', async () => {
    await using a = await scratchNamespace();
    const [descriptors, mounts] = [openDescriptors(), mountPoints()];
    const ended: unknown[] = [];

    for (let round = 0; round < 60; round++) {
      const child = a.spawn('sh', ['-c', 'sleep 1000 & wait'], { detached: true });
      const closed = once(child, 'close');
      for (const deadline = performance.now() + (round % 20) * 0.25; performance.now() < deadline;) continue;
      process.kill(-child.pid!, 'SIGKILL');
      ended.push((await closed)[1]);
    }

    expect(new Set(ended)).toEqual(new Set(['SIGKILL']));
    expect(await until(() => Promise.resolve(processesIn(a).length === 0 || undefined))).toBe(true);
    expect(openDescriptors()).toBe(descriptors);
    expect(mountPoints()).toEqual(mounts);
  });

  test('when it cannot be started', async () => {
    await using a = await scratchNamespace();
    await a.exec('true');
    const before = openDescriptors();

    for (let round = 0; round < 5; round++) {
      await expect(a.execFile('/etc/passwd')).rejects.toMatchObject({ code: 'EACCES' });
      await expect(a.execFile('rtnl-no-such-command')).rejects.toMatchObject({ code: 'ENOENT' });
      expect(() => a.spawn('true', { cwd: 5 as never })).toThrow(TypeError);
      expect(() => a.spawn('true', [], { stdio: [0, 1, 'no'] as never })).toThrow('string input');
    }

    expect(await until(() => Promise.resolve(openDescriptors() === before || undefined))).toBe(true);
    expect(processesIn(a)).toEqual([]);
  });

  test('and a closed namespace starts nothing', async () => {
    const a = await scratchNamespace();
    await a.close();

    expect(() => a.spawn('true')).toThrow(NamespaceError);
    expect(() => a.exec('true')).toThrow('its handle is closed');
  });
});

/** What a program prints, the events of its process and what the process says of itself. */
async function story(spawn: Spawn, command: string, args: string[], options: SpawnOptions) {
  const child: ChildProcess = spawn(command, args, options);
  const events: unknown[][] = [];
  for (const event of ['spawn', 'error', 'exit', 'close']) {
    child.on(event, (...values: unknown[]) => events.push([event, ...values.map(facts)]));
  }
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.stdin?.end();
  const printed = await Promise.all([child.stdout && text(child.stdout), child.stderr && text(child.stderr)]);
  await closed;
  const { exitCode, signalCode, spawnfile, spawnargs, killed, stdio } = child;
  return {
    printed,
    events,
    exitCode,
    signalCode,
    spawnfile,
    spawnargs,
    killed,
    stdio: stdio.map((one) => one !== null),
  };
}

/** An error as its properties, and others as they are. */
function facts(value: unknown): unknown {
  return types.isNativeError(value) ? { ...(value as object), name: value.name, message: value.message } : value;
}

function execByNode(command: string, options: object): Promise<unknown> {
  return new Promise((resolve) => {
    child_process.exec(command, options, (error, stdout, stderr) => {
      resolve(Object.assign(error ?? {}, { stdout, stderr }));
    });
  });
}

function processesIn(namespace: NetworkNamespace): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/ns/net`) === `net:[${namespace.inode}]`;
    } catch {
      return false;
    }
  });
}

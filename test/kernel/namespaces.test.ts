import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import {
  attachNamespace,
  createNamespace,
  deleteNamespace,
  hostNamespace,
  listNamespaces,
  NamespaceError,
  openNamespace,
  type NetworkNamespace,
} from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { isTunnelOfEach } from '../support/made-links';
import { scratchNamespace, uniqueName } from '../support/scratch';

const execute = promisify(execFile);

describeKernel('namespaces', () => {
  test('a named one is what `ip netns` lists and enters', async () => {
    const name = uniqueName();

    await using blue = await createNamespace(name);

    expect(namesOfIp()).toContain(name);
    const { stdout } = await execute('ip', ['netns', 'exec', name, 'stat', '-Lc', '%i', '/proc/self/ns/net']);
    expect(Number(stdout)).toBe(blue.inode);
    expect(blue.name).toBe(name);
  });

  test('a new one has only lo, down, and no routes', async () => {
    await using blue = await scratchNamespace();

    const links = await blue.links.list();

    expect(links.filter(({ name }) => !isTunnelOfEach(name))).toEqual([
      expect.objectContaining({ index: 1, name: 'lo', up: false, linkType: 'loopback', mtu: 65536 }),
    ]);
    expect(await blue.addresses.list()).toEqual([]);
    expect(await ip(blue, 'address show lo')).toMatchObject([{ ifname: 'lo', operstate: 'DOWN', addr_info: [] }]);
    expect((await run(blue, 'ip', ['route', 'show', 'table', 'all'])).trim()).toBe('');
  });

  test('one without a name ends with its handle', async () => {
    const blue = await createNamespace();
    const { inode } = blue;
    expect(blue.name).toBeUndefined();
    expect(heldInodes()).toContain(inode);

    await blue.close();

    expect(heldInodes()).not.toContain(inode);
  });

  test('disposing deletes one that was created, and closes one that was opened', async () => {
    const name = uniqueName();
    {
      await using created = await createNamespace(name);
      {
        await using opened = await openNamespace(name);
        expect(opened.equals(created)).toBe(true);
      }
      expect(namesOfIp()).toContain(name);
    }

    expect(namesOfIp()).not.toContain(name);
    expect(existsSync(path.join('/run/netns', name))).toBe(false);
  });

  test('one that iproute2 made is opened by name, path, pid and descriptor, and is the same each time', async () => {
    const name = uniqueName();
    execFileSync('ip', ['netns', 'add', name]);
    const sleeper = spawn('ip', ['netns', 'exec', name, 'sleep', '60'], { stdio: 'ignore' });
    try {
      await using byName = await openNamespace(name);
      await using byPath = await openNamespace(`/run/netns/${name}`);
      await using byFd = await openNamespace({ fd: byName.fd });
      await using byPid = await openEventually(sleeper.pid!, byName);

      const expected = { device: byName.device, inode: statSync(`/run/netns/${name}`).ino };
      for (const { device, inode } of [byName, byPath, byPid, byFd]) expect({ device, inode }).toEqual(expected);
      expect(byPath.name).toBe(name);
      expect(byFd.fd).not.toBe(byName.fd);
      await byFd.links.set('lo', { up: true });
      expect(await ip(byPid, 'link show lo')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as string[] }]);
    } finally {
      sleeper.kill('SIGKILL');
      execFileSync('ip', ['netns', 'delete', name]);
    }
  });

  test('the host namespace is the one this process is in', () => {
    const host = hostNamespace();

    expect(host.inode).toBe(statSync('/proc/self/ns/net').ino);
    expect(hostNamespace()).toBe(host);
  });

  test('the list has the named ones with their identity', async () => {
    await using blue = await createNamespace(uniqueName());
    await using red = await createNamespace(uniqueName());

    const list = await listNamespaces();

    for (const { name, device, inode } of [blue, red]) {
      expect(list).toContainEqual({ name, path: `/run/netns/${name ?? ''}`, device, inode });
    }
    expect(namesOfIp().sort()).toEqual(expect.arrayContaining([blue.name, red.name]));
  });

  test('delete removes the name, and a second time says ENOENT', async () => {
    const name = uniqueName();
    const blue = await createNamespace(name);

    await blue.delete();

    expect(namesOfIp()).not.toContain(name);
    await expect(deleteNamespace(name)).rejects.toMatchObject({
      name: 'NamespaceError',
      code: 'ENOENT',
      syscall: 'unlink',
    });
  });

  test('close keeps the name: delete rejects with EBADF, and disposing does nothing', async () => {
    const name = uniqueName();
    const closed = { name: 'NamespaceError', code: 'EBADF', syscall: 'use' };
    {
      await using created = await createNamespace(name);
      await created.close();
      await expect(created.delete()).rejects.toMatchObject(closed);
      await expect(created.delete({ wait: true })).rejects.toMatchObject(closed);
    }
    {
      await using attached = await attachNamespace(`${name}.too`, name);
      await attached.close();
    }
    const opened = await openNamespace(name);
    await opened.close();
    await expect(opened.delete()).rejects.toMatchObject(closed);
    const unnamed = await createNamespace();
    await unnamed.close();
    await unnamed.delete();

    expect(namesOfIp()).toEqual(expect.arrayContaining([name, `${name}.too`]));
    await deleteNamespace(name);
    await deleteNamespace(`${name}.too`);
  });

  test('delete of one whose name is gone says ENOENT each time', async () => {
    const name = uniqueName();
    await using blue = await createNamespace(name);
    execFileSync('ip', ['netns', 'delete', name]);
    await expect(blue.delete()).rejects.toMatchObject({ code: 'ENOENT' });

    await expect(blue.delete()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('many that are deleted together are each told how it ended', async () => {
    const namespaces = await Promise.all(Array.from({ length: 150 }, () => createNamespace(uniqueName())));
    const names = namespaces.map(({ name }) => name!);
    execFileSync('ip', ['netns', 'delete', names[70]!]);

    const ends = Promise.allSettled(namespaces.map((namespace) => namespace.delete()));

    expect(() => namespaces[149]!.fd).toThrow(expect.objectContaining({ code: 'EBADF' }) as Error);
    const failed = (await ends).flatMap((end, index) => (end.status === 'fulfilled' ? [] : [[index, end.reason]]));
    expect(failed).toEqual([
      [70, expect.objectContaining({ code: 'ENOENT', namespace: { name: names[70], inode: undefined } })],
    ]);
    expect(namesOfIp().filter((name) => names.includes(name))).toEqual([]);
  });

  test('disposing leaves a name alone that leads elsewhere by now', async () => {
    const name = uniqueName();
    const blue = await createNamespace(name);
    execFileSync('ip', ['netns', 'delete', name]);
    execFileSync('ip', ['netns', 'add', name]);

    await blue[Symbol.asyncDispose]();

    expect(namesOfIp()).toContain(name);
    execFileSync('ip', ['netns', 'delete', name]);
  });

  test('a name that is taken is EEXIST, and the one that has it stays', async () => {
    await using blue = await createNamespace(uniqueName());

    const failure = await createNamespace(blue.name).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(NamespaceError);
    expect(failure).toMatchObject({
      code: 'EEXIST',
      errno: 17,
      syscall: 'open',
      namespace: { name: blue.name, inode: undefined },
    });
    expect(statSync(`/run/netns/${blue.name ?? ''}`).ino).toBe(blue.inode);
  });

  test.each([
    ['', 'name: must not be empty'],
    ['.', 'name: must be a file name'],
    ['..', 'name: must be a file name'],
    ['a/b', "name: must not contain '/'"],
    ['a\0b', 'name: must not contain NUL'],
    ['x'.repeat(256), 'name: must be at most 255 bytes long'],
  ])('the name %j is refused', async (name, message) => {
    await expect(createNamespace(name)).rejects.toThrow(message);
  });

  test('a file of something else is not opened', async () => {
    const file = '/proc/self/ns/mnt';

    await expect(openNamespace(file)).rejects.toMatchObject({ code: 'EINVAL', syscall: 'NS_GET_NSTYPE' });
    await expect(openNamespace('/dev/null')).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(openNamespace({ fd: 0 })).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('what is asked of a closed one is EBADF, and says so', async () => {
    const blue = await createNamespace();
    await blue.close();

    await expect(blue.links.list()).rejects.toThrow(/EBADF, its handle is closed/);
    expect(() => blue.fd).toThrow(/EBADF, its handle is closed/);
  });

  test('closing lets what was asked before end well', async () => {
    const blue = await createNamespace();

    const asked = [
      blue.links.add({ kind: 'bridge', name: 'br0', addressGenerationMode: 'none', up: true }),
      blue.links.add({ kind: 'veth', name: 'left', peer: { name: 'right', up: true } }),
    ];
    await blue.close();

    expect(await Promise.all(asked)).toMatchObject([{ name: 'br0' }, { name: 'left' }]);
    await expect(blue.links.list()).rejects.toMatchObject({ code: 'EBADF' });
  });
});

/** A process that was just started enters its namespace a moment later. */
async function openEventually(pid: number, expected: NetworkNamespace): Promise<NetworkNamespace> {
  for (;;) {
    const opened = await openNamespace({ pid });
    if (opened.equals(expected)) return opened;
    await opened.close();
  }
}

function namesOfIp(): string[] {
  const listed = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  return listed.split('\n').map((line) => line.split(' ')[0]!);
}

/** Inodes of the namespaces that this process holds open, as `lsof` would find them. */
function heldInodes(): number[] {
  // It complains of descriptors that are closed while it looks.
  const { stdout } = spawnSync('find', [`/proc/${process.pid}/fd`, '-lname', 'net:*', '-printf', '%l\n'], {
    encoding: 'utf8',
  });
  return stdout.match(/\d+/g)?.map(Number) ?? [];
}

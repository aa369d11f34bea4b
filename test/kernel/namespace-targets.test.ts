import { execFileSync } from 'node:child_process';
import path from 'node:path';

import {
  attachNamespace,
  createNamespace,
  deleteNamespace,
  listNamespaces,
  namespaceOfProcess,
  openNamespace,
  type NamespaceTarget,
  type NetworkNamespace,
} from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { openDescriptors } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';

/** Ways in which a namespace is named, each with that of a namespace that has a name and a process. */
const ways: Readonly<Record<string, (blue: Blue) => NamespaceTarget | Promise<NamespaceTarget>>> = {
  'a NetworkNamespace': ({ namespace }) => namespace,
  'a name': ({ name }) => name,
  'a path': ({ name }) => `/var/run/netns/${name}`,
  'a process': ({ pid }) => ({ pid }),
  'a descriptor': ({ namespace }) => ({ fd: namespace.fd }),
  'what listNamespaces finds': async ({ name }) => (await listNamespaces()).find((one) => one.name === name)!,
  'what namespaceOfProcess finds': ({ pid }) => namespaceOfProcess(pid),
  'what peer finds': async ({ namespace }) => {
    await using other = await scratchNamespace();
    await other.links.add({ kind: 'veth', name: 'there', peer: { name: 'here', namespace } });
    const { namespace: found } = await other.links.peer('there');
    return found!;
  },
};

interface Blue extends AsyncDisposable {
  namespace: NetworkNamespace;
  name: string;
  pid: number;
}

describeKernel('a namespace', () => {
  test.each(Object.keys(ways))('is named by %s, wherever one is taken', async (way) => {
    await using blue = await makeBlue();
    await using here = await scratchNamespace();
    const { namespace } = blue;
    const target = await ways[way]!(blue);

    await using opened = await openNamespace(target);
    expect(opened.equals(namespace)).toBe(true);
    expect(opened.name).toBe(['a process', 'a descriptor'].includes(way) ? undefined : blue.name);

    const name = uniqueName();
    await using attached = await attachNamespace(name, target);
    expect(attached.equals(namespace)).toBe(true);

    await here.links.add({ kind: 'bridge', name: 'made', namespace: target, addressGenerationMode: 'none' });
    await here.links.add([
      {
        kind: 'veth',
        name: 'v0',
        peer: { name: 'v1', namespace: target, up: true, alternativeNames: ['the-far-end'] },
      },
      { kind: 'bridge', name: 'b0', namespace: target, addressGenerationMode: 'none', up: true },
    ]);
    await here.links.add({ kind: 'veth', name: 'moved', peer: { name: 'stays' } });
    await here.links.set('moved', { namespace: target, up: true, master: 'made' });

    expect(await namesIn(namespace)).toEqual(expect.arrayContaining(['made', 'v1', 'b0', 'moved']));
    expect(await ip(namespace, 'link show moved')).toMatchObject([
      { master: 'made', flags: expect.arrayContaining(['UP']) as unknown },
    ]);
    expect(await namesIn(here)).not.toContain('moved');
    // The kernel gave it one for the pair.
    const id = await here.namespaceIds.get(target);
    expect(id).toBe(await here.namespaceIds.get(namespace));
    await using fresh = await scratchNamespace();
    expect(await fresh.namespaceIds.add(target, 7)).toBe(7);

    const ending = await createNamespace();
    await ending.links.add({ kind: 'veth', name: 'near', peer: { name: 'far', namespace } });
    await ending.delete({ wait: target, timeout: 10_000 });
    expect(await namesIn(namespace)).not.toContain('far');
  });

  test('that is named and not there is told before anything is sent, and nothing stays open', async () => {
    await using here = await scratchNamespace();
    await here.links.list();
    const before = openDescriptors();
    const missing: [NamespaceTarget, object][] = [
      ['rtnl-that-nobody-made', { code: 'ENOENT', syscall: 'open', subject: undefined }],
      ['/run/netns/rtnl-that-nobody-made', { code: 'ENOENT', syscall: 'open' }],
      ['/dev/null', { code: 'EINVAL', syscall: 'NS_GET_NSTYPE', subject: "'/dev/null'", namespace: undefined }],
      ['/proc/self/ns/mnt', { code: 'EINVAL', syscall: 'NS_GET_NSTYPE' }],
      [{ pid: 0x7fffffff }, { code: 'ESRCH', syscall: 'open', subject: 'process 2147483647' }],
      [{ fd: 0 }, { code: 'EINVAL', syscall: 'NS_GET_NSTYPE', subject: 'fd 0' }],
      [{ fd: 1_000_000 }, { code: 'EBADF', syscall: 'fcntl' }],
      [{ pidfd: 0 }, { code: 'EINVAL', syscall: 'PIDFD_GET_NET_NAMESPACE', subject: 'pidfd 0' }],
      [{ pidfd: 1_000_000 }, { code: 'EBADF', syscall: 'fcntl' }],
      [{ path: '/proc/self/ns/net', device: here.device, inode: here.inode }, { code: 'ESTALE' }],
    ];

    for (const [target, error] of missing) {
      const expected = { name: 'NamespaceError', ...error };
      await expect(openNamespace(target)).rejects.toMatchObject(expected);
      const refused = async (call: Promise<unknown>, property: string, element?: number) => {
        await expect(call).rejects.toMatchObject({ ...expected, property, element });
      };
      await refused(here.links.add({ kind: 'dummy', name: 'd0', namespace: target }), 'namespace');
      await refused(here.links.add({ kind: 'veth', peer: { namespace: target } }), 'peer.namespace');
      const many = [
        { kind: 'dummy' as const, name: 'd1' },
        { kind: 'dummy' as const, name: 'd2', namespace: target },
      ];
      await refused(here.links.add(many), '[1].namespace', 1);
      await refused(here.links.set('lo', { up: true, namespace: target }), 'namespace');
      await refused(here.delete({ wait: target }), 'wait');
    }

    expect(await ip(here, 'link show')).toMatchObject([{ ifname: 'lo', operstate: 'DOWN' }]);
    expect(openDescriptors()).toBe(before);
  });

  test('that is closed is told at its property', async () => {
    await using here = await scratchNamespace();
    const closed = await createNamespace();
    await closed.close();
    const refused = async (call: Promise<unknown>, property: string, element?: number) => {
      await expect(call).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF', property, element });
    };

    await refused(here.links.add({ kind: 'dummy', namespace: closed }), 'namespace');
    await refused(here.links.add({ kind: 'veth', peer: { namespace: closed } }), 'peer.namespace');
    await refused(
      here.links.add([{ kind: 'dummy' }, { kind: 'veth', peer: { namespace: closed } }]),
      '[1].peer.namespace',
      1,
    );
    await refused(here.links.set('lo', { namespace: closed }), 'namespace');
    await refused(here.namespaceIds.get(closed), 'namespace');
    await refused(here.namespaceIds.add(closed), 'namespace');
    await refused(here.delete({ wait: closed }), 'wait');
    expect(await here.links.list()).toHaveLength(1);
  });

  test.each<[unknown, string]>([
    [5, 'must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not 5'],
    [null, 'must be a NetworkNamespace, a name, a path, { pid }, { pidfd } or { fd }, not null'],
    [{ retain: 1 }, 'must be a NetworkNamespace, a name, a path'],
    ['', 'must not be empty'],
    ['a\0b', 'must not contain NUL'],
    ['/a\0b', 'must not contain NUL'],
    ['x'.repeat(256), 'must be at most 255 bytes long'],
  ])('is not named by %j, wherever one is taken', async (target, message) => {
    await using here = await scratchNamespace();
    const wrong = target as NamespaceTarget;

    for (const refused of [
      openNamespace(wrong),
      attachNamespace(uniqueName(), wrong),
      here.links.add({ kind: 'dummy', namespace: wrong }),
      here.links.add([{ kind: 'dummy', namespace: wrong }]),
      here.links.add({ kind: 'veth', peer: { namespace: wrong } }),
      here.links.set('lo', { namespace: wrong }),
      here.namespaceIds.get(wrong),
      here.namespaceIds.add(wrong),
      here.delete({ wait: wrong }),
    ]) {
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toHaveProperty('property');
    }
    expect(await here.links.list()).toHaveLength(1);
  });

  test('that was found is refused when its path leads elsewhere by now', async () => {
    const name = uniqueName();
    const first = await createNamespace(name);
    const info = (await listNamespaces()).find((one) => one.name === name)!;
    await deleteNamespace(name);
    await using _second = await createNamespace(name);

    await expect(openNamespace(info)).rejects.toMatchObject({ code: 'ESTALE' });
    await first.close();
  });

  test('is named by a pidfd, until the process has ended', async () => {
    await using blue = await makeBlue();
    // Node opens none: a program that starts it can hand it one.
    const starter = `
import os, sys
pidfd = os.pidfd_open(int(sys.argv[1]))
os.set_inheritable(pidfd, True)
os.execvp(sys.argv[2], [*sys.argv[2:], str(pidfd)])`;
    const program = `
      const { createNamespace, openNamespace } = require(process.env.COMPILED);
      const [pidfd, pid] = [Number(process.argv[1]), Number(process.env.PID)];
      (async () => {
        const here = await createNamespace();
        await here.links.add({ kind: 'veth', name: 'v0', peer: { name: 'by-pidfd', namespace: { pidfd }, up: true } });
        const { inode } = await openNamespace({ pidfd });
        process.kill(pid, 'SIGKILL');
        let ended;
        while (ended === undefined) ended = await openNamespace({ pidfd }).then(() => undefined, ({ code, syscall }) => [code, syscall]);
        console.log(JSON.stringify({ inode, ended }));
      })();`;

    const stdout = execFileSync('python3', ['-c', starter, String(blue.pid), process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: path.join(__dirname, '../../dist'), PID: String(blue.pid) },
      encoding: 'utf8',
    });

    expect(JSON.parse(stdout)).toEqual({ inode: blue.namespace.inode, ended: ['ESRCH', 'PIDFD_GET_NET_NAMESPACE'] });
  });

  test('is opened for a furnishing by its name', async () => {
    await using blue = await makeBlue();

    await using red = await createNamespace(undefined, ({ links }) => [
      links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', namespace: blue.name, up: true } }),
    ]);

    // Its operational state follows some time after.
    const setUp = [{ flags: expect.arrayContaining(['UP']) as string[] }];
    expect(await ip(red, 'link show v0')).toMatchObject(setUp);
    expect(await ip(blue.namespace, 'link show v1')).toMatchObject(setUp);
  });

  test('that many elements of an array name is opened once', async () => {
    await using blue = await makeBlue();
    await using here = await scratchNamespace();
    await here.links.list();
    const before = openDescriptors();

    const adding = here.links.add(
      Array.from({ length: 100 }, (_, i) => ({ kind: 'bridge' as const, name: `b${i}`, namespace: blue.name })),
    );
    // One of ours, one of the addon's, and a socket.
    expect(openDescriptors()).toBeLessThanOrEqual(before + 3);
    await adding;

    expect(await blue.namespace.links.list({ kind: 'bridge' })).toHaveLength(100);
  });
});

async function namesIn(namespace: NetworkNamespace): Promise<unknown[]> {
  return (await ip(namespace, 'link show')).map((row) => (row as unknown as { ifname: string }).ifname);
}

/** A namespace with a name and a process. */
async function makeBlue(): Promise<Blue> {
  const name = uniqueName();
  const namespace = await createNamespace(name);
  const child = namespace.spawn('sleep', ['600'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  return {
    namespace,
    name,
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await namespace.delete();
    },
  };
}

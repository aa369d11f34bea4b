import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import { createNamespace, hostNamespace, NamespaceError, type NetworkNamespace } from '../../lib';
import { describeKernel, kernelTest, requiresUnprivilegedRun } from '../support/kernel';
import { run } from '../support/oracle';
import { openDescriptors, threadNamespaces } from '../support/process';
import { scratchNamespace, uniqueName } from '../support/scratch';
import { lastFound } from '../support/until';

describeKernel('files', () => {
  test('of /proc/net are those of the namespace', async () => {
    await using blue = await scratchNamespace();
    await blue.links.add({ kind: 'bridge', name: 'only-here', up: true });
    await blue.addresses.add('only-here', '10.9.8.7/24');
    // Until then the files change.
    await blue.addresses.waitFor({ device: 'only-here' });

    // Not sockstat: it counts this library's own socket, which closes when it rests, and memory of all namespaces.
    for (const file of ['/proc/net/route', '/proc/net/fib_trie', '/proc/net/if_inet6', '/proc/net/sockstat6']) {
      expect(await blue.files.read(file)).toBe(await run(blue, 'cat', [file]));
    }
    expect(await blue.files.read('/proc/net/dev')).toContain('only-here:');
    expect(readFileSync('/proc/self/net/dev', 'utf8')).not.toContain('only-here');
  });

  test('of /proc/sys/net are those of the namespace', async () => {
    await using blue = await scratchNamespace();

    await blue.files.write('/proc/sys/net/ipv4/ip_forward', '1\n');

    expect(await run(blue, 'cat', ['/proc/sys/net/ipv4/ip_forward'])).toBe('1\n');
    expect(await blue.files.read('/proc/sys/net/ipv4/ip_forward')).toBe('1\n');
  });

  test('of /sys/class/net are those of the namespace, read and written', async () => {
    await using blue = await createNamespace(uniqueName());
    await blue.links.add({ kind: 'bridge', name: 'br0.5' });
    const ageing = '/sys/class/net/br0.5/bridge/ageing_time';

    await blue.files.write(ageing, '3000');

    expect(await blue.files.read(ageing)).toBe('3000\n');
    // `ip netns exec` mounts a sysfs of the namespace at /sys.
    expect(execFileSync('ip', ['netns', 'exec', blue.name!, 'cat', ageing], { encoding: 'utf8' })).toBe('3000\n');
    expect((await blue.links.get('br0.5')).kind).toBe('bridge');
    expect(await blue.files.list('/sys/class/net')).toEqual(
      expect.arrayContaining([
        { name: 'br0.5', type: 'link' },
        { name: 'lo', type: 'link' },
      ]),
    );
    const inside = execFileSync('ip', ['netns', 'exec', blue.name!, 'ls', '/sys/class/net/br0.5/bridge'], {
      encoding: 'utf8',
    });
    const listed = await blue.files.list('/sys/class/net/br0.5/bridge/');
    expect(listed.map(({ name }) => name)).toEqual(inside.trim().split('\n').sort());
    expect(listed).toContainEqual({ name: 'ageing_time', type: 'file' });
  });

  test('what is in a directory has its type, and the host namespace its own', async () => {
    await using blue = await scratchNamespace();

    expect(await blue.files.list('/proc/net')).toEqual(
      expect.arrayContaining([
        { name: 'dev', type: 'file' },
        { name: 'stat', type: 'directory' },
      ]),
    );
    const own = await hostNamespace().files.list('/sys/class/net');
    expect(own.map(({ name }) => name)).toEqual(readdirSync('/sys/class/net').sort());
    expect(await hostNamespace().files.read('/proc/net/if_inet6')).toBe(readFileSync('/proc/net/if_inet6', 'utf8'));
  });

  test('empty ones and long ones', async () => {
    await using blue = await scratchNamespace();
    // No link is up, so there is no IPv6 address.
    expect(await run(blue, 'cat', ['/proc/net/if_inet6'])).toBe('');
    expect(await blue.files.read('/proc/net/if_inet6', { limit: 0 })).toBe('');
    expect(await blue.files.readBytes('/proc/net/if_inet6')).toHaveLength(0);
    await blue.links.set('lo', { up: true });
    const destinations = Array.from({ length: 5000 }, (_, i) => `198.18.${i >> 8}.${i & 255}/32`);
    await Promise.all(destinations.map((destination) => blue.routes.add({ destination, device: 'lo', scope: 'link' })));

    const routes = await blue.files.read('/proc/net/route');

    expect(routes.length).toBeGreaterThan(300_000);
    expect(routes).toBe(await run(blue, 'cat', ['/proc/net/route']));
    expect(await blue.files.readBytes('/proc/net/route')).toHaveLength(routes.length);
    expect(await blue.files.read('/proc/net/route', { limit: routes.length })).toBe(routes);
    await expect(blue.files.read('/proc/net/route', { limit: routes.length - 1 })).rejects.toMatchObject({
      code: 'EFBIG',
      message: expect.stringContaining(`it has more than ${routes.length - 1} bytes`) as string,
    });
  });

  test('what the kernel refuses says which file and where', async () => {
    await using blue = await createNamespace(uniqueName());
    const { files } = blue;
    const failures: [Promise<unknown>, string, string][] = [
      [files.read('/proc/net/nothing'), 'openat2', 'ENOENT'],
      [files.read('/proc/net'), 'read', 'EISDIR'],
      [files.read('/sys/class/net/eth7/mtu'), 'openat2', 'ENOENT'],
      [files.read('/sys/class/net/lo/speed'), 'read', 'EINVAL'],
      [files.list('/proc/net/dev'), 'openat2', 'ENOTDIR'],
      [files.write('/sys/class/net/lo/mtu', 'x'), 'write', 'EINVAL'],
      [files.write('/sys/class/net', 'x'), 'openat2', 'EISDIR'],
      [files.write('/proc/sys/net/ipv4/new', 'x'), 'openat2', 'ENOENT'],
    ];

    for (const [attempt, syscall, code] of failures) {
      const failure = await attempt.catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NamespaceError);
      expect(failure).toMatchObject({ syscall, code, namespace: { name: blue.name, inode: blue.inode } });
      expect((failure as Error).message).toMatch(/\(file '\/(proc|sys)\/.*, namespace 'rtnl-.*'\)$/);
    }
  });

  test('a closed namespace rejects', async () => {
    const blue = await createNamespace();
    await blue.close();

    for (const verb of [
      () => blue.files.read('/proc/net/dev'),
      () => blue.files.list('/sys/class/net'),
      () => blue.files.write('/sys/class/net/lo/mtu', '1'),
    ]) {
      await expect(verb()).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF', syscall: 'use' });
    }
  });

  test('fifty namespaces at once each see their own devices, while others come and go, and nothing stays', async () => {
    const namespaces = await Promise.all(Array.from({ length: 50 }, () => createNamespace()));
    try {
      await Promise.all(namespaces.map(({ links }, i) => links.add({ kind: 'bridge', name: `own${i}` })));
      await read(namespaces);
      const before = kept();

      // Mounts that come and go anywhere make the kernel unsure of paths with '..' in their links.
      const churn = Array.from({ length: 50 }, async () => {
        const passing = await createNamespace(uniqueName());
        await passing.delete();
      });
      for (let round = 0; round < 4; round++) await read(namespaces);
      await Promise.all(churn);

      expect(await settled(before)).toEqual(before);
    } finally {
      await Promise.all(namespaces.map((namespace) => namespace.close()));
    }
  });

  test('what fails leaves nothing open either', async () => {
    await using blue = await scratchNamespace();
    const attempt = () =>
      Promise.allSettled([
        blue.files.read('/sys/class/net/eth7/mtu'),
        blue.files.list('/sys/class/net/lo/mtu'),
        blue.files.write('/sys/class/net/lo/mtu', 'x'),
        blue.files.read('/proc/net/dev', { limit: 1 }),
        blue.sysctl.set({ 'net.ipv4.ip_forward': 1, 'net.ipv4.nope': 1 }),
        blue.sysctl.list('net.nope'),
      ]);
    await attempt();
    const before = kept();

    for (let round = 0; round < 20; round++) {
      for (const { status } of await attempt()) expect(status).toBe('rejected');
    }

    expect(await settled(before)).toEqual(before);
  });

  kernelTest('without privileges the missing capability is named', [requiresUnprivilegedRun()], () => {
    const program = `
      const { hostNamespace } = require(process.env.COMPILED);
      const { files } = hostNamespace();
      files.read('/proc/net/dev').then((text) => files.list('/sys/class/net'))
        .catch(({ code, capability, syscall }) => console.log(JSON.stringify({ code, capability, syscall })));`;
    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];

    const stdout = execFileSync('setpriv', [...drop, process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: `${__dirname}/../../dist` },
      encoding: 'utf8',
    });

    expect(JSON.parse(stdout)).toEqual({ code: 'EPERM', capability: 'CAP_SYS_ADMIN', syscall: 'fsopen' });
  });

  test('without /proc the error says so', () => {
    const program = `
      const { createNamespace } = require(process.env.COMPILED);
      const { execFileSync } = require('node:child_process');
      createNamespace().then(async (blue) => {
        execFileSync('mount', ['-t', 'tmpfs', 'none', '/proc/sys']);
        await blue.sysctl.get('net.ipv4.ip_forward');
      }).catch(({ message }) => console.log(message));`;

    const stdout = execFileSync('unshare', ['--mount', process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: `${__dirname}/../../dist` },
      encoding: 'utf8',
    });

    expect(stdout).toMatch(/^procfs: ENODEV, no proc file system at \/proc \(sysctl 'net.ipv4.ip_forward', namespace/);
  });
});

/** Reads both lists of devices in all namespaces at once. */
async function read(namespaces: NetworkNamespace[]): Promise<void> {
  await Promise.all(
    namespaces.map(async ({ files }, i) => {
      const [listed, text] = await Promise.all([files.list('/sys/class/net'), files.read('/proc/net/dev')]);
      expect(listed.map(({ name }) => name).filter((name) => name.startsWith('own'))).toEqual([`own${i}`]);
      expect(text.match(/own\d+/g)).toEqual([`own${i}`]);
      expect(await files.read(`/sys/class/net/own${i}/ifindex`)).toMatch(/^\d+\n$/);
    }),
  );
}

/** What an operation could leave behind in this process. */
function kept() {
  const home = readlinkSync('/proc/self/ns/net');
  return {
    descriptors: openDescriptors(),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(' - sysfs ') || line.includes(`rtnl-${process.pid}-`)).length,
    strayThreads: threadNamespaces().filter((namespace) => namespace !== home).length,
  };
}

/** What is kept once it is no more than before, or when patience has ended. */
async function settled(before: ReturnType<typeof kept>) {
  const isNoMore = (now: typeof before) =>
    Object.entries(now).every(([what, count]) => count <= before[what as keyof typeof before]);
  const now = await lastFound(kept, isNoMore);
  return isNoMore(now) ? { ...before, strayThreads: now.strayThreads } : now;
}

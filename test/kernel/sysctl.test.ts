import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

import { createNamespace, hostNamespace, NamespaceError, type NetworkNamespace, type SysctlKey } from '../../lib';
import { describeKernel, feature, kernelTest, requiresOracle, requiresUnprivilegedRun } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace, uniqueName } from '../support/scratch';

const execute = promisify(execFile);

describeKernel('sysctl', () => {
  test('what is set is what another program finds inside, and only there', async () => {
    await using blue = await scratchNamespace();
    await using red = await scratchNamespace();

    await blue.sysctl.set('net.ipv4.ip_default_ttl', 77);
    await red.sysctl.set('net.ipv4.ip_default_ttl', 88);

    expect(await cat(blue, 'net/ipv4/ip_default_ttl')).toBe('77\n');
    expect(await cat(red, 'net/ipv4/ip_default_ttl')).toBe('88\n');
    expect(await blue.sysctl.get('net.ipv4.ip_default_ttl')).toBe('77');
    expect(await red.sysctl.get(['net', 'ipv4', 'ip_default_ttl'])).toBe('88');
    expect(await hostNamespace().sysctl.get('net.ipv4.ip_default_ttl')).toBe(
      execFileSync('cat', ['/proc/sys/net/ipv4/ip_default_ttl'], { encoding: 'utf8' }).trim(),
    );
  });

  test('what another program sets is what is found', async () => {
    await using blue = await scratchNamespace();

    await write(blue, 'net/ipv4/ip_local_port_range', '4000 5000');
    await write(blue, 'net/core/somaxconn', '17');

    expect(await blue.sysctl.get('net.ipv4.ip_local_port_range')).toBe('4000\t5000');
    expect(await blue.sysctl.get('net.core.somaxconn')).toBe('17');
  });

  kernelTest('agrees with sysctl(8) in a named namespace', [requiresOracle('sysctl')], async () => {
    await using blue = await createNamespace(uniqueName());
    const inside = ['netns', 'exec', blue.name!, 'sysctl', '-n'];

    await blue.sysctl.set({ 'net.ipv4.ip_forward': true, 'net.ipv4.tcp_rmem': [4096, 8192, 16384] });

    expect((await execute('ip', [...inside, 'net.ipv4.ip_forward'])).stdout).toBe('1\n');
    expect((await execute('ip', [...inside, 'net.ipv4.tcp_rmem'])).stdout).toBe('4096\t8192\t16384\n');
  });

  test('each kind of value', async () => {
    await using blue = await scratchNamespace();
    const { sysctl } = blue;

    await sysctl.set('net.ipv4.ip_forward', true);
    await sysctl.set('net.ipv4.conf.lo.log_martians', 1n);
    await sysctl.set('net.ipv4.ip_local_port_range', [2000, 3000n]);
    await sysctl.set('net.ipv4.tcp_rmem', '4096 8192 16384');
    await sysctl.set('net.ipv4.ping_group_range', ['0', 5]);
    await sysctl.set('net.ipv4.ip_local_reserved_ports', '80,90-95');

    expect(await cat(blue, 'net/ipv4/ip_forward')).toBe('1\n');
    expect(await cat(blue, 'net/ipv4/conf/lo/log_martians')).toBe('1\n');
    expect(await cat(blue, 'net/ipv4/ip_local_port_range')).toBe('2000\t3000\n');
    expect(await cat(blue, 'net/ipv4/tcp_rmem')).toBe('4096\t8192\t16384\n');
    expect(await cat(blue, 'net/ipv4/ping_group_range')).toBe('0\t5\n');
    expect(await cat(blue, 'net/ipv4/ip_local_reserved_ports')).toBe('80,90-95\n');
    await sysctl.set('net.ipv4.ip_forward', false);
    await sysctl.set('net.ipv4.ip_local_reserved_ports', null);
    expect(await cat(blue, 'net/ipv4/ip_forward')).toBe('0\n');
    expect(await cat(blue, 'net/ipv4/ip_local_reserved_ports')).toBe('\n');
    expect(await sysctl.get('net.ipv4.ip_local_reserved_ports')).toBe('');
  });

  test('a value of many kilobytes is read whole', async () => {
    await using blue = await scratchNamespace();
    const ports = Array.from({ length: 6000 }, (_, i) => 20_000 + 2 * i).join(',');
    await write(blue, 'net/ipv4/ip_local_reserved_ports', ports);

    const value = await blue.sysctl.get('net.ipv4.ip_local_reserved_ports');

    expect(value).toHaveLength(ports.length);
    expect(value).toBe(ports);
    expect(await blue.sysctl.list('net.ipv4')).toContainEqual(expect.objectContaining({ value: ports }));
  });

  test('a value of more than the kernel takes at once is an error', async () => {
    await using blue = await scratchNamespace();
    const ports = Array.from({ length: 1000 }, (_, i) => 20_000 + 2 * i).join(',');

    await expect(blue.sysctl.set('net.ipv4.ip_local_reserved_ports', ports)).rejects.toMatchObject({
      code: 'EMSGSIZE',
      syscall: 'write',
    });
  });

  test.each(['eth0.100', 'a.b.c', '0.1', 'conf', 'x.conf.neigh'])('the settings of a device named %s', async (name) => {
    await using blue = await scratchNamespace();
    await blue.links.add({ kind: 'bridge', name });
    const file = `net/ipv4/conf/${name}/forwarding`;
    expect(await cat(blue, file)).toBe('0\n');

    await blue.sysctl.set(`net.ipv4.conf.${name}.forwarding`, 1);
    await blue.sysctl.set(['net', 'ipv6', 'conf', name, 'hop_limit'], 33);
    await blue.sysctl.set(`net.ipv4.neigh.${name}.gc_stale_time`, 44);

    expect(await cat(blue, file)).toBe('1\n');
    expect(await cat(blue, `net/ipv6/conf/${name}/hop_limit`)).toBe('33\n');
    expect(await blue.sysctl.get(`net.ipv6.conf.${name}.hop_limit`)).toBe('33');
    expect(await blue.sysctl.get(['net', 'ipv4', 'neigh', name, 'gc_stale_time'])).toBe('44');
    const branch = await blue.sysctl.list(`net.ipv4.conf.${name}`);
    expect(branch).toContainEqual({
      key: `net.ipv4.conf.${name}.forwarding`,
      parts: ['net', 'ipv4', 'conf', name, 'forwarding'],
      value: '1',
    });
    expect(branch.map(({ parts }) => parts.at(-1))).toEqual(await listing(blue, `net/ipv4/conf/${name}`));
  });

  test('a device beside one whose name begins the same is not meant', async () => {
    await using blue = await scratchNamespace();
    for (const name of ['eth0', 'eth0.100']) await blue.links.add({ kind: 'bridge', name });

    await blue.sysctl.set('net.ipv4.conf.eth0.100.forwarding', 1);

    expect(await blue.sysctl.get('net.ipv4.conf.eth0.forwarding')).toBe('0');
    const branch = await blue.sysctl.list('net.ipv4.conf.eth0');
    expect(new Set(branch.map(({ parts }) => parts[3]))).toEqual(new Set(['eth0']));
  });

  test('the list is all that find(1) finds, and its keys and parts are good for get and set', async () => {
    await using blue = await scratchNamespace();
    await blue.links.add({ kind: 'bridge', name: 'br.0' });

    const list = await blue.sysctl.list();

    const found = await run(blue, 'find', ['/proc/sys/net', '-type', 'f', '-printf', 'net/%P\\n']);
    expect(list.map(({ parts }) => parts.join('/')).sort()).toEqual(found.trim().split('\n').sort());
    expect(list.find(({ key }) => key === 'net.ipv4.route.flush')).not.toHaveProperty('value');
    const ofBridge = list.filter(({ parts }) => parts[3] === 'br.0');
    expect(ofBridge.length).toBeGreaterThan(20);
    for (const { key, parts, value } of ofBridge) {
      if (value === undefined) continue;
      expect(await blue.sysctl.get(key)).toBe(value);
      expect(await blue.sysctl.get(parts)).toBe(value);
    }
    for (const { key, value } of ofBridge) {
      if (value === undefined) continue;
      await blue.sysctl.set(key, value).catch((error: unknown) => {
        // There are read-only ones.
        expect(error).toMatchObject({ code: 'EACCES' });
      });
    }
  });

  test('several are set in order, and an error names the key and leaves the rest', async () => {
    await using blue = await scratchNamespace();

    const failure = await blue.sysctl
      .set({ 'net.ipv4.ip_forward': 1, 'net.ipv4.ip_default_ttl': 300, 'net.ipv4.ip_nonlocal_bind': 1 })
      .catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(NamespaceError);
    expect(failure).toMatchObject({ code: 'EINVAL', subject: "sysctl 'net.ipv4.ip_default_ttl' = '300'" });
    expect((failure as Error).message).toContain(`net:[${blue.inode}]`);
    expect(await cat(blue, 'net/ipv4/ip_forward')).toBe('1\n');
    expect(await cat(blue, 'net/ipv4/ip_nonlocal_bind')).toBe('0\n');
  });

  test('a map has keys in parts', async () => {
    await using blue = await scratchNamespace();

    await blue.sysctl.set(new Map<SysctlKey, number>([[['net', 'ipv4', 'conf', 'lo', 'forwarding'], 1]]));

    expect(await cat(blue, 'net/ipv4/conf/lo/forwarding')).toBe('1\n');
  });

  test('nothing is set if one of several is wrong', async () => {
    await using blue = await scratchNamespace();

    await expect(blue.sysctl.set({ 'net.ipv4.ip_forward': 1, 'net.ipv4.ip_default_ttl': '' })).rejects.toMatchObject({
      name: 'RangeError',
      property: 'net.ipv4.ip_default_ttl',
    });

    expect(await cat(blue, 'net/ipv4/ip_forward')).toBe('0\n');
  });

  test('what the kernel refuses says why', async () => {
    await using blue = await createNamespace(uniqueName());
    const namespace = { name: blue.name, inode: blue.inode };
    const { sysctl } = blue;
    const failures: [Promise<unknown>, string, string][] = [
      [sysctl.get('net.ipv4.nope'), 'ENOENT', 'there is no such sysctl here'],
      [sysctl.get('net.ipv4.conf.eth7.forwarding'), 'ENOENT', "there is no device 'eth7'"],
      [sysctl.set('net.ipv4.conf.eth7.1.forwarding', 1), 'ENOENT', "there is no device 'eth7.1'"],
      [sysctl.get('net.ipv4.conf'), 'EISDIR', 'it is a branch, not a value'],
      [sysctl.get('net.ipv4.ip_forward.x'), 'ENOTDIR', 'Not a directory'],
      [sysctl.get('net.ipv4.route.flush'), 'EACCES', 'it cannot be read here'],
      [sysctl.set('net.ipv4.tcp_available_congestion_control', 'x'), 'EACCES', 'it cannot be set here'],
      [sysctl.set('net.ipv4.ip_forward', 'x'), 'EINVAL', 'the kernel does not take this value'],
      [sysctl.set('net.ipv4.ip_local_port_range', [9, 1]), 'EINVAL', 'the kernel does not take this value'],
      [sysctl.set('net.ipv4.tcp_congestion_control', 'nosuch'), 'ENOENT', 'the kernel does not take this value'],
      [sysctl.set('net.ipv4.ip_forward', '1 2 3'), 'EMSGSIZE', 'the kernel took only the beginning of it'],
      [sysctl.list('net.nosuch'), 'ENOENT', 'there is no such branch'],
      [sysctl.list('net.ipv4.ip_forward'), 'ENOTDIR', 'it is a value, not a branch'],
    ];

    for (const [attempt, code, reason] of failures) {
      const failure = await attempt.catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NamespaceError);
      expect(failure).toMatchObject({ code, namespace, subject: expect.stringContaining("'net.") as string });
      expect((failure as Error).message).toContain(reason);
    }
  });

  kernelTest(
    'what the kernel has once for the machine is not in a namespace, and says so',
    [feature('a machine-wide net.ipv4.tcp_mem', '! test -e /proc/sys/net/ipv4/tcp_mem')],
    async () => {
      await using blue = await scratchNamespace();

      await expect(blue.sysctl.get('net.ipv4.tcp_mem')).rejects.toThrow(/ENOENT, .*once for the whole machine/);

      expect(await hostNamespace().sysctl.get('net.ipv4.tcp_mem')).toMatch(/^\d+\t\d+\t\d+$/);
    },
  );

  test('a closed namespace rejects, and one closed meanwhile lets what was asked end', async () => {
    const blue = await createNamespace();
    const asked = [blue.sysctl.get('net.ipv4.ip_forward'), blue.sysctl.list('net.ipv4.conf.lo')];

    await blue.close();

    expect(await Promise.all(asked)).toMatchObject(['0', expect.arrayContaining([])]);
    for (const verb of [() => blue.sysctl.get('net.ipv4.ip_forward'), () => blue.sysctl.list()]) {
      await expect(verb()).rejects.toMatchObject({ name: 'NamespaceError', code: 'EBADF', syscall: 'use' });
    }
    await expect(blue.sysctl.set('net.ipv4.ip_forward', 1)).rejects.toBeInstanceOf(NamespaceError);
  });

  kernelTest('without privileges the capability is named', [requiresUnprivilegedRun()], async () => {
    const program = `
      const { hostNamespace } = require(process.env.COMPILED);
      const { sysctl } = hostNamespace();
      sysctl.get('net.ipv4.ip_forward').then((now) => sysctl.set('net.ipv4.ip_forward', now))
        .catch(({ name, code, capability }) => console.log(JSON.stringify({ name, code, capability })));`;

    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
    const { stdout } = await execute('setpriv', [...drop, process.execPath, '-e', program], {
      env: { ...process.env, COMPILED: `${__dirname}/../../dist` },
    });

    expect(JSON.parse(stdout)).toEqual({ name: 'NamespaceError', code: 'EACCES', capability: 'CAP_NET_ADMIN' });
  });
});

/** The file below /proc/sys as another program reads it inside. */
function cat(namespace: NetworkNamespace, file: string): Promise<string> {
  return run(namespace, 'cat', [`/proc/sys/${file}`]);
}

async function listing(namespace: NetworkNamespace, directory: string): Promise<string[]> {
  return (await run(namespace, 'ls', ['-1', `/proc/sys/${directory}`])).trim().split('\n').sort();
}

async function write(namespace: NetworkNamespace, file: string, value: string): Promise<void> {
  await run(namespace, 'sh', ['-c', 'echo "$1" > "$2"', 'sh', value, `/proc/sys/${file}`]);
}

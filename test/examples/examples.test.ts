import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

import { createNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { uniqueName } from '../support/scratch';
import { lastFound } from '../support/until';
import { compiled, compilePrograms, killAt, ROOT, runProgram, stillHeld } from './programs';

const MAC = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g;

beforeAll(compilePrograms, 120_000);

const oracles = ['bridge', 'tc'].map(requiresOracle);
const macvlan = feature('macvlan', 'ip link add left type veth && ip link add mv0 link left type macvlan');
const vxlan = feature('vxlan', 'ip link add name vx type vxlan id 42 dstport 4789');

describeKernel('examples', () => {
  test('namespaces', async () => {
    const stdout = await output('namespaces');

    expect(stdout).toMatch(/shows example-\d+: true/);
    expect(stdout).toMatch(/by name and by path it is net:\[\d+\]: true/);
    expect(stdout).toMatch(/in example-\d+: 1: lo, down/);
    expect(stdout).toMatch(/deleted, 'ip netns list' shows example-\d+: false/);
  });

  test('two-namespaces', async () => {
    const stdout = await output('two-namespaces');

    expect(stdout.match(/10\.1\.1\.1 said 'hello 10\.1\.1\.2': seq=\d time=/g)).toHaveLength(3);
    expect(stdout).toMatch(/^red has lo$/m);
    expect(stdout).toContain('ENETUNREACH');
  });

  test('bridge', async () => {
    const [made, talked, added, aged] = (await output('bridge')).split('\n\n');

    expect(made).toContain('br0 forgets after 300 s');
    expect(made).toContain('port1 (forwarding), port2 (forwarding)');
    expect(talked).toContain('02:00:00:00:00:01 behind port1, dynamic');
    expect(talked).toContain('02:00:00:00:00:02 behind port2, dynamic');
    expect(added).toContain('02:00:00:00:00:aa behind port1, static');
    expect(added).toContain('02:00:00:00:00:bb behind port2, permanent');
    expect(aged?.match(/behind/g)).toHaveLength(1);
    expect(aged).toContain('02:00:00:00:00:bb behind port2, permanent');
  });

  test('who-is-my-peer', async () => {
    const stdout = await output('who-is-my-peer');

    expect(stdout).toMatch(/^near: its peer is far, link \d+ \(.*\), in \/proc\/self\/fd\/\d+$/m);
    expect(stdout).toMatch(/^here: its peer is also-here, .*, in the same namespace$/m);
    expect(stdout).toMatch(/^br0: .*bridge, which has no peer$/m);
  });

  test('who-is-my-peer of a device that does not exist', async () => {
    const { status, stdout } = await runProgram(compiled('who-is-my-peer'), ['rtnl-no-such']);

    expect(status).toBe(1);
    expect(stdout).toContain('ENODEV');
  });

  test('routes', async () => {
    const stdout = await output('routes');

    expect(stdout).toMatch(/^blue:\n(?: {2}.*\n)* {2}default via 10\.1\.1\.2$/m);
    expect(stdout).toMatch(/^red:\n(?: {2}.*\n)* {2}10\.2\.0\.0\/16 via 10\.1\.1\.1 metric 50$/m);
    expect(stdout).toContain('203.0.113.0/24 via 10.1.1.2 mtu 1400');
    expect(stdout).toMatch(/blue to 198\.51\.100\.1: .*EINVAL/);
    expect(stdout).toMatch(/red to 192\.0\.2\.1: .*ENETUNREACH/);
    expect(stdout).toContain('Nexthop has invalid gateway');
  });

  test('sysctl', async () => {
    const [before, after, settings, files, wrong] = (await output('sysctl')).split('\n\n');

    expect(before).toBe('the router forwards: 0\nblue to red: no answer');
    expect(after).toBe('the router forwards: 1\nblue to red: connected');
    expect(settings).toMatch(/^ {2}net\.ipv4\.conf\.to\.blue\.log_martians = 1$/m);
    expect(settings).toMatch(/^ {2}net\.ipv4\.conf\.to\.blue\.forwarding = 1$/m);
    expect(files).toMatch(/\/sys\/class\/net has .*\blo\b.*, to\.blue, to\.red/);
    expect(files).toMatch(/to\.blue counts \d+ packets/);
    expect(wrong).toMatch(/NamespaceError: write: EINVAL.*'net\.ipv4\.ip_forward' = 'yes'/);
    expect(wrong).toMatch(/NamespaceError: openat2: ENOENT.*'net\.ipv4\.forward'/);
    expect(wrong).toMatch(/RangeError: key: must begin with 'net\.'/);
  });

  test('load-balancer', async () => {
    const stdout = await output('load-balancer');

    expect(stdout).toContain('backend 2 is not there\nfront 0 listens at 127.0.0.1:80\nfront 1 listens');
    expect(stdout.match(/^front \d: backend \d has \/[ab]$/gm)).toEqual([
      ...['front 0: backend 0 has /a', 'front 0: backend 1 has /b', 'front 1: backend 0 has /a'],
      ...['front 1: backend 0 has /b', 'front 2: backend 1 has /a', 'front 2: backend 0 has /b'],
    ]);
  });

  test('health-checker', async () => {
    const rows = (await output('health-checker')).split('\n');

    expect(rows).toHaveLength(12);
    expect(rows.filter((row) => /^tenant-[12468] +\d+\.\d ms +200 OK$/.test(row))).toHaveLength(5);
    expect(rows[3]).toMatch(/^tenant-3 .* ECONNREFUSED$/);
    expect(rows[5]).toMatch(/^tenant-5 .* 503 Service Unavailable$/);
    expect(rows[7]).toMatch(/^tenant-7 .* TimeoutError$/);
    expect(rows[10]).toBe('5 of 8 are well');
  });

  test('netns-exec', async () => {
    const name = uniqueName();
    await using inside = await createNamespace(name);
    const run = (...args: string[]) => runProgram(compiled('netns-exec'), args);

    expect(await run(name, 'readlink', '/proc/self/ns/net')).toEqual({
      ...{ status: 0, signal: null },
      ...{ stdout: `net:[${inside.inode}]\n`, stderr: '' },
    });
    expect(await run(`/run/netns/${name}`, 'ls', '/sys/class/net')).toMatchObject({ status: 0, stdout: 'lo\n' });
    expect(await run(String(process.pid), 'sh', '-c', 'exit 7')).toMatchObject({ status: 7 });
    expect(await run(name, 'sh', '-c', 'kill -TERM $$')).toMatchObject({ status: 128 + 15 });
    expect(await run(name, 'rtnl-no-such')).toMatchObject({ status: 125, stderr: 'spawn rtnl-no-such ENOENT\n' });
    expect(await run('rtnl-no-such', 'true')).toMatchObject({
      status: 125,
      stderr: expect.stringMatching(/ENOENT/) as string,
    });
    expect(await run(name)).toMatchObject({ status: 125, stderr: expect.stringMatching(/^usage: /) as string });
  });

  test('copy-namespace', async () => {
    const lines = (await output('copy-namespace')).split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\d+: eth0, 10\.1\.1\.1\/24/),
        'br0 has to-guest, to-guest-copy',
        '10.3.0.0/16 via 10.1.1.254 in 100',
        '10.2.0.0/16 via 10.1.1.254 in main',
      ]),
    );
  });

  kernelTest('copy-namespace makes what iproute2 finds to be the same', [...oracles, macvlan, vxlan], async () => {
    await using original = await createNamespace(uniqueName());
    await using copy = await createNamespace(uniqueName());
    await original.exec(CONTENTS, { shell: '/bin/sh' });

    const result = await runProgram(compiled('copy-namespace'), [original.name!, copy.name!]);

    expect(result).toEqual({ status: 0, signal: null, stdout: '', stderr: '' });
    await Promise.all([original, copy].map(settled));
    for (const question of questions) {
      const [asked, answered] = await Promise.all([original, copy].map((one) => answersOf(one, question)));
      expect({ question, rows: answered }).toEqual({ question, rows: asked });
      expect(asked).not.toEqual([]);
    }
  });

  test('addresses', async () => {
    const [, added, changed, refused, flushed] = (await output('addresses')).split(/\n?\n(?=\S)/);

    expect(added).toContain('192.0.2.1/32 peer 192.0.2.2/32');
    expect(added).toMatch(/2001:db8::1\/64 .* valid 3600/);
    expect(changed).toMatch(/2001:db8::1\/64 .* valid forever/);
    expect(changed).not.toContain('10.1.2.1/24');
    expect(refused).toContain('EEXIST');
    expect(flushed).not.toContain('br0  ');
  });
});

describeKernel('demo', () => {
  test('shows two namespaces on a bridge that talk', async () => {
    const stdout = await output('demo');

    const learned = section(stdout, 'Forwarding table of br0').match(MAC);
    expect(learned).toHaveLength(2);
    expect(stdout.split('HTTP')[0]!.match(MAC)).toEqual(expect.arrayContaining(learned!));
    expect(section(stdout, 'HTTP')).toContain('200 OK');
    expect(section(stdout, 'HTTP')).toMatch(/Hello 10\.1\.1\.2, this is process \d+/);
    expect(section(stdout, 'Routes')).toMatch(/blue +default +via 10\.1\.1\.254 +dev eth0/);
    expect(section(stdout, 'Neighbors').match(MAC)).toHaveLength(2);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).not.toContain('\x1b');
  });

  test.each([
    ['SIGINT', 0, null],
    ['SIGTERM', 0, null],
    ['SIGKILL', null, 'SIGKILL'],
  ] as const)('leaves nothing when %s ends it', async (signal, status, by) => {
    const names = namedNamespaces();

    const demo = await killAt('Held until Ctrl-C', signal, compiled('demo'), ['--hold']);

    expect(demo).toMatchObject({ status, signal: by });
    expect(demo.held).toHaveLength(3);
    expect(await soonHeld(demo.held)).toEqual([]);
    expect(namedNamespaces().filter((name) => !names.includes(name) && !name.startsWith('rtnl-'))).toEqual([]);
  });

  test('leaves nothing when Ctrl-C ends it half-way', async () => {
    const demo = await killAt('┌─ host', 'SIGINT', compiled('demo'));

    expect(await soonHeld(demo.held)).toEqual([]);
  });

  test('says in one line which option it does not know', async () => {
    const { status, stdout, stderr } = await runProgram(compiled('demo'), ['--nonsense']);

    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Unknown option '--nonsense'.*\n$/);
    expect(status).toBe(1);
  });

  const drop: [string, ...string[]] = [
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--bounding-set=-all',
  ];
  const mayRead = succeeds(...drop, process.execPath, '-e', `fs.readdirSync(${JSON.stringify(ROOT)})`);
  const lacks = 'says in one line which capability it lacks';
  (mayRead ? test : test.skip)(
    mayRead ? lacks : `${lacks} [needs setpriv, and a checkout that anybody may read]`,
    async () => {
      const { status, stdout, stderr } = await runProgram(compiled('demo'), [], drop);

      expect(stdout).toBe('');
      expect(stderr).toMatch(/^The demo must run as root: .*CAP_SYS_ADMIN is missing.*\n$/);
      expect(status).toBe(1);
    },
  );
});

/** Of all that is copied something, some of it before what it needs. Addresses of the kernel come when they come. */
const CONTENTS = `
  set -e
  echo 1 > /proc/sys/net/ipv6/conf/default/addr_gen_mode
  ip link set lo up
  ip link add left type veth peer name right
  ip link add br1 type bridge ageing_time 6000
  ip link set right master br1
  bridge link set dev right isolated on
  ip link set left up alias 'a wire' && ip link set right up && ip link set br1 up
  ip link property add dev left altname a-long-alternative-name
  ip link add mv0 link left type macvlan mode bridge && ip link set mv0 up
  ip link add vx0 type vxlan id 42 remote 10.1.1.2 local 10.1.1.1 dstport 4789
  ip link set vx0 up master br1
  ip address add 10.1.1.1/24 dev left
  ip address add 10.1.2.1 peer 10.1.2.2 dev mv0
  ip address add 2001:db8::1/64 dev left nodad valid_lft 3600 preferred_lft 1800
  ip nexthop add id 9 via 10.1.1.254 dev left
  ip nexthop add id 1 group 9
  ip route add 10.2.0.0/16 nhid 1
  ip route add 10.0.0.1 dev left
  ip route add 10.0.0.0/16 via 10.0.0.1
  ip route add 10.4.0.0/16 nexthop via 10.1.1.254 weight 2 nexthop via 10.1.1.253
  ip route add 10.3.0.0/16 via 10.1.1.254 table 100 mtu 1400
  ip route add 2001:db8:1::/48 via 2001:db8::2
  ip route add unreachable 10.9.0.0/16
  ip rule add from 10.1.0.0/16 table 100 priority 1000
  ip -6 rule add to 2001:db8:1::/48 table 100 priority 1001
  ip neighbor add 10.1.1.9 lladdr 02:00:00:00:00:09 dev left
  bridge fdb add 02:00:00:00:00:aa dev right master static
  bridge fdb add 02:00:00:00:00:bb dev vx0 dst 10.1.1.3
  bridge fdb append 00:00:00:00:00:00 dev vx0 dst 10.1.1.4
  tc qdisc add dev left root handle 1: tbf rate 8mbit burst 16k latency 50ms`;

/** Programs of iproute2 that tell all of it. */
const questions = [
  ...['ip -j -d link', 'ip -j address', 'ip -j nexthop', 'ip -j rule', 'ip -j -6 rule'],
  ...['ip -j route show table all', 'ip -j -6 route show table all', 'ip -j neighbor show nud permanent'],
  ...['bridge -j fdb', 'bridge -j -d link', 'tc -j qdisc'],
];

/** Resolves when the kernel has noticed that all links are up. */
async function settled({ links }: NetworkNamespace): Promise<void> {
  await Promise.all(['left', 'right', 'mv0', 'br1'].map((name) => links.waitFor(name, 'up', { timeout: 10_000 })));
  await links.waitFor('right', ({ bridgePort }) => bridgePort?.state === 'forwarding', { timeout: 10_000 });
}

/** What a program says inside a namespace, in no order, but for what is of the moment. */
async function answersOf(namespace: NetworkNamespace, command: string): Promise<string[]> {
  const { stdout } = await namespace.exec(command);
  const rows = JSON.parse(stdout, steady) as unknown[];
  // What a bridge learned has an empty state.
  return rows
    .filter((row) => (row as { state?: unknown }).state !== '')
    .map((row) => JSON.stringify(row))
    .sort();
}

/** A value without what differs from one moment to the next: timers, states, the number that a port has by the order in which it came. */
function steady(name: string, value: unknown): unknown {
  if (MOMENTARY.test(name) || (name === 'id' && typeof value === 'string')) return undefined;
  return LIFETIME.test(name) && value !== FOREVER ? 'some seconds' : value;
}

const MOMENTARY = /_timer$|^(timer|operstate|root_id|bridge_id|updated|used|no|designated_port)$/;
const LIFETIME = /_life_time$|^expires$/;
const FOREVER = 0xffffffff;

/** What an example prints; it must succeed. */
async function output(example: string): Promise<string> {
  const { status, stdout, stderr } = await runProgram(compiled(example));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Which of these namespaces stay held: the kernel gives the number of one that has ended to the next, which may be anybody's. */
function soonHeld(namespaces: string[]): Promise<string[]> {
  return lastFound(
    () => stillHeld(namespaces),
    (held) => held.length === 0,
  );
}

function section(stdout: string, heading: string): string {
  return stdout.split('\n\n').find((part) => part.startsWith(heading)) ?? '';
}

function namedNamespaces(): string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}

function succeeds(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

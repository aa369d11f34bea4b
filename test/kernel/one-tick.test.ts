import { createNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { bridge, ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

/** What depends on which thread is faster is tried often. */
const TIMES = 10;

const addressesOf = async (namespace: NetworkNamespace, link: string) => {
  const [row] = await ip(namespace, `-4 address show dev ${link}`);
  return ((row?.addr_info ?? []) as { local: string }[]).map(({ local }) => local);
};

describeKernel('what is asked in one tick is done in order', () => {
  test('behind a link that takes several messages', async () => {
    await using a = await scratchNamespace();

    await Promise.all([
      a.links.add({ kind: 'veth', name: 'b', up: true, addressGenerationMode: 'none', peer: { name: 'a', up: true } }),
      a.addresses.add('b', '10.0.0.2/24'),
      a.routes.add({ destination: 'default', gateway: '10.0.0.1' }),
    ]);

    expect(await ip(a, 'route show default')).toMatchObject([{ gateway: '10.0.0.1', dev: 'b' }]);
  });

  test('behind a change that takes several messages', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await Promise.all([
      a.links.set('v0', { addressGenerationMode: 'none', up: true }),
      a.links.set('v0', { up: false }),
    ]);

    const [row] = await ip(a, 'link show v0');
    expect(row).toMatchObject({ inet6_addr_gen_mode: 'none' });
    expect(row?.flags).not.toContain('UP');
  });

  test('behind and before a flush', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    await Promise.all([
      a.addresses.add('br0', '10.0.0.1/24'),
      a.addresses.flush({ device: 'br0' }),
      a.addresses.add('br0', '10.0.0.2/24'),
    ]);

    expect(await addressesOf(a, 'br0')).toEqual(['10.0.0.2']);
  });

  test('behind and before the deletion of many', async () => {
    await using a = await scratchNamespace();
    await a.links.add([
      { kind: 'bridge', name: 'br0', mtu: 1300 },
      { kind: 'bridge', name: 'br1' },
    ]);

    await Promise.all([
      a.links.set('br1', { name: 'br2' }),
      a.links.delete(['br0', 'br2']),
      a.links.add({ kind: 'bridge', name: 'br0', mtu: 1400 }),
    ]);

    expect(await ip(a, 'link show type bridge')).toMatchObject([{ ifname: 'br0', mtu: 1400 }]);
  });

  test('behind an array of links', async () => {
    await using a = await scratchNamespace();

    await Promise.all([
      a.links.add([
        { kind: 'veth', name: 'v0', peer: { name: 'v1', up: true } },
        { kind: 'veth', name: 'w0', up: true, addressGenerationMode: 'none', peer: { name: 'w1' } },
      ]),
      a.links.set('v1', { up: false }),
      a.links.set('w0', { up: false }),
    ]);

    const rows = await ip(a, 'link show type veth');
    expect(rows.filter(({ flags }) => (flags as string[]).includes('UP'))).toEqual([]);
  });

  test('by a long alternative name that came before', async () => {
    await using a = await scratchNamespace();
    const long = 'the-bridge-of-the-whole-laboratory';

    await Promise.all([
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.links.addAlternativeName('br0', long),
      a.addresses.add(long, '10.0.0.1/24'),
      a.links.set(long, { name: 'br1' }),
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.addresses.add(long, '10.0.0.2/24'),
    ]);

    expect(await addressesOf(a, 'br1')).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  test('by the settings and files of a link that came before', async () => {
    await using a = await scratchNamespace();

    const [, , , value] = await Promise.all([
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.sysctl.set('net.ipv4.conf.br0.rp_filter', 2),
      a.files.write('/sys/class/net/br0/tx_queue_len', '77'),
      a.sysctl.get('net.ipv4.conf.br0.rp_filter'),
      a.links.set('br0', { name: 'br1' }),
    ]);

    expect(value).toBe('2');
    expect(await run(a, 'cat', ['/proc/sys/net/ipv4/conf/br1/rp_filter'])).toBe('2\n');
    expect(await ip(a, 'link show br1')).toMatchObject([{ txqlen: 77 }]);
  });

  test('and a link that is made later has the setting that came before, not the one that comes behind', async () => {
    await using a = await scratchNamespace();

    await Promise.all([
      a.sysctl.set('net.ipv6.conf.default.hop_limit', 33),
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.sysctl.set('net.ipv6.conf.default.hop_limit', 44),
      a.links.add({ kind: 'bridge', name: 'br1' }),
    ]);

    const limits = await run(a, 'sh', ['-c', 'cd /proc/sys/net/ipv6/conf; cat br0/hop_limit br1/hop_limit']);
    expect(limits).toBe('33\n44\n');
  });

  test('and a list sees what came before, and not what comes behind', async () => {
    await using a = await scratchNamespace();

    const [, , listed] = await Promise.all([
      a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } }),
      a.links.add([{ kind: 'bridge', name: 'br0' }]),
      a.links.list(),
      a.links.add({ kind: 'bridge', name: 'br1' }),
    ]);

    const found = listed.map(({ name, up }) => `${name} ${up ? 'up' : 'down'}`);
    expect(found.sort()).toEqual(['br0 down', 'lo down', 'v0 up', 'v1 up']);
  });

  test('and the peer of a link is looked for before what comes behind', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    const [{ link }] = await Promise.all([a.links.peer('v0'), a.links.delete('v0')]);

    expect(link.name).toBe('v1');
  });

  test('and a list, a stream and a setting behind an array that takes several turns keep their places', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    const routes = Array.from({ length: 5_000 }, (_, number) => ({
      destination: `10.${number >> 8}.${number & 255}.0/24`,
      device: 'lo',
    }));

    const added = a.routes.add(routes);
    const listed = a.links.list();
    const rows = a.links.stream();
    const streamed = rows.next();
    const set = a.sysctl.set('net.ipv4.conf.lo.forwarding', 1);
    const forwarding = a.sysctl.get('net.ipv4.conf.lo.forwarding');
    const changed = Promise.all([
      a.links.set('lo', { alias: 'later' }),
      a.sysctl.set('net.ipv4.conf.lo.forwarding', 0),
    ]);

    expect((await listed)[0]).not.toHaveProperty('alias');
    expect((await streamed).value).toMatchObject({ name: 'lo' });
    expect(await forwarding).toBe('1');
    await Promise.all([added, set, changed, rows.return()]);
    expect((await a.links.get('lo')).alias).toBe('later');
  });

  test('in the namespace where an end is made, in which nothing was asked before', async () => {
    for (let time = 0; time < TIMES; time++) {
      await using a = await scratchNamespace();
      await using b = await scratchNamespace();

      await Promise.all([
        a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: b } }),
        b.links.set('v1', { name: 'eth0' }),
        b.addresses.add('eth0', '10.0.0.1/24'),
        a.links.set('v0', { namespace: b }),
        b.links.set('v0', { alias: 'moved' }),
      ]);

      expect(await addressesOf(b, 'eth0')).toEqual(['10.0.0.1']);
      expect(await ip(b, 'link show v0')).toMatchObject([{ ifalias: 'moved' }]);
    }
  });

  test('in the namespace where an end is made, in which much is asked before', async () => {
    for (let time = 0; time < TIMES; time++) {
      await using a = await scratchNamespace();
      await using b = await scratchNamespace();

      await Promise.all([
        b.links.add({
          kind: 'veth',
          name: 'v1',
          up: true,
          addressGenerationMode: 'none',
          peer: { name: 'w1', up: true },
        }),
        b.links.delete(['v1']),
        a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: b, up: true } }),
        b.links.set('v1', { alias: 'new' }),
      ]);

      expect(await ip(b, 'link show v1')).toMatchObject([{ ifalias: 'new', link_netnsid: 0 }]);
    }
  });

  test('in furnish as well', async () => {
    await using inside = await createNamespace(undefined, (namespace) => [
      namespace.links.add({ kind: 'veth', name: 'a', up: true, peer: { name: 'b' } }),
      namespace.links.set('b', { addressGenerationMode: 'none', up: true }),
      namespace.addresses.add('b', '10.0.0.2/24'),
      namespace.routes.add({ destination: 'default', gateway: '10.0.0.1' }),
      namespace.sysctl.set('net.ipv4.conf.b.rp_filter', 2),
      namespace.links.set('b', { alias: 'last' }),
    ]);

    expect(await ip(inside, 'route show default')).toMatchObject([{ gateway: '10.0.0.1', dev: 'b' }]);
    expect(await ip(inside, 'link show b')).toMatchObject([{ ifalias: 'last' }]);
    expect(await run(inside, 'cat', ['/proc/sys/net/ipv4/conf/b/rp_filter'])).toBe('2\n');
  });
});

describeKernel('one link of one call is one link', () => {
  test('whatever link later calls give its name to', async () => {
    await using a = await scratchNamespace();
    await a.links.add([
      { kind: 'bridge', name: 'br0' },
      { kind: 'veth', name: 'v', master: 'br0', peer: { name: 'v1' } },
      { kind: 'veth', name: 'w', master: 'br0', peer: { name: 'w1' } },
    ]);

    await Promise.all([
      a.links.set('v', { mtu: 1400, bridgePort: { isolated: true } }),
      a.links.set('v', { name: 'old' }),
      a.links.set('w', { name: 'v' }),
    ]);

    const rows = (await bridge(a, 'link show')).map(({ ifname, mtu, isolated }) => ({ ifname, mtu, isolated }));
    expect(rows.sort((one, other) => (String(one.ifname) < String(other.ifname) ? -1 : 1))).toEqual([
      { ifname: 'old', mtu: 1400, isolated: true },
      { ifname: 'v', mtu: 1500, isolated: false },
    ]);
  });

  test('also one that is being made', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    const [made] = await Promise.all([
      a.links.add({
        kind: 'veth',
        name: 'v0',
        // Before Linux 6.2 a link that is up cannot be renamed.
        addressGenerationMode: 'none',
        alias: 'first',
        peer: { name: 'v1', namespace: b },
      }),
      a.links.set('v0', { name: 'old' }),
      a.links.add({ kind: 'bridge', name: 'v0' }),
    ]);

    const [row] = await ip(a, 'link show old');
    expect(row).toMatchObject({ ifindex: made.index, inet6_addr_gen_mode: 'none', ifalias: 'first' });
    expect(await ip(a, 'link show v0')).toMatchObject([{ inet6_addr_gen_mode: 'eui64', operstate: 'DOWN' }]);
  });

  test('and its undoing takes no other link of its name', async () => {
    await using a = await scratchNamespace();

    const [failed, ...others] = await Promise.allSettled([
      a.links.add({ kind: 'veth', name: 'v0', bridgePort: { cost: 5 }, peer: { name: 'v1' } }),
      a.links.add({ kind: 'bridge', name: 'v0', mtu: 1400 }),
      a.links.add({ kind: 'bridge', name: 'v1', mtu: 1400 }),
    ]);

    expect(failed).toMatchObject({ reason: { code: 'EOPNOTSUPP' } });
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect((await ip(a, 'link show type bridge')).map(({ ifname, mtu }) => [ifname, mtu])).toEqual([
      ['v0', 1400],
      ['v1', 1400],
    ]);
  });
});

import type { EncapsulationOptions, RouteOptions } from '../../lib';
import { describeKernel, feature, kernelTest, type Requirement } from '../support/kernel';
import { ip, run, type Row } from '../support/oracle';
import { canonical, isSame, multipath, network, populated, tableOf } from '../support/routes';
import { scratchNamespace } from '../support/scratch';

const sourceRoutes = feature(
  'IPv6 source routing',
  'ip link set lo up; ip -6 route add 2001:db8::/32 from 2001:db8:1::/48 dev lo',
);
const withTunnels = feature(
  'light-weight IP tunnels',
  'ip link set lo up; ip route add 198.18.0.0/15 encap ip id 42 dst 10.9.9.9 dev lo',
);
const withMpls = feature('MPLS tunnels', 'ip link set lo up; ip route add 198.18.0.0/15 encap mpls 100 dev lo');
const nexthopObjects = feature('nexthop objects', 'ip link set lo up; ip nexthop add id 1 dev lo');

describeKernel('routes', () => {
  const via = { gateway: '10.1.1.2' };
  const via6 = { gateway: '2001:db8:1::2' };

  test.each<[RouteOptions, Row]>([
    [
      { destination: 'default', ...via },
      { dst: 'default', gateway: '10.1.1.2', dev: 'v0', table: 'main', protocol: 'boot', scope: 'global' },
    ],
    [
      { destination: '0.0.0.0/0', device: 'v1' },
      { dst: 'default', dev: 'v1', scope: 'link' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, device: 'v0' },
      { dst: '10.9.0.0/16', gateway: '10.1.1.2', dev: 'v0' },
    ],
    [
      { destination: '10.9.0.1', ...via },
      { dst: '10.9.0.1', gateway: '10.1.1.2' },
    ],
    [
      { destination: '10.9.0.0/16', device: 'v1' },
      { dst: '10.9.0.0/16', dev: 'v1', scope: 'link' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, table: 100 },
      { dst: '10.9.0.0/16', table: '100' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, table: 'default' },
      { dst: '10.9.0.0/16', table: 'default' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, table: 4294967295 },
      { dst: '10.9.0.0/16', table: '4294967295' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, metric: 4294967295 },
      { dst: '10.9.0.0/16', metric: 4294967295 },
    ],
    [
      { destination: '10.9.0.0/16', ...via, preferredSource: '10.1.2.1' },
      { dst: '10.9.0.0/16', prefsrc: '10.1.2.1' },
    ],
    [
      { destination: '10.9.0.0/16', device: 'v0', scope: 'host' },
      { dst: '10.9.0.0/16', scope: 'host' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, protocol: 'bgp' },
      { dst: '10.9.0.0/16', protocol: 'bgp' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, protocol: 77 },
      { dst: '10.9.0.0/16', protocol: '77' },
    ],
    [
      { destination: '10.9.0.0/16', ...via, tos: 0x10 },
      { dst: '10.9.0.0/16', tos: expect.any(String) as string },
    ],
    [
      { destination: '10.9.0.0/16', gateway: '192.0.2.1', device: 'v0', flags: ['onlink'] },
      { dst: '10.9.0.0/16', gateway: '192.0.2.1', flags: expect.arrayContaining(['onlink']) as unknown },
    ],
    [
      { destination: '10.9.0.0/16', ...via6, device: 'v0' },
      { dst: '10.9.0.0/16', via: { family: 'inet6', host: '2001:db8:1::2' } },
    ],
    [
      { destination: 'default', family: 'inet', ...via6, device: 'v0' },
      { dst: 'default', via: { family: 'inet6', host: '2001:db8:1::2' } },
    ],
    [
      { destination: '10.9.0.0/16', type: 'blackhole' },
      { dst: '10.9.0.0/16', type: 'blackhole', scope: 'global' },
    ],
    [
      { destination: '10.9.0.0/16', type: 'unreachable' },
      { dst: '10.9.0.0/16', type: 'unreachable' },
    ],
    [
      { destination: '10.9.0.0/16', type: 'prohibit' },
      { dst: '10.9.0.0/16', type: 'prohibit' },
    ],
    [
      { destination: '10.9.0.0/16', type: 'throw' },
      { dst: '10.9.0.0/16', type: 'throw' },
    ],
    [
      { destination: '10.9.0.1', type: 'local', device: 'v0' },
      { dst: '10.9.0.1', type: 'local', table: 'local', scope: 'host' },
    ],
    [
      { destination: '10.9.0.255', type: 'broadcast', device: 'v0' },
      { dst: '10.9.0.255', type: 'broadcast', table: 'local', scope: 'link' },
    ],
    [
      { destination: '224.9.0.0/16', type: 'multicast', device: 'v0' },
      { dst: '224.9.0.0/16', type: 'multicast', table: 'main', scope: 'link' },
    ],
    [
      {
        destination: '10.9.0.0/16',
        ...via,
        metrics: { mtu: 1400, advertisedMss: 1300, window: 65536, rtt: 0.1, rttVariance: 0.05, lock: ['mtu'] },
      },
      {
        dst: '10.9.0.0/16',
        metrics: [expect.objectContaining({ mtu: 1400, advmss: 1300, window: 65536, rtt: 100, rttvar: 50 })],
      },
    ],
    [
      {
        destination: '10.9.0.0/16',
        ...via,
        metrics: {
          hopLimit: 9,
          initialCongestionWindow: 20,
          initialReceiveWindow: 21,
          minimumRto: 0.3,
          quickAck: true,
          features: ['ecn'],
          congestionControl: 'reno',
        },
      },
      {
        dst: '10.9.0.0/16',
        metrics: [
          expect.objectContaining({ hoplimit: 9, initcwnd: 20, initrwnd: 21, quickack: 1, congestion: 'reno' }),
        ],
      },
    ],
    [
      { destination: 'default', ...via6 },
      { dst: 'default', gateway: '2001:db8:1::2', dev: 'v0', metric: 1024 },
    ],
    [
      { destination: 'default', family: 'inet6', device: 'v1' },
      { dst: 'default', dev: 'v1', metric: 1024 },
    ],
    [
      { destination: '::/0', ...via6 },
      { dst: 'default', gateway: '2001:db8:1::2' },
    ],
    [
      { destination: '2001:DB8:9:0::/48', ...via6 },
      { dst: '2001:db8:9::/48', gateway: '2001:db8:1::2' },
    ],
    [
      { destination: '2001:db8:9::1', device: 'v1' },
      { dst: '2001:db8:9::1', dev: 'v1' },
    ],
    [
      { destination: '2001:db8:9::/48', ...via6, table: 100000, metric: 5 },
      { dst: '2001:db8:9::/48', table: '100000', metric: 5 },
    ],
    [
      { destination: '2001:db8:9::/48', ...via6, preferredSource: '2001:db8:2::1' },
      { dst: '2001:db8:9::/48', prefsrc: '2001:db8:2::1' },
    ],
    [
      { destination: '2001:db8:9::/48', ...via6, preference: 'high' },
      { dst: '2001:db8:9::/48', pref: 'high' },
    ],
    [
      { destination: '2001:db8:9::/48', ...via6, expires: 1000 },
      { dst: '2001:db8:9::/48', expires: expect.any(Number) as number },
    ],
    [{ destination: '2001:db8:9::/48', ...via6, metrics: { mtu: 1300 } }, { metrics: [{ mtu: 1300 }] }],
    [
      { destination: '2001:db8:9::/48', gateway: '2001:db8:ffff::1', device: 'v0', flags: ['onlink'] },
      { gateway: '2001:db8:ffff::1', flags: expect.arrayContaining(['onlink']) as unknown },
    ],
    [
      { destination: '2001:db8:9::/48', type: 'blackhole' },
      { dst: '2001:db8:9::/48', type: 'blackhole' },
    ],
    [
      { destination: '2001:db8:9::/48', type: 'unreachable' },
      { dst: '2001:db8:9::/48', type: 'unreachable' },
    ],
    [
      { destination: '2001:db8:9::/48', type: 'prohibit' },
      { dst: '2001:db8:9::/48', type: 'prohibit' },
    ],
    [
      { destination: '2001:db8:9::1', type: 'local', device: 'v0' },
      { dst: '2001:db8:9::1', type: 'local', table: 'local' },
    ],
  ])('%j is what `ip` shows, and goes again', async (options, expected) => {
    await using a = await network();
    const before = await tableOf(a);
    const known = await a.routes.list();

    await a.routes.add(options);

    expect(await tableOf(a)).toContainEqual(expect.objectContaining(expected));
    const listed = (await a.routes.list()).find((route) => !known.some((other) => isSame(route, other)));
    expect(listed).toMatchObject(canonical(options));
    await a.routes.delete(listed!);
    expect(await tableOf(a)).toEqual(before);
  });

  kernelTest('take several next hops', [multipath], async () => {
    await using a = await network();

    await a.routes.add({
      destination: '10.9.0.0/16',
      nexthops: [
        { gateway: '10.1.1.2', weight: 256 },
        { gateway: '198.51.100.1', device: 'v1', weight: 2, flags: ['onlink'] },
        { gateway: '2001:db8:1::2', device: 'v0' },
      ],
    });
    await a.routes.add({
      destination: 'default',
      nexthops: [{ gateway: '2001:db8:1::2', device: 'v0', weight: 3 }, { gateway: '2001:db8:2::2' }],
    });

    const rows = await tableOf(a);
    expect(rows.find(({ dst }) => dst === '10.9.0.0/16')).toMatchObject({
      nexthops: [
        { gateway: '10.1.1.2', dev: 'v0', weight: 256 },
        { gateway: '198.51.100.1', dev: 'v1', weight: 2, flags: expect.arrayContaining(['onlink']) as unknown },
        { via: { family: 'inet6', host: '2001:db8:1::2' }, dev: 'v0', weight: 1 },
      ],
    });
    expect(rows.find(({ dst }) => dst === 'default')).toMatchObject({
      nexthops: [
        { gateway: '2001:db8:1::2', dev: 'v0', weight: 3 },
        { gateway: '2001:db8:2::2', dev: 'v1', weight: 1 },
      ],
    });
    const [default6] = await a.routes.list({ family: 'inet6', protocol: 'boot' });
    expect(default6).toMatchObject({
      destination: 'default',
      nexthops: [
        { gateway: '2001:db8:1::2', device: (await a.links.get('v0')).index, weight: 3 },
        { gateway: '2001:db8:2::2', device: (await a.links.get('v1')).index, weight: 1 },
      ],
    });
  });

  describe.each<[EncapsulationOptions & { type: 'ip' | 'ip6' | 'mpls' }, Row, Requirement]>([
    [
      { type: 'ip', id: 42, destination: '10.8.8.8', source: '10.1.1.1', tos: 8, ttl: 9, flags: ['csum', 'key'] },
      { encap: 'ip', id: 42, dst: '10.8.8.8', src: '10.1.1.1', tos: 8, ttl: 9, key: true, csum: true },
      withTunnels,
    ],
    [
      { type: 'ip6', id: 7, destination: '2001:db8::9', trafficClass: 4, hopLimit: 33, flags: ['seq'] },
      { encap: 'ip6', id: 7, dst: '2001:db8::9', tc: 4, hoplimit: 33, seq: true },
      withTunnels,
    ],
    [
      { type: 'mpls', labels: [100, 200], ttl: 5 },
      { encap: 'mpls', dst: expect.anything() as string, ttl: 5 },
      withMpls,
    ],
  ])('wrap packets: %j', (encap, { encap: type, ...expected }, kernelHas) => {
    kernelTest('as `ip` shows it, and again', [kernelHas], async () => {
      await using a = await network();

      await a.routes.add({ destination: '198.18.0.0/15', ...via, encap });

      const [listed] = await a.routes.list({ protocol: 'boot' });
      expect(listed).toMatchObject({ encap });
      const shown = await ip(a, 'route show 198.18.0.0/15');
      // Of two keys of a name that `ip` prints, of the route and of its tunnel, the last counts.
      expect(shown).toEqual([expect.objectContaining({ encap: type, ...expected })]);
      await a.routes.delete(listed!);
      await a.routes.add(listed!);
      expect(await ip(a, 'route show 198.18.0.0/15')).toEqual(shown);
    });
  });

  kernelTest('ask for a source in IPv6', [sourceRoutes], async () => {
    await using a = await network();

    await a.routes.add({ destination: '2001:db8:9::/48', source: '2001:db8:1::/64', device: 'v0' });

    expect(await tableOf(a)).toContainEqual(
      expect.objectContaining({ dst: '2001:db8:9::/48', from: '2001:db8:1::/64' }),
    );
    const [route] = await a.routes.list({ protocol: 'boot' });
    expect(route).toMatchObject({ destination: '2001:db8:9::/48', source: '2001:db8:1::/64' });
    await a.routes.delete(route!);
    expect(await a.routes.list({ protocol: 'boot' })).toEqual([]);
  });

  kernelTest('go by a nexthop object, and come back from what was listed', [nexthopObjects], async () => {
    await using a = await network();
    await run(a, 'ip', ['nexthop', 'add', 'id', '7', 'via', '10.1.1.2', 'dev', 'v0']);

    await a.routes.add({ destination: '10.9.0.0/16', nexthopId: 7 });

    const before = await tableOf(a);
    expect(before).toContainEqual(expect.objectContaining({ dst: '10.9.0.0/16', nhid: 7 }));
    const [route] = await a.routes.list({ protocol: 'boot' });
    expect(route).toMatchObject({ nexthopId: 7, gateway: '10.1.1.2' });
    await a.routes.delete(route!);
    await a.routes.add(route!);
    expect(await tableOf(a)).toEqual(before);
  });

  kernelTest('no route leads anywhere in a new namespace', async () => {
    await using a = await scratchNamespace();

    await expect(a.routes.get('192.0.2.1')).rejects.toMatchObject({ code: 'ENETUNREACH' });
    await expect(a.routes.get('2001:db8::1')).rejects.toMatchObject({ code: 'ENETUNREACH' });
    expect(await a.routes.list({ table: 'main' })).toEqual([]);
  });

  kernelTest('of two namespaces are independent', async () => {
    await using a = await network();
    await using b = await network();
    const before = await tableOf(b);

    await a.routes.add({ destination: 'default', gateway: '10.1.1.2' });
    await a.routes.add({ destination: '10.9.0.0/16', type: 'blackhole', table: 100 });

    expect(await tableOf(b)).toEqual(before);
    await expect(b.routes.get('192.0.2.1')).rejects.toMatchObject({ code: 'ENETUNREACH' });
    expect(await a.routes.get('192.0.2.1')).toMatchObject({ gateway: '10.1.1.2' });
  });

  kernelTest('are replaced', async () => {
    await using a = await network();
    await a.routes.replace({ destination: '10.9.0.0/16', gateway: '10.1.1.2', metric: 5 });

    await a.routes.replace({ destination: '10.9.0.0/16', gateway: '10.1.2.2', metric: 5 });
    await a.routes.replace({ destination: '10.9.0.0/16', gateway: '10.1.2.3', metric: 6 });
    await a.routes.replace({ destination: 'default', gateway: '2001:db8:1::2' });
    await a.routes.replace({ destination: 'default', gateway: '2001:db8:2::2' });

    const boot = (await tableOf(a)).filter(({ protocol }) => protocol === 'boot');
    expect(boot.map(({ dst, gateway, dev, metric }) => ({ dst, gateway, dev, metric }))).toEqual([
      { dst: '10.9.0.0/16', gateway: '10.1.2.2', dev: 'v1', metric: 5 },
      { dst: '10.9.0.0/16', gateway: '10.1.2.3', dev: 'v1', metric: 6 },
      { dst: 'default', gateway: '2001:db8:2::2', dev: 'v1', metric: 1024 },
    ]);
  });

  kernelTest('are appended', async () => {
    await using a = await network();
    await a.routes.add({ destination: '10.9.0.0/16', gateway: '10.1.1.2' });

    await a.routes.append({ destination: '10.9.0.0/16', gateway: '10.1.2.2' });

    const rows = await ip(a, 'route show 10.9.0.0/16');
    expect(rows.map(({ gateway }) => gateway)).toEqual(['10.1.1.2', '10.1.2.2']);
  });

  kernelTest('come back from what was listed', async () => {
    await using a = await populated();
    const before = await tableOf(a);
    // The kernel gives its own IPv6 routes of the local table metric 0, which it lets nobody else do.
    const routes = (await a.routes.list()).filter(({ family, table }) => family === 'inet' || table !== 'local');

    for (const route of routes) {
      await a.routes.delete(route);
      expect(await a.routes.list()).toHaveLength(before.length - 1);
      await a.routes.add(route);
    }
    expect(await tableOf(a)).toEqual(before);

    for (const route of routes) await a.routes.replace(route);
    expect(await tableOf(a)).toEqual(before);
  });

  kernelTest('are flushed as the filter says, in the main table if it names none', async () => {
    await using a = await populated();
    const local = await ip(a, 'route show table local');

    await a.routes.flush({ protocol: 'bgp' });
    expect((await tableOf(a)).filter(({ protocol }) => protocol === 'bgp')).toEqual([
      expect.objectContaining({ table: '1000' }),
    ]);

    await a.routes.flush({ table: 'main' });
    expect((await a.routes.list({ table: 'main' })).length).toBe(0);
    expect(await ip(a, 'route show table local')).toEqual(local);

    await a.routes.flush({ table: 1000 });
    await a.routes.flush({ table: 1000 });
    expect(await a.routes.list({ table: 1000 })).toEqual([]);
  });

  kernelTest('go with addresses and links in one batch, in order', async () => {
    await using a = await scratchNamespace();

    await Promise.all([
      a.links.add({ kind: 'bridge', name: 'br0', up: true }),
      a.addresses.add('br0', '10.1.1.1/24'),
      a.routes.add({ destination: 'default', gateway: '10.1.1.2', device: 'br0' }),
      a.routes.add({ destination: '10.9.0.0/16', nexthops: [{ device: 'br0', gateway: '10.1.1.3' }] }),
    ]);

    expect((await ip(a, 'route show')).map(({ dst, dev }) => [dst, dev])).toEqual([
      ['default', 'br0'],
      ['10.1.1.0/24', 'br0'],
      ['10.9.0.0/16', 'br0'],
    ]);
  });

  kernelTest('know links by alternative names that are long', async () => {
    await using a = await network();
    const device = 'a-name-that-is-longer-than-fifteen-bytes';
    await a.links.addAlternativeName('v1', device);

    await a.routes.add({ destination: '10.9.0.0/16', device });
    await a.routes.add({ destination: '10.8.0.0/16', nexthops: [{ device }] });

    expect((await a.routes.list({ device, protocol: 'boot' })).map((route) => route.destination)).toEqual([
      '10.8.0.0/16',
      '10.9.0.0/16',
    ]);
    expect(await a.routes.get('10.9.0.1', { device })).toMatchObject({ type: 'unicast' });
  });
});

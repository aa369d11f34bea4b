import { setTimeout } from 'node:timers/promises';

import type { NetworkNamespace, Route, RouteFilter, RouteLookup, RouteOptions } from '../../lib';
import { describeKernel, feature, kernelTest } from '../support/kernel';
import { ip, run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const multipath = feature(
  'multipath routes',
  'ip link set lo up; ip route add 192.0.2.0/24 nexthop dev lo nexthop dev lo',
);
const sourceRoutes = feature(
  'IPv6 source routing',
  'ip link set lo up; ip -6 route add 2001:db8::/32 from 2001:db8:1::/48 dev lo',
);
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

  kernelTest('are listed as `ip` lists them', async () => {
    await using a = await populated();
    const names = await namesOf(a);

    const listed = await a.routes.list();

    expect(listed.map((route) => summaryOf(route, names)).sort()).toEqual((await tableOf(a)).map(summaryOfRow).sort());
    expect(listed.filter((route) => route.unknownAttributes !== undefined)).toEqual([]);
    const streamed: Route[] = [];
    for await (const route of a.routes.stream()) streamed.push(route);
    expect(streamed.map((route) => summaryOf(route, names))).toEqual(listed.map((route) => summaryOf(route, names)));
  });

  test.each<[RouteFilter, string]>([
    [{ family: 'inet' }, '-4 route show table all'],
    [{ family: 'inet6' }, '-6 route show table all'],
    [{ table: 'main', family: 'inet' }, '-4 route show table main'],
    [{ table: 1000, family: 'inet' }, '-4 route show table 1000'],
    [{ table: 1000, family: 'inet6' }, '-6 route show table 1000'],
    [{ table: 'local', family: 'inet' }, '-4 route show table local'],
    [{ protocol: 'bgp' }, 'route show table all proto bgp'],
    [{ protocol: 'kernel', family: 'inet' }, '-4 route show table all proto kernel'],
    [{ type: 'blackhole' }, 'route show table all type blackhole'],
    [{ device: 'v1', table: 'main', family: 'inet' }, '-4 route show table main dev v1'],
    [{ device: 'v1', family: 'inet6', protocol: 'boot' }, '-6 route show table all dev v1 proto boot'],
  ])('%j is what `ip` filters', async (filter, command) => {
    await using a = await populated();
    const names = await namesOf(a);

    const all = await a.routes.list(filter);

    const destinations = (await ip(a, command)).map(({ dst }) => dst);
    expect(destinations).not.toEqual([]);
    // Asked for a device, `ip` leaves out routes with several next hops, also those over the device.
    const listed = all.filter((route) => filter.device === undefined || route.nexthops === undefined);
    expect(listed.map((route) => withoutHostLength(route.destination)).sort()).toEqual(destinations.sort());
    const matching = (await a.routes.list()).filter((route) => matches(route, filter, names));
    expect(all.map((route) => summaryOf(route, names))).toEqual(matching.map((route) => summaryOf(route, names)));
  });

  test.each<RouteFilter>([
    { table: 4444 },
    { table: 4444, family: 'inet' },
    { table: 4444, family: 'inet6' },
    { table: 'main', family: 'inet' },
  ])('a table without routes has none: %j', async (filter) => {
    await using a = await scratchNamespace();

    expect(await a.routes.list(filter)).toEqual([]);
    for await (const route of a.routes.stream(filter)) throw new Error(JSON.stringify(route));
  });

  test.each<[string, RouteLookup, string]>([
    ['10.1.1.7', {}, ''],
    ['10.1.1.1', {}, ''],
    ['10.1.1.255', {}, ''],
    ['224.0.0.9', { device: 'v1' }, 'oif v1'],
    ['10.20.1.1', {}, ''],
    ['10.20.1.1', { fibMatch: true }, 'fibmatch'],
    ['192.0.2.1', { source: '10.1.2.1' }, 'from 10.1.2.1'],
    ['192.0.2.1', { mark: 7, uid: 9, tos: 0x10 }, 'mark 7 uid 9 tos 0x10'],
    ['192.0.2.1', { ipProtocol: 'udp', sourcePort: 53, destinationPort: 5353 }, 'ipproto udp sport 53 dport 5353'],
    ['10.1.1.1', { source: '10.1.2.9', inputDevice: 'v1' }, 'from 10.1.2.9 iif v1'],
    ['2001:db8:1::7', {}, ''],
    ['2001:db8:20::1', {}, ''],
    ['2001:db8:20::1', { fibMatch: true }, 'fibmatch'],
    ['2001:db8:ffff::1', { device: 'v0', source: '2001:db8:1::1' }, 'from 2001:db8:1::1 oif v0'],
  ])('a packet to %s with %j takes the route that `ip` says', async (destination, options, words) => {
    await using a = await populated();
    const names = await namesOf(a);

    const route = await a.routes.get(destination, options);

    const [row = {}] = await ip(a, `route get ${destination} ${words}`);
    expect({
      destination: withoutHostLength(route.destination),
      type: route.type,
      gateway: route.gateway,
      device: names.get(route.device!),
      preferredSource: route.preferredSource,
      table: route.table === 0 ? undefined : String(route.table),
      mark: route.mark,
      uid: route.uid,
    }).toEqual({
      destination: row.dst,
      type: row.type,
      gateway: row.gateway,
      device: row.dev,
      preferredSource: row.prefsrc,
      table: row.table,
      mark: row.mark,
      uid: row.uid,
    });
    expect(route.flags.filter((flag) => typeof flag === 'number')).toEqual([]);
  });

  test.each<[string, string]>([
    ['10.30.0.1', 'EINVAL'],
    ['10.31.0.1', 'EHOSTUNREACH'],
    ['10.32.0.1', 'EACCES'],
    ['2001:db8:31::1', 'EHOSTUNREACH'],
  ])('no packet can go to %s: %s', async (destination, code) => {
    await using a = await populated();

    await expect(a.routes.get(destination)).rejects.toMatchObject({ code, request: 'RTM_GETROUTE' });
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

    await a.routes.flush();
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

describeKernel('mistakes with routes', () => {
  test.each<[RouteOptions, object]>([
    [
      { destination: 'default', gateway: '192.0.2.1' },
      { code: 'ENETUNREACH', kernelMessage: 'Nexthop has invalid gateway', subject: 'route to default' },
    ],
    [{ destination: 'default', gateway: '2001:db8:ffff::1' }, { code: 'EHOSTUNREACH' }],
    [
      { destination: '10.1.1.0/24', device: 'v0' },
      { code: 'EEXIST', request: 'RTM_NEWROUTE' },
    ],
    [
      { destination: 'default', device: 'nothing' },
      { code: 'ENODEV', property: 'device', kernelMessage: "there is no link 'nothing'" },
    ],
    [{ destination: 'default', device: 4242 }, { code: 'ENODEV' }],
    [
      { destination: 'default', nexthops: [{ device: 'v0' }, { device: 'nothing' }] },
      { code: 'ENODEV', property: 'nexthops.1.device' },
    ],
    [
      { destination: 'default', gateway: '10.1.1.2', metrics: { congestionControl: 'none-such' } },
      { code: 'EINVAL', kernelMessage: 'Unknown tcp congestion algorithm' },
    ],
    [
      { destination: 'default', gateway: '10.1.1.2', preferredSource: '192.0.2.7' },
      { code: 'EINVAL', kernelMessage: 'Invalid prefsrc address' },
    ],
    [{ destination: '10.9.0.0/16', gateway: '10.1.1.2', nexthopId: 4242 }, { code: 'EINVAL' }],
  ])('adding %j says %j', async (options, expected) => {
    await using a = await network();
    const before = await tableOf(a);

    await expect(a.routes.add(options)).rejects.toMatchObject({ name: 'NetlinkError', ...expected });

    expect(await tableOf(a)).toEqual(before);
  });

  kernelTest('deleting what is not there says ESRCH', async () => {
    await using a = await network();

    await expect(a.routes.delete({ destination: '10.9.0.0/16' })).rejects.toMatchObject({ code: 'ESRCH' });
    await expect(a.routes.delete({ destination: '10.1.1.0/24', metric: 9 })).rejects.toMatchObject({ code: 'ESRCH' });
    await expect(a.routes.delete({ destination: '2001:db8:9::/48' })).rejects.toMatchObject({ code: 'ESRCH' });
    await a.routes.delete({ destination: '10.1.1.0/24' });
  });

  kernelTest('a filter or a lookup with an unknown link names it', async () => {
    await using a = await network();

    await expect(a.routes.list({ device: 'nothing' })).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
    await expect(a.routes.get('10.1.1.1', { inputDevice: 'nothing' })).rejects.toMatchObject({
      code: 'ENODEV',
      property: 'inputDevice',
    });
  });

  kernelTest('what is wrong already here never reaches the kernel, and fails alone', async () => {
    await using a = await network();
    const before = await tableOf(a);

    const [good, bad] = await Promise.allSettled([
      a.routes.add({ destination: '10.9.0.0/16', type: 'blackhole' }),
      a.routes.add({ destination: '10.1.1.7/24', device: 'v0' }),
    ]);

    expect(good.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'RangeError', property: 'destination' } });
    expect(await tableOf(a)).toHaveLength(before.length + 1);
  });
});

/** A namespace with two links that have addresses of both families. */
async function network(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  const quiet = { addressGenerationMode: 'none' } as const;
  await namespace.links.set('lo', { up: true });
  await namespace.links.add({ kind: 'veth', name: 'v0', ...quiet, peer: { name: 'v1', ...quiet } });
  await namespace.links.set('v0', { up: true });
  await namespace.links.set('v1', { up: true });
  await Promise.all([
    namespace.addresses.add('v0', '10.1.1.1/24'),
    namespace.addresses.add('v1', '10.1.2.1/24'),
    namespace.addresses.add('v0', { address: '2001:db8:1::1/64', flags: ['nodad'] }),
    namespace.addresses.add('v1', { address: '2001:db8:2::1/64', flags: ['nodad'] }),
  ]);
  // The kernel adds its own routes when it has noticed the carrier.
  for (let attempt = 0; attempt < 200; attempt++) {
    const routes = await namespace.routes.list();
    const own = routes.filter(({ destination }) => /^(ff00::\/8|2001:db8:[12]::1\/128)$/.test(destination));
    if (own.length === 4 && routes.every(({ flags }) => flags.length === 0)) return namespace;
    await setTimeout(10);
  }
  throw new Error('the links have no carrier');
}

/** A network with routes of many sorts, made by `ip`. */
async function populated(): Promise<NetworkNamespace> {
  const namespace = await network();
  const routes = [
    'default via 10.1.1.2',
    'default via 10.1.2.2 metric 9 proto bgp',
    '10.20.0.0/16 via 10.1.2.2 src 10.1.1.1 mtu lock 1400 advmss 1300 rtt 100ms features ecn',
    '10.20.0.0/16 via 10.1.1.2 table 1000 proto bgp',
    '10.21.0.0/16 via inet6 2001:db8:1::2 dev v0',
    '10.22.0.0/16 via 192.0.2.1 dev v1 onlink',
    '10.23.0.0/16 dev v1 scope host tos 0x10',
    'blackhole 10.30.0.0/16',
    'unreachable 10.31.0.0/16',
    'prohibit 10.32.0.0/16',
    'throw 10.33.0.0/16 table 1000',
    'local 10.34.0.0/16 dev lo',
    'default via 2001:db8:1::2',
    '2001:db8:20::/48 via 2001:db8:2::2 src 2001:db8:1::1 mtu 1300 pref high',
    '2001:db8:21::/48 dev v1 metric 7 table 1000',
    'blackhole 2001:db8:30::/48',
    'unreachable 2001:db8:31::/48',
    'prohibit 2001:db8:32::/48',
  ];
  if (multipath.skip === undefined) {
    routes.push(
      '10.24.0.0/16 nexthop via 10.1.1.2 weight 3 nexthop via 10.1.2.2',
      '2001:db8:24::/48 nexthop via 2001:db8:1::2 weight 3 nexthop via 2001:db8:2::2',
    );
  }
  const commands = routes.map((route) => `route add ${route}`).join('\n');
  await run(namespace, 'sh', ['-ec', 'echo "$1" | ip -batch -', 'sh', commands]);
  return namespace;
}

/** All routes in an order of their own. */
async function tableOf(namespace: Held): Promise<Row[]> {
  const rows = await ip(namespace, 'route show table all');
  return rows.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

function withoutHostLength(destination: string): string {
  return destination.replace(destination.includes(':') ? /\/128$/ : /\/32$/, '');
}

async function namesOf(namespace: NetworkNamespace): Promise<Map<number, string>> {
  return new Map((await namespace.links.list()).map(({ index, name }) => [index, name]));
}

function summaryOf(route: Route, names: Map<number, string>): string {
  return JSON.stringify([
    withoutHostLength(route.destination),
    String(route.table),
    route.type,
    route.protocol,
    route.scope,
    route.metric,
    route.gateway,
    route.device === undefined ? undefined : names.get(route.device),
    route.preferredSource,
    route.nexthops?.map((hop) => [hop.gateway, names.get(hop.device), hop.weight]),
  ]);
}

function summaryOfRow(row: Row): string {
  const gatewayOf = (hop: Row) => hop.gateway ?? (hop.via as Row | undefined)?.host;
  return JSON.stringify([
    row.dst,
    row.table,
    row.type,
    row.protocol,
    row.scope,
    row.metric,
    gatewayOf(row),
    row.dev,
    row.prefsrc,
    (row.nexthops as Row[] | undefined)?.map((hop) => [gatewayOf(hop), hop.dev, hop.weight]),
  ]);
}

function isSame(one: Route, other: Route): boolean {
  return JSON.stringify({ ...one, flags: [] }) === JSON.stringify({ ...other, flags: [] });
}

function matches(route: Route, filter: RouteFilter, names: Map<number, string>): boolean {
  const { family, table, protocol, type, device } = filter;
  const devices = [route.device, ...(route.nexthops ?? []).map((hop) => hop.device)];
  return (
    (family === undefined || route.family === family) &&
    (table === undefined || route.table === table) &&
    (protocol === undefined || route.protocol === protocol) &&
    (type === undefined || route.type === type) &&
    (device === undefined || devices.some((index) => index !== undefined && names.get(index) === device))
  );
}

/** What `list` says of a route that was added: prefixes canonical, links by their index, time running. */
function canonical({ destination, device, expires, flags, ...rest }: RouteOptions): object {
  const isIpv6 = destination.includes(':');
  const length = destination.includes('/') ? '' : isIpv6 ? '/128' : '/32';
  const isDefault = destination === 'default' || destination.endsWith('/0');
  const network = destination.toLowerCase().replace(':0::', '::');
  return {
    ...rest,
    destination: isDefault ? 'default' : network + length,
    ...(device !== undefined && { device: expect.any(Number) as number }),
    ...(expires !== undefined && { expires: expect.any(Number) as number }),
    ...(flags !== undefined && { flags: expect.arrayContaining(flags) as unknown }),
  };
}

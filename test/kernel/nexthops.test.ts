import type { NetlinkError, NetworkNamespace, NexthopObject, NexthopObjectOptions } from '../../lib';
import { createNamespace } from '../../lib';
import { describeKernel, feature, kernelSince, kernelTest } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const DEVICE = 107;

/** A namespace with a link that is up, `d0`, of index 107, and its addresses. */
async function furnished(): Promise<NetworkNamespace> {
  return await createNamespace(undefined, (made) => [
    made.links.set('lo', { up: true }),
    made.links.add({ kind: 'veth', name: 'd0', index: DEVICE, up: true, peer: { name: 'd1', up: true } }),
    made.addresses.add('d0', '10.0.0.1/24'),
    made.addresses.add('d0', { address: '2001:db8::1/64', flags: ['nodad'] }),
  ]);
}

/** Nexthops of every kind, with what `ip -j -d nexthop` says of each. */
const nexthops: readonly [nexthop: NexthopObjectOptions & { id: number }, said: object][] = [
  [
    { id: 1, gateway: '10.0.0.2', device: DEVICE },
    { gateway: '10.0.0.2', dev: 'd0' },
  ],
  [
    { id: 2, gateway: '10.0.0.3', device: DEVICE, protocol: 'static' },
    { gateway: '10.0.0.3', protocol: 'static' },
  ],
  [
    { id: 3, gateway: '10.7.7.7', device: DEVICE, flags: ['onlink'] },
    { gateway: '10.7.7.7', flags: ['onlink'] },
  ],
  [
    { id: 4, device: DEVICE },
    { dev: 'd0', scope: 'host' },
  ],
  [{ id: 5, blackhole: true }, { blackhole: null }],
  [{ id: 6, blackhole: true, family: 'inet6' }, { blackhole: null }],
  [
    { id: 7, gateway: '2001:db8::2', device: DEVICE },
    { gateway: '2001:db8::2', dev: 'd0' },
  ],
  [{ id: 8, device: DEVICE, family: 'inet6' }, { dev: 'd0' }],
  [
    { id: 9, gateway: '10.1.1.1', fdb: true, protocol: 'bgp' },
    { gateway: '10.1.1.1', fdb: null, protocol: 'bgp' },
  ],
  [
    {
      id: 10,
      group: [
        { id: 1, weight: 3 },
        { id: 2, weight: 255 },
      ],
    },
    {
      group: [
        { id: 1, weight: 3 },
        { id: 2, weight: 255 },
      ],
    },
  ],
  [
    { id: 11, group: [{ id: 9, weight: 1 }], fdb: true },
    { group: [{ id: 9 }], fdb: null },
  ],
  [
    {
      ...{ id: 12, groupType: 'resilient', resilient: { buckets: 8, idleTimer: 60, unbalancedTimer: 300 } },
      group: [
        { id: 1, weight: 1 },
        { id: 2, weight: 3 },
      ],
    },
    {
      type: 'resilient',
      resilient_args: { buckets: 8, idle_timer: 60, unbalanced_timer: 300, unbalanced_time: 0 },
    },
  ],
  [{ id: 13, group: [{ id: 7, weight: 1 }], groupType: 'mpath' }, { group: [{ id: 7 }] }],
];

const withTunnels = feature(
  'light-weight IP tunnels',
  'ip link set lo up; ip nexthop add id 1 encap ip id 42 dst 10.9.9.9 via 127.0.0.2 dev lo',
);

const addAll = (namespace: NetworkNamespace) => namespace.nexthops.add(nexthops.map(([nexthop]) => nexthop));
const idsOf = (rows: readonly NexthopObject[]) => rows.map(({ id }) => id);

describeKernel('nexthops', [kernelSince('5.13')], () => {
  test('of each kind are what iproute2 says', async () => {
    await using a = await furnished();

    await addAll(a);

    const rows = await ip(a, 'nexthop show');
    expect(rows).toMatchObject(nexthops.map(([{ id }, said]) => ({ id, ...said })));
    const list = await a.nexthops.list();
    expect(list).toMatchObject(nexthops.map(([nexthop]) => nexthop));
    expect(list[3]).toEqual({
      id: 4,
      family: 'inet',
      device: DEVICE,
      flags: [],
      protocol: 'unspecified',
      scope: 'host',
    });
    expect(await a.nexthops.get(12)).toEqual(list[11]);
    const streamed: NexthopObject[] = [];
    for await (const row of a.nexthops.stream()) streamed.push(row);
    expect(streamed).toEqual(list);
  });

  test('that are listed can be added again, put in place of themselves, and deleted as they are', async () => {
    await using a = await furnished();
    await using b = await furnished();
    await addAll(a);
    const list = await a.nexthops.list();

    await b.nexthops.add(list);
    expect(await b.nexthops.list()).toEqual(list);
    expect(await ip(b, 'nexthop show')).toEqual(await ip(a, 'nexthop show'));

    await b.nexthops.replace(list);
    expect(await b.nexthops.list()).toEqual(list);

    await b.nexthops.delete(list.filter(({ group }) => group !== undefined));
    await b.nexthops.delete(list.filter(({ group }) => group === undefined));
    expect(await b.nexthops.list()).toEqual([]);
  });

  kernelTest('that wrap packets are added again with what they wrap them in', [withTunnels], async () => {
    await using a = await furnished();
    await using b = await furnished();
    const command = 'nexthop add id 1 encap ip id 42 dst 10.9.9.9 via 10.0.0.2 dev d0';
    await run(a, 'ip', command.split(' '));

    const list = await a.nexthops.list();
    await b.nexthops.add(list);

    expect(list).toMatchObject([{ id: 1, gateway: '10.0.0.2', encap: { type: 'ip' } }]);
    expect(await ip(b, 'nexthop show')).toMatchObject([{ encap: 'ip', dst: '10.9.9.9' }]);
    expect(await ip(b, 'nexthop show')).toEqual(await ip(a, 'nexthop show'));
  });

  test('without an id get one, which add tells', async () => {
    await using a = await furnished();
    await a.nexthops.add({ id: 1, blackhole: true });

    const alone = await a.nexthops.add({ gateway: '10.0.0.2', device: 'd0' });
    const several = await a.nexthops.add([{ blackhole: true }, { id: 77, blackhole: true }, { device: 'd0' }]);

    expect(await a.nexthops.get(alone)).toMatchObject({ gateway: '10.0.0.2' });
    expect(several[1]).toBe(77);
    expect(await a.nexthops.get(several[2]!)).toMatchObject({ device: DEVICE });
    expect(new Set([1, alone, ...several]).size).toBe(5);
  });

  test('without an id are told where others are refused', async () => {
    await using a = await furnished();

    const error = (await a.nexthops
      .add([{ blackhole: true }, { group: [{ id: 99 }] }, { id: 77, blackhole: true }, { device: 'd0' }])
      .catch((refusal: unknown) => refusal)) as NetlinkError;

    expect(error).toMatchObject({ code: 'EINVAL', element: 1, refused: [{ element: 1, code: 'EINVAL' }] });
    const [first, refused, second, third] = error.results as (number | undefined)[];
    expect([refused, second]).toEqual([undefined, 77]);
    expect(await a.nexthops.get(first!)).toMatchObject({ blackhole: true });
    expect(await a.nexthops.get(third!)).toMatchObject({ device: DEVICE });
  });

  test('are ways for routes, whose packets share a group', async () => {
    await using a = await furnished();
    await a.nexthops.add([
      { id: 1, gateway: '10.0.0.2', device: 'd0' },
      { id: 2, gateway: '10.0.0.3', device: 'd0' },
      { id: 10, group: [{ id: 1, weight: 3 }, { id: 2 }] },
    ]);
    await a.routes.add({ destination: '10.8.0.0/16', nexthopId: 10 });
    const gateways = async () => {
      const found = Array.from({ length: 200 }, (_, host) => a.routes.get(`10.8.${host % 8}.${host + 1}`));
      return (await Promise.all(found)).map(({ gateway }) => gateway);
    };

    const shared = await gateways();
    expect(new Set(shared)).toEqual(new Set(['10.0.0.2', '10.0.0.3']));
    expect(shared.filter((gateway) => gateway === '10.0.0.2').length).toBeGreaterThan(100);
    expect(await a.routes.get('10.8.0.1', { fibMatch: true })).toMatchObject({ nexthopId: 10 });

    await a.nexthops.replace({ id: 10, group: [{ id: 2 }] });
    expect(new Set(await gateways())).toEqual(new Set(['10.0.0.3']));

    await a.nexthops.delete(2);
    expect(await a.nexthops.list()).toMatchObject([{ id: 1 }]);
    expect((await a.routes.list({ table: 'main' })).map(({ destination }) => destination)).not.toContain('10.8.0.0/16');
  });

  test('are selected by what a filter says', async () => {
    await using a = await furnished();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'd2', master: 'br0', up: true, peer: { name: 'd3', up: true } });
    await addAll(a);
    await a.nexthops.add({ id: 20, device: 'd2' });
    const selected = async (...filter: Parameters<typeof a.nexthops.list>) => idsOf(await a.nexthops.list(...filter));

    expect(await selected({ device: 'd0' })).toEqual([1, 2, 3, 4, 7, 8]);
    expect(await selected({ device: DEVICE, family: 6 })).toEqual([7, 8]);
    expect(await selected({ master: 'br0' })).toEqual([20]);
    expect(await selected({ groups: true })).toEqual([10, 11, 12, 13]);
    expect(await selected({ groups: false, fdb: true })).toEqual([9]);
    expect(await selected({ fdb: true })).toEqual([9, 11]);
    expect(await selected({ fdb: false, protocol: 'static' })).toEqual([2]);
    expect(await selected({ protocol: 186 })).toEqual([9]);
    expect(await selected({ blackhole: true })).toEqual([5, 6]);
    expect(await selected({ family: 'inet6' })).toEqual([6, 7, 8]);
    expect(await selected({ gateway: '2001:DB8:0::2' })).toEqual([7]);
    expect(await selected({ groupType: 'resilient' })).toEqual([12]);
    await expect(a.nexthops.list({ device: 'nothing' })).rejects.toMatchObject({ code: 'ENODEV', property: 'device' });
  });

  test('are flushed by a filter, and all', async () => {
    await using a = await furnished();
    await addAll(a);

    await a.nexthops.flush({ blackhole: true });
    expect(idsOf(await a.nexthops.list())).toEqual([1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13]);
    // The groups that only these are in go as well.
    await a.nexthops.flush({ family: 'inet6' });
    expect(idsOf(await a.nexthops.list())).toEqual([1, 2, 3, 4, 9, 10, 11, 12]);
    await expect(a.nexthops.flush({})).rejects.toMatchObject({ name: 'TypeError', property: 'filter' });
    await expect(a.nexthops.flush({ statistics: true } as object)).rejects.toMatchObject({ property: 'statistics' });
    await a.nexthops.flush('all');
    expect(await a.nexthops.list()).toEqual([]);
  });

  test('that are there, or not, are refused with what they are', async () => {
    await using a = await furnished();
    await a.nexthops.add({ id: 10, blackhole: true });

    await expect(a.nexthops.add({ id: 10, device: 'd0' })).rejects.toMatchObject({
      ...{ code: 'EEXIST', request: 'RTM_NEWNEXTHOP', subject: 'nexthop 10' },
    });
    await expect(a.nexthops.get(11)).rejects.toMatchObject({ code: 'ENOENT', subject: 'nexthop 11' });
    await expect(a.nexthops.delete(11)).rejects.toMatchObject({ code: 'ENOENT', request: 'RTM_DELNEXTHOP' });
    await expect(a.nexthops.delete([10, { id: 11 }])).rejects.toMatchObject({
      ...{ code: 'ENOENT', element: 1, subject: 'nexthop 11' },
    });
    await expect(
      a.nexthops.add([
        { id: 1, blackhole: true },
        { id: 1, device: 'd0' },
      ]),
    ).rejects.toMatchObject({
      ...{ code: 'EEXIST', element: 1, subject: 'nexthop 1' },
    });
    await expect(a.nexthops.add([{ id: 3, blackhole: true }, { id: 4 }])).rejects.toMatchObject({
      ...{ name: 'TypeError', property: '[1].nexthop' },
    });
    await expect(a.nexthops.add({ id: 5, group: [{ id: 99 }] })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(a.nexthops.add({ id: 5, device: 'nothing' })).rejects.toMatchObject({
      ...{ code: 'ENODEV', property: 'device' },
    });
    await a.links.add({ kind: 'bridge', name: 'down' });
    await expect(a.nexthops.add({ id: 5, device: 'down' })).rejects.toMatchObject({ code: 'ENETDOWN' });
    expect(idsOf(await a.nexthops.list())).toEqual([1]);
  });

  test('share packets of a resilient group by buckets', async () => {
    await using a = await furnished();
    await addAll(a);

    const buckets = await a.nexthops.listBuckets({ group: 12 });

    const said = (await ip(a, 'nexthop bucket show id 12')).map(({ bucket }) => bucket as Record<string, unknown>);
    expect(buckets.map(({ index, nexthop }) => ({ index, nexthop }))).toEqual(
      said.map(({ index, nhid }) => ({ index, nexthop: nhid })),
    );
    expect(buckets).toHaveLength(8);
    expect(buckets[0]).toMatchObject({ group: 12, index: 0, flags: [] });
    expect(buckets[0]!.idleTime).toBeGreaterThanOrEqual(0);
    const ofTwo = await a.nexthops.listBuckets({ nexthop: 2 });
    expect(ofTwo).toMatchObject(Array.from({ length: 6 }, () => ({ nexthop: 2 })));
    expect(await a.nexthops.listBuckets({ device: 'd0' })).toHaveLength(8);
    await expect(a.nexthops.listBuckets({ group: 10 })).rejects.toMatchObject({ subject: 'buckets of nexthop 10' });
  });

  kernelTest('weigh up to 65535', [kernelSince('6.12')], async () => {
    await using a = await scratchNamespace();
    await a.nexthops.add({ id: 1, gateway: '10.0.0.1', fdb: true });
    const group = [{ id: 1, weight: 65535 }];

    await a.nexthops.add({ id: 2, fdb: true, group });

    expect(await a.nexthops.get(2)).toMatchObject({ group });
  });

  kernelTest('of a group are counted', [kernelSince('6.9')], async () => {
    await using a = await furnished();
    await a.nexthops.add([
      { id: 1, gateway: '10.0.0.2', device: 'd0' },
      { id: 2, gateway: '10.0.0.3', device: 'd0' },
      { id: 10, group: [{ id: 1 }, { id: 2 }], hardwareStatistics: true },
    ]);
    await a.routes.add({ destination: '10.8.0.0/16', nexthopId: 10 });
    const socket = await a.createSocket('udp4');
    for (let host = 1; host <= 20; host++) {
      await new Promise((sent) => {
        socket.send('packet', 9, `10.8.0.${host}`, sent);
      });
    }
    socket.close();

    const [group] = await a.nexthops.list({ groups: true, statistics: true });

    expect(group).toMatchObject({ statistics: [{ id: 1 }, { id: 2 }], hardwareStatistics: true });
    expect(group!.statistics!.reduce((sum, { packets }) => sum + packets, 0)).toBeGreaterThanOrEqual(20);
    expect(await a.nexthops.get(10, { statistics: true })).toEqual(group);
    expect(await a.nexthops.get(10)).not.toHaveProperty('statistics');
    await a.nexthops.replace(group!);
    expect(await a.nexthops.get(10, { statistics: true })).toMatchObject({ hardwareStatistics: true });
  });

  kernelTest('in furnish belong to the whole', [], async () => {
    const ids: Promise<number[]>[] = [];
    await using a = await createNamespace(undefined, (made) => {
      void made.links.set('lo', { up: true });
      ids.push(made.nexthops.add([{ blackhole: true }, { blackhole: true, family: 6 }]));
      return [made.nexthops.replace({ id: 77, blackhole: true }), ...ids];
    });

    expect(idsOf(await a.nexthops.list()).sort()).toEqual([...(await ids[0]!), 77].sort());
  });
});

import type {
  Address,
  AddressFilter,
  FdbEntry,
  FdbFilter,
  Link,
  LinkFilter,
  Neighbor,
  NeighborFilter,
  NetworkNamespace,
  Route,
  RouteFilter,
} from '../../lib';
import { describeKernel } from '../support/kernel';
import { populated } from '../support/routes';
import { isTunnelOfEach } from '../support/made-links';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

/** What can be listed and streamed with a filter. */
interface Collection<Row, Filter> {
  list(filter?: Filter): Promise<Row[]>;
  stream(filter?: Filter): AsyncIterable<Row>;
}

/** Both ends of two pairs, each with one end in a bridge of its own; and a bridge without ports. */
async function bridges(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  const quiet = { addressGenerationMode: 'none', up: true } as const;
  for (const name of ['br0', 'br1', 'br2']) {
    await namespace.links.add({ kind: 'bridge', name, ...quiet, vlanDefaultPvid: 0 });
  }
  for (const [port, end, master] of [
    ['p0', 'q0', 'br0'],
    ['p1', 'q1', 'br1'],
  ] as const) {
    await namespace.links.add({ kind: 'veth', name: port, master, ...quiet, peer: { name: end, ...quiet } });
  }
  for (const port of ['p0', 'p1']) {
    await until(async () => ((await namespace.links.get(port)).bridgePort?.state === 'forwarding' ? true : undefined));
  }
  return namespace;
}

/**
 * That a list and a stream with a filter have the rows of a list without one that a condition selects, in that order. The
 * kernel changes its tables by itself: repeated until that did not happen meanwhile.
 */
async function expectSelected<Row, Filter>(
  collection: Collection<Row, Filter>,
  filter: Filter,
  select: (row: Row) => boolean,
  all?: Filter,
): Promise<Row[]> {
  const { before, listed, streamed } = await until(async () => {
    const before = await collection.list(all);
    const listed = await collection.list(filter);
    const streamed: Row[] = [];
    for await (const row of collection.stream(filter)) streamed.push(row);
    const after = await collection.list(all);
    return texts(before).join() === texts(after).join() ? { before, listed, streamed } : undefined;
  });

  expect(texts(listed)).toEqual(texts(before.filter(select)));
  expect(texts(streamed)).toEqual(texts(listed));
  return listed;
}

/** Rows by what tells one from another, and what filters ask for: times and counters run on. */
function texts(rows: readonly unknown[]): string[] {
  const lasting = ['index', 'name', 'kind', 'master', 'device', 'address', 'destination', 'family', 'table', 'type'];
  return rows.map((row) => JSON.stringify(row, [...lasting, 'protocol', 'metric', 'state', 'vlan', 'flags']));
}

/** No link has this index. */
const NO_LINK = 0x7ffffff0;

describeKernel('a filter selects what filtering the whole list does', () => {
  test.each<[LinkFilter, number]>([
    [{ kind: 'bridge' }, 3],
    [{ kind: 'veth' }, 4],
    [{ kind: 'veth', master: 'br0' }, 1],
    [{ kind: 'bridge', master: 'br0' }, 0],
    [{ kind: 'nosuch' }, 0],
    [{ kind: 'Bridge' }, 0],
    [{ kind: 'bridg' }, 0],
    [{ kind: '' }, 0],
    [{ kind: 'nosuch', master: 'br0' }, 0],
    [{ master: 'br1' }, 1],
    [{ master: 'br2' }, 0],
    [{ master: 'q0' }, 0],
    [{ master: 'lo' }, 0],
    [{ master: NO_LINK }, 0],
    [{}, 8],
  ])('of links: %j', async (filter, count) => {
    await using a = await bridges();
    const indexOf = await indexes(a);

    const selected = await expectSelected<Link, LinkFilter>(
      a.links,
      filter,
      ({ kind, master }) =>
        (filter.kind === undefined || kind === filter.kind) &&
        (filter.master === undefined || master === indexOf(filter.master)),
    );

    expect(selected.filter(({ name }) => !isTunnelOfEach(name))).toHaveLength(count);
  });

  test('of links, with their counters', async () => {
    await using a = await bridges();

    expect(await a.links.list({ kind: 'nosuch', statistics: true })).toEqual([]);
    const [bridge] = await a.links.list({ kind: 'bridge', statistics: true });
    expect(bridge).toHaveProperty('statistics');
  });

  test.each<[AddressFilter, number]>([
    [{ device: 'br0' }, 3],
    [{ device: 'br1' }, 1],
    [{ device: 'p0' }, 0],
    [{ family: 4 }, 4],
    [{ family: 'inet' }, 4],
    [{ family: 6 }, 2],
    [{ device: 'br0', family: 4 }, 2],
    [{ device: 'br0', family: 'inet6' }, 1],
    [{ device: 'br1', family: 6 }, 0],
    [{}, 6],
  ])('of addresses: %j', async (filter, count) => {
    await using a = await bridges();
    const indexOf = await indexes(a);
    await a.links.set('lo', { up: true });
    await a.addresses.add('br0', ['10.0.0.1/24', '10.0.0.2/24', { address: '2001:db8::1/64', flags: ['nodad'] }]);
    await a.addresses.add('br1', '10.1.0.1/24');

    const selected = await expectSelected<Address, AddressFilter>(
      a.addresses,
      filter,
      ({ device, family }) =>
        (filter.device === undefined || device === indexOf(filter.device)) && isOfFamily(family, filter.family),
    );

    // Beside them those of loopback.
    expect(selected).toHaveLength(count);
  });

  test.each<[RouteFilter, boolean]>([
    [{ family: 4 }, true],
    [{ family: 6, type: 'blackhole' }, true],
    [{ table: 'main' }, true],
    [{ table: 254 }, true],
    [{ table: 'local', family: 6 }, true],
    [{ table: 1000, family: 4 }, true],
    [{ table: 'default' }, false],
    [{ table: 0 }, false],
    [{ table: 0, family: 4 }, false],
    [{ table: 4444, family: 6 }, false],
    [{ table: 0x7fffffff }, false],
    [{ protocol: 'bgp' }, true],
    [{ protocol: 186 }, true],
    [{ protocol: 'unspecified' }, true],
    [{ protocol: 0, family: 6 }, false],
    [{ protocol: 'ospf' }, false],
    [{ protocol: 251 }, false],
    [{ type: 'prohibit' }, true],
    [{ type: 8, family: 4 }, true],
    [{ type: 0 }, false],
    [{ type: 'nat' }, false],
    [{ type: 200 }, false],
    [{ device: 'v0' }, true],
    [{ device: 'v1', family: 6, table: 'main' }, true],
    [{ device: 'v1', protocol: 'unspecified' }, true],
    [{ device: 'empty' }, false],
    [{}, true],
  ])('of routes: %j', async (filter, hasSome) => {
    await using a = await populated();
    await a.links.add({ kind: 'bridge', name: 'empty' });
    await a.routes.add({ destination: '10.99.0.0/16', device: 'v1', protocol: 'unspecified' });
    const indexOf = await indexes(a);
    const { family, table, protocol, type, device } = filter;
    const isOneOf = (found: unknown, wanted: unknown, words: Record<string, number>) =>
      wanted === undefined || found === wanted || words[String(found)] === wanted;

    const selected = await expectSelected<Route, RouteFilter>(
      a.routes,
      filter,
      (route) =>
        isOfFamily(route.family, family) &&
        isOneOf(route.table, table, { main: 254 }) &&
        isOneOf(route.protocol, protocol, { bgp: 186, unspecified: 0 }) &&
        isOneOf(route.type, type, { prohibit: 8 }) &&
        (device === undefined || devicesOf(route).includes(indexOf(device))),
    );

    expect(selected.length > 0).toBe(hasSome);
  });

  const neighbors = [
    { device: 'p0', destination: '10.0.0.2', linkLayerAddress: '02:00:00:00:00:01' },
    { device: 'p0', destination: 'fd00::2', linkLayerAddress: '02:00:00:00:00:01', state: 'stale' },
    { device: 'p1', destination: '10.0.0.2', linkLayerAddress: '02:00:00:00:00:02', state: 'stale' },
    { device: 'br0', destination: '10.0.0.3', linkLayerAddress: '02:00:00:00:00:03' },
    { device: 'p0', destination: '10.0.0.8', flags: ['proxy'] },
    { device: 'p1', destination: 'fd00::8', flags: ['proxy'] },
  ] as const;
  const ofAllLinks = { device: 0, destination: '10.0.0.9', flags: ['proxy'] } as const;

  test.each<[NeighborFilter, number | undefined]>([
    [{ device: 'p0' }, undefined],
    [{ device: 'p0', family: 4, state: 'permanent' }, 1],
    [{ device: 'br2', state: 'stale' }, 0],
    [{ device: NO_LINK }, 0],
    [{ family: 4 }, undefined],
    [{ family: 6, state: 'stale' }, 1],
    [{ master: 'br0', family: 4, state: 'permanent' }, 1],
    [{ master: 'br1', state: 'stale' }, 1],
    [{ master: 'br2' }, 0],
    [{ master: 'p0' }, 0],
    [{ master: NO_LINK }, 0],
    [{ master: 'br0', device: 'p1' }, 0],
    [{ state: 'permanent' }, 2],
    [{ state: 'failed' }, 0],
    [{ state: 0x60 }, 0],
    [{ proxy: false, state: 'stale' }, 2],
    [{ proxy: true }, 3],
    [{ proxy: true, device: 'p0' }, 1],
    [{ proxy: true, device: 'br0' }, 0],
    [{ proxy: true, device: 0 }, 1],
    [{ proxy: true, device: NO_LINK }, 0],
    [{ proxy: true, family: 4 }, 2],
    [{ proxy: true, family: 6 }, 1],
    [{ proxy: true, master: 'br0' }, 1],
    [{ proxy: true, master: 'br2' }, 0],
    [{ proxy: true, state: 'none' }, 3],
    [{ proxy: true, state: 'permanent' }, 0],
  ])('of neighbors: %j', async (filter, count) => {
    await using a = await bridges();
    await a.neighbors.add([...neighbors, ofAllLinks]);
    // The kernel does not delete it with its namespace, and shows it in a later one that has the same place in memory.
    await using _ = { [Symbol.asyncDispose]: () => a.neighbors.delete(ofAllLinks) };
    const indexOf = await indexes(a);
    const masters = new Map((await a.links.list()).map(({ index, master }) => [index, master]));
    const { device, master, family, state, proxy } = filter;

    const selected = await expectSelected<Neighbor, NeighborFilter>(
      a.neighbors,
      filter,
      (row) =>
        (device === undefined || row.device === indexOf(device)) &&
        (master === undefined || masters.get(row.device) === indexOf(master)) &&
        isOfFamily(row.family, family) &&
        (state === undefined || row.state === state),
      { proxy },
    );

    const known = [...neighbors, ofAllLinks].map(({ destination }) => destination as string);
    const ours = selected.filter(({ destination }) => known.includes(destination));
    if (count === undefined) expect(selected).not.toEqual([]);
    else expect(ours).toHaveLength(count);
  });

  const entries = [
    { device: 'p0', address: '02:00:00:00:00:01' },
    { device: 'p0', address: '02:00:00:00:00:02', state: 'dynamic' },
    { device: 'p1', address: '02:00:00:00:00:01', state: 'dynamic' },
  ] as const;

  test.each<[FdbFilter, number | undefined]>([
    [{ master: 'br0' }, undefined],
    [{ master: 'br0', state: 'dynamic' }, 1],
    [{ master: 'br1', state: 'static' }, 0],
    [{ master: 'br2', state: 'static' }, 0],
    [{ master: 'p0' }, 0],
    [{ master: 'q0' }, 0],
    [{ device: 'p0' }, undefined],
    [{ device: 'p0', state: 'static' }, 1],
    [{ device: 'p1', master: 'br0' }, 0],
    [{ device: 'p1', master: 'br1', state: 'dynamic' }, 1],
    [{ device: NO_LINK }, 0],
    [{ state: 'dynamic' }, 2],
    [{ state: 'stale' }, 0],
    [{ state: 0x7 }, 0],
    [{ vlan: 7 }, 0],
  ])('of forwarding tables: %j', async (filter, count) => {
    await using a = await bridges();
    await a.fdb.add(entries);
    const indexOf = await indexes(a);
    const { device, master, vlan, state } = filter;

    const selected = await expectSelected<FdbEntry, FdbFilter>(
      a.fdb,
      filter,
      (row) =>
        (device === undefined || row.device === indexOf(device)) &&
        (master === undefined || row.master === indexOf(master)) &&
        (vlan === undefined || row.vlan === vlan) &&
        (state === undefined || row.state === state),
    );

    if (count === undefined) expect(selected).not.toEqual([]);
    else expect(selected).toHaveLength(count);
  });
});

describeKernel('a filter that no row can match', () => {
  // The kernel takes index 0 for no filter.
  test.each<[string, (a: NetworkNamespace, link: never) => AsyncIterable<unknown>, (a: never, link: never) => unknown]>(
    [
      ['links', (a, master) => a.links.stream({ master }), (a: NetworkNamespace, master) => a.links.list({ master })],
      [
        'addresses',
        (a, device) => a.addresses.stream({ device }),
        (a: NetworkNamespace, device) => a.addresses.list({ device }),
      ],
      [
        'routes',
        (a, device) => a.routes.stream({ device }),
        (a: NetworkNamespace, device) => a.routes.list({ device }),
      ],
      [
        'neighbors',
        (a, device) => a.neighbors.stream({ device }),
        (a: NetworkNamespace, device) => a.neighbors.list({ device }),
      ],
      [
        'neighbors by master',
        (a, master) => a.neighbors.stream({ master }),
        (a: NetworkNamespace, master) => a.neighbors.list({ proxy: true, master }),
      ],
      ['fdb', (a, device) => a.fdb.stream({ device }), (a: NetworkNamespace, device) => a.fdb.list({ device })],
      [
        'fdb by master',
        (a, master) => a.fdb.stream({ master }),
        (a: NetworkNamespace, master) => a.fdb.list({ master }),
      ],
    ],
  )('is refused: index 0 and null, of %s', async (_what, stream, list) => {
    await using a = await scratchNamespace();
    const streamed = async (link: unknown) => {
      for await (const row of stream(a, link as never)) throw new Error(JSON.stringify(row));
    };
    const property = expect.stringMatching(/^(device|master)$/) as string;

    const zero = { name: 'RangeError', property };
    const none = { name: 'TypeError', property };
    await expect(list(a as never, 0 as never)).rejects.toMatchObject(zero);
    await expect(list(a as never, null as never)).rejects.toMatchObject(none);
    await expect(streamed(0)).rejects.toMatchObject(zero);
    await expect(streamed(null)).rejects.toMatchObject(none);
  });

  test('names a link that there is not: ENODEV, and no empty list', async () => {
    await using a = await scratchNamespace();
    const gone = (property: string) => ({ code: 'ENODEV', property });

    await expect(a.links.list({ master: 'nope' })).rejects.toMatchObject(gone('master'));
    await expect(a.addresses.list({ device: 'nope' })).rejects.toMatchObject(gone('device'));
    await expect(a.routes.list({ device: 'nope' })).rejects.toMatchObject(gone('device'));
    await expect(a.neighbors.list({ master: 'nope' })).rejects.toMatchObject(gone('master'));
    await expect(a.fdb.list({ master: 'nope' })).rejects.toMatchObject(gone('master'));
  });

  test.each(['links', 'addresses', 'routes', 'neighbors', 'fdb'] as const)('%s: is none at all', async (name) => {
    await using a = await scratchNamespace();
    const collection: Collection<unknown, never> = a[name];

    for (const filter of [null, 'eth0', 5, () => undefined]) {
      await expect(collection.list(filter as never)).rejects.toMatchObject({ name: 'TypeError', property: 'filter' });
      await expect(
        collection
          .stream(filter as never)
          [Symbol.asyncIterator]()
          .next(),
      ).rejects.toMatchObject({
        name: 'TypeError',
        property: 'filter',
      });
    }
  });
});

describeKernel('a filter is read once, at the call', () => {
  test('of links', async () => {
    await using a = await bridges();
    let reads = 0;
    const filter = {
      get kind() {
        return reads++ === 0 ? 'bridge' : undefined;
      },
    };

    expect(await a.links.list(filter)).toHaveLength(3);
    expect(reads).toBe(1);
  });

  test.each(['links', 'addresses', 'routes', 'neighbors', 'fdb'] as const)(
    'of %s: what it becomes later does not count',
    async (name) => {
      await using a = await scratchNamespace();
      const collection: Collection<unknown, never> = a[name];
      const filter: Record<string, unknown> = {};

      const listed = collection.list(filter as never);
      const streamed = collection.stream(filter as never);
      filter.colour = 'blue';

      await listed;
      for await (const row of streamed) expect(row).toBeDefined();
    },
  );
});

/** Finds the index of a link that a filter names. */
async function indexes(namespace: NetworkNamespace): Promise<(link: string | number) => number> {
  const byName = new Map((await namespace.links.list()).map(({ index, name }) => [name, index]));
  return (link) => (typeof link === 'number' ? link : byName.get(link)!);
}

const familyWords = { 4: 'inet', 6: 'inet6', inet: 'inet', inet6: 'inet6' } as const;

function isOfFamily(family: unknown, wanted: keyof typeof familyWords | undefined): boolean {
  return wanted === undefined || family === familyWords[wanted];
}

function devicesOf(route: Route): unknown[] {
  return [route.device, ...(route.nexthops ?? []).map((hop) => hop.device)];
}

import type { FdbEntry, NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { populated, tableOf } from '../support/routes';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

/** A namespace with a bridge that has addresses, routes, neighbors and an entry in its own table. */
async function furnished(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.set('lo', { up: true });
  await namespace.links.add({ kind: 'bridge', name: 'br0', addressGenerationMode: 'none', up: true });
  await namespace.addresses.add('br0', ['10.0.0.1/24', { address: '2001:db8::1/64', flags: ['nodad'] }]);
  await namespace.routes.add({ destination: '198.51.100.0/24', type: 'blackhole' });
  const neighbor = { device: 'br0', linkLayerAddress: '02:00:00:00:00:01' };
  await namespace.neighbors.add([
    { ...neighbor, destination: '10.0.0.2', state: 'stale' },
    { ...neighbor, destination: '10.0.0.3' },
    { ...neighbor, destination: '2001:db8::2', state: 'stale' },
    { device: 'br0', destination: '10.0.0.4', flags: ['proxy'] },
  ]);
  await namespace.fdb.add({ device: 'br0', address: '01:00:5e:00:00:77', flags: ['self'] });
  // The kernel adds its own when it has noticed the carrier.
  return await until(async () => {
    const routes = await namespace.routes.list({ table: 'local', family: 6 });
    const entries = await namespace.fdb.list({ device: 'br0' });
    const isOwn = ({ address }: FdbEntry) => address === '33:33:ff:00:00:01';
    return routes.some(({ destination }) => destination === '2001:db8::1/128') && entries.some(isOwn)
      ? namespace
      : undefined;
  });
}

async function isThere(namespace: NetworkNamespace): Promise<unknown> {
  const neighbors = (await namespace.neighbors.list()).filter(({ type }) => type === 'unicast');
  return {
    addresses: (await namespace.addresses.list()).map(({ address }) => address),
    routes: (await namespace.routes.list()).map(({ destination }) => destination),
    neighbors: neighbors.map(({ destination }) => destination),
    proxies: (await namespace.neighbors.list({ proxy: true })).map(({ destination }) => destination),
    entries: (await namespace.fdb.list({ device: 'br0' })).map(({ address }) => address),
  };
}

describeKernel('a flush', () => {
  test.each(['addresses', 'routes', 'neighbors', 'fdb'] as const)('of %s has to name something', async (name) => {
    await using a = await furnished();
    const collection = a[name] as { flush(filter?: unknown): Promise<void> };
    const before = await isThere(a);

    for (const filter of [undefined, null, {}, [], 'br0', { device: undefined }, { device: undefined, family: 4 }]) {
      await expect(collection.flush(filter)).rejects.toMatchObject({ name: 'TypeError' });
    }
    await expect(collection.flush()).rejects.toMatchObject({ name: 'TypeError', property: 'filter' });
    await expect(collection.flush({ device: 0 })).rejects.toMatchObject({ property: 'device' });
    await expect(collection.flush({ colour: 'blue' })).rejects.toMatchObject({ property: 'colour' });

    expect(await isThere(a)).toEqual(before);
  });

  test.each([
    ['protocol', undefined],
    ['table', undefined],
    ['table', 0],
    ['type', 0],
    ['protocol', 0],
  ])('of routes by %s %p deletes none', async (property, value) => {
    await using a = await furnished();
    const before = await isThere(a);

    const flushed = a.routes.flush({ [property]: value });

    await (value === undefined ? expect(flushed).rejects.toMatchObject({ name: 'TypeError', property }) : flushed);
    expect(await isThere(a)).toEqual(before);
  });

  test('by a family leaves the other', async () => {
    await using a = await furnished();

    await a.neighbors.flush({ family: 6 });
    await a.routes.flush({ family: 4 });
    await a.addresses.flush({ family: 4 });

    expect(await isThere(a)).toMatchObject({
      addresses: ['::1/128', '2001:db8::1/64'],
      routes: expect.not.arrayContaining(['198.51.100.0/24']) as unknown,
      neighbors: expect.not.arrayContaining(['2001:db8::2']) as unknown,
    });
    expect(await ip(a, '-6 route show')).toMatchObject([{ dst: '2001:db8::/64' }]);
  });

  test("of all addresses: 'all'", async () => {
    await using a = await furnished();

    await a.addresses.flush('all');

    expect((await ip(a, 'address show')).flatMap(({ addr_info }) => addr_info)).toEqual([]);
  });

  test("of all routes but those of the local table: 'all'", async () => {
    await using a = await populated();
    const local = (await tableOf(a)).filter(({ table }) => table === 'local');

    await a.routes.flush('all');

    expect(local.length).toBeGreaterThan(0);
    expect(await tableOf(a)).toEqual(local);
  });

  test("of all neighbors that are not permanent: 'all'", async () => {
    await using a = await furnished();

    await a.neighbors.flush('all');

    expect(await isThere(a)).toMatchObject({ neighbors: ['10.0.0.3'], proxies: ['10.0.0.4'] });
  });
});

import { deleteNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

const linkLayerAddress = '02:00:00:00:00:01';

/** A namespace with something of each sort to delete. */
async function furnished(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'bridge', name: 'br0', addressGenerationMode: 'none', up: true });
  await namespace.links.add({ kind: 'veth', name: 'p0', group: 7, master: 'br0', peer: { name: 'q0' } });
  await namespace.addresses.add('br0', ['10.0.0.1/24', '10.0.1.1/24']);
  await namespace.routes.add([
    { destination: 'default', gateway: '10.0.0.2' },
    { destination: 'default', gateway: '10.0.0.3', metric: 9 },
  ]);
  await namespace.neighbors.add({ device: 'br0', destination: '10.0.0.2', linkLayerAddress });
  await namespace.fdb.add({ device: 'p0', address: linkLayerAddress });
  return namespace;
}

async function isThere(namespace: NetworkNamespace): Promise<unknown> {
  return {
    links: (await namespace.links.list()).map(({ name }) => name),
    addresses: (await namespace.addresses.list({ family: 4 })).map(({ address }) => address),
    routes: (await namespace.routes.list({ family: 4, table: 'main' })).map(({ destination }) => destination),
    neighbors: (await namespace.neighbors.list({ state: 'permanent' })).map(({ destination }) => destination),
    entries: (await namespace.fdb.list({ state: 'static' })).map(({ address }) => address),
  };
}

describeKernel('a deletion has to say what it deletes', () => {
  test.each<[string, unknown[], string]>([
    ['links', [], 'device'],
    ['links', [null], 'device'],
    ['links', [''], 'device'],
    ['links', [{}], 'device'],
    ['links', [{ name: 'br0' }], 'device'],
    ['links', [{ index: undefined }], 'device'],
    ['links', [{ index: undefined, group: 7 }], 'device'],
    ['links', [{ group: undefined }], 'group'],
    ['links', [{ group: null }], 'group'],
    ['links', [{ group: 0 }], 'group'],
    ['links', [[undefined]], '[0]'],
    ['links', [['p0', {}]], '[1]'],
    ['links', [[{ group: 7 }]], '[0]'],
    ['addresses', [], 'address'],
    ['addresses', [{}], 'device'],
    ['addresses', [undefined, '10.0.0.1/24'], 'device'],
    ['addresses', ['br0'], 'address'],
    ['addresses', ['br0', {}], 'address'],
    ['addresses', [{ device: 'br0', address: undefined }], 'address'],
    ['addresses', [{ device: undefined, address: '10.0.0.1/24' }], 'device'],
    ['addresses', [['br0']], '[0]'],
    ['addresses', ['br0', ['10.0.0.1/24', undefined]], '[1]'],
    ['routes', [], 'route'],
    ['routes', [{}], 'destination'],
    ['routes', [{ device: undefined }], 'destination'],
    ['routes', [{ device: 'br0', table: 'main' }], 'destination'],
    ['routes', [{ destination: undefined, gateway: '10.0.0.2' }], 'destination'],
    ['routes', [[{ destination: 'default' }, {}]], '[1].destination'],
    ['neighbors', [], 'neighbor'],
    ['neighbors', [{}], 'device'],
    ['neighbors', [{ device: 'br0' }], 'destination'],
    ['neighbors', [{ device: undefined, destination: '10.0.0.2' }], 'device'],
    ['neighbors', [[{ device: 'br0', destination: undefined }]], '[0].destination'],
    ['fdb', [], 'entry'],
    ['fdb', [{}], 'device'],
    ['fdb', [{ device: 'p0' }], 'address'],
    ['fdb', [{ device: undefined, address: linkLayerAddress }], 'device'],
    ['fdb', [{ device: 'p0', address: linkLayerAddress, vlan: undefined }], 'vlan'],
    ['fdb', [[{ device: 'p0', address: undefined }]], '[0].address'],
  ])('%s.delete(...%j) at %s', async (name, given, property) => {
    await using a = await furnished();
    const collections = a as unknown as Record<string, { delete(...given: unknown[]): Promise<void> }>;
    const before = await isThere(a);

    const deleted = collections[name]!.delete(...given);

    await expect(deleted).rejects.toMatchObject({
      name: expect.stringMatching(/^(Type|Range)Error$/) as unknown,
      property,
    });
    expect(await isThere(a)).toEqual(before);
  });

  test.each([undefined, null, '', '.', '..', {}, []])('deleteNamespace(%j)', async (name) => {
    await expect(deleteNamespace(name as never)).rejects.toMatchObject({ property: 'name' });
  });

  test('index 0, which no link has, deletes none', async () => {
    await using a = await furnished();
    const before = await isThere(a);

    await expect(a.links.delete(0)).rejects.toMatchObject({ name: 'RangeError', property: 'device' });
    await expect(a.links.delete({ index: 0, name: 'br0' })).rejects.toMatchObject({ property: 'device' });
    await expect(a.addresses.delete(0, '10.0.0.1/24')).rejects.toMatchObject({ code: 'ENODEV' });

    expect(await isThere(a)).toEqual(before);
  });

  test('of several routes to a destination one goes, the first that is as described', async () => {
    await using a = await furnished();
    const left = async () =>
      (await a.routes.list({ family: 4, table: 'main' })).flatMap(({ destination, gateway }) =>
        destination === 'default' ? [gateway] : [],
      );

    await a.routes.delete({ destination: 'default' });
    expect(await left()).toEqual(['10.0.0.3']);

    await a.routes.delete({ destination: 'default', family: 4, gateway: '10.0.0.3' });
    expect(await left()).toEqual([]);
  });
});

import { createNamespace, type NetworkNamespace, type RouteOptions } from '../../lib';
import { describeKernel, kernelTest } from '../support/kernel';
import { bridge, ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A pair, up, whose near end has an address. */
async function withPair(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } });
  await namespace.addresses.add('v0', '10.0.0.1/8');
  return namespace;
}

const routeOf = (index: number): RouteOptions => ({
  destination: `20.${index >> 8}.${index & 255}.0/24`,
  gateway: `10.0.0.${2 + (index % 16)}`,
  device: 'v0',
});

/** Metric 0 is none. */
const textOfRoute = (destination: unknown, gateway: unknown, device: unknown, metric: unknown): string =>
  [destination, gateway ?? 'none', device, metric ?? 0].map(String).join(' ');

async function destinations(namespace: NetworkNamespace, what = ''): Promise<unknown[]> {
  return (await ip(namespace, `route show proto boot ${what}`)).map(({ dst }) => dst);
}

describeKernel('arrays', () => {
  kernelTest('routes are added, replaced and deleted', async () => {
    await using namespace = await withPair();
    const routes = upTo(3000).map(routeOf);

    await namespace.routes.add(routes);

    const found = await ip(namespace, 'route show proto boot');
    expect(found.map(({ dst, gateway, dev }) => ({ destination: dst, gateway, device: dev }))).toEqual(routes);

    await namespace.routes.replace(routes.slice(0, 600).map((route) => ({ ...route, gateway: '10.0.0.99' })));

    expect(await ip(namespace, 'route show via 10.0.0.99')).toHaveLength(600);
    expect(await destinations(namespace)).toHaveLength(3000);

    await namespace.routes.delete(routes.slice(1).map(({ destination }) => ({ destination })));

    expect(await destinations(namespace)).toEqual([routes[0]!.destination]);
  });

  kernelTest('routes that are alike and such that are not come out as they were given', async () => {
    await using namespace = await withPair();
    await namespace.addresses.add('v0', { address: '2001:db8::1/64', flags: ['nodad'] });
    const alike = (index: number): RouteOptions => ({ ...routeOf(index), metric: 100 + (index % 3) });
    const other = (index: number): RouteOptions[] => [
      { destination: `2001:db8:${(index + 1).toString(16)}::/48`, gateway: '2001:db8::2', device: 'v0', metric: 100 },
      { destination: `30.0.${index}.0/24`, device: 'v1', metric: index },
      { destination: `40.${index}.0.0/16`, gateway: '10.0.0.7', device: 'v0', metric: index },
      { destination: `50.0.0.${index}/32`, gateway: '10.0.0.7', device: 'v0', metric: index },
    ];
    const routes = upTo(40).flatMap((index) => [...upTo(20).map((one) => alike(20 * index + one)), ...other(index)]);

    await namespace.routes.add(routes);

    const found = [
      ...(await ip(namespace, 'route show proto boot')),
      ...(await ip(namespace, '-6 route show proto boot')),
    ].map(({ dst, gateway, dev, metric }) => textOfRoute(dst, gateway, dev, metric));
    const given = routes.map(({ destination, gateway, device, metric }) =>
      textOfRoute(destination.replace('/32', ''), gateway, device, metric),
    );
    expect(found.toSorted()).toEqual(given.toSorted());
  });

  kernelTest('a route that is wrong is named, and none is added', async () => {
    await using namespace = await withPair();
    const routes = upTo(2000).map(routeOf);
    routes[1700] = { ...routes[1700]!, gateway: '10.0.0.256' };

    await expect(namespace.routes.add(routes)).rejects.toMatchObject({
      name: 'RangeError',
      property: '[1700].gateway',
    });

    expect(await destinations(namespace)).toEqual([]);
  });

  test.each<[unknown, string]>([
    [undefined, '[1]'],
    [null, '[1]'],
    ['10.0.0.0/8', '[1]'],
    [{ destination: '10.0.0.1/8' }, '[1].destination'],
    [{ destination: '20.0.0.0/8', mtu: 3 }, '[1].mtu'],
    [{ destination: '20.0.0.0/8', device: 'a/b' }, '[1].device'],
  ])('%p is no route', async (bad, property) => {
    await using namespace = await withPair();

    await expect(namespace.routes.add([routeOf(0), bad as RouteOptions])).rejects.toMatchObject({ property });
    await expect(namespace.routes.delete([routeOf(0), bad as RouteOptions])).rejects.toMatchObject({ property });

    expect(await destinations(namespace)).toEqual([]);
  });

  kernelTest('holes are no routes either, and no array is nothing', async () => {
    await using namespace = await withPair();

    await expect(namespace.routes.add(new Array<RouteOptions>(2))).rejects.toMatchObject({ property: '[0]' });
    await namespace.routes.add([]);
  });

  kernelTest('routes that the kernel refuses are named, and the others are added', async () => {
    await using namespace = await withPair();
    const routes = upTo(900).map(routeOf);
    await namespace.routes.add([routes[17]!, routes[700]!]);
    routes[701] = { ...routes[701]!, gateway: '172.16.0.1' };
    routes[702] = { ...routes[702]!, device: 'nothing' };

    await expect(namespace.routes.add(routes)).rejects.toMatchObject({
      code: 'EEXIST',
      request: 'RTM_NEWROUTE',
      element: 17,
      property: '[17]',
      subject: `route to ${routes[17]!.destination}`,
      refused: [
        { element: 17, code: 'EEXIST' },
        { element: 700, code: 'EEXIST' },
        { element: 701, code: 'ENETUNREACH' },
        { element: 702, code: 'ENODEV' },
      ],
    });

    expect(await destinations(namespace)).toHaveLength(898);
  });

  kernelTest('an error of one element tells what that of a single call tells', async () => {
    await using namespace = await withPair();

    await expect(namespace.routes.add([routeOf(0), { ...routeOf(1), device: 'nothing' }])).rejects.toMatchObject({
      code: 'ENODEV',
      kernelMessage: "there is no link 'nothing'",
      property: '[1].device',
      refused: [{ element: 1, code: 'ENODEV' }],
    });
  });

  kernelTest('routes in IPv6, through several hops, and of links with long names', async () => {
    await using namespace = await withPair();
    const long = 'a-name-of-more-than-fifteen-bytes';
    await namespace.links.addAlternativeName('v1', long);
    await namespace.addresses.add('v1', '2001:db8::1/64');

    await namespace.routes.add([
      { destination: '2001:db8:1::/48', gateway: '2001:db8::2', device: long },
      { destination: '10.9.0.0/16', device: long },
      { destination: '10.10.0.0/16', gateway: '10.0.0.3' },
    ]);

    expect(await ip(namespace, '-6 route show proto boot')).toMatchObject([
      { dst: '2001:db8:1::/48', gateway: '2001:db8::2', dev: 'v1' },
    ]);
    expect(await ip(namespace, 'route show proto boot')).toMatchObject([
      { dst: '10.9.0.0/16', dev: 'v1' },
      { dst: '10.10.0.0/16', gateway: '10.0.0.3', dev: 'v0' },
    ]);
  });

  kernelTest('what is asked of a tick is done in order, arrays among the rest', async () => {
    await using namespace = await scratchNamespace();
    const routes = upTo(1000).map(routeOf);

    await Promise.all([
      namespace.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } }),
      namespace.addresses.add('v0', ['10.0.0.1/8', '10.1.0.1/16']),
      namespace.routes.add(routes),
      namespace.routes.delete(routes[0]!),
      namespace.routes.delete(routes.slice(1, 500)),
    ]);

    expect(await destinations(namespace)).toEqual(routes.slice(500).map(({ destination }) => destination));
  });

  kernelTest('belong to a trip as single requests do', async () => {
    const routes = upTo(1000).map(routeOf);

    await using namespace = await createNamespace(undefined, (inside) => [
      inside.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } }),
      inside.addresses.add('v0', ['10.0.0.1/8']),
      inside.routes.add(routes),
    ]);

    expect(await destinations(namespace)).toHaveLength(1000);
    const refused = createNamespace(undefined, (inside) => [
      inside.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', up: true } }),
      inside.routes.add([
        { destination: '10.9.0.0/16', device: 'v0' },
        { destination: '10.10.0.0/16', device: 'v2' },
      ]),
    ]);
    await expect(refused).rejects.toMatchObject({ code: 'ENODEV', element: 1, property: '[1].device' });
  });

  kernelTest('a namespace that is closed meanwhile stays until they are done', async () => {
    await using namespace = await withPair();
    await using other = await scratchNamespace();
    await other.links.add({ kind: 'veth', name: 'v2', peer: { name: 'v3', namespace } });
    const adding = namespace.routes.add(upTo(20_000).map(routeOf));

    await namespace.close();

    await adding;
    await expect(namespace.routes.add([routeOf(0)])).rejects.toMatchObject({ code: 'EBADF' });
  });

  kernelTest('addresses of one link, and of several', async () => {
    await using namespace = await withPair();
    const added = async (device: string) => {
      const [link] = await ip(namespace, `-4 address show dev ${device}`);
      const addresses = (link?.addr_info ?? []) as { local: string; prefixlen: number }[];
      return addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
    };

    await namespace.addresses.add('v1', ['10.1.0.1/24', { address: '10.2.0.1/24', label: 'v1:two' }]);
    await namespace.addresses.add([
      { device: 'v0', address: '10.3.0.1/24' },
      { device: 'v1', address: '10.4.0.1/24' },
    ]);

    expect(await added('v0')).toEqual(['10.0.0.1/8', '10.3.0.1/24']);
    expect(await added('v1')).toEqual(['10.1.0.1/24', '10.2.0.1/24', '10.4.0.1/24']);

    await namespace.addresses.replace('v1', ['10.1.0.1/24', '10.5.0.1/24']);
    await namespace.addresses.delete('v1', ['10.2.0.1/24', '10.4.0.1/24']);

    expect(await added('v1')).toEqual(['10.1.0.1/24', '10.5.0.1/24']);
    const wrong = namespace.addresses.add('v1', ['10.6.0.1/24', '10.7.0.1/33']);
    await expect(wrong).rejects.toMatchObject({ property: '[1].address' });
    const none = namespace.addresses.add('v1', ['10.6.0.1/24', 5 as never]);
    await expect(none).rejects.toMatchObject({ property: '[1]' });
    await expect(namespace.addresses.add('v1', ['10.6.0.1/24', '10.1.0.1/24'])).rejects.toMatchObject({
      code: 'EEXIST',
      element: 1,
    });
    expect(await added('v1')).toEqual(['10.1.0.1/24', '10.5.0.1/24', '10.6.0.1/24']);
    await namespace.addresses.flush({ device: 'v1', family: 'inet' });
    expect(await added('v1')).toEqual([]);
  });

  kernelTest('neighbors', async () => {
    await using namespace = await withPair();
    const neighbors = upTo(500).map((index) => ({
      device: 'v0',
      destination: `10.0.${index >> 8}.${index & 255}`,
      linkLayerAddress: `02:00:00:00:0${index >> 8}:${(index & 255).toString(16).padStart(2, '0')}`,
    }));
    const found = async () => {
      const rows = await ip(namespace, 'neigh show nud permanent dev v0');
      return new Map(rows.map(({ dst, lladdr }) => [dst, lladdr]));
    };

    await namespace.neighbors.add(neighbors.slice(1));

    expect(await found()).toEqual(
      new Map(neighbors.slice(1).map(({ destination, linkLayerAddress }) => [destination, linkLayerAddress])),
    );
    await expect(namespace.neighbors.add(neighbors)).rejects.toMatchObject({ code: 'EEXIST', element: 1 });
    await namespace.neighbors.replace(neighbors.map((one) => ({ ...one, linkLayerAddress: '02:00:00:00:00:99' })));
    expect(new Set((await found()).values())).toEqual(new Set(['02:00:00:00:00:99']));
    await namespace.neighbors.delete(neighbors.slice(0, 499));
    expect([...(await found()).keys()]).toEqual(['10.0.1.243']);
  });

  kernelTest('entries of forwarding tables', async () => {
    await using namespace = await withPair();
    await namespace.links.add({ kind: 'bridge', name: 'br0', up: true });
    await namespace.links.set('v0', { master: 'br0' });
    const entries = upTo(500).map((index) => ({
      device: 'v0',
      address: `02:00:00:00:0${index >> 8}:${(index & 255).toString(16).padStart(2, '0')}`,
    }));
    // An entry is shown once for itself, and where the kernel knows VLANs once more for the port's.
    const found = async () => {
      const rows = await bridge(namespace, 'fdb show dev v0');
      return [...new Set(rows.filter(({ state }) => state === 'static').map(({ mac }) => mac))];
    };

    await namespace.fdb.add(entries);

    expect((await found()).sort()).toEqual(entries.map(({ address }) => address));
    await namespace.fdb.replace(entries.slice(0, 250).map((entry) => ({ ...entry, device: 'v0', flags: ['sticky'] })));
    await expect(namespace.fdb.delete([...entries, entries[3]!])).rejects.toMatchObject({
      code: 'ENOENT',
      element: 500,
    });
    expect(await found()).toEqual([]);
  });
});

import type { NamesOption, NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { bridge, ip, tc } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const quiet = { addressGenerationMode: 'none', up: true } as const;

/** A bridge with two ports, of which one's peer is elsewhere, and rows of every list. */
async function furnished(elsewhere: NetworkNamespace): Promise<NetworkNamespace> {
  const a = await scratchNamespace();
  await a.links.add({ kind: 'bridge', name: 'br0', ...quiet });
  await a.links.add({ kind: 'veth', name: 'p0', master: 'br0', ...quiet, peer: { name: 'q0', ...quiet } });
  await a.links.add({ kind: 'veth', name: 'p1', master: 'br0', ...quiet, peer: { name: 'e', namespace: elsewhere } });
  await a.links.add({ kind: 'vxlan', name: 'vx0', vni: 7, port: 4789, ...quiet });
  await a.addresses.add([
    { device: 'br0', address: '10.9.1.1/24' },
    { device: 'q0', address: '10.9.2.1/24' },
  ]);
  await a.neighbors.add({ device: 'q0', destination: '10.9.2.2', linkLayerAddress: '02:00:00:00:00:09' });
  await a.fdb.add({ device: 'p0', address: '02:00:00:00:00:08' });
  await a.fdb.add({
    device: 'vx0',
    address: '02:00:00:00:00:07',
    destination: '10.9.1.7',
    via: 'br0',
    flags: ['self'],
  });
  await a.nexthops.add({ id: 5, gateway: '10.9.1.5', device: 'br0' });
  await a.qdiscs.add({ device: 'q0', kind: 'tbf', rate: 8e6, burst: 16384, latency: 50 });
  await a.routes.add({
    destination: '192.0.2.0/24',
    nexthops: [
      { gateway: '10.9.1.9', device: 'br0' },
      { gateway: '10.9.2.9', device: 'q0' },
    ],
  });
  return a;
}

interface Listed<Row> {
  list(filter: NamesOption): Promise<Row[]>;
  stream(filter: NamesOption): AsyncIterable<Row>;
}

/** The rows of a list with names; those of a stream have the same ones. */
async function named<Row extends object>(collection: Listed<Row>): Promise<Row[]> {
  const names = (row: Row) => Object.entries(row).filter(([property]) => property.endsWith('Name'));
  const listed = await collection.list({ names: true });
  const streamed: Row[] = [];
  for await (const row of collection.stream({ names: true })) streamed.push(row);
  expect(streamed.map(names)).toEqual(listed.map(names));
  return listed;
}

describeKernel('a list with names', () => {
  test('has those that ip, bridge and tc print', async () => {
    await using elsewhere = await scratchNamespace();
    await using a = await furnished(elsewhere);

    const links = (await ip(a, '-d link')) as unknown as {
      ifname: string;
      master?: string;
      link?: string | null;
      link_index?: number;
    }[];
    expect((await named(a.links)).map(({ name, masterName, linkName }) => ({ name, masterName, linkName }))).toEqual(
      links.map(({ ifname, master, link }) => ({ name: ifname, masterName: master, linkName: link ?? undefined })),
    );

    const addresses = (await ip(a, 'addr')) as unknown as { ifname: string; addr_info: { local: string }[] }[];
    const byDevice = (rows: { on: string; address: string }[]) =>
      rows.map(({ on, address }) => `${on} ${address}`).sort();
    expect(
      byDevice((await named(a.addresses)).map((row) => ({ on: row.deviceName!, address: row.address.split('/')[0]! }))),
    ).toEqual(
      byDevice(
        addresses.flatMap(({ ifname, addr_info }) => addr_info.map(({ local }) => ({ on: ifname, address: local }))),
      ),
    );

    const neighbors = (await ip(a, 'neigh')) as unknown as { dst: string; dev: string }[];
    const perms = (await named(a.neighbors)).filter(({ state }) => state === 'permanent');
    expect(perms.map(({ destination, deviceName }) => ({ destination, deviceName }))).toEqual(
      neighbors.map(({ dst, dev }) => ({ destination: dst, deviceName: dev })),
    );

    const routes = (await ip(a, '-4 route show table main')) as unknown as {
      dst: string;
      dev?: string;
      nexthops?: { gateway: string; dev: string }[];
    }[];
    const main = (await named(a.routes)).filter(({ family, table }) => family === 'inet' && table === 'main');
    expect(
      main.map(({ destination, deviceName, nexthops }) => ({
        destination,
        deviceName,
        hops: nexthops?.map((hop) => [hop.gateway, hop.deviceName]),
      })),
    ).toEqual(
      routes.map(({ dst, dev, nexthops }) => ({
        destination: dst,
        deviceName: dev,
        hops: nexthops?.map((hop) => [hop.gateway, hop.dev]),
      })),
    );

    const nexthops = (await ip(a, 'nexthop')) as unknown as { id: number; dev: string }[];
    expect((await named(a.nexthops)).map(({ id, deviceName }) => ({ id, deviceName }))).toEqual(
      nexthops.map(({ id, dev }) => ({ id, deviceName: dev })),
    );

    const entries = (await bridge(a, 'fdb')) as unknown as {
      mac: string;
      ifname: string;
      master?: string;
      viaIf?: string;
    }[];
    expect((await named(a.fdb)).map((row) => [row.address, row.deviceName, row.masterName, row.viaName])).toEqual(
      entries.map(({ mac, ifname, master, viaIf }) => [mac, ifname, master, viaIf]),
    );

    const qdiscs = (await tc(a, 'qdisc')) as unknown as { kind: string; dev: string }[];
    expect((await a.qdiscs.list({ names: true })).map(({ kind, deviceName }) => ({ kind, dev: deviceName }))).toEqual(
      qdiscs.map(({ kind, dev }) => ({ kind, dev })),
    );
    expect(await a.qdiscs.list({ names: true, device: 'q0' })).toMatchObject([{ kind: 'tbf', deviceName: 'q0' }]);
  });

  test('can be given back as it is', async () => {
    await using elsewhere = await scratchNamespace();
    await using a = await furnished(elsewhere);
    const [route] = await a.routes.list({ names: true, table: 'main', type: 'unicast', protocol: 'boot' });
    const addresses = await a.addresses.list({ names: true, device: 'br0' });
    const before = await ip(a, '-4 route show table main');

    await a.routes.delete(route!);
    await a.addresses.delete(addresses);
    await a.addresses.add(addresses);
    await a.routes.add(route!);

    expect(route).toMatchObject({ nexthops: [{ deviceName: 'br0' }, { deviceName: 'q0' }] });
    expect(await ip(a, '-4 route show table main')).toEqual(before);
  });

  test('has no names where they are not asked for', async () => {
    await using a = await scratchNamespace();

    await a.addresses.add('lo', '10.9.0.1/24');

    const rows = [...(await a.addresses.list()), ...(await a.addresses.list({ names: false }))];

    expect(rows.length).toBeGreaterThan(1);
    expect(rows.filter((row) => 'deviceName' in row)).toEqual([]);
  });

  test.each<[string, (a: NetworkNamespace) => Promise<unknown>]>([
    ['addresses.list', (a) => a.addresses.list({ names: 'yes' as never })],
    ['links.stream', (a) => a.links.stream({ names: 1 as never }).next()],
    ['qdiscs.list', (a) => a.qdiscs.list({ names: null as never })],
  ])('%s refuses what is neither true nor false, at names', async (_verb, call) => {
    await using a = await scratchNamespace();

    await expect(call(a)).rejects.toMatchObject({ property: 'names' });
  });

  test.each<[string, (a: NetworkNamespace) => Promise<unknown>]>([
    ['a flush', (a) => a.addresses.flush({ names: true } as never)],
    ['rules, which have names', (a) => a.rules.stream({ names: true } as never).next()],
  ])('is not for %s', async (_what, call) => {
    await using a = await scratchNamespace();

    await expect(call(a)).rejects.toThrow(/names/);
  });
});

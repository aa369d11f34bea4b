import { describeKernel, feature, kernelTest } from '../support/kernel';
import { ip, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

describeKernel('links', () => {
  test('are listed as `ip` lists them', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await a.links.add({ kind: 'veth', name: 'left', master: 'br0', mtu: 1400, peer: { name: 'right' } });

    const links = await a.links.list();

    const expected = (await ip(a, 'link show')).map((row) => ({
      index: row.ifindex,
      name: row.ifname,
      mtu: row.mtu,
      address: row.address,
      broadcast: row.broadcast,
      qdisc: row.qdisc,
      transmitQueueLength: row.txqlen,
      kind: (row.linkinfo as { info_kind?: string } | undefined)?.info_kind,
    }));
    const found = links.map(({ index, name, mtu, address, broadcast, qdisc, transmitQueueLength, kind }) => {
      return { index, name, mtu, address, broadcast, qdisc, transmitQueueLength, kind };
    });
    expect(found).toEqual(expected);
    expect(links.find(({ name }) => name === 'left')?.master).toBe(links.find(({ name }) => name === 'br0')?.index);
  });

  test('are filtered by the kernel: by master, by kind, by both', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    await a.links.add({ kind: 'veth', name: 'left', master: 'br0', peer: { name: 'right' } });
    const names = async (filter: object) => (await a.links.list(filter)).map(({ name }) => name).sort();

    expect(await names({ master: 'br0' })).toEqual(['left']);
    expect(await names({ kind: 'veth' })).toEqual(['left', 'right']);
    expect(await names({ kind: 'bridge', master: 'br0' })).toEqual([]);
    await expect(a.links.list({ master: 'br1' })).rejects.toMatchObject({ code: 'ENODEV', property: 'master' });
  });

  test('are had by name, index and alternative name, also one too long to be a name', async () => {
    await using a = await scratchNamespace();
    const { index } = await a.links.add({ kind: 'bridge', name: 'br0' });
    const long = 'the-bridge-between-the-two-namespaces';
    await a.links.addAlternativeName('br0', 'uplink');
    await a.links.addAlternativeName('br0', long);

    for (const device of ['br0', index, 'uplink', long]) {
      expect(await a.links.get(device)).toMatchObject({ index, name: 'br0', alternativeNames: ['uplink', long] });
    }
    expect(await ip(a, 'link show br0')).toMatchObject([{ altnames: ['uplink', long] }]);
    await a.links.set(long, { up: true });
    await a.addresses.add('uplink', '10.0.0.1/24');
    expect(await ip(a, 'address show br0')).toMatchObject([
      { addr_info: expect.arrayContaining([expect.objectContaining({ local: '10.0.0.1' })]) as object[] },
    ]);
    await a.links.deleteAlternativeName('br0', 'uplink');
    await expect(a.links.get('uplink')).rejects.toMatchObject({ code: 'ENODEV' });
  });

  test('change: name, MTU, address, state, alias, group, queue length and switches', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    await a.links.set('left', {
      name: 'wan',
      mtu: 1280,
      address: '02:00:00:00:00:42',
      alias: 'to the world',
      group: 7,
      transmitQueueLength: 250,
      promiscuous: true,
      multicast: false,
      allMulticast: true,
      arp: false,
    });
    await a.links.set('wan', { up: true });

    const [row] = await ip(a, 'link show wan');
    expect(row).toMatchObject({
      ifname: 'wan',
      mtu: 1280,
      address: '02:00:00:00:00:42',
      ifalias: 'to the world',
      group: '7',
      txqlen: 250,
    });
    expect(row?.flags).toEqual(expect.arrayContaining(['PROMISC', 'ALLMULTI', 'NOARP', 'UP']));
    expect(row?.flags).not.toContain('MULTICAST');
    expect(await a.links.get('wan')).toMatchObject({
      promiscuous: true,
      multicast: false,
      allMulticast: true,
      arp: false,
      up: true,
    });

    await a.links.set('wan', { alias: null, promiscuous: false, arp: true, up: false });
    const [after] = await ip(a, 'link show wan');
    expect(after).not.toHaveProperty('ifalias');
    expect(after?.flags).toEqual(expect.not.arrayContaining(['PROMISC', 'NOARP', 'UP']));
  });

  test('have counters when asked for, and only then', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    await a.addresses.replace('lo', '127.0.0.1/8');
    await run(a, 'ping', ['-c', '1', '-W', '2', '127.0.0.1']).catch(() => undefined);

    const { statistics } = await a.links.get('lo', { statistics: true });

    const [row] = (await run(a, 'ip', ['-j', '-s', 'link', 'show', 'lo']).then(JSON.parse)) as [
      { stats64: { rx: { bytes: number; packets: number } } },
    ];
    expect(statistics).toMatchObject({ receivedBytes: row.stats64.rx.bytes, receivedPackets: row.stats64.rx.packets });
    expect(await a.links.get('lo')).not.toHaveProperty('statistics');
  });

  test('are deleted', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    await a.links.delete('br0');

    expect((await ip(a, 'link show')).map((row) => row.ifname)).not.toContain('br0');
    await expect(a.links.delete('br0')).rejects.toMatchObject({ code: 'ENODEV' });
  });

  test('what was listed can be added again', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({
      kind: 'bridge',
      name: 'br0',
      ageingTime: 20,
      address: '02:00:00:00:00:01',
      group: 3,
      alias: 'x',
    });
    const [bridge] = await a.links.list({ kind: 'bridge' });

    await b.links.add(bridge!);

    const [there] = await b.links.list({ kind: 'bridge' });
    const comparable = ({ carrierChanges, ...link }: object & { carrierChanges?: number }) => {
      return { ...link, garbageCollectionTimer: 0, carrierUpCount: 0, carrierDownCount: 0 };
    };
    expect(comparable(there!)).toEqual(comparable(bridge!));
    await a.links.delete(bridge!);
    expect(await a.links.list({ kind: 'bridge' })).toEqual([]);
  });

  test('without a name are named by the kernel', async () => {
    await using a = await scratchNamespace();

    const first = await a.links.add({ kind: 'bridge' });
    const second = await a.links.add({ kind: 'veth', name: 'port%d' });

    expect(await ip(a, `link show ${first.name}`)).toMatchObject([{ ifindex: first.index }]);
    expect(second.name).toMatch(/^port\d+$/);
  });

  test('stream one by one, and a reader that stops early leaves nothing open', async () => {
    await using a = await scratchNamespace();
    for (let number = 0; number < 40; number++) await a.links.add({ kind: 'bridge', name: `br${number}` });

    const names: string[] = [];
    for await (const { name } of a.links.stream({ kind: 'bridge' })) {
      names.push(name);
      if (names.length === 30) break;
    }

    expect(names).toHaveLength(30);
    expect((await a.links.list({ kind: 'bridge' })).length).toBe(40);
  });
});

const macvlan = feature('macvlan', 'ip link add v0 type veth && ip link add link v0 type macvlan');

kernelTest(
  'a link that stands on another one stands on it when it is made again from what was listed',
  [macvlan],
  async () => {
    await using a = await scratchNamespace();
    const lower = await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await run(a, 'ip', 'link add m0 link v0 type macvlan'.split(' '));
    const before = await ip(a, 'link show m0');
    const listed = await a.links.get('m0');
    if (listed.kind === undefined) throw new Error('a link without a kind');

    await a.links.delete('m0');
    // What its kind has, the kernel would refuse as a whole: it reports more than it takes.
    await a.links.add({ ...listed, data: undefined });

    expect(await ip(a, 'link show m0')).toEqual(before);
    expect(listed.link).toBe(lower.index);
  },
);

describeKernel('calls of one tick', () => {
  test('are done in order, and names mean what they mean when their turn comes', async () => {
    await using a = await scratchNamespace();

    await Promise.all([
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.addresses.add('br0', '10.0.0.1/24'),
      a.links.set('br0', { name: 'br1' }),
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.addresses.add('br0', '10.0.0.2/24'),
      a.addresses.add('br1', '10.0.0.3/24'),
    ]);

    const rows = await ip(a, '-4 address show');
    const addresses = rows.map((row) => [row.ifname, (row.addr_info as { local: string }[]).map(({ local }) => local)]);
    expect(addresses.sort()).toEqual([
      ['br0', ['10.0.0.2']],
      ['br1', ['10.0.0.1', '10.0.0.3']],
    ]);
  });

  test('fail each for itself', async () => {
    await using a = await scratchNamespace();

    const outcomes = await Promise.allSettled([
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.links.add({ kind: 'bridge', name: 'br0' }),
      a.addresses.add('nope', '10.0.0.1/24'),
      a.addresses.add('br0', '10.0.0.1/33'),
      a.addresses.add('br0', '10.0.0.1/24'),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });

  test('by the thousand are cut so that no answer is lost', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });
    const addresses = Array.from({ length: 3000 }, (_, number) => `10.${number >> 8}.${number & 255}.1/32`);

    await Promise.all(addresses.map((address) => a.addresses.add('br0', address)));
    const links = await Promise.all(addresses.map(() => a.links.get('br0')));

    expect(links.every(({ name }) => name === 'br0')).toBe(true);
    const [row] = await ip(a, 'address show br0');
    expect((row?.addr_info as object[]).length).toBe(3000);
  });
});

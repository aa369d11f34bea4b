import type { FdbEntry, FdbFilter, FdbState, FlushFilter, NetworkNamespace } from '../../lib';
import { flushFdb } from '../../lib/protocol/fdb';
import { describeKernel, feature, kernelSince, kernelTest, requiresOracle } from '../support/kernel';
import { run, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

const address = '02:00:00:00:00:01';
const other = '02:00:00:00:00:02';
const vxlan = feature('vxlan', 'ip link add name vx type vxlan id 42 dstport 4789');

describeKernel('the forwarding table', [requiresOracle('bridge')], () => {
  test('is listed as `bridge` lists it: learned, static and permanent entries', async () => {
    await using host = await scratchNamespace();
    await using guest = await scratchNamespace();
    await host.links.add({ kind: 'bridge', name: 'br0', up: true });
    await host.links.add({
      kind: 'veth',
      name: 'veth222',
      master: 'br0',
      up: true,
      peer: { name: 'eth0', namespace: guest, up: true },
    });
    const port = await host.links.get('veth222');
    await guest.addresses.add('eth0', '10.1.1.1/24');
    const { address: learned } = await guest.links.get('eth0');
    await host.fdb.add({ device: 'veth222', address });
    await host.fdb.add({ device: 'veth222', address: other, state: 'permanent' });

    const found = await until(async () => {
      await guest.neighbors.replace({ device: 'eth0', destination: '10.1.1.2', flags: ['use'] }); // asks by broadcast
      return (await host.fdb.list({ master: 'br0' })).find((entry) => entry.address === learned);
    });

    const master = port.master;
    expect(found).toMatchObject({ device: port.index, master, state: 'dynamic', flags: [] });
    expect(found.updated).toBeLessThan(60);
    const entries = await host.fdb.list({ device: 'veth222' });
    const stateOf = (one: unknown) => entries.find((entry) => entry.address === one)?.state;
    expect([learned, address, other, port.address].map(stateOf)).toEqual([
      'dynamic',
      'static',
      'permanent',
      'permanent',
    ]);
    await expectSame(host, { device: 'veth222' }, { ifname: 'veth222' });
    await expectSame(host, {}, {});
  });

  test('of a bridge alone has nothing of its ports’ own tables', async () => {
    await using a = await scratchNamespace();
    await bridgeWithPorts(a);
    await a.links.add({ kind: 'bridge', name: 'br1', up: true });
    await a.fdb.add({ device: 'left', address });

    const entries = await a.fdb.list({ master: 'br0' });

    expect(entries.map((entry) => entry.address)).toContain(address);
    await expectSame(a, { master: 'br0' }, { master: 'br0' });
    expect(await a.fdb.list({ master: 'br1', state: 'static' })).toEqual([]);
  });

  test.each<[FdbState | undefined, string]>([
    [undefined, 'static'],
    ['static', 'static'],
    ['permanent', 'permanent'],
    ['dynamic', ''],
    ['stale', ''],
  ])('an entry added as %s is shown by `bridge` as %j', async (state, word) => {
    await using a = await scratchNamespace();
    await bridgeWithPorts(a);

    await a.fdb.add({ device: 'left', address, ...(state && { state }) });

    expect(await listed(a, { ifname: 'left', mac: address })).toMatchObject([
      { mac: address, master: 'br0', state: word },
    ]);
  });

  test('an entry is added, had, replaced, moved and deleted', async () => {
    await using a = await scratchNamespace();
    const { left, right } = await bridgeWithPorts(a);

    await a.fdb.add({ device: 'left', address });

    const entry = { address, device: left.index, master: left.master, state: 'static', flags: [] };
    expect(await a.fdb.get(address, { master: 'br0' })).toMatchObject(entry);
    expect(await a.fdb.get(address, { device: 'left' })).toMatchObject(entry);
    await expect(a.fdb.add({ device: 'left', address })).rejects.toMatchObject({
      code: 'EEXIST',
      subject: `address ${address} in the table of the bridge of 'left'`,
    });

    await a.fdb.replace({ device: 'right', address, flags: ['sticky'] });

    expect(await a.fdb.get(address, { master: 'br0' })).toMatchObject({ device: right.index, flags: ['sticky'] });
    expect(await listed(a, { master: 'br0', mac: address })).toMatchObject([{ ifname: 'right', flags: ['sticky'] }]);
    await expect(a.fdb.delete({ device: 'left', address })).rejects.toMatchObject({ code: 'ENOENT' });

    await a.fdb.delete({ device: 'right', address });

    expect(await listed(a, { master: 'br0', mac: address })).toEqual([]);
    await expect(a.fdb.get(address, { master: 'br0' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(a.fdb.delete({ device: 'right', address })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('the bridge itself has addresses too', async () => {
    await using a = await scratchNamespace();
    const { left } = await bridgeWithPorts(a);

    await a.fdb.add({ master: 'br0', address });
    await a.fdb.add({ device: 'br0', master: 'br0', address: other });

    const entries = (await a.fdb.list({ master: 'br0' })).filter((entry) => [address, other].includes(entry.address));
    expect(entries).toMatchObject([address, other].map(() => ({ device: left.master, state: 'permanent' })));
    expect(await listed(a, { master: 'br0', mac: address })).toMatchObject([
      { ifname: 'br0', master: 'br0', state: 'permanent' },
    ]);

    for (const entry of entries) await a.fdb.delete(entry);

    expect(await listed(a, { master: 'br0', mac: address })).toEqual([]);
  });

  test('a device’s own table is a filter of what it receives', async () => {
    await using a = await scratchNamespace();
    const { index } = await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    await a.fdb.add({ device: 'left', address, flags: ['self'] });

    expect(await listed(a, { ifname: 'left', mac: address })).toEqual([
      { mac: address, ifname: 'left', flags: ['self'], state: 'permanent' },
    ]);
    const [entry] = (await a.fdb.list({ device: 'left' })).filter((one) => one.address === address);
    expect(entry).toEqual({ address, device: index, state: 'permanent', flags: ['self'] });
    await expect(a.fdb.add(entry!)).rejects.toMatchObject({ code: 'EEXIST' });
    await a.fdb.replace(entry!);
    await a.fdb.delete(entry!);
    expect(await listed(a, { ifname: 'left', mac: address })).toEqual([]);
  });

  test('a link that is no port of a bridge is not taken for one', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });

    await expect(a.fdb.add({ device: 'left', address })).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
      subject: `address ${address} in the table of the bridge of 'left'`,
    });
    expect(await listed(a, { ifname: 'left', mac: address })).toEqual([]);
  });

  test('and its own table has to be said, as the error does', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', peer: { name: 'right' } });
    const own = { device: 'left', flags: ['self'] } as const;
    await a.fdb.add({ ...own, address });

    const hint = "it is no port of a bridge; flags: ['self'] means the device's own table";
    const told = { property: 'device', hint };
    await expect(a.fdb.add({ device: 'left', address })).rejects.toMatchObject({ ...told, code: 'EOPNOTSUPP' });
    await expect(
      a.fdb.add([
        { ...own, address: other },
        { device: 'left', address },
      ]),
    ).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: '[1].device', hint, element: 1 },
    });
    await expect(a.fdb.delete({ device: 'left', address })).rejects.toMatchObject({ ...told, code: 'EOPNOTSUPP' });
    await expect(a.fdb.get(address, { device: 'left' })).rejects.toMatchObject({ ...told, code: 'EINVAL' });
    expect(await listed(a, { ifname: 'left', mac: address })).toHaveLength(1);
    await a.fdb.delete({ ...own, address });
    expect(await listed(a, { ifname: 'left', mac: address })).toEqual([]);
    await expect(a.fdb.add({ device: 'lo', address, flags: ['self'] })).rejects.toMatchObject({ hint: undefined });
  });

  test('what was listed can be deleted, added and replaced as it is', async () => {
    await using a = await scratchNamespace();
    await bridgeWithPorts(a);
    await a.fdb.add({ device: 'left', address });
    await a.fdb.add({ device: 'left', address: other, state: 'dynamic' });
    await a.fdb.add({ device: 'right', address: '02:00:00:00:00:03', flags: ['extern_learn'] });
    await a.fdb.add({ master: 'br0', address: '02:00:00:00:00:04' });
    const before = await a.fdb.list({ master: 'br0' });

    for (const entry of before) await a.fdb.delete(entry).catch(ignoreMissing);
    const between = (await a.fdb.list({ master: 'br0' })).filter(isOurs);
    for (const entry of before) await a.fdb.replace(entry);
    for (const entry of before.filter(({ flags }) => flags.length === 0)) {
      await expect(a.fdb.add(entry)).rejects.toMatchObject({ code: 'EEXIST' });
    }

    expect(between).toEqual([]);
    const known = ({ address: mac, device, master, vlan, state, flags }: FdbEntry) =>
      [mac, device, master, vlan, state, flags].join();
    const after = (await a.fdb.list({ master: 'br0' })).filter(isOurs).map(known);
    expect(after.sort()).toEqual(before.filter(isOurs).map(known).sort());
  });

  test('an entry of a VLAN that the port is not in is refused with what may be wrong', async () => {
    await using a = await scratchNamespace();
    await bridgeWithPorts(a);
    const refusal = {
      code: 'EINVAL',
      hint: 'the port is not in this VLAN, or its bridge has no `vlanFiltering`',
    };

    await expect(a.fdb.add({ device: 'left', address, vlan: 5 })).rejects.toMatchObject({
      ...{ ...refusal, property: 'vlan' },
    });
    await expect(a.fdb.add([{ device: 'left', address, vlan: 5 }])).rejects.toMatchObject({
      ...{ ...refusal, property: '[0].vlan' },
    });
  });

  kernelTest(
    'entries belong to a VLAN',
    [feature('bridge VLAN filtering', 'ip link add name br0 type bridge vlan_filtering 1')],
    async () => {
      await using a = await scratchNamespace();
      await bridgeWithPorts(a);
      await a.links.set('br0', { kind: 'bridge', vlanFiltering: true });
      await run(a, 'bridge', ['vlan', 'add', 'dev', 'left', 'vid', '10']);

      await a.fdb.add({ device: 'left', address, vlan: 10 });

      expect(await listed(a, { master: 'br0', mac: address })).toMatchObject([
        { vlan: 10, ifname: 'left', state: 'static' },
      ]);
      expect(await a.fdb.get(address, { master: 'br0', vlan: 10 })).toMatchObject({ vlan: 10 });
      await expect(a.fdb.get(address, { master: 'br0' })).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await a.fdb.list({ vlan: 10, state: 'static' })).map((entry) => entry.address)).toEqual([address]);
      await expect(a.fdb.add({ device: 'left', address, vlan: 11 })).rejects.toMatchObject({
        ...{ code: 'EINVAL', property: 'vlan' },
      });

      await a.fdb.flush({ master: 'br0', vlan: 10 });

      expect(await listed(a, { master: 'br0', mac: address })).toEqual([]);
    },
  );

  describe('is flushed', () => {
    const entries = [
      { device: 'left', address, state: 'static' },
      { device: 'left', address: other, state: 'dynamic' },
      { device: 'right', address: '02:00:00:00:00:03', state: 'dynamic' },
      { device: 'right', address: '02:00:00:00:00:04', state: 'permanent' },
    ] as const;

    test.each<[FlushFilter<FdbFilter>, number[]]>([
      [{ master: 'br0' }, [4]],
      [{ device: 'left' }, [3, 4]],
      [{ device: 'left', master: 'br0' }, [3, 4]],
      [{ master: 'br0', state: 'dynamic' }, [1, 4]],
      [{ master: 'br0', state: 'static' }, [2, 3, 4]],
      [{ master: 'br0', state: 'stale' }, [1, 2, 3, 4]],
      [{ device: 'right', master: 'br0', state: 'dynamic' }, [1, 2, 4]],
      [{ device: 'right', state: 'dynamic' }, [1, 2, 4]],
      [{ master: 'br0', state: 0x42 }, [2, 3, 4]],
      [{ master: 'br0', state: 0x80 }, [1, 2, 3, 4]],
      [{ master: 'br0', device: 'br0' }, [1, 2, 3, 4]],
      [{ master: 'br0', device: 'lo' }, [1, 2, 3, 4]],
      [{ master: 'left-end' }, [1, 2, 3, 4]],
      ['all', [4]],
    ])('by %j', async (filter, left) => {
      await using a = await scratchNamespace();
      await bridgeWithPorts(a);
      const own = (await a.fdb.list({ master: 'br0', state: 'permanent' })).length;
      for (const entry of entries) await a.fdb.add(entry);

      await a.fdb.flush(filter);

      const kept = (await a.fdb.list({ master: 'br0' })).filter(isOurs).map((entry) => Number(entry.address.slice(-2)));
      expect([...new Set(kept)].sort()).toEqual(left);
      const permanent = await a.fdb.list({ master: 'br0', state: 'permanent' });
      expect(permanent.filter((entry) => !isOurs(entry))).toHaveLength(own);
    });

    test('of one bridge, and not of that which the port belongs to', async () => {
      await using a = await scratchNamespace();
      await bridgeWithPorts(a);
      await a.links.add({ kind: 'bridge', name: 'br1', up: true });
      await a.fdb.add(entries);

      await a.fdb.flush({ master: 'br1', device: 'left' });
      await a.fdb.flush({ master: 'br1' });

      expect((await a.fdb.list({ master: 'br0', state: 'static' })).map((entry) => entry.address)).toEqual([address]);
    });

    kernelTest('of a bridge, and not of a tunnel', [vxlan], async () => {
      await using a = await scratchNamespace();
      await run(a, 'ip', 'link add name vx type vxlan id 42 dstport 4789'.split(' '));
      await a.fdb.add({ device: 'vx', address, destination: '10.0.0.1', state: 'static', flags: ['self'] });

      await a.fdb.flush({ master: 'vx' });
      expect(await a.fdb.list({ device: 'vx' })).toMatchObject([{ address, destination: '10.0.0.1' }]);

      await a.fdb.flush({ device: 'vx' });
      expect(await a.fdb.list({ device: 'vx' })).toEqual([]);
    });

    kernelTest('in one request where the kernel can', [kernelSince('5.19')], async () => {
      await using a = await scratchNamespace();
      await bridgeWithPorts(a);
      await a.fdb.add({ device: 'right', address, state: 'permanent' });

      await a.handle.transport.send(flushFdb({ device: 'right', master: 'br0', state: 'permanent' }));

      expect(await a.fdb.list({ device: 'right', master: 'br0', state: 'permanent' })).toEqual([]);
      expect(await a.fdb.list({ device: 'left', master: 'br0', state: 'permanent' })).not.toEqual([]);
    });
  });

  kernelTest('of a vxlan link leads to other ends of the tunnel', [vxlan], async () => {
    await using a = await scratchNamespace();
    const { right } = await bridgeWithPorts(a);
    await run(a, 'ip', 'link add name vx type vxlan id 42 dstport 4789 dev right'.split(' '));
    const { index } = await a.links.get('vx');

    await a.fdb.add({ device: 'vx', address, destination: '10.0.0.1' });
    await a.fdb.append({ device: 'vx', address: '00:00:00:00:00:00', destination: '10.0.0.2', vni: 7, port: 8472 });
    await a.fdb.append({ device: 'vx', address: '00:00:00:00:00:00', destination: '10.0.0.3', via: 'right' });

    const entries = (await a.fdb.list({ device: 'vx' })).filter(({ destination }) => destination !== undefined);
    const common = { device: index, state: 'permanent', flags: ['self'] };
    expect(entries).toMatchObject([
      { ...common, address: '00:00:00:00:00:00', destination: '10.0.0.2', vni: 7, port: 8472 },
      { ...common, address: '00:00:00:00:00:00', destination: '10.0.0.3', via: right.index },
      { ...common, address, destination: '10.0.0.1' },
    ]);
    expect(sorted(await rowsOf(a, entries))).toEqual(
      sorted((await listed(a, { ifname: 'vx' })).filter(({ dst }) => dst !== undefined)),
    );
    expect(await a.fdb.get(address, entries[2]!)).toMatchObject({ destination: '10.0.0.1' });
    await a.fdb.replace(entries[2]!);
    for (const entry of entries) await a.fdb.delete(entry);
    expect((await listed(a, { ifname: 'vx' })).filter(({ dst }) => dst !== undefined)).toEqual([]);
    for (const entry of entries) await a.fdb.append(entry);
    expect((await listed(a, { ifname: 'vx' })).filter(({ dst }) => dst !== undefined)).toHaveLength(3);
  });

  test('links may have long alternative names, and rows come one by one', async () => {
    await using a = await scratchNamespace();
    await bridgeWithPorts(a);
    await a.links.addAlternativeName('left', 'the-left-port-of-the-bridge');
    await a.links.addAlternativeName('br0', 'the-bridge-with-two-ports');
    const place = { device: 'the-left-port-of-the-bridge', master: 'the-bridge-with-two-ports' };

    await a.fdb.add({ ...place, address });

    const found: string[] = [];
    for await (const entry of a.fdb.stream({ ...place, state: 'static' })) found.push(entry.address);
    expect(found).toContain(address);
    await a.fdb.delete({ ...place, address });
    expect(await a.fdb.list({ ...place, state: 'static' })).toEqual([]);
  });

  test('of a link that is unknown, is refused with the name of the property', async () => {
    await using a = await scratchNamespace();
    const unknown = { code: 'ENODEV', property: 'device', kernelMessage: "there is no link 'nothing'" };

    await expect(a.fdb.add({ device: 'nothing', address })).rejects.toMatchObject(unknown);
    await expect(a.fdb.delete({ device: 'nothing', address })).rejects.toMatchObject(unknown);
    await expect(a.fdb.get(address, { device: 'nothing' })).rejects.toMatchObject(unknown);
    await expect(a.fdb.list({ device: 'nothing' })).rejects.toMatchObject(unknown);
    await expect(a.fdb.list({ master: 'nothing' })).rejects.toMatchObject({ code: 'ENODEV', property: 'master' });
    await expect(a.fdb.flush({ master: 'nothing' })).rejects.toMatchObject({ code: 'ENODEV', property: 'master' });
  });
});

/**
 * A bridge br0 with the ports left and right, which forward. Ports are in no VLAN, or each entry would be made in theirs
 * as well.
 */
async function bridgeWithPorts(namespace: NetworkNamespace) {
  await namespace.links.add({ kind: 'bridge', name: 'br0', up: true, vlanDefaultPvid: 0 });
  await Promise.all(
    ['left', 'right'].map((name) => {
      const peer = { name: `${name}-end`, up: true };
      return namespace.links.add({ kind: 'veth', name, master: 'br0', up: true, peer });
    }),
  );
  for (const port of ['left', 'right']) {
    await until(async () => ((await namespace.links.get(port)).bridgePort?.state === 'forwarding' ? true : undefined));
  }
  return { left: await namespace.links.get('left'), right: await namespace.links.get('right') };
}

function isOurs(entry: FdbEntry): boolean {
  return entry.address.startsWith('02:00:00:00:00:');
}

function ignoreMissing(error: unknown): void {
  if ((error as { code?: string }).code !== 'ENOENT') throw error;
}

/** The kernel comes and goes with multicast addresses of links as it likes. */
function isUnicast({ address: own, mac = own }: { address?: unknown; mac?: unknown }): boolean {
  return (Number.parseInt(String(mac).slice(0, 2), 16) & 1) === 0;
}

/** What `bridge` lists, without the times, as far as it is like `pattern`. */
async function listed(namespace: NetworkNamespace, pattern: Row = {}): Promise<Row[]> {
  const rows = JSON.parse(await run(namespace, 'bridge', ['-j', '-d', 'fdb', 'show'])) as Row[];
  return rows.filter(isUnicast).filter((row) => Object.entries(pattern).every(([name, value]) => row[name] === value));
}

/** Compares what we list with what `bridge` lists, at a time when nothing is learned. */
async function expectSame(namespace: NetworkNamespace, filter: FdbFilter, pattern: Row): Promise<void> {
  const ours = async () => sorted(await rowsOf(namespace, (await namespace.fdb.list(filter)).filter(isUnicast)));
  const [found, expected] = await until(async () => {
    const [before, theirs, after] = [await ours(), sorted(await listed(namespace, pattern)), await ours()];
    return before.join() === after.join() ? [before, theirs] : undefined;
  });
  expect(found).toEqual(expected);
}

/** Entries in `bridge`'s words. */
async function rowsOf(namespace: NetworkNamespace, entries: FdbEntry[]): Promise<Row[]> {
  const names = new Map((await namespace.links.list()).map(({ index, name }) => [index, name]));
  return entries.map(({ address: mac, device, master, vlan, state, flags, destination, vni, port, via }) => ({
    mac,
    ifname: names.get(device),
    flags,
    state: state === 'dynamic' ? '' : state,
    ...(master !== undefined && { master: names.get(master) }),
    ...(vlan !== undefined && { vlan }),
    ...(destination !== undefined && { dst: destination }),
    ...(vni !== undefined && { vni }),
    ...(port !== undefined && { port }),
    ...(via !== undefined && { viaIf: names.get(via) }),
  }));
}

function sorted(rows: Row[]): string[] {
  return rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort()))).sort();
}

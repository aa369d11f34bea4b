import type { Neighbor, NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { until } from '../support/until';

describeKernel('neighbors', () => {
  test('are listed as `ip` lists them', async () => {
    await using a = await scratchNamespace();
    const { index } = await pair(a);
    await a.neighbors.add({ device: 'left', destination: '10.0.0.1', linkLayerAddress: '02:00:00:00:00:01' });
    await a.neighbors.add({
      device: index,
      destination: 'fd00::2',
      linkLayerAddress: '02:00:00:00:00:02',
      state: 'stale',
      flags: ['router', 'extern_learn'],
      protocol: 'static',
    });

    const neighbors = await a.neighbors.list();

    expect(byDestination(neighbors.filter(isUnicast).map(asRow))).toEqual(byDestination(await listed(a)));
    expect(neighbors.find(({ destination }) => destination === 'fd00::2')).toEqual({
      device: index,
      family: 'inet6',
      destination: 'fd00::2',
      linkLayerAddress: '02:00:00:00:00:02',
      state: 'stale',
      flags: ['extern_learn', 'router'],
      type: 'unicast',
      protocol: 'static',
      probes: 0,
      confirmed: expect.any(Number) as number,
      used: expect.any(Number) as number,
      updated: expect.any(Number) as number,
      references: expect.any(Number) as number,
    });
  });

  test.each([
    ['10.0.0.1', '10.0.0.9', 'inet'],
    ['fd00::1', 'fd00::9', 'inet6'],
  ])('%s is added, had, replaced and deleted', async (destination, other, family) => {
    await using a = await scratchNamespace();
    await pair(a);
    const neighbor = { device: 'left', destination, linkLayerAddress: '02:00:00:00:00:01' };

    await a.neighbors.add(neighbor);

    expect(await listed(a, destination)).toMatchObject([{ lladdr: '02:00:00:00:00:01', state: ['PERMANENT'] }]);
    expect(await a.neighbors.get(destination, { device: 'left' })).toMatchObject({ family, state: 'permanent' });
    await expect(a.neighbors.add(neighbor)).rejects.toMatchObject({
      code: 'EEXIST',
      request: 'RTM_NEWNEIGH',
      subject: `neighbor ${destination} of 'left'`,
    });

    await a.neighbors.replace({ ...neighbor, linkLayerAddress: '02:00:00:00:00:02', state: 'reachable' });

    expect(await listed(a, destination)).toMatchObject([{ lladdr: '02:00:00:00:00:02', state: ['REACHABLE'] }]);

    await a.neighbors.delete({ device: 'left', destination });

    expect(await listed(a, destination)).toEqual([]);
    await expect(a.neighbors.delete({ device: 'left', destination })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(a.neighbors.get(destination, { device: 'left' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(a.neighbors.get(other, { device: 'left' })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test.each([
    ['ARP', '10.0.0.1', '10.0.0.2'],
    ['NDP', 'fd00::1', 'fd00::2'],
  ])('are found by %s', async (_protocol, here, there) => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'left', up: true, peer: { name: 'right', namespace: b, up: true } });
    const { address } = await b.links.get('right');
    const prefix = here.includes(':') ? '/64' : '/24';
    await a.addresses.add('left', { address: here + prefix, flags: ['nodad'] });
    await b.addresses.add('right', { address: there + prefix, flags: ['nodad'] });

    await a.neighbors.replace({ device: 'left', destination: there, flags: ['use'] });

    const neighbor = await until(async () => {
      const found = await a.neighbors.get(there, { device: 'left' });
      if (found.state === 'failed') await a.neighbors.replace({ device: 'left', destination: there, flags: ['use'] });
      return found.linkLayerAddress === undefined ? undefined : found;
    });
    expect(neighbor).toMatchObject({ linkLayerAddress: address, destination: there });
    expect(['reachable', 'delay', 'stale']).toContain(neighbor.state);
    expect(await listed(a, there)).toMatchObject([{ dev: 'left', lladdr: address }]);
  });

  test('of which the kernel answers for another are a table of their own', async () => {
    await using a = await scratchNamespace();
    const { index } = await pair(a);
    const proxy = { device: 'left', destination: '10.0.0.7', flags: ['proxy' as const] };

    await a.neighbors.add(proxy);
    await a.neighbors.add({ ...proxy, destination: 'fd00::7', protocol: 'static' });

    const proxies = await a.neighbors.list({ proxy: true });
    expect(proxies).toEqual([
      expect.objectContaining({ destination: '10.0.0.7', device: index, flags: ['proxy'], state: 'none' }),
      expect.objectContaining({ destination: 'fd00::7', device: index, flags: ['proxy'], protocol: 'static' }),
    ]);
    expect((await ip(a, 'neigh show proxy')).map(({ dst }) => dst)).toEqual(['10.0.0.7', 'fd00::7']);
    expect((await a.neighbors.list()).map(({ destination }) => destination)).not.toContain('10.0.0.7');
    expect(await a.neighbors.get('10.0.0.7', proxy)).toEqual(proxies[0]);

    for (const one of proxies) await a.neighbors.add(one);
    await a.neighbors.delete(proxies[0]!);

    expect((await ip(a, 'neigh show proxy')).map(({ dst }) => dst)).toEqual(['fd00::7']);
    await expect(a.neighbors.delete(proxy)).rejects.toMatchObject({ code: 'ENOENT' });

    await a.neighbors.flush({ proxy: true });

    expect(await ip(a, 'neigh show proxy')).toEqual([]);
  });

  test('can be kept resolved by the kernel', async () => {
    await using a = await scratchNamespace();
    await pair(a);

    await a.neighbors.add({ device: 'left', destination: '10.0.0.1', flags: ['managed'] });

    expect(await a.neighbors.get('10.0.0.1', { device: 'left' })).toMatchObject({ flags: ['managed'] });
    expect(await listed(a, '10.0.0.1')).toMatchObject([{ managed: null }]);
  });

  test('that were listed can be deleted, added and replaced as they are', async () => {
    await using a = await scratchNamespace();
    await pair(a);
    const linkLayerAddress = '02:00:00:00:00:01';
    const states = ['permanent', 'noarp', 'reachable', 'stale'] as const;
    for (const [index, state] of states.entries()) {
      await a.neighbors.add({ device: 'left', destination: `10.0.0.${index + 1}`, linkLayerAddress, state });
      await a.neighbors.add({ device: 'left', destination: `fd00::${index + 1}`, linkLayerAddress, state });
    }
    const key = ({ device, destination, state, flags, linkLayerAddress: address }: Neighbor) => ({
      device,
      destination,
      state,
      flags,
      address,
    });
    const before = (await a.neighbors.list()).filter(isUnicast);

    for (const neighbor of before) await a.neighbors.delete(neighbor);
    const between = (await a.neighbors.list()).filter(isUnicast);
    for (const neighbor of before) await a.neighbors.add(neighbor);
    for (const neighbor of before) await a.neighbors.replace(neighbor);

    expect(between).toEqual([]);
    const after = (await a.neighbors.list()).filter(isUnicast);
    expect(byDestination(after.map(key))).toEqual(byDestination(before.map(key)));
  });

  test('are filtered: by device, master, family and state', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', up: true });
    await pair(a, { master: 'br0' });
    await a.links.addAlternativeName('br0', 'the-bridge-with-the-long-name');
    const linkLayerAddress = '02:00:00:00:00:01';
    await a.neighbors.add({ device: 'left', destination: '10.0.0.1', linkLayerAddress });
    await a.neighbors.add({ device: 'left', destination: 'fd00::1', linkLayerAddress, state: 'stale' });
    await a.neighbors.add({ device: 'the-bridge-with-the-long-name', destination: '10.0.0.2', linkLayerAddress });
    const listedBy = async (filter: object) =>
      (await a.neighbors.list(filter)).filter(isUnicast).map(({ destination }) => destination);

    expect(await listedBy({ family: 'inet' })).toEqual(expect.arrayContaining(['10.0.0.1', '10.0.0.2']));
    expect(await listedBy({ family: 'inet6' })).toEqual(['fd00::1']);
    expect(await listedBy({ device: 'br0' })).toEqual(['10.0.0.2']);
    expect(await listedBy({ device: 'the-bridge-with-the-long-name' })).toEqual(['10.0.0.2']);
    expect(await listedBy({ master: 'br0' })).toEqual(['10.0.0.1', 'fd00::1']);
    expect(await listedBy({ master: 'br0', state: 'stale' })).toEqual(['fd00::1']);
    expect(await listedBy({ device: 'left', family: 'inet' })).toEqual(['10.0.0.1']);
    const streamed: string[] = [];
    for await (const neighbor of a.neighbors.stream({ device: 'the-bridge-with-the-long-name' })) {
      if (isUnicast(neighbor)) streamed.push(neighbor.destination);
    }
    expect(streamed).toEqual(['10.0.0.2']);
  });

  test('are flushed, all but the permanent ones and those without ARP', async () => {
    await using a = await scratchNamespace();
    await pair(a);
    const linkLayerAddress = '02:00:00:00:00:01';
    const states = ['permanent', 'noarp', 'reachable', 'stale'] as const;
    for (const [index, state] of states.entries()) {
      await a.neighbors.add({ device: 'left', destination: `10.0.0.${index + 1}`, linkLayerAddress, state });
    }
    const left = async () => (await listed(a)).map(({ dst }) => dst);

    await a.neighbors.flush({ device: 'left', family: 'inet', state: 'stale' });
    expect((await left()).sort()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
    await a.neighbors.flush({ device: 'left', family: 'inet' });
    expect((await left()).sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    await a.neighbors.flush({ state: 'permanent' });
    expect(await left()).toEqual(['10.0.0.2']);
  });

  test('of a link that is unknown, are refused with the name of the property', async () => {
    await using a = await scratchNamespace();
    const neighbor = { device: 'nothing', destination: '10.0.0.1', linkLayerAddress: '02:00:00:00:00:01' };
    const unknown = { code: 'ENODEV', property: 'device', kernelMessage: "there is no link 'nothing'" };

    await expect(a.neighbors.add(neighbor)).rejects.toMatchObject(unknown);
    await expect(a.neighbors.delete(neighbor)).rejects.toMatchObject(unknown);
    await expect(a.neighbors.get('10.0.0.1', { device: 'nothing' })).rejects.toMatchObject(unknown);
    await expect(a.neighbors.list({ device: 'nothing' })).rejects.toMatchObject(unknown);
    await expect(a.neighbors.list({ master: 'nothing' })).rejects.toMatchObject({ code: 'ENODEV', property: 'master' });
  });

  test('carry the kernel’s own words where it gives some', async () => {
    await using a = await scratchNamespace();
    await pair(a);
    const short = { device: 'left', destination: '10.0.0.1', linkLayerAddress: '02:00' };

    await expect(a.neighbors.add(short)).rejects.toMatchObject({
      code: 'EINVAL',
      kernelMessage: expect.stringMatching(/link address/i) as string,
    });
  });
});

/** Two links, up, of which the first is called left. */
async function pair(namespace: NetworkNamespace, options: { master?: string } = {}) {
  return await namespace.links.add({
    kind: 'veth',
    name: 'left',
    up: true,
    ...options,
    peer: { name: 'right', up: true },
  });
}

/** What `ip` lists, in whatever state, without the multicast neighbors that the kernel makes by itself. */
async function listed(namespace: NetworkNamespace, destination = ''): Promise<Row[]> {
  const rows = await ip(namespace, `neigh show ${destination} nud all`);
  const unicast = rows.filter(({ dst }) => !isMulticast(dst as string));
  return unicast.map(({ dst, dev, lladdr, state, managed, router, extern_learn, protocol }) => {
    const row = { dst, dev, lladdr, state, managed, router, extern_learn, protocol };
    return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
  });
}

function isUnicast({ destination }: Neighbor): boolean {
  return !isMulticast(destination);
}

function isMulticast(address: string): boolean {
  return address.startsWith('ff') || address.startsWith('224.');
}

/** A neighbor in `ip`'s words. */
function asRow({ destination, linkLayerAddress, state, flags, protocol }: Neighbor): Row {
  return {
    dst: destination,
    dev: 'left',
    ...(linkLayerAddress !== undefined && { lladdr: linkLayerAddress }),
    state: [String(state).toUpperCase()],
    ...Object.fromEntries(flags.map((flag) => [flag, null])),
    ...(protocol !== undefined && { protocol }),
  };
}

function byDestination<One extends { dst?: unknown; destination?: unknown }>(rows: One[]): One[] {
  const key = ({ dst, destination }: One) => String(dst ?? destination);
  return [...rows].sort((one, other) => key(one).localeCompare(key(other)));
}

import { describeKernel } from '../support/kernel';
import { bridge, ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { lastFound } from '../support/until';

/** Two namespaces; the index that br0 has here is that of another bridge there. */
async function withBridges() {
  const [here, there] = await Promise.all([scratchNamespace(), scratchNamespace()]);
  await here.links.add({ kind: 'bridge', name: 'br0', index: 110 });
  await there.links.add([
    { kind: 'bridge', name: 'other', index: 110 },
    { kind: 'bridge', name: 'br0', index: 120 },
  ]);
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      await Promise.all([here.close(), there.close()]);
    },
  };
}

describeKernel('a link that moves', () => {
  test('becomes a port of the bridge of that name where it goes', async () => {
    await using both = await withBridges();
    const { here, there } = both;
    await here.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await here.links.set('v0', { namespace: there, master: 'br0' });

    expect(await ip(there, 'link show v0')).toMatchObject([{ master: 'br0' }]);
  });

  test('becomes a port of the bridge of that index where it goes', async () => {
    await using both = await withBridges();
    const { here, there } = both;
    await here.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await here.links.set('v0', { namespace: there, master: 120 });

    expect(await ip(there, 'link show v0')).toMatchObject([{ master: 'br0' }]);
  });

  test('keeps its index where that is free', async () => {
    await using both = await withBridges();
    const { here, there } = both;
    await here.links.add({ kind: 'veth', name: 'v0', index: 77, peer: { name: 'v1' } });

    await here.links.set('v0', { namespace: there, master: 'br0' });

    expect(await ip(there, 'link show v0')).toMatchObject([{ ifindex: 77, master: 'br0' }]);
  });

  test('becomes a port where it is, if a process of its own namespace names the goal', async () => {
    await using here = await scratchNamespace();
    await here.links.add([
      { kind: 'bridge', name: 'br0' },
      { kind: 'veth', name: 'v0', peer: { name: 'v1' } },
    ]);
    const sleeper = here.spawn('sleep', ['60'], { stdio: 'ignore' });
    await lastFound(
      () => here.processes(),
      (processes) => processes.includes(sleeper.pid!),
    );

    const moved = here.links.set('v0', { namespace: { pid: sleeper.pid! }, master: 'br0', up: true });
    await moved.finally(() => sleeper.kill());

    expect(await ip(here, 'link show v0')).toMatchObject([{ master: 'br0' }]);
  });

  test('is refused a bridge that is only where it comes from', async () => {
    await using here = await scratchNamespace();
    await using there = await scratchNamespace();
    await here.links.add({ kind: 'bridge', name: 'br0', index: 110 });
    await there.links.add({ kind: 'bridge', name: 'other', index: 110 });
    await here.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    const moved = here.links.set('v0', { namespace: there, master: 'br0' });

    await expect(moved).rejects.toMatchObject({ code: 'ENODEV', property: 'master' });
    const rows = [...(await ip(here, 'link show')), ...(await ip(there, 'link show'))];
    expect(rows.filter(({ master }) => master !== undefined)).toEqual([]);
  });

  test('keeps the address generation mode that it is given, so that no address is made when it goes up', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', up: true } });

    await a.links.set('v0', { namespace: b, name: 'eth0', addressGenerationMode: 'none', up: true });

    // The kernel makes link-local addresses when the link has a carrier.
    await b.links.waitFor('eth0', 'up');
    expect(await ip(b, 'link show eth0')).toMatchObject([{ inet6_addr_gen_mode: 'none' }]);
    expect(await ip(b, 'address show eth0')).toMatchObject([{ addr_info: [] }]);
  });

  test('gets its options as a port, its alias and its MTU where it goes', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await b.links.add({ kind: 'bridge', name: 'br0', index: 150 });
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await a.links.set('v0', {
      ...{ namespace: b, name: 'port1', mtu: 1400, alias: 'moved', up: true },
      ...{ master: 150, bridgePort: { isolated: true } },
    });

    expect(await bridge(b, 'link show dev port1')).toMatchObject([{ master: 'br0', isolated: true, mtu: 1400 }]);
    const [row] = await ip(b, 'link show port1');
    expect(row).toMatchObject({ ifalias: 'moved' });
    expect(row?.flags).toContain('UP');
  });

  test('is found by a name that another link has where it goes, under the one that it gets', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await b.links.add([
      { kind: 'bridge', name: 'v0' },
      { kind: 'bridge', name: 'br0' },
    ]);
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await a.links.set('v0', { namespace: b, name: 'eth0', master: 'br0', bridgePort: { hairpin: true } });

    expect(await bridge(b, 'link show dev eth0')).toMatchObject([{ master: 'br0', hairpin: true }]);
    expect((await ip(b, 'link show v0'))[0]).not.toHaveProperty('master');
  });
});

describeKernel('a link that is made elsewhere', () => {
  test('becomes a port of the bridge of that name there', async () => {
    await using both = await withBridges();
    const { here, there } = both;

    await here.links.add({ kind: 'veth', name: 'w0', namespace: there, master: 'br0', peer: { name: 'w1' } });

    expect(await ip(there, 'link show w0')).toMatchObject([{ master: 'br0' }]);
  });

  test('is not made where its bridge is only here', async () => {
    await using here = await scratchNamespace();
    await using there = await scratchNamespace();
    await here.links.add({ kind: 'bridge', name: 'br0', index: 110 });

    const made = here.links.add({ kind: 'veth', name: 'w0', namespace: there, master: 'br0', peer: { name: 'w1' } });

    await expect(made).rejects.toMatchObject({ code: 'ENODEV', property: 'master' });
    expect(await ip(there, 'link show type veth')).toEqual([]);
    expect(await ip(here, 'link show type veth')).toEqual([]);
  });
});

describeKernel('a link that is renamed', () => {
  test('is enslaved, set up, and has its options as a port', async () => {
    await using a = await scratchNamespace();
    await a.links.add([
      { kind: 'bridge', name: 'br0', up: true },
      { kind: 'veth', name: 'v0', peer: { name: 'v1' } },
    ]);

    await a.links.set('v0', { name: 'port1', master: 'br0', up: true, bridgePort: { isolated: true } });

    expect(await bridge(a, 'link show dev port1')).toMatchObject([{ master: 'br0', isolated: true }]);
    expect((await ip(a, 'link show port1'))[0]?.flags).toContain('UP');
  });

  test('has its address generation mode', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await a.links.set('v0', { name: 'eth0', addressGenerationMode: 'none', up: true });

    expect(await ip(a, 'link show eth0')).toMatchObject([{ inet6_addr_gen_mode: 'none' }]);
  });
});

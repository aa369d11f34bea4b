import { createNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const NONE = 999;
const linkLayerAddress = '02:00:00:00:00:01';

describeKernel('an error names the property', () => {
  test.each<[string, (a: NetworkNamespace) => Promise<unknown>]>([
    ['links.set', (a) => a.links.set(NONE, { mtu: 1400 })],
    ['links.set of several messages', (a) => a.links.set(NONE, { up: true, bridgePort: { cost: 1 } })],
    ['links.get', (a) => a.links.get(NONE)],
    ['links.delete', (a) => a.links.delete(NONE)],
    ['links.addAlternativeName', (a) => a.links.addAlternativeName(NONE, 'x')],
    ['addresses.add', (a) => a.addresses.add(NONE, '10.1.1.1/24')],
    ['addresses.add, of IPv6', (a) => a.addresses.add(NONE, '2001:db8::1/64')],
    ['addresses.delete', (a) => a.addresses.delete(NONE, '10.1.1.1/24')],
    ['routes.add', (a) => a.routes.add({ destination: '10.9.0.0/16', device: NONE })],
    ['routes.add, of IPv6', (a) => a.routes.add({ destination: '2001:db8::/32', device: NONE })],
    ['neighbors.add', (a) => a.neighbors.add({ device: NONE, destination: '10.1.1.2', linkLayerAddress })],
    ['neighbors.delete', (a) => a.neighbors.delete({ device: NONE, destination: '10.1.1.2' })],
    ['fdb.add', (a) => a.fdb.add({ device: NONE, address: linkLayerAddress })],
  ])('%s, of a link by an index that is not there', async (_, call) => {
    await using a = await scratchNamespace();

    await expect(call(a)).rejects.toMatchObject({ name: 'NetlinkError', code: 'ENODEV', property: 'device' });
  });

  test('of an array as well', async () => {
    await using a = await scratchNamespace();

    const added = a.addresses.add([
      { device: 'lo', address: '10.1.1.1/24' },
      { device: NONE, address: '10.1.1.2/24' },
    ]);

    await expect(added).rejects.toMatchObject({ code: 'ENODEV', property: '[1].device' });
  });

  test('of a peer whose name is taken', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    const taken = { code: 'EEXIST', property: 'peer.name' };

    await expect(a.links.add({ kind: 'veth', name: 'new', peer: { name: 'v1' } })).rejects.toMatchObject(taken);
    await expect(b.links.add({ kind: 'veth', name: 'new', peer: { name: 'v1', namespace: a } })).rejects.toMatchObject(
      taken,
    );
    await expect(a.links.add([{ kind: 'veth', peer: { name: 'v1' } }])).rejects.toMatchObject({
      property: '[0].peer.name',
    });
    const furnished = createNamespace(undefined, (inside) => [
      inside.links.add({ kind: 'veth', name: 'new', peer: { name: 'v1', namespace: a } }),
    ]);
    await expect(furnished).rejects.toMatchObject(taken);
    await expect(a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v2' } })).rejects.toMatchObject({
      ...{ code: 'EEXIST', property: 'name' },
    });
    expect(await ip(a, 'link show type veth')).toHaveLength(2);
  });

  test('of an alternative name that is taken, or not there', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

    await expect(a.links.addAlternativeName('v0', 'v1')).rejects.toMatchObject({ code: 'EEXIST', property: 'name' });
    await expect(a.links.deleteAlternativeName('v0', 'other')).rejects.toMatchObject({
      ...{ code: 'ENOENT', property: 'name' },
    });
  });

  test('a route that leads nowhere is told what it wants', async () => {
    await using a = await scratchNamespace();

    await expect(a.routes.add({ destination: '10.9.0.0/16' })).rejects.toMatchObject({
      ...{ code: 'ENODEV', hint: 'it wants a gateway, a device, nexthops or a nexthopId', property: undefined },
    });
    await expect(a.routes.add({ destination: '2001:db8::/32' })).rejects.toMatchObject({
      ...{ code: 'ENODEV', hint: 'it wants a gateway, a device, nexthops or a nexthopId' },
    });
  });
});

describeKernel('what would have no effect is refused', () => {
  test('another link beside that of an address', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    const ofOther = { address: '10.1.1.1/24', device: 'v1' } as { address: string };
    const message = "device: must be the link that is named beside it, 'v0', not 'v1'";

    for (const verb of ['add', 'replace', 'delete'] as const) {
      await expect(a.addresses[verb]('v0', ofOther)).rejects.toMatchObject({ name: 'RangeError', message });
      await expect(a.addresses[verb]('v0', ['10.1.1.2/24', ofOther])).rejects.toMatchObject({
        message: `[1].${message}`,
      });
    }
    expect(await a.addresses.list()).toEqual([]);

    await a.addresses.add('v0', { ...ofOther, device: 'v0' } as { address: string });
    const [listed] = await a.addresses.list({ family: 4 });
    expect(listed!.device).toBe((await a.links.get('v0')).index);
    await a.addresses.delete('v0', listed!);
    await a.addresses.add('v1', listed!);
    expect(await a.addresses.list({ device: 'v1', family: 4 })).toHaveLength(1);
  });

  test('what only a look-up tells, of a route', async () => {
    await using a = await scratchNamespace();
    await a.links.set('lo', { up: true });
    const of = { destination: '10.9.0.0/16', device: 'lo' };

    for (const packet of [{ inputDevice: 'lo' }, { mark: 7 }, { uid: 0 }]) {
      const property = Object.keys(packet)[0];
      await expect(a.routes.add({ ...of, ...packet })).rejects.toMatchObject({ name: 'RangeError', property });
      await expect(a.routes.delete({ ...of, ...packet })).rejects.toMatchObject({ name: 'RangeError', property });
    }
    await a.routes.add(of);
    const found = await a.routes.get('10.9.0.1', { mark: 7 });
    await a.routes.replace(found);
  });

  test('a value beside several sysctls', async () => {
    await using a = await scratchNamespace();

    await expect(a.sysctl.set({} as never, 1)).rejects.toMatchObject({ name: 'RangeError', property: 'value' });
  });
});

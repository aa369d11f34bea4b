import type { NetworkNamespace } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { bridge, run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const address = '02:00:00:00:00:aa';

/** A bridge of which a port has an address without a VLAN, and the same in VLAN 10. */
async function furnished(inVlan: 'permanent' | 'static', without: 'dynamic' | 'static'): Promise<NetworkNamespace> {
  const a = await scratchNamespace();
  await a.links.add({ kind: 'bridge', name: 'br0', vlanFiltering: true, vlanDefaultPvid: 0, up: true });
  await a.links.add({ kind: 'veth', name: 'p0', master: 'br0', up: true, peer: { name: 'q0', up: true } });
  await a.fdb.add({ device: 'p0', address, state: without });
  await run(a, 'bridge', ['vlan', 'add', 'dev', 'p0', 'vid', '10']);
  await a.fdb.add({ device: 'p0', address, vlan: 10, state: inVlan });
  expect(await left(a)).toHaveLength(2);
  return a;
}

/** The VLANs that the address is in, as iproute2 lists them. */
async function left(a: NetworkNamespace): Promise<unknown[]> {
  return (await bridge(a, 'fdb show dev p0')).filter(({ mac }) => mac === address).map(({ vlan }) => vlan);
}

const needs = [requiresOracle('bridge'), feature('bridge VLANs', 'ip link add br0 type bridge vlan_filtering 1')];

describeKernel('a flush of entries without a VLAN', needs, () => {
  test.each<[string, object]>([
    ['of a port', { device: 'p0' }],
    ['of a port and a state', { device: 'p0', state: 'static' }],
    ['of a port and its master', { device: 'p0', master: 'br0' }],
    ['of all', {}],
  ])('leaves what is permanent in a VLAN: %s', async (_what, filter) => {
    await using a = await furnished('permanent', 'static');

    await a.fdb.flush(Object.keys(filter).length === 0 ? 'all' : filter);

    expect(await left(a)).toEqual([10]);
  });

  test('and in a VLAN alone takes no others', async () => {
    await using a = await furnished('static', 'static');

    await a.fdb.flush({ device: 'p0', vlan: 10 });

    expect(await left(a)).toEqual([undefined]);
  });

  test('takes both where both are selected', async () => {
    await using a = await furnished('static', 'static');

    await a.fdb.flush({ device: 'p0' });

    expect(await left(a)).toEqual([]);
  });

  test('takes what was learned, and not what was set', async () => {
    await using a = await furnished('static', 'dynamic');

    await a.fdb.flush({ device: 'p0', state: 'dynamic' });

    expect(await left(a)).toEqual([10]);
  });
});

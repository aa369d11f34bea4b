import { isDeepStrictEqual } from 'node:util';

import type { LinkOptions, Veth } from '../../lib';
import { describeKernel } from '../support/kernel';
import { bridge, ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { lastFound } from '../support/until';

describeKernel('a pair', () => {
  test('that was listed is given back by one end with the other as its peer', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', up: true, peer: { name: 'v1', mtu: 1400, up: true } });
    const list = async () => {
      const links = await a.links.list({ kind: 'veth' });
      return links.map(({ name, index, link, address, mtu, up }) => ({ name, index, link, address, mtu, up }));
    };
    const before = await list();
    const [one, other] = [await a.links.get('v0'), await a.links.get('v1')] as Veth[];

    await a.links.delete('v0');
    await a.links.add({ ...one!, peer: other! });

    expect(await list()).toEqual(before);
  });

  test('of which both ends are ports is given back, and made with what its ends have as such', async () => {
    await using a = await scratchNamespace();
    await a.links.add([
      { kind: 'bridge', name: 'br0' },
      { kind: 'bridge', name: 'br1' },
    ]);
    const port = { master: 'br1', bridgePort: { isolated: true, cost: 7 } };
    await a.links.add({ kind: 'veth', name: 'v0', master: 'br0', peer: { name: 'v1', ...port, up: true } });
    const shown = async () =>
      (await bridge(a, 'link show')).toSorted((one, other) =>
        (one.ifname as string).localeCompare(other.ifname as string),
      );
    // That the other end is not set up, the kernel tells in its own time.
    const before = await lastFound(shown, ([, up]) => (up?.flags as string[]).includes('NO-CARRIER'));
    expect(before).toMatchObject([
      { ifname: 'v0', master: 'br0', isolated: false },
      { ifname: 'v1', master: 'br1', isolated: true, cost: 7 },
    ]);
    const [one, other] = [await a.links.get('v0'), await a.links.get('v1')] as Veth[];

    await a.links.delete('v0');
    await a.links.add({ ...other!, peer: one! });

    expect(await lastFound(shown, (now) => isDeepStrictEqual(now, before))).toEqual(before);
    const wrong = { name: 'w1', master: 'br0', bridgePort: { cots: 7 } };
    await expect(a.links.add({ kind: 'veth', name: 'w0', peer: wrong } as LinkOptions)).rejects.toMatchObject({
      ...{ property: 'peer.bridgePort.cots', message: expect.stringContaining("did you mean 'cost'?") as string },
    });
    expect(await ip(a, 'link show type veth')).toHaveLength(2);
  });

  test('of which one end is elsewhere is given back by the other alone, whose peer the kernel names', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();
    await using c = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: b } });
    const row = (await a.links.get('v0')) as Veth;

    await c.links.add(row);

    expect(await ip(c, 'link show v0')).toMatchObject([{ ifindex: row.index, address: row.address }]);
    expect(await ip(c, 'link show type veth')).toHaveLength(2);
  });

  test('keeps a token where it has no ARP', async () => {
    await using a = await scratchNamespace();
    const quiet = { arp: false, ipv6Token: '::7' };
    await a.links.add({ kind: 'veth', name: 'v0', ...quiet, peer: { name: 'v1', ...quiet } });
    await a.links.add({ kind: 'veth', name: 'w0', peer: { name: 'w1' } });
    await a.links.set('w0', quiet);

    expect(await a.links.get('v0')).toMatchObject(quiet);
    expect(await a.links.get('v1')).toMatchObject(quiet);
    expect(await a.links.get('w0')).toMatchObject(quiet);
  });
});

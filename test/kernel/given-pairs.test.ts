import type { Veth } from '../../lib';
import { describeKernel } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

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

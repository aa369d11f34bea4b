import type { LinkOptions, NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { shownLinks } from '../support/made-links';
import { scratchNamespace } from '../support/scratch';

async function namesIn(namespace: NetworkNamespace): Promise<unknown[]> {
  const shown = await shownLinks(namespace);
  return shown.flatMap(({ ifname, altnames }) => (ifname === 'lo' ? [] : [[ifname, altnames]]));
}

describeKernel('other names of a new link', () => {
  test('are given when it is made, and when what was listed is given back', async () => {
    await using a = await scratchNamespace();
    const alternativeNames = ['uplink', 'the-bridge-of-the-whole-laboratory'];

    await a.links.add({ kind: 'bridge', name: 'br0', alternativeNames });
    expect(await namesIn(a)).toEqual([['br0', alternativeNames]]);

    const row = await a.links.get('br0');
    await a.links.delete('br0');
    await a.links.add(row as LinkOptions);
    expect(await namesIn(a)).toEqual([['br0', alternativeNames]]);
  });

  test('are given where it goes, where its peer is made, and where the kernel chooses its own', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    await a.links.add({
      kind: 'veth',
      name: 'v0',
      namespace: b,
      alternativeNames: ['first'],
      peer: { name: 'v1', alternativeNames: ['second'] },
    });
    await a.links.add({ kind: 'ifb', alternativeNames: ['unnamed'] });

    expect(await namesIn(b)).toEqual([['v0', ['first']]]);
    expect(await namesIn(a)).toEqual([
      ['v1', ['second']],
      ['ifb0', ['unnamed']],
    ]);
  });

  test('leave nothing where one is taken', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', alternativeNames: ['uplink'] });

    await expect(
      a.links.add({ kind: 'bridge', name: 'br1', alternativeNames: ['free', 'uplink'] }),
    ).rejects.toMatchObject({ code: 'EEXIST', property: 'alternativeNames' });
    await expect(
      a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', alternativeNames: ['uplink'] } }),
    ).rejects.toMatchObject({ code: 'EEXIST', property: 'peer.alternativeNames' });

    expect(await namesIn(a)).toEqual([['br0', ['uplink']]]);
  });

  test('are refused before anything is sent', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0' });

    await expect(a.links.add({ kind: 'bridge', alternativeNames: ['a b'] })).rejects.toMatchObject({
      property: 'alternativeNames[0]',
    });
    await expect(a.links.set('br0', { alternativeNames: ['other'] } as object)).rejects.toThrow('addAlternativeName');
    expect(await namesIn(a)).toEqual([['br0', undefined]]);
  });
});

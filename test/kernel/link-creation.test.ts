import type { LinkChanges } from '../../lib';
import { describeKernel, feature, kernelSince, kernelTest } from '../support/kernel';
import { ip } from '../support/oracle';
import { shownLinks } from '../support/made-links';
import { scratchNamespace } from '../support/scratch';
import { lastFound } from '../support/until';

/** Numbers from here on are no next free ones. */
const CHOSEN = 0x100000;
const dummies = feature('dummy links', 'ip link add d0 type dummy');

describeKernel('the index of a new link', () => {
  test('can be chosen for the first end of a pair alone', async () => {
    await using a = await scratchNamespace();

    const made = await a.links.add({ kind: 'veth', name: 'v0', index: CHOSEN + 2, peer: { name: 'v1' } });

    expect(made).toEqual({ index: CHOSEN + 2, name: 'v0' });
    expect(await ip(a, 'link show v0')).toMatchObject([{ ifindex: CHOSEN + 2, link: 'v1' }]);
  });

  test('can be chosen for the peer alone, and for both', async () => {
    await using a = await scratchNamespace();

    await a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', index: CHOSEN + 5 } });
    await a.links.add({ kind: 'veth', name: 'w0', index: CHOSEN + 8, peer: { name: 'w1', index: CHOSEN + 7 } });

    const indexOf = async (name: string) => (await ip(a, `link show ${name}`))[0]?.ifindex;
    expect([await indexOf('v1'), await indexOf('w0'), await indexOf('w1')]).toEqual(
      [5, 8, 7].map((number) => CHOSEN + number),
    );
  });

  test('that is taken is named', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'bridge', name: 'br0', index: CHOSEN });
    // Of the first end the kernel says EEXIST, as it does of a name that is taken.
    const taken = { code: expect.stringMatching(/^(EBUSY|EEXIST)$/) as string, property: 'index' };

    await expect(a.links.add({ kind: 'bridge', name: 'br1', index: CHOSEN })).rejects.toMatchObject(taken);
    await expect(a.links.add({ kind: 'veth', name: 'v0', index: CHOSEN, peer: { name: 'v1' } })).rejects.toMatchObject(
      taken,
    );
    await expect(a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', index: CHOSEN } })).rejects.toMatchObject({
      code: 'EBUSY',
      property: expect.stringMatching(/^(peer\.)?index$/) as string,
    });

    expect((await shownLinks(a)).map(({ ifname }) => ifname).sort()).toEqual(['br0', 'lo']);
  });

  test('is the last: a link that exists gets no other', async () => {
    await using a = await scratchNamespace();
    const { index } = await a.links.add({ kind: 'bridge', name: 'br0' });

    await expect(a.links.set('br0', { index: 77 } as LinkChanges)).rejects.toMatchObject({
      name: 'RangeError',
      property: 'index',
    });

    expect(await ip(a, 'link show br0')).toMatchObject([{ ifindex: index }]);
  });

  kernelTest('is the kernel’s choice where it is not chosen, and so is the name', [kernelSince('6.2')], async () => {
    await using a = await scratchNamespace();

    const made = [await a.links.add({ kind: 'bridge' }), await a.links.add({ kind: 'veth', name: 'port%d' })];

    for (const { index, name } of made) {
      expect(index).toBeLessThan(CHOSEN);
      expect(await ip(a, `link show ${name}`)).toMatchObject([{ ifindex: index }]);
    }
  });

  kernelTest('is the kernel’s choice also of a link that takes several messages', [kernelSince('6.2')], async () => {
    await using a = await scratchNamespace();

    const made = [
      await a.links.add({ kind: 'veth', name: 'port%d', peer: { name: 'end%d', up: true } }),
      await a.links.add({ kind: 'veth', up: true, addressGenerationMode: 'none' }),
    ];

    for (const { index, name } of made) {
      expect(index).toBeLessThan(CHOSEN);
      expect(await ip(a, `link show ${name}`)).toMatchObject([{ ifindex: index }]);
    }
    expect(await ip(a, 'link show end0')).toMatchObject([{ flags: expect.arrayContaining(['UP']) as string[] }]);
    expect(await ip(a, `link show ${made[1]!.name}`)).toMatchObject([{ inet6_addr_gen_mode: 'none' }]);
  });
});

describeKernel('what the kernel takes only of a link that exists', () => {
  test('is not lost when a link is made: the alias, of both ends', async () => {
    await using a = await scratchNamespace();
    await using b = await scratchNamespace();

    await a.links.add({ kind: 'veth', name: 'v0', alias: 'near', peer: { name: 'v1', alias: 'far', namespace: b } });
    await a.links.add({ kind: 'bridge', name: 'br0', alias: 'alone', namespace: b });

    expect(await ip(a, 'link show v0')).toMatchObject([{ ifalias: 'near' }]);
    expect(await ip(b, 'link show v1')).toMatchObject([{ ifalias: 'far' }]);
    expect(await ip(b, 'link show br0')).toMatchObject([{ ifalias: 'alone' }]);
  });

  kernelTest('the carrier', [dummies], async () => {
    await using a = await scratchNamespace();

    await a.links.add({ kind: 'dummy', name: 'd0', up: true, carrier: false });

    const flags = await lastFound(
      async () => (await ip(a, 'link show d0'))[0]?.flags as string[],
      (found) => found.includes('NO-CARRIER'),
    );
    expect(flags).toContain('NO-CARRIER');
  });

  test('and what its device refuses is told, and no link left', async () => {
    await using a = await scratchNamespace();

    // Only devices of a few drivers can be held down by a protocol.
    const made = a.links.add({ kind: 'veth', name: 'v0', protocolDown: true, peer: { name: 'v1' } });

    await expect(made).rejects.toMatchObject({ name: 'NetlinkError', code: 'EOPNOTSUPP' });
    expect(await ip(a, 'link show type veth')).toEqual([]);
  });
});

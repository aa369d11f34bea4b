import type { LinkChanges, LinkOptions } from '../../lib';
import { createNamespace } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import { bridge } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

// The kernel hands what is said of a port to whatever master the link has.

const bond = feature('bond', 'ip link add bond0 type bond');
const raw = Uint8Array.of(5, 0, 5, 0, 1, 0, 0, 0);

async function ports() {
  const namespace = await scratchNamespace();
  await namespace.links.add({ kind: 'bridge', name: 'br0' });
  await namespace.links.add({ kind: 'veth', name: 'v0', master: 'br0', peer: { name: 'v1' } });
  return namespace;
}

describeKernel("options of another master's port", () => {
  test.each<[changes: LinkChanges, property: string]>([
    [{ bondPort: { queueId: 1 } }, 'bondPort'],
    [{ bondPort: { priority: 7 } }, 'bondPort'],
    [{ masterPort: { kind: 'team', data: raw } }, 'masterPort'],
  ])('%j are refused of a port of a bridge, and change nothing', async (changes, property) => {
    await using a = await ports();
    const before = await bridge(a, 'link show');

    await expect(a.links.set('v0', changes)).rejects.toMatchObject({ code: 'ERANGE', property });

    expect(await bridge(a, 'link show')).toEqual(before);
  });

  test.each(['v1', 'br0', 'lo'])('bridgePort is refused of %s, which is none', async (device) => {
    await using a = await ports();

    const changed = a.links.set(device, { bridgePort: { isolated: true } });

    await expect(changed).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: 'bridgePort', subject: `link '${device}'` },
      hint: 'the link is no port of a bridge',
    });
    await expect(a.links.set(device, { bondPort: { queueId: 1 } })).rejects.toMatchObject({ property: 'bondPort' });
  });

  test.each<[options: object, property: string]>([
    [{ master: 'br0', bondPort: { queueId: 1 } }, 'bondPort'],
    [{ bridgePort: { isolated: true } }, 'bridgePort'],
    [{ bridgePort: {} }, 'bridgePort'],
    [{ peer: { name: 'e1', bridgePort: { isolated: true } } }, 'peer.bridgePort'],
    [{ peer: { name: 'e1', master: 'br0', bondPort: { queueId: 1 } } }, 'peer.bondPort'],
  ])('no link is made with %j', async (options, property) => {
    await using a = await ports();
    const before = await a.links.list();

    const made = a.links.add({ kind: 'veth', name: 'e0', ...options } as LinkOptions);

    await expect(made).rejects.toMatchObject({ property });
    expect((await a.links.list()).map(({ name }) => name)).toEqual(before.map(({ name }) => name));
  });

  test('they fail a furnishing', async () => {
    const made = createNamespace(undefined, (inside) => [
      inside.links.add({ kind: 'bridge', name: 'br0' }),
      inside.links.add({ kind: 'veth', name: 'v0', master: 'br0', bondPort: { queueId: 1 } }),
    ]);

    await expect(made).rejects.toMatchObject({ code: 'ERANGE', property: 'bondPort' });
  });

  test("what was asked before is done by then: the link's master is the one that it has in order", async () => {
    await using a = await ports();

    const asked = [
      a.links.set('v1', { bridgePort: { isolated: true } }),
      a.links.set('v1', { master: 'br0' }),
      a.links.set('v1', { bridgePort: { isolated: true } }),
    ];

    const ended = await Promise.allSettled(asked);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await a.links.get('v1')).toMatchObject({ bridgePort: { isolated: true } });
  });
});

describeKernel("options of a bridge's port", [bond], () => {
  test('are refused of a port of a bond', async () => {
    await using a = await ports();
    await a.links.add({ kind: 'bond', name: 'bond0', mode: 'active-backup', miimon: 100 });
    await a.links.set('v1', { master: 'bond0' });
    const before = await a.links.get('v1');

    for (const bridgePort of [{ isolated: true }, { guard: true }, { cost: 7 }, {}]) {
      await expect(a.links.set('v1', { bridgePort })).rejects.toMatchObject({ property: 'bridgePort' });
    }
    const other = a.links.set('v1', { masterPort: { kind: 'team', data: raw } });
    await expect(other).rejects.toMatchObject({ code: 'ERANGE', property: 'masterPort' });
    await a.links.set('v1', { bondPort: { queueId: 3 } });

    expect(before.bondPort).toMatchObject({ queueId: 0 });
    expect((await a.links.get('v1')).bondPort).toMatchObject({ queueId: 3 });
  });
});

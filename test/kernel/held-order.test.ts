import { createNamespace, type NetworkNamespace } from '../../lib';
import { describeKernel } from '../support/kernel';
import { ip } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const namesOf = async (namespace: NetworkNamespace) =>
  ((await ip(namespace, 'link show')) as { ifname: string }[]).map(({ ifname }) => ifname);

/** Something that what is asked of the namespace later waits for, for some turns of the event loop. */
function heldUp(namespace: NetworkNamespace): Promise<void> {
  return namespace.addresses.flush({ device: 'lo', family: 4 });
}

describeKernel('what waits behind a call that takes several turns', () => {
  test('is done though the namespace is closed meanwhile', async () => {
    await using b = await scratchNamespace();
    const a = await scratchNamespace();

    const held = heldUp(b);
    const calls = [
      a.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', namespace: b, up: true } }),
      a.links.add([{ kind: 'bridge', name: 'x0', namespace: b, alias: 'mine' }]),
      a.sysctl.set('net.ipv4.ip_forward', 1),
    ];
    await a.close();

    await Promise.all([held, ...calls]);
    // The near end has ended with its namespace, and the pair with that.
    expect(await ip(b, 'link show x0')).toMatchObject([{ ifalias: 'mine' }]);
  });

  test('undoes nothing of another’s where it fails', async () => {
    await using b = await scratchNamespace();
    const a = await scratchNamespace();
    await b.links.add({ kind: 'bridge', name: 'x0', alias: 'theirs' });

    const held = heldUp(b);
    const call = a.links.add({ kind: 'bridge', name: 'x0', namespace: b, alias: 'mine' });
    await a.close();

    await expect(call).rejects.toMatchObject({ code: 'EEXIST' });
    await held;
    expect(await ip(b, 'link show x0')).toMatchObject([{ ifalias: 'theirs' }]);
  });

  test('may be a namespace that is created while another one is furnished', async () => {
    await using a = await scratchNamespace();
    const held = heldUp(a);
    let inner: Promise<NetworkNamespace> | undefined;

    await using outer = await createNamespace(undefined, (made) => [
      a.links.add({ kind: 'bridge', name: 'first' }),
      (inner = createNamespace(undefined, () => [a.links.set('first', { alias: 'second' })])),
      made.links.add({ kind: 'bridge', name: 'third' }),
      a.links.set('first', { name: 'fourth' }),
    ]);

    await using _ = await inner!;
    await held;
    expect(await ip(a, 'link show fourth')).toMatchObject([{ ifalias: 'second' }]);
    expect(await namesOf(outer)).toEqual(['lo', 'third']);
  });
});

describeKernel('a call that is refused while a namespace is furnished', () => {
  test('sends nothing of itself, though some of it could be encoded', async () => {
    await using a = await scratchNamespace();
    await a.links.add({ kind: 'veth', name: 'p0', peer: { name: 'p1' } });

    const creation = createNamespace(undefined, (made) => [a.links.set('p0', { namespace: made, master: -5 })]);

    await expect(creation).rejects.toMatchObject({ name: 'RangeError', property: 'master' });
    expect(await namesOf(a)).toEqual(['lo', 'p1', 'p0']);
  });
});

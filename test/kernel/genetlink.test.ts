import { createNamespace } from '../../lib';
import { handleOf } from '../../lib/namespace/handle';
import { genericFamily, genlmsghdr } from '../../lib/protocol/generic/generic';
import { message } from '../../lib/codec';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

/** Names and numbers that `genl` of iproute2 shows. */
async function theirs(namespace: Held): Promise<Record<string, number>> {
  const text = await run(namespace, 'genl', ['ctrl', 'list']);
  const found = [...text.matchAll(/Name: (\S+)\s+ID: (0x[0-9a-f]+)/g)];
  return Object.fromEntries(found.map(([, name, id]) => [name!, Number(id)]));
}

describeKernel('families of generic netlink', [requiresOracle('genl')], () => {
  test('are those that `genl` lists', async () => {
    await using namespace = await scratchNamespace();

    const ours = await namespace.genetlink.list();

    expect(Object.fromEntries(ours.map(({ name, id }) => [name, id]))).toEqual(await theirs(namespace));
  });

  test('are found by name, with their groups', async () => {
    await using namespace = await scratchNamespace();

    const control = await namespace.genetlink.get('nlctrl');

    expect(control).toMatchObject({ name: 'nlctrl', id: 16, version: 2, headerSize: 0 });
    expect(control.groups).toMatchObject([{ name: 'notify' }]);
    expect(control.operations).toMatchObject([{ command: 3 }, { command: 10 }]);
  });

  test('that the kernel does not have are told by their names', async () => {
    await using namespace = await scratchNamespace();
    const nothing = genericFamily('no-such', 1).request(message(genlmsghdr, {}), {
      ...{ name: 'NO_SUCH_CMD', command: 1, values: {} },
    });
    const { transport } = handleOf(namespace)!;

    await expect(namespace.genetlink.get('no-such')).rejects.toMatchObject({ code: 'ENOENT', property: 'name' });
    const sent = { code: 'ENOENT', message: expect.stringContaining("no family 'no-such'") as unknown };
    await expect(transport.send(nothing)).rejects.toMatchObject(sent);
    const dump = { ...nothing, flags: 0x300, decode: () => 0 };
    await expect(transport.list(dump)).rejects.toMatchObject(sent);
    // What is asked for in the same tick is not concerned.
    const [refused, found] = await Promise.allSettled([transport.send(nothing), namespace.genetlink.get('nlctrl')]);
    expect(refused.status).toBe('rejected');
    expect(found.status).toBe('fulfilled');
  });

  const overNetlink = feature('ethtool over netlink', 'genl ctrl get name ethtool | grep -q ethtool');
  kernelTest('are asked in a furnishing as well, where their numbers are not known yet', [overNetlink], async () => {
    await using namespace = await createNamespace(undefined, (inside) => [
      inside.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } }),
      inside.ethtool.features.set('v0', { 'tx-checksum-ip-generic': false }),
      inside.links.set('v0', { up: true }),
    ]);

    expect((await namespace.ethtool.features.get('v0'))['tx-checksum-ip-generic']).toMatchObject({ active: false });
  });
});

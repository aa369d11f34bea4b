import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const flowtables = feature(
  'flowtables of nf_tables',
  'nft add table inet t; nft add flowtable inet t f "{ hook ingress priority 0; devices = { lo }; }"',
);

const place = { family: 'inet', table: 't' } as const;

describeKernel('flowtables of nf_tables', [requiresOracle('nft'), flowtables], () => {
  test('are as nft makes them, and listed as they are', async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const table =
      'table inet t {\nflowtable f {\nhook ingress priority filter + 5\ndevices = { lo, d0 }\ncounter\n}\n}';
    for (const namespace of [theirs, ours]) await namespace.links.add({ kind: 'dummy', name: 'd0' });
    await run(theirs, 'nft', [table]);

    const listed = await theirs.nftables.flowtables.list();
    await ours.nftables.tables.add({ family: 'inet', name: 't' });
    await ours.nftables.flowtables.add(listed[0]!);

    expect(listed).toMatchObject([{ ...place, name: 'f', hook: 'ingress', priority: 5, flags: ['counter'], use: 0 }]);
    expect([...(listed[0]!.devices ?? [])].sort()).toEqual(['d0', 'lo']);
    expect(await run(ours, 'nft', ['list', 'ruleset'])).toBe(await run(theirs, 'nft', ['list', 'ruleset']));
    expect(await ours.nftables.flowtables.list({ family: 'ip' })).toEqual([]);
    await ours.nftables.flowtables.delete(listed[0]!);
    expect(await ours.nftables.flowtables.list({ ...place })).toEqual([]);
  });
});

const tablesOfInet = feature('nf_tables of inet', 'nft add table inet t');

describeKernel('what selects flowtables', () => {
  kernelTest('is refused where it is wrong, before anything is sent', async () => {
    await using namespace = await scratchNamespace();
    const { flowtables: collection } = namespace.nftables;
    const wrong: [object, string][] = [
      [{ ...place, name: 'f', hook: 'egress' }, 'hook'],
      [{ ...place, name: 'f', devices: 'lo' }, 'devices'],
      [{ ...place, name: 'f', devices: ['a/b'.repeat(10)] }, 'devices[0]'],
      [{ ...place, name: 'f', flags: ['offlaod'] }, 'flags'],
      [{ ...place, name: 'f', priority: 'first' }, 'priority'],
      [{ ...place, name: undefined }, 'name'],
      [{ ...place, family: 'ipv4', name: 'f' }, 'family'],
    ];

    for (const [options, property] of wrong) {
      await expect(collection.add(options as never)).rejects.toMatchObject({ property });
    }
    expect(await namespace.nftables.tables.list()).toEqual([]);
  });

  kernelTest('leaves nothing of a batch behind that fails', [tablesOfInet], async () => {
    await using namespace = await scratchNamespace();

    const failed = namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.flowtables.add({ name: 'f', devices: ['nothing'] });
    });

    await expect(failed).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_NEWFLOWTABLE' });
    expect(await namespace.nftables.tables.list()).toEqual([]);
  });
});

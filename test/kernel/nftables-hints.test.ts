import type { NftFamily, NftHook } from '../../lib';
import { describeKernel, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

// Kernels differ in what nf_tables they have: nft says whether this one has something, and the error what it lacks if not.

const families: NftFamily[] = ['inet', 'ip', 'ip6', 'arp', 'bridge', 'netdev'];
const types = ['filter', 'nat', 'route'] as const;
const hooks: NftHook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

function byNft(namespace: Held, command: string): Promise<boolean> {
  return run(namespace, 'nft', [command]).then(
    () => true,
    () => false,
  );
}

describeKernel('what a kernel lacks of nf_tables', [requiresOracle('nft')], () => {
  test.each(families)('is told of tables: %s', async (family) => {
    await using a = await scratchNamespace();
    const isThere = await byNft(a, `add table ${family} theirs`);

    const error: unknown = await a.nftables.tables.add({ family, name: 'ours' }).catch((reason: unknown) => reason);

    const lacking = {
      ...{ name: 'NetlinkError', code: 'EOPNOTSUPP', request: 'NFT_MSG_NEWTABLE', property: 'family' },
      hint: `this kernel has no nf_tables of the family '${family}'`,
    };
    if (isThere) expect(error).toBeUndefined();
    else expect(error).toMatchObject(lacking);
  });

  test.each(families.filter((family) => family !== 'netdev' && family !== 'arp'))(
    'is told of chains, whose type and hook do not go together: %s',
    async (family) => {
      await using a = await scratchNamespace();
      if (!(await byNft(a, `add table ${family} t`))) {
        await expect(a.nftables.chains.list({ family })).resolves.toEqual([]);
        return;
      }

      for (const type of types) {
        for (const hook of hooks) {
          const name = `${type}-${hook}`;
          const isThere = await byNft(
            a,
            `add chain ${family} t theirs-${name} { type ${type} hook ${hook} priority 1 ; }`,
          );

          const error: unknown = await a.nftables.chains
            .add({ family, table: 't', name, type, hook, priority: 1 })
            .catch((reason: unknown) => reason);

          if (isThere) expect([name, error]).toEqual([name, undefined]);
          else {
            expect(error).toMatchObject({ request: 'NFT_MSG_NEWCHAIN', hint: expect.any(String) as string });
            expect(['type', 'hook']).toContain((error as { property: string }).property);
          }
        }
      }
    },
  );
});

import type { NftRulesetOptions, NftStatement } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import { scratchNamespace } from '../support/scratch';

const counting = feature(
  'nf_tables whose sets count connections',
  `nft add table inet t
   nft add set inet t s "{ type ipv4_addr; flags dynamic; }"
   nft add chain inet t c "{ type filter hook input priority 0; }"
   nft add rule inet t c add @s "{ ip saddr ct count over 2 }" drop`,
);

const chain = { name: 'in', type: 'filter', hook: 'input', priority: 'filter' } as const;
const update: NftStatement = { update: { set: 'seen', key: { ip: 'source' } } };

describeKernel('of a set that a rule cannot update the error says what it has to be', [counting], () => {
  test('of one with time-outs, when the rule counts connections', async () => {
    await using namespace = await scratchNamespace();
    const flags = ['dynamic', 'timeout'] as const;

    const refused = namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.sets.add({ name: 'seen', key: 'ipv4_addr', flags, timeout: 60 });
      table.chains.add(chain);
      const statements = [{ ctCount: { count: 2, over: true } }] as const;
      table.rules.add({
        chain: 'in',
        statements: [{ add: { set: 'seen', key: { ip: 'source' }, statements } }, 'drop'],
      });
    });

    await expect(refused).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: 'statements[0]' },
      hint: "the set 'seen' has to have flags: ['dynamic'], and no time-outs",
    });
  });

  test('of one with a size, also in a ruleset', async () => {
    await using namespace = await scratchNamespace();
    const of = { family: 'inet', table: 't' } as const;
    const ruleset: NftRulesetOptions = {
      tables: [{ family: 'inet', name: 't' }],
      chains: [{ ...of, ...chain }],
      objects: [],
      flowtables: [],
      sets: [{ ...of, name: 'seen', key: 'ipv4_addr', size: 100 }],
      rules: [
        { ...of, chain: 'in', statements: ['counter'] },
        { ...of, chain: 'in', statements: ['counter', update] },
      ],
    };

    await expect(namespace.nftables.replaceRuleset(ruleset)).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: 'rules[1].statements[1]' },
      hint: "the set 'seen' has to have flags: ['dynamic']",
    });
  });

  test('of a rule of a ruleset that has no place in its chain the statement is told', async () => {
    await using namespace = await scratchNamespace();
    const of = { family: 'inet', table: 't' } as const;

    const refused = namespace.nftables.replaceRuleset({
      ...{
        tables: [{ family: 'inet', name: 't' }],
        chains: [{ ...of, ...chain }],
        objects: [],
        flowtables: [],
        sets: [],
      },
      rules: [{ ...of, chain: 'in', statements: ['counter', 'masquerade'] }],
    });

    await expect(refused).rejects.toMatchObject({
      ...{ code: 'EOPNOTSUPP', property: 'rules[0].statements[1]' },
      hint: "'masquerade' is for chains of type 'nat' at postrouting",
    });
  });
});

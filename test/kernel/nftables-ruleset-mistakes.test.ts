import type { NftRulesetOptions } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const inet = feature('tables of inet', 'nft add table inet t');

const nothing: NftRulesetOptions = { tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] };

const wrong: [string, unknown, object][] = [
  ['nothing', undefined, {}],
  ['no object', 5, {}],
  ['an object of nothing', {}, { property: 'tables' }],
  ['something undefined', { ...nothing, rules: undefined }, { property: 'rules' }],
  ['something missing', { ...nothing, sets: undefined, flowtables: [] }, { property: 'sets' }],
  ['no array', { ...nothing, chains: 'all' }, { property: 'chains' }],
  ['a misspelt part', { ...nothing, flowTables: [] }, { property: 'flowTables' }],
  ['a family that is undefined', { ...nothing, family: undefined }, { property: 'family' }],
  ['a table that is undefined', { ...nothing, table: undefined }, { property: 'table' }],
  ['a family that is 0, which is all of them for the kernel', { ...nothing, family: 0 }, { property: 'family' }],
  ['a family that there is not', { ...nothing, family: 'ipv4' }, { property: 'family' }],
  ['a table that is no name', { ...nothing, table: null }, { property: 'table' }],
  [
    'a table of another family',
    { ...nothing, family: 'ip', tables: [{ family: 'inet', name: 't' }] },
    { property: 'tables[0].family' },
  ],
  [
    'a chain of a table that is not there',
    { ...nothing, tables: [{ family: 'inet', name: 't' }], chains: [{ family: 'ip', table: 't', name: 'c' }] },
    { property: 'chains[0].table' },
  ],
  [
    'a wrong statement',
    {
      ...nothing,
      tables: [{ family: 'inet', name: 't' }],
      rules: [{ family: 'inet', table: 't', chain: 'c', statements: ['accept', 'acept'] }],
    },
    { property: 'rules[0].statements[1].acept' },
  ],
  [
    'a wrong address',
    {
      ...nothing,
      tables: [{ family: 'inet', name: 't' }],
      sets: [{ family: 'inet', table: 't', name: 's', key: 'ipv4_addr', elements: [{ key: '2001:db8::1' }] }],
    },
    { property: 'sets[0].elements[0].key' },
  ],
  [
    'a wrong hook, which only its encoding finds',
    {
      ...nothing,
      tables: [{ family: 'inet', name: 't' }],
      chains: [{ family: 'inet', table: 't', name: 'c', type: 'filter', hook: 'inptu', priority: 0 }],
    },
    { property: 'chains[0].hook' },
  ],
  [
    'what a newer kernel told of a chain',
    {
      ...nothing,
      tables: [{ family: 'inet', name: 't' }],
      chains: [{ family: 'inet', table: 't', name: 'c', unknownAttributes: [{ type: 99, data: Uint8Array.of(1) }] }],
    },
    { property: 'chains[0].unknownAttributes' },
  ],
];

describeKernel('the whole ruleset', [requiresOracle('nft'), inet], () => {
  test.each(wrong)('is not replaced by %s', async (_what, ruleset, error) => {
    await using namespace = await scratchNamespace();
    await run(namespace, 'nft', ['table inet there { }']);

    const refused = namespace.nftables.replaceRuleset(ruleset as never);

    await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_/) as unknown, ...error });
    expect(await namespace.nftables.tables.list()).toMatchObject([{ name: 'there' }]);
  });
});

import { hostNamespace } from '../../lib';

// The kernel takes 0 for all families, and a question about one of them would be answered with more, or have more reset.
jest.mock('../../lib/native', () => ({
  ...jest.requireActual<object>('../../lib/native'),
  startRuntime: () => {
    throw new Error('the addon was loaded');
  },
}));

const { nftables } = hostNamespace();
const { tables, chains, rules, sets, elements, objects, flowtables } = nftables;

const verbs: Record<string, (family: never) => Promise<unknown>> = {
  'tables.list': (family) => tables.list({ family }),
  'tables.flush': (family) => tables.flush({ family, name: 't' }),
  'tables.delete': (family) => tables.delete({ family, name: 't' }),
  'chains.list': (family) => chains.list({ family }),
  'rules.list': (family) => rules.list({ family, table: 't' }),
  'rules.reset': (family) => rules.reset({ family, table: 't' }),
  'sets.list': (family) => sets.list({ family }),
  'sets.flush': (family) => sets.flush({ family, table: 't', name: 's' }),
  'elements.list': (family) => elements.list({ family, table: 't', set: 's' }),
  'elements.get': (family) => elements.get({ family, table: 't', set: 's', elements: [{ key: 1 }] }),
  'elements.add': (family) => elements.add({ family, table: 't', set: 's', elements: [{ key: 1 }] }),
  'elements.delete': (family) => elements.delete({ family, table: 't', set: 's', elements: [{ key: 1 }] }),
  'elements.reset': (family) => elements.reset({ family, table: 't', set: 's' }),
  'objects.list': (family) => objects.list({ family }),
  'objects.reset': (family) => objects.reset({ family, table: 't' }),
  'flowtables.list': (family) => flowtables.list({ family }),
  'batch, sets.flush': (family) =>
    nftables.batch((nft) => {
      nft.sets.flush({ family, table: 't', name: 's' });
    }),
  'batch, elements.add': (family) =>
    nftables.batch((nft) => {
      nft.elements.add({ family, table: 't', set: 's', elements: [{ key: 1 }] });
    }),
  ruleset: (family) => nftables.ruleset({ family }),
  replaceRuleset: (family) =>
    nftables.replaceRuleset({ family, tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] }),
};

describe.each(Object.entries(verbs))('nftables.%s refuses as a family', (_verb, call) => {
  test.each([[0], [1], [2], [null], [''], ['toString'], ['ipv4']])('%p', async (family) => {
    await expect(call(family as never)).rejects.toMatchObject({
      property: 'family',
      message: expect.stringContaining('must be one of inet, ip, arp, netdev, bridge, ip6, not') as unknown,
    });
  });
});

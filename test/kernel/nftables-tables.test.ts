import type { NetworkNamespace, NftChainOptions } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

/** What `nft -j list ruleset` shows of one sort, without handles. */
async function shown(namespace: Held, sort: 'chain' | 'rule'): Promise<Row[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return nftables.flatMap((one) => {
    const { handle: _, ...rest } = (one[sort] as Row | undefined) ?? {};
    return sort in one ? [rest] : [];
  });
}

/** The same as text: nft 1.0.6 writes no JSON of flags and comments of tables. */
function tablesIn(namespace: Held): Promise<string> {
  return run(namespace, 'nft', ['list', 'ruleset']);
}

async function nft(namespace: NetworkNamespace, commands: string): Promise<void> {
  await run(namespace, 'nft', [commands]);
}

const shop = { family: 'inet', table: 'shop' } as const;

/** Chains as nft writes them, and the same in words. */
const chains: [nft: string, options: Omit<NftChainOptions, 'family' | 'table'>][] = [
  ['plain', { name: 'plain' }],
  [
    'c { type filter hook input priority 0 ; policy drop ; }',
    { name: 'c', type: 'filter', hook: 'input', priority: 'filter', policy: 'drop' },
  ],
  [
    'c { type nat hook postrouting priority srcnat ; }',
    { name: 'c', type: 'nat', hook: 'postrouting', priority: 'srcnat', policy: 'accept' },
  ],
  [
    'c { type route hook output priority mangle ; }',
    { name: 'c', type: 'route', hook: 'output', priority: 'mangle', policy: 'accept' },
  ],
  [
    'c { type filter hook forward priority -7 ; comment "said" ; }',
    { name: 'c', type: 'filter', hook: 'forward', priority: -7, policy: 'accept', comment: 'said' },
  ],
  [
    'c { type filter hook ingress device lo priority 3 ; }',
    { name: 'c', type: 'filter', hook: 'ingress', priority: 3, policy: 'accept', devices: ['lo'] },
  ],
];

describeKernel('tables of nf_tables', [requiresOracle('nft'), nat], () => {
  test('are as nft shows them, and listed as nft made them', async () => {
    await using ours = await scratchNamespace();
    await using theirs = await scratchNamespace();
    await nft(theirs, 'add table inet a { comment "said" ; }; add table ip b { flags dormant ; }; add table ip6 a');

    await ours.nftables.tables.add({ family: 'inet', name: 'a', comment: 'said' });
    await ours.nftables.tables.add({ family: 'ip', name: 'b', flags: ['dormant'] });
    await ours.nftables.tables.add({ family: 'ip6', name: 'a' });

    expect(await tablesIn(ours)).toBe(await tablesIn(theirs));
    const listed = await theirs.nftables.tables.list();
    expect(listed).toMatchObject([
      { family: 'inet', name: 'a', comment: 'said', use: 0 },
      { family: 'ip', name: 'b', flags: ['dormant'], use: 0 },
      { family: 'ip6', name: 'a', use: 0 },
    ]);
    expect(await theirs.nftables.tables.list({ family: 'ip6' })).toEqual([listed[2]]);
  });

  test('sleep and wake by their flags, and stay as they are without', async () => {
    await using a = await scratchNamespace();
    const table = { family: 'ip', name: 't' } as const;
    const isAsleep = async () => (await tablesIn(a)).includes('dormant');

    await a.nftables.tables.add(table);
    await a.nftables.tables.add({ ...table, flags: ['dormant'] });
    await a.nftables.tables.add(table);
    const asleep = await isAsleep();
    await a.nftables.tables.add({ ...table, flags: [] });

    expect(asleep).toBe(true);
    expect(await isAsleep()).toBe(false);
  });

  test('are deleted with what is in them, and added again as they are listed', async () => {
    await using a = await scratchNamespace();
    await nft(a, 'add table inet shop { comment "x" ; }; add chain inet shop c; add rule inet shop c accept');
    const [row] = await a.nftables.tables.list();

    await a.nftables.tables.delete(row!);
    const left = await a.nftables.tables.list();
    await a.nftables.tables.add(row!);

    expect(left).toEqual([]);
    expect(await tablesIn(a)).toBe('table inet shop {\n\tcomment "x"\n}\n');
    await expect(a.nftables.tables.delete({ family: 'ip', name: 'none' })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('lose their rules to a flush, and chains theirs; nothing else goes', async () => {
    await using a = await scratchNamespace();
    await nft(
      a,
      'add table inet shop; add chain inet shop c; add chain inet shop d; add rule inet shop c accept; add rule inet shop d drop; ' +
        'add table ip other; add chain ip other c; add rule ip other c accept',
    );
    const chainsOfRules = async () =>
      (await shown(a, 'rule')).map(({ table, chain }) => `${String(table)} ${String(chain)}`);

    await a.nftables.chains.flush({ ...shop, name: 'c' });
    const first = await chainsOfRules();
    await a.nftables.tables.flush({ family: 'inet', name: 'shop' });

    expect(first).toEqual(['shop d', 'other c']);
    expect(await chainsOfRules()).toEqual(['other c']);
    expect(await a.nftables.chains.list()).toHaveLength(3);
  });

  test('a chain that is there takes a policy by its name alone, if it is a base chain', async () => {
    await using a = await scratchNamespace();
    await nft(
      a,
      'add table inet shop; add chain inet shop c { type filter hook input priority 7 ; }; add chain inet shop d',
    );

    await a.nftables.chains.add({ ...shop, name: 'c', policy: 'drop' });

    expect(await shown(a, 'chain')).toMatchObject([
      { name: 'c', type: 'filter', hook: 'input', prio: 7, policy: 'drop' },
      { name: 'd' },
    ]);
    for (const name of ['d', 'new'])
      await expect(a.nftables.chains.add({ ...shop, name, policy: 'drop' })).rejects.toMatchObject({
        code: 'EOPNOTSUPP',
        property: 'policy',
        message: expect.stringContaining('only base chains have one') as unknown,
      });
  });

  test.each<[string, (a: NetworkNamespace) => Promise<unknown>, object]>([
    [
      'a flush of a table without a name',
      (a) => a.nftables.tables.flush({ family: 'inet' } as never),
      { property: 'name' },
    ],
    ['a flush of a chain without a name', (a) => a.nftables.chains.flush(shop as never), { property: 'name' }],
    [
      'a flush of a chain without a table',
      (a) => a.nftables.chains.flush({ family: 'inet', name: 'c' } as never),
      { property: 'table' },
    ],
    ['an owner', (a) => a.nftables.tables.add({ family: 'inet', name: 't', flags: ['owner'] }), { property: 'flags' }],
    [
      'flags that are no array',
      (a) => a.nftables.tables.add({ family: 'inet', name: 't', flags: 5 as never }),
      { property: 'flags' },
    ],
    [
      'a name that is a symbol',
      (a) => a.nftables.elements.list({ ...shop, set: Symbol('s') as never }),
      { property: 'set' },
    ],
    [
      'a table that is a symbol',
      (a) => a.nftables.rules.add({ family: 'inet', table: Symbol('t') as never, chain: 'c', statements: [] }),
      { property: 'table' },
    ],
    [
      'flags of a set that are no array',
      (a) => a.nftables.sets.add({ ...shop, name: 's', key: 'mark', flags: 'interval' as never }),
      { property: 'flags' },
    ],
    [
      'an expression that is none',
      (a) => a.nftables.rules.add({ ...shop, chain: 'c', statements: [{ expressions: [5 as never] }] }),
      { property: 'statements[0].expressions[0]' },
    ],
    [
      'no flag of TCP',
      (a) => a.nftables.rules.add({ ...shop, chain: 'c', statements: [{ match: { tcp: { flags: [] } } }] }),
      { property: 'statements[0].match.tcp.flags' },
    ],
    ['no device', (a) => a.nftables.chains.add({ ...shop, name: 'c', devices: [] }), { property: 'devices' }],
    ['an unknown filter', (a) => a.nftables.chains.list({ tabel: 'x' } as never), { property: 'tabel' }],
    ['a family that is none', (a) => a.nftables.tables.list({ family: 'ipx' as never }), { property: 'family' }],
    ['a table that is not there', (a) => a.nftables.chains.add({ ...shop, name: 'c' }), { code: 'ENOENT' }],
  ])('%s is refused', async (_what, call, error) => {
    await using a = await scratchNamespace();

    await expect(call(a)).rejects.toMatchObject(error);
  });
});

describeKernel('what would take more than was meant', [requiresOracle('nft'), nat], () => {
  const rule = { ...shop, chain: 'c', handle: 1000 };
  const lacking = (name: 'chain' | 'handle' | 'table') => {
    const { [name]: _, ...rest } = rule;
    return rest as never;
  };

  test.each<[string, (a: NetworkNamespace) => Promise<unknown>, string]>([
    ['a rule without its chain', (a) => a.nftables.rules.delete(lacking('chain')), 'chain'],
    ['a rule without its handle', (a) => a.nftables.rules.delete(lacking('handle')), 'handle'],
    ['a rule without its table', (a) => a.nftables.rules.delete(lacking('table')), 'table'],
    ['one whose chain is undefined', (a) => a.nftables.rules.delete({ ...rule, chain: undefined as never }), 'chain'],
    [
      'one of a batch, without its handle',
      (a) =>
        a.nftables.batch((nft) => {
          nft.rules.delete(lacking('handle'));
        }),
      'handle',
    ],
    [
      'one of a batch, without its chain',
      (a) =>
        a.nftables.batch((nft) => {
          nft.rules.delete(lacking('chain'));
        }),
      'chain',
    ],
    [
      'a rule that replaces none',
      (a) => a.nftables.rules.replace({ ...shop, chain: 'c', statements: ['drop'] } as never),
      'handle',
    ],
    ['a table without its name', (a) => a.nftables.tables.delete({ family: 'inet' } as never), 'name'],
    ['a chain without its name', (a) => a.nftables.chains.delete(shop as never), 'name'],
    ['a set without its name', (a) => a.nftables.sets.delete(shop as never), 'name'],
    ['no elements', (a) => a.nftables.elements.delete({ ...shop, set: 's' } as never), 'elements'],
  ])('is refused, and nothing goes: %s', async (_what, call, property) => {
    await using a = await scratchNamespace();
    await nft(
      a,
      'add table inet shop; add chain inet shop c; add chain inet shop d; add rule inet shop c counter; add rule inet shop d drop; ' +
        'add set inet shop s { type mark ; elements = { 1, 2 } ; }',
    );
    const before = await run(a, 'nft', ['-a', 'list', 'ruleset']);

    await expect(call(a)).rejects.toMatchObject({ property });
    expect(await run(a, 'nft', ['-a', 'list', 'ruleset'])).toBe(before);
  });
});

describeKernel('a chain of nf_tables', [requiresOracle('nft'), nat], () => {
  test.each(chains)('%s is as nft shows it, listed as nft made it, and added again', async (text, options) => {
    await using ours = await scratchNamespace();
    await using theirs = await scratchNamespace();
    await nft(theirs, `add table inet shop; add chain inet shop ${text}`);
    await ours.nftables.tables.add({ family: 'inet', name: 'shop' });

    await ours.nftables.chains.add({ ...shop, ...options });

    const expected = await shown(theirs, 'chain');
    expect(await shown(ours, 'chain')).toEqual(expected);
    const [row, ...others] = await theirs.nftables.chains.list({ table: 'shop' });
    expect(others).toEqual([]);
    expect(row).toEqual({ ...shop, ...options, handle: expect.any(Number) as number, use: 0 });
    await theirs.nftables.chains.delete(row!);
    await theirs.nftables.chains.add(row!);
    expect(await shown(theirs, 'chain')).toEqual(expected);
  });

  test('that another leads to is not deleted', async () => {
    await using a = await scratchNamespace();
    await nft(a, 'add table inet shop; add chain inet shop c; add chain inet shop d; add rule inet shop d jump c');

    await expect(a.nftables.chains.delete({ ...shop, name: 'c' })).rejects.toMatchObject({ code: 'EBUSY' });
  });

  test('is exchanged in one batch, with its rules', async () => {
    await using a = await scratchNamespace();
    await nft(a, 'add table inet shop; add chain inet shop c; add rule inet shop c accept');
    const [rule] = await a.nftables.rules.list();

    await a.nftables.batch((batch) => {
      batch.rules.delete(rule!);
      batch.chains.delete({ ...shop, name: 'c' });
      const table = batch.tables.add({ family: 'inet', name: 'shop' });
      table.chains.add({ name: 'd' });
      table.rules.add({ chain: 'd', statements: ['drop'] });
      table.rules.insert({ chain: 'd', statements: ['counter'] });
    });

    expect((await a.nftables.rules.list()).map(({ chain, statements }) => ({ chain, statements }))).toEqual([
      { chain: 'd', statements: [{ counter: { packets: 0, bytes: 0 } }] },
      { chain: 'd', statements: ['drop'] },
    ]);
    expect((await a.nftables.chains.list()).map(({ name }) => name)).toEqual(['d']);
  });
});

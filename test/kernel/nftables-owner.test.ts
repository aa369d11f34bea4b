import { createNamespace, type NetworkNamespace, type NftOwner, type NftTableFlag } from '../../lib';
import { describeKernel, feature, kernelSince, kernelTest, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const owned = feature('tables of nf_tables that have an owner', 'echo "add table inet t { flags owner; }" | nft -f -');

const nothing = { tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] };
const shop = { family: 'inet', name: 'shop' } as const;
const inShop = { family: 'inet', table: 'shop' } as const;
const persist = { flags: ['persist'] } as const;

/** What nft shows: its version 1.0.6 has no word for 'persist'. */
function shown(namespace: Held): Promise<string> {
  return run(namespace, 'nft', ['list', 'ruleset']);
}

/** What nft says when it is refused. */
function refused(namespace: Held, command: string): Promise<unknown> {
  return run(namespace, 'nft', [command]).then(
    () => 'done',
    (error: unknown) => (error as Error).message,
  );
}

async function addShop(owner: NftOwner): Promise<void> {
  await owner.batch((nft) => {
    const table = nft.tables.add(shop);
    table.chains.add({ name: 'in', type: 'filter', hook: 'input', priority: 'filter' });
    table.sets.add({ name: 'blocked', key: 'ipv4_addr' });
    table.objects.add({ kind: 'counter', name: 'visits' });
    table.rules.add({ chain: 'in', statements: [{ match: { tcp: { destinationPort: [22, 80] } } }, 'accept'] });
  });
}

/** The flags and the owner of each table, as the kernel tells them. */
async function tablesIn({ nftables }: NetworkNamespace): Promise<Record<string, [readonly NftTableFlag[], unknown]>> {
  return Object.fromEntries(
    (await nftables.tables.list()).map(({ name, flags = [], owner }) => [name, [flags, owner]]),
  );
}

describeKernel('tables with an owner', [requiresOracle('nft'), owned], () => {
  test('are as those of nft with that flag, and have the port of the socket', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();

    await addShop(owner);
    await owner.rules.add({ ...inShop, chain: 'in', statements: ['counter', 'drop'] });
    await owner.elements.add({ ...inShop, set: 'blocked', elements: [{ key: '192.0.2.1' }] });

    const text = await shown(a);
    expect(text).toMatch(/^table inet shop \{ # progname \S+\n\tflags owner\n/);
    expect(text).toContain('elements = { 192.0.2.1 }');
    expect(text).toContain('tcp dport { 22, 80 } accept\n\t\tcounter packets 0 bytes 0 drop');
    expect(await tablesIn(a)).toEqual({ shop: [['owner'], owner.port] });
    // Netlink gives the first socket of a process its id, and others numbers from the upper half.
    expect(owner.port === process.pid || owner.port > 0x7fffffff).toBe(true);
  });

  test('are changed by their socket alone, and others are told whose they are', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();
    await using another = await a.nftables.owner();
    await addShop(owner);
    const before = await shown(a);
    const [rule] = await a.nftables.rules.list();

    for (const nftables of [a.nftables, another]) {
      const changes: Record<string, Promise<unknown>> = {
        'tables.add': nftables.tables.add(shop),
        'tables.delete': nftables.tables.delete(shop),
        'tables.flush': nftables.tables.flush(shop),
        'chains.add': nftables.chains.add({ ...inShop, name: 'x' }),
        'chains.delete': nftables.chains.delete({ ...inShop, name: 'in' }),
        'chains.flush': nftables.chains.flush({ ...inShop, name: 'in' }),
        'rules.add': nftables.rules.add({ ...inShop, chain: 'in', statements: ['drop'] }),
        'rules.insert': nftables.rules.insert({ ...inShop, chain: 'in', statements: ['drop'] }),
        'rules.replace': nftables.rules.replace({ ...rule!, statements: ['drop'] }),
        'rules.delete': nftables.rules.delete(rule!),
        'sets.add': nftables.sets.add({ ...inShop, name: 's', key: 'mark' }),
        'sets.delete': nftables.sets.delete({ ...inShop, name: 'blocked' }),
        'sets.flush': nftables.sets.flush({ ...inShop, name: 'blocked' }),
        'elements.add': nftables.elements.add({ ...inShop, set: 'blocked', elements: [{ key: '192.0.2.1' }] }),
        'elements.delete': nftables.elements.delete({ ...inShop, set: 'blocked', elements: [{ key: '192.0.2.1' }] }),
        'objects.add': nftables.objects.add({ ...inShop, kind: 'counter', name: 'x' }),
        'objects.delete': nftables.objects.delete({ ...inShop, kind: 'counter', name: 'visits' }),
        batch: nftables.batch((nft) => {
          nft.tables.add({ family: 'ip', name: 'with' }).chains.add({ name: 'c' });
          nft.tables.in(shop).chains.add({ name: 'x' });
        }),
      };
      const words = `table 'inet shop' is owned by another socket (port ${String(owner.port)})`;
      for (const [verb, change] of Object.entries(changes)) {
        const error = await change.then(
          () => undefined,
          (reason: unknown) => reason as Error,
        );
        expect([verb, error]).toEqual([verb, expect.objectContaining({ code: 'EPERM', capability: undefined })]);
        expect(`${verb}: ${error!.message}`).toContain(words);
      }
    }
    for (const command of ['add chain inet shop x', 'delete table inet shop', 'flush table inet shop'])
      expect(await refused(a, command)).toContain('Operation not permitted');
    await run(a, 'nft', ['flush ruleset']);

    expect(await shown(a)).toBe(before);
  });

  test('are read by others, and what they count begins anew for whomever asks', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();
    await addShop(owner);

    const { generation, ...whole } = await a.nftables.ruleset();

    expect(await owner.ruleset()).toEqual({ generation, ...whole });
    expect(await owner.rules.list()).toEqual(whole.rules);
    expect(await a.nftables.objects.reset(inShop)).toHaveLength(1);
  });

  test('are not made by the namespace, which tells who does', async () => {
    await using a = await scratchNamespace();
    const flags = ['owner'] as const;
    const words = expect.stringContaining('nftables.owner()') as string;

    const error = { property: 'flags', message: words };
    await expect(a.nftables.tables.add({ ...shop, flags })).rejects.toMatchObject(error);
    const batch = a.nftables.batch((nft) => {
      nft.tables.add({ ...shop, flags });
    });
    await expect(batch).rejects.toMatchObject(error);
    const ruleset = a.nftables.replaceRuleset({ ...nothing, tables: [{ ...shop, flags }] });
    await expect(ruleset).rejects.toMatchObject({ property: 'tables[0].flags', message: words });

    expect(await shown(a)).toBe('');
  });

  test('keep the flags that they were made with', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();
    await owner.tables.add({ ...shop, flags: ['owner', 'dormant'] });
    await owner.chains.add({ ...inShop, name: 'c' });
    const [row] = await owner.tables.list();

    await owner.tables.add(row!);
    await owner.tables.add({ ...shop, flags: ['dormant'] });
    const awake = owner.tables.add(shop);

    await expect(awake).rejects.toMatchObject({ code: 'EOPNOTSUPP', property: 'flags', hint: undefined });
    await expect(awake).rejects.toThrow("a table that is owned keeps its flags: it was made with ['dormant']");
    expect(await shown(a)).toContain('flags dormant,owner');
    expect(await tablesIn(a)).toEqual({ shop: [['dormant', 'owner'], owner.port] });
  });

  test('are none that are there without one, which the owner may change as anybody may', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();
    await run(a, 'nft', ['add table inet shop']);

    const taken = owner.tables.add(shop);
    await expect(taken).rejects.toMatchObject({ code: 'EOPNOTSUPP', property: 'flags' });
    await expect(taken).rejects.toThrow("has no owner: only one with 'persist' can be taken");
    await owner.chains.add({ ...inShop, name: 'c' });
    expect(await tablesIn(a)).toEqual({ shop: [[], undefined] });

    await owner.batch((nft) => {
      nft.tables.delete(shop);
      nft.tables.add(shop);
    });
    expect(await tablesIn(a)).toEqual({ shop: [['owner'], owner.port] });
  });

  test('are replaced by their owner as a whole, and others stay', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();
    await run(a, 'nft', ['add table inet theirs; add chain inet theirs c; add rule inet theirs c accept']);
    await addShop(owner);
    const before = await shown(a);
    const ruleset = await owner.ruleset();

    await owner.replaceRuleset({ ...ruleset, rules: [] });
    const emptied = await shown(a);
    await owner.replaceRuleset(ruleset);

    expect(emptied).toContain('table inet theirs');
    expect(emptied).not.toContain('tcp dport');
    expect(await shown(a)).toBe(before);
    const theirs = owner.replaceRuleset({ ...nothing, tables: [{ family: 'inet', name: 'theirs' }] });
    await expect(theirs).rejects.toMatchObject({ code: 'EOPNOTSUPP', property: 'flags' });
    expect(await shown(a)).toBe(before);
    await owner.replaceRuleset(nothing);
    expect(await tablesIn(a)).toEqual({ theirs: [[], undefined] });
    expect(await owner.ruleset()).toMatchObject(nothing);
  });

  test('are in the order of the calls of their owner, of one turn or several', async () => {
    await using a = await scratchNamespace();
    await using owner = await a.nftables.owner();

    const [, , , names, , gone] = await Promise.all([
      owner.tables.add(shop),
      owner.batch((nft) => {
        // More than are encoded in one turn of the event loop.
        for (let chain = 0; chain < 200; chain++) nft.chains.add({ ...inShop, name: `c${String(chain)}` });
      }),
      owner.chains.delete({ ...inShop, name: 'c7' }),
      owner.chains.list(),
      owner.tables.delete(shop),
      owner.ruleset(),
    ]);

    expect(names).toHaveLength(199);
    expect(gone.tables).toEqual([]);
  });

  test('are made in a namespace that is being made, once it is there', async () => {
    await using a = await scratchNamespace();
    await using outside = await a.nftables.owner();
    let owner: Promise<NftOwner> | undefined;

    await using b = await createNamespace(undefined, (made) => {
      owner = made.nftables.owner();
      // Of another namespace: a part of the whole.
      return [outside.tables.add(shop)];
    });

    await using inside = await owner!;
    await inside.tables.add(shop);
    expect(await tablesIn(a)).toEqual({ shop: [['owner'], outside.port] });
    expect(await tablesIn(b)).toEqual({ shop: [['owner'], inside.port] });
  });
});

describeKernel('a table that outlives its owner', [requiresOracle('nft'), owned], () => {
  // No version of nft that is common has a word for it, with which a probe could ask.
  const persists = kernelSince('6.9');

  kernelTest('is taken by another, with what is in it', [persists], async () => {
    await using a = await scratchNamespace();
    const first = await a.nftables.owner();
    await first.batch((nft) => {
      nft.tables.add({ ...shop, ...persist }).chains.add({ name: 'c' });
    });
    await first.close();
    expect(await tablesIn(a)).toEqual({ shop: [['persist'], undefined] });

    await using second = await a.nftables.owner();
    await expect(second.tables.add(shop)).rejects.toThrow("it is taken with the flags ['persist']");
    await second.tables.add({ ...shop, ...persist });

    expect(await tablesIn(a)).toEqual({ shop: [['owner', 'persist'], second.port] });
    expect(await shown(a)).toContain('chain c');
    expect(await refused(a, 'delete table inet shop')).toContain('Operation not permitted');
  });

  kernelTest('is replaced by a ruleset that has it, and not by one that does not', [persists], async () => {
    await using a = await scratchNamespace();
    const first = await a.nftables.owner();
    for (const name of ['shop', 'other']) await first.tables.add({ family: 'inet', name, ...persist });
    await first.chains.add({ ...inShop, name: 'c' });
    await first.rules.add({ ...inShop, chain: 'c', statements: ['accept'] });
    const ruleset = await first.ruleset({ family: 'inet', table: 'shop' });
    await first.close();

    await using second = await a.nftables.owner();
    const { table: _, family: __, ...all } = ruleset;
    await second.replaceRuleset(all);

    expect(await second.rules.list()).toHaveLength(1);
    expect(await tablesIn(a)).toEqual({
      shop: [['owner', 'persist'], second.port],
      other: [['persist'], undefined],
    });
  });
});

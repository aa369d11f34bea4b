import { createNamespace, type NftBatch, type NftTableScope } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

/** What `nft -j list ruleset` shows, without its heading. */
async function ruleset(namespace: Held): Promise<Row[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return nftables.slice(1);
}

const accept = { statements: ['accept'] } as const;

/** Two tables with rules of the same handles. */
const TWO_TABLES = `
  add table ip shop; add chain ip shop c; add rule ip shop c counter
  add table ip other; add chain ip other c; add rule ip other c counter`;

/** A table with a base chain and a rule. */
function shop(nft: NftBatch): void {
  const table = nft.tables.add({ family: 'inet', name: 'shop' });
  table.chains.add({ name: 'post', type: 'nat', hook: 'postrouting', priority: 'srcnat', policy: 'accept' });
  table.rules.add({ chain: 'post', statements: ['counter', 'masquerade'] });
}

describeKernel('a batch of nf_tables', [requiresOracle('nft'), nat], () => {
  test('makes a table, a base chain and a rule, as nft shows them', async () => {
    await using namespace = await scratchNamespace();

    await namespace.nftables.batch(shop);

    expect(await ruleset(namespace)).toEqual([
      { table: { family: 'inet', name: 'shop', handle: 1 } },
      {
        chain: {
          ...{ family: 'inet', table: 'shop', name: 'post', handle: 1 },
          ...{ type: 'nat', hook: 'postrouting', prio: 100, policy: 'accept' },
        },
      },
      {
        rule: {
          ...{ family: 'inet', table: 'shop', chain: 'post', handle: 2 },
          expr: [{ counter: { packets: 0, bytes: 0 } }, { masquerade: null }],
        },
      },
    ]);
  });

  test('is what nft makes of the same words', async () => {
    await using ours = await scratchNamespace();
    await using theirs = await scratchNamespace();
    await run(theirs, 'nft', [
      'add table inet shop; add chain inet shop post { type nat hook postrouting priority srcnat; policy accept; }; ' +
        'add rule inet shop post counter masquerade',
    ]);

    await ours.nftables.batch(shop);

    expect(await ruleset(ours)).toEqual(await ruleset(theirs));
  });

  test('is refused as a whole, with the thing and the property at fault', async () => {
    await using namespace = await scratchNamespace();

    const refused = namespace.nftables.batch((nft) => {
      shop(nft);
      nft.rules.add({ family: 'inet', table: 'shop', chain: 'elsewhere', statements: ['masquerade'] });
      nft.tables.add({ family: 'ip', name: 'behind' });
    });

    await expect(refused).rejects.toMatchObject({
      ...{ code: 'ENOENT', request: 'NFT_MSG_NEWRULE', property: 'chain' },
      subject: "rule of chain 'inet shop elsewhere'",
    });
    expect(await ruleset(namespace)).toEqual([]);
  });

  test('may be larger than a send buffer, and is never cut', async () => {
    await using namespace = await scratchNamespace();
    const count = 1500;
    const filled = (last: string) => (nft: NftBatch) => {
      const table = nft.tables.add({ family: 'ip', name: 'large' });
      for (let index = 0; index < count; index++) table.chains.add({ name: `c${String(index)}-${'x'.repeat(240)}` });
      nft.chains.add({ family: 'ip', table: last, name: 'last' });
    };

    await expect(namespace.nftables.batch(filled('none'))).rejects.toMatchObject({ code: 'ENOENT', property: 'table' });
    expect(await ruleset(namespace)).toEqual([]);
    await namespace.nftables.batch(filled('large'));

    expect(await ruleset(namespace)).toHaveLength(1 + count + 1);
  });

  test('has its turn among all else that is asked in the same tick', async () => {
    await using namespace = await scratchNamespace();

    const results = await Promise.allSettled([
      namespace.nftables.batch(shop),
      namespace.links.add({ kind: 'bridge', name: 'br0' }),
      namespace.nftables.batch((nft) => {
        nft.tables.delete({ family: 'inet', name: 'shop' });
      }),
      namespace.nftables.batch((nft) => {
        nft.tables.delete({ family: 'inet', name: 'shop' });
      }),
      namespace.links.delete('br0'),
      namespace.nftables.batch(shop),
    ]);

    expect(results.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    ]);
    expect(results[3]).toMatchObject({ reason: { code: 'ENOENT', request: 'NFT_MSG_DELTABLE', property: 'name' } });
    expect(await ruleset(namespace)).toHaveLength(3);
  });

  test('is a part of a furnishing, which ends with it', async () => {
    await using made = await createNamespace(undefined, (inside) => [
      inside.links.set('lo', { up: true }),
      inside.nftables.batch(shop),
    ]);
    expect(await ruleset(made)).toHaveLength(3);

    const refused = createNamespace(undefined, (inside) => [
      inside.nftables.batch((nft) => {
        nft.tables.delete({ family: 'ip', name: 'none' });
      }),
      inside.links.set('lo', { up: true }),
    ]);
    await expect(refused).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_DELTABLE' });
  });

  const wrong: [string, (nft: NftBatch) => unknown, object][] = [
    ['family', (nft) => nft.tables.add({ family: 'ip4' as 'ip', name: 'a' }), { property: 'family' }],
    ['name', (nft) => nft.tables.add({ family: 'ip', name: 7 as unknown as string }), { property: 'name' }],
    [
      'hook of another family',
      (nft) => {
        nft.chains.add({ family: 'ip', table: 't', name: 'c', type: 'filter', hook: 'egress', priority: 0 });
      },
      { property: 'hook' },
    ],
    [
      'hook without a priority',
      (nft) => {
        nft.chains.add({ family: 'ip', table: 't', name: 'c', type: 'filter', hook: 'input' });
      },
      { property: 'type', message: expect.stringContaining('priority') as unknown },
    ],
    [
      'statement',
      (nft) => {
        nft.rules.add({ family: 'ip', table: 't', chain: 'c', statements: ['count' as 'counter'] });
      },
      { property: 'statements[0].count' },
    ],
    [
      'promise',
      () => Promise.reject(new Error('later')),
      { property: 'fill', message: expect.stringContaining('synchronous') as unknown },
    ],
  ];

  test.each(wrong)('refuses a wrong %s before anything is sent', async (_what, fill, error) => {
    await using namespace = await scratchNamespace();

    const refused = namespace.nftables.batch((nft) => {
      nft.tables.add({ family: 'ip', name: 'first' });
      return fill(nft) as undefined;
    });

    await expect(refused).rejects.toMatchObject(error);
    expect(await ruleset(namespace)).toEqual([]);
  });

  test('is asked for by a function', async () => {
    await using namespace = await scratchNamespace();

    await expect(namespace.nftables.batch({} as never)).rejects.toMatchObject({ name: 'TypeError', property: 'fill' });
  });

  test('takes nothing after its function has returned', async () => {
    await using namespace = await scratchNamespace();
    let kept: NftBatch | undefined;
    await namespace.nftables.batch((nft) => {
      kept = nft;
      shop(nft);
    });

    expect(() => kept?.tables.add({ family: 'ip', name: 'late' })).toThrow('has been sent');
    expect(await ruleset(namespace)).toHaveLength(3);
  });

  test('that asks for nothing is refused by a handle that is closed', async () => {
    await using namespace = await scratchNamespace();
    const owner = await namespace.nftables.owner();
    await owner.close();

    await expect(owner.batch(() => undefined)).rejects.toMatchObject({ code: 'EBADF' });
    const { nftables } = namespace;
    await namespace.close();
    await expect(nftables.batch(() => undefined)).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('that asks for nothing sends nothing', async () => {
    await using namespace = await scratchNamespace();

    await namespace.nftables.batch(() => undefined);

    expect(await ruleset(namespace)).toEqual([]);
  });

  test('works in a table that is there', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.tables.add({ family: 'bridge', name: 'shop' });

    await namespace.nftables.batch((nft) => {
      nft.tables.in({ family: 'bridge', name: 'shop' }).chains.add({ name: 'web' });
    });
    const missing = namespace.nftables.batch((nft) => {
      nft.tables.in({ family: 'bridge', name: 'none' }).chains.add({ name: 'web' });
    });

    await expect(missing).rejects.toMatchObject({ code: 'ENOENT', property: 'table' });
    expect(await namespace.nftables.chains.list()).toMatchObject([{ family: 'bridge', table: 'shop', name: 'web' }]);
  });

  const elsewhere: [string, (shop: NftTableScope, row: object) => void][] = [
    [
      'a rule that is deleted',
      (table, row) => {
        table.rules.delete({ chain: 'c', handle: 2, ...row });
      },
    ],
    [
      'a rule that is replaced',
      (table, row) => {
        table.rules.replace({ chain: 'c', handle: 2, ...accept, ...row });
      },
    ],
    [
      'a rule that is added',
      (table, row) => {
        table.rules.add({ chain: 'c', ...accept, ...row });
      },
    ],
    [
      'a rule that is inserted',
      (table, row) => {
        table.rules.insert({ chain: 'c', ...accept, ...row });
      },
    ],
    [
      'a chain that is added',
      (table, row) => {
        table.chains.add({ name: 'c', ...row });
      },
    ],
    [
      'a chain that is deleted',
      (table, row) => {
        table.chains.delete({ name: 'c', ...row });
      },
    ],
    [
      'a set that is added',
      (table, row) => {
        table.sets.add({ name: 's', key: 'mark', ...row });
      },
    ],
    [
      'a set that is deleted',
      (table, row) => {
        table.sets.delete({ name: 's', ...row });
      },
    ],
    [
      'an object that is added',
      (table, row) => {
        table.objects.add({ kind: 'counter', name: 'o', ...row });
      },
    ],
    [
      'an object that is deleted',
      (table, row) => {
        table.objects.delete({ kind: 'counter', name: 'o', ...row });
      },
    ],
    [
      'a flowtable that is added',
      (table, row) => {
        table.flowtables.add({ name: 'f', ...row });
      },
    ],
    [
      'a flowtable that is deleted',
      (table, row) => {
        table.flowtables.delete({ name: 'f', ...row });
      },
    ],
  ];

  test.each(elsewhere)('refuses in a table %s and is of another', async (_what, ask) => {
    await using namespace = await scratchNamespace();
    await run(namespace, 'nft', [TWO_TABLES]);
    const before = await ruleset(namespace);
    const inShop = (row: object) =>
      namespace.nftables.batch((nft) => {
        ask(nft.tables.in({ family: 'ip', name: 'shop' }), row);
      });

    await expect(inShop({ family: 'ip', table: 'other' })).rejects.toMatchObject({
      property: 'table',
      message: expect.stringContaining("must be 'shop'") as unknown,
    });
    await expect(inShop({ family: 'ip6', table: 'shop' })).rejects.toMatchObject({ property: 'family' });

    expect(await ruleset(namespace)).toEqual(before);
  });

  test('takes rows of lists in the table that they are of', async () => {
    await using namespace = await scratchNamespace();
    await run(namespace, 'nft', [TWO_TABLES]);
    const rules = await namespace.nftables.rules.list({ family: 'ip', table: 'shop' });

    await namespace.nftables.batch((nft) => {
      const table = nft.tables.in({ family: 'ip', name: 'shop' });
      for (const rule of rules) table.rules.delete(rule);
    });

    expect(await namespace.nftables.rules.list()).toMatchObject([{ table: 'other' }]);
  });

  test('takes nothing after its function has thrown', async () => {
    await using namespace = await scratchNamespace();
    let kept: NftBatch | undefined;
    const failed = namespace.nftables.batch((nft) => {
      kept = nft;
      throw new Error('not today');
    });

    await expect(failed).rejects.toThrow('not today');
    expect(() => kept?.tables.add({ family: 'ip', name: 'late' })).toThrow('is in none');
  });

  test('that is encoded over several turns of the event loop is seen whole by the call behind it', async () => {
    await using namespace = await scratchNamespace();
    const { nftables } = namespace;
    const names = Array.from({ length: 3000 }, (_, index) => `c${String(index)}`);

    const done = nftables.batch((nft) => {
      const shop = nft.tables.add({ family: 'bridge', name: 'shop' });
      for (const name of names) shop.chains.add({ name });
    });
    const listed = await nftables.chains.list();

    await done;
    expect(listed.map(({ name }) => name)).toEqual(names);
  });

  test('that is encoded over several turns of the event loop does nothing if one of its messages is wrong', async () => {
    await using namespace = await scratchNamespace();
    const { nftables } = namespace;

    const done = nftables.batch((nft) => {
      const shop = nft.tables.add({ family: 'bridge', name: 'shop' });
      for (let index = 0; index < 3000; index++) shop.chains.add({ name: index < 2900 ? `c${String(index)}` : '' });
    });
    const listed = nftables.tables.list();

    await expect(done).rejects.toMatchObject({ property: 'name' });
    expect(await listed).toEqual([]);
    await nftables.tables.add({ family: 'bridge', name: 'later' });
    expect(await nftables.tables.list()).toMatchObject([{ name: 'later' }]);
  });
});

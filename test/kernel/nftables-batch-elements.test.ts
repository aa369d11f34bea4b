import {
  createNamespace,
  openNamespace,
  type NetworkNamespace,
  type NftBatch,
  type NftElementOptions,
} from '../../lib';
import { NetlinkTransport } from '../../lib/transport/netlink-transport';
import { describeKernel, requiresOracle } from '../support/kernel';
import { objects } from '../support/nft-objects';
import { rowsOf } from '../support/nft-ruleset';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const where = { family: 'inet', table: 't' } as const;

/** A table with sets, maps and a chain. */
const RULESET = `
table inet t {
  counter visits { }
  set blocked { type ipv4_addr; elements = { 192.0.2.1, 192.0.2.2 } }
  set ranges { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }
  set pairs { type ipv4_addr . inet_service; flags interval; }
  set short { type inet_service; flags timeout; }
  map marks { type inet_service : mark; elements = { 80 : 1 } }
  map ways { type inet_service : verdict; }
  map hosts { type inet_service : counter; }
  chain web { counter; }
  chain rest { counter; accept; }
}`;

/** A namespace with that table. */
async function filled(): Promise<Awaited<ReturnType<typeof scratchNamespace>>> {
  const namespace = await scratchNamespace();
  await run(namespace, 'nft', [RULESET]);
  return namespace;
}

/** The elements that nft shows of a set. */
async function elementsOf(namespace: Held, kind: 'set' | 'map', name: string): Promise<unknown[]> {
  const [row] = rowsOf(await run(namespace, 'nft', ['-j', 'list', kind, 'inet', 't', name]));
  return (((row![kind] as Row).elem ?? []) as unknown[]).map((one) => JSON.stringify(one)).sort();
}

const texts = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();

const many = (count: number): NftElementOptions[] =>
  Array.from({ length: count }, (_, index) => ({ key: `10.1.${String(index >> 8)}.${String(index & 255)}` }));

/** Lets others do something each time before one of the next batches is sent. */
function beforeSending(...interventions: (() => Promise<unknown>)[]): void {
  const { sendWhole } = NetlinkTransport.prototype;
  let isOfOthers = false;
  jest.spyOn(NetlinkTransport.prototype, 'sendWhole').mockImplementation(async function (
    this: NetlinkTransport,
    ...given
  ) {
    if (!isOfOthers) {
      isOfOthers = true;
      await interventions.shift()?.();
      isOfOthers = false;
    }
    await sendWhole.apply(this, given);
  });
}

/** Another handle of a namespace, as another program would have it. */
function another(namespace: NetworkNamespace): Promise<NetworkNamespace> {
  return openNamespace({ fd: namespace.fd });
}

describeKernel('elements in a batch of nf_tables', [requiresOracle('nft'), objects], () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('replace those of a set that is there', async () => {
    await using namespace = await filled();

    await namespace.nftables.batch((nft) => {
      const table = nft.tables.in({ family: 'inet', name: 't' });
      table.sets.flush({ name: 'blocked' });
      table.elements.add({ set: 'blocked', elements: [{ key: '192.0.2.2' }, { key: '198.51.100.7' }] });
    });

    expect(await elementsOf(namespace, 'set', 'blocked')).toEqual(texts(['192.0.2.2', '198.51.100.7']));
  });

  test('come and go, in sets and maps of all kinds', async () => {
    await using namespace = await filled();

    await namespace.nftables.batch((nft) => {
      nft.elements.delete({ ...where, set: 'blocked', elements: [{ key: '192.0.2.1' }] });
      nft.sets.flush({ ...where, name: 'ranges' });
      nft.elements.add({ ...where, set: 'ranges', elements: [{ key: '198.51.100.0/24' }] });
      nft.elements.add({ ...where, set: 'ranges', elements: [{ key: { from: '10.0.0.1', to: '10.0.0.9' } }] });
      nft.elements.add({ ...where, set: 'pairs', elements: [{ key: ['10.0.0.0/8', { from: 80, to: 90 }] }] });
      nft.elements.add({ ...where, set: 'short', elements: [{ key: 22, timeout: 3600, comment: 'ssh' }] });
      nft.elements.delete({ ...where, set: 'marks', elements: [{ key: 80 }] });
      nft.elements.add({ ...where, set: 'marks', elements: [{ key: 80, data: 2 }] });
      nft.elements.add({ ...where, set: 'ways', elements: [{ key: 80, verdict: { jump: 'web' } }] });
      nft.elements.add({ ...where, set: 'hosts', elements: [{ key: 80, object: 'visits' }] });
    });

    expect(await elementsOf(namespace, 'set', 'blocked')).toEqual(texts(['192.0.2.2']));
    expect(await elementsOf(namespace, 'set', 'ranges')).toEqual(
      texts([{ range: ['10.0.0.1', '10.0.0.9'] }, { prefix: { addr: '198.51.100.0', len: 24 } }]),
    );
    expect(await elementsOf(namespace, 'set', 'pairs')).toEqual(
      texts([{ concat: [{ prefix: { addr: '10.0.0.0', len: 8 } }, { range: [80, 90] }] }]),
    );
    expect(await run(namespace, 'nft', ['list', 'set', 'inet', 't', 'short'])).toContain('22 timeout 1h');
    expect(await elementsOf(namespace, 'map', 'marks')).toEqual(texts([[80, 2]]));
    expect(await elementsOf(namespace, 'map', 'ways')).toEqual(texts([[80, { jump: { target: 'web' } }]]));
    expect(await run(namespace, 'nft', ['list', 'map', 'inet', 't', 'hosts'])).toContain('80 : "visits"');
  });

  test.each([10, 5000])('go into a set that was added before: %d of them', async (count) => {
    await using namespace = await scratchNamespace();

    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.sets.add({ name: 'blocked', key: 'mark' });
      table.elements.add({ set: 'blocked', elements: [{ key: 5 }] });
      table.sets.delete({ name: 'blocked' });
      table.sets.add({ name: 'blocked', key: 'ipv4_addr' });
      table.elements.add({ set: 'blocked', elements: many(count) });
      table.elements.delete({ set: 'blocked', elements: [{ key: '10.1.0.0' }] });
    });

    expect(await elementsOf(namespace, 'set', 'blocked')).toEqual(
      texts(
        many(count)
          .slice(1)
          .map(({ key }) => key),
      ),
    );
  });

  test('go into a set of a furnishing, which is added before', async () => {
    await using made = await createNamespace(undefined, (inside) => [
      inside.nftables.batch((nft) => {
        const table = nft.tables.add({ family: 'inet', name: 't' });
        table.sets.add({ name: 'blocked', key: 'ipv4_addr' });
        table.elements.add({ set: 'blocked', elements: many(500) });
      }),
    ]);
    expect(await elementsOf(made, 'set', 'blocked')).toHaveLength(500);

    const refused = createNamespace(undefined, (inside) => [
      inside.nftables.batch((nft) => {
        nft.elements.add({ ...where, set: 'blocked', elements: many(5) });
      }),
    ]);
    await expect(refused).rejects.toMatchObject({ name: 'TypeError', property: 'set' });
  });

  test('are all or none, in order with what is asked before and behind', async () => {
    await using namespace = await filled();
    const set = { ...where, set: 'blocked' };
    const { nftables } = namespace;

    const [, before, , refused, after] = await Promise.allSettled([
      nftables.elements.add({ ...set, elements: [{ key: '192.0.2.3' }] }),
      nftables.elements.list(set),
      nftables.batch((nft) => {
        nft.sets.flush({ ...where, name: 'blocked' });
        nft.elements.add({ ...set, elements: many(3000) });
      }),
      nftables.batch((nft) => {
        nft.sets.flush({ ...where, name: 'blocked' });
        nft.elements.delete({ ...set, elements: [{ key: '10.1.0.1' }] });
      }),
      nftables.elements.list(set),
    ]);

    expect(before).toMatchObject({ value: ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((key) => ({ key })) });
    expect(refused).toMatchObject({
      reason: {
        ...{ code: 'ENOENT', request: 'NFT_MSG_DELSETELEM', property: 'elements[0]' },
        subject: "elements of set 'inet t blocked'",
      },
    });
    expect(after).toMatchObject({ value: many(3000) });
  });

  test('are those of the call, whatever becomes of its array', async () => {
    await using namespace = await filled();
    const elements = [{ key: '198.51.100.1' }, { key: '198.51.100.2' }];

    const done = namespace.nftables.batch((nft) => {
      nft.elements.add({ ...where, set: 'blocked', elements });
      elements[0]!.key = 'changed';
      elements.length = 1;
    });
    elements[0]!.key = 'changed again';
    await done;

    expect(await elementsOf(namespace, 'set', 'blocked')).toEqual(
      texts(['192.0.2.1', '192.0.2.2', '198.51.100.1', '198.51.100.2']),
    );
  });

  test('get the bytes of the set that is there when the batch is done', async () => {
    await using namespace = await scratchNamespace();
    // The same number is of other bytes in each.
    await run(namespace, 'nft', ['add table inet t; add set inet t s { type inet_service; }']);
    await using other = await another(namespace);
    beforeSending(() =>
      other.nftables.batch((nft) => {
        nft.sets.delete({ ...where, name: 's' });
        nft.sets.add({ ...where, name: 's', key: 'iface_type' });
      }),
    );

    await namespace.nftables.batch((nft) => {
      nft.elements.add({ ...where, set: 's', elements: [{ key: 80 }] });
    });

    expect(await elementsOf(namespace, 'set', 's')).toEqual(texts([80]));
  });

  test('are added although others change the rules meanwhile', async () => {
    await using namespace = await filled();
    await using other = await another(namespace);
    const names = ['a', 'b', 'c'];
    beforeSending(...names.map((name) => () => other.nftables.tables.add({ family: 'inet', name })));

    await namespace.nftables.batch((nft) => {
      nft.sets.flush({ ...where, name: 'blocked' });
      nft.elements.add({ ...where, set: 'blocked', elements: many(1000) });
    });

    expect(await elementsOf(namespace, 'set', 'blocked')).toHaveLength(1000);
    expect((await namespace.nftables.tables.list()).map(({ name }) => name)).toEqual(['t', ...names]);
  });

  const wrong: [string, (nft: NftBatch) => void, object][] = [
    [
      'a key',
      (nft) => {
        nft.elements.add({ ...where, set: 'blocked', elements: [...many(200), { key: '10.1.1' }] });
      },
      {
        property: 'elements[200].key',
        message: expect.stringContaining("(elements of set 'inet t blocked')") as unknown,
      },
    ],
    [
      'data for a set',
      (nft) => {
        nft.elements.add({ ...where, set: 'blocked', elements: [{ key: '192.0.2.9', data: 5 }] });
      },
      { property: 'elements[0].data' },
    ],
    [
      'a key of a set that was added before',
      (nft) => {
        nft.sets.add({ ...where, name: 'new', key: 'mark' });
        nft.elements.add({ ...where, set: 'new', elements: [{ key: '192.0.2.9' }] });
      },
      { property: 'elements[0].key' },
    ],
    [
      'a set that is not there',
      (nft) => {
        nft.elements.add({ ...where, set: 'none', elements: [{ key: 5 }] });
      },
      { code: 'ENOENT', property: 'set', subject: "set 'inet t none'" },
    ],
    [
      'a set that is deleted before',
      (nft) => {
        nft.sets.delete({ ...where, name: 'short' });
        nft.elements.add({ ...where, set: 'short', elements: [{ key: 5 }] });
      },
      { code: 'ENOENT', request: 'NFT_MSG_NEWSETELEM', property: 'set' },
    ],
    [
      'a set whose table is made anew',
      (nft) => {
        nft.tables.delete({ family: 'inet', name: 't' });
        nft.tables.add({ family: 'inet', name: 't' }).sets.add({ name: 'new', key: 'mark' });
        nft.elements.add({ ...where, set: 'short', elements: [{ key: 5 }] });
      },
      { code: 'ENOENT', request: 'NFT_MSG_NEWSETELEM', property: 'set' },
    ],
    [
      'another table',
      (nft) => {
        nft.tables
          .in({ family: 'inet', name: 't' })
          .elements.add({ set: 'short', elements: [], ...{ table: 'other' } });
      },
      { property: 'table' },
    ],
    [
      'no elements',
      (nft) => {
        nft.elements.delete({ ...where, set: 'short' } as never);
      },
      { name: 'TypeError', property: 'elements' },
    ],
    [
      'the name of a set to flush',
      (nft) => {
        nft.sets.flush({ ...where, name: undefined } as never);
      },
      { name: 'TypeError', property: 'name' },
    ],
    [
      'the name of a chain to flush',
      (nft) => {
        nft.chains.flush({ ...where } as never);
      },
      { name: 'TypeError', property: 'name' },
    ],
    [
      'the name of a table to flush',
      (nft) => {
        nft.tables.flush({ family: 'inet' } as never);
      },
      { name: 'TypeError', property: 'name' },
    ],
  ];

  test.each(wrong)('are refused for %s that is wrong, and nothing is done', async (_what, fill, error) => {
    await using namespace = await filled();
    const shown = () => run(namespace, 'nft', ['list', 'ruleset']);
    const before = await shown();

    const refused = namespace.nftables.batch((nft) => {
      nft.sets.flush({ ...where, name: 'blocked' });
      fill(nft);
    });

    await expect(refused).rejects.toMatchObject(error);
    expect(await shown()).toBe(before);
  });

  test('and rules are flushed in it', async () => {
    await using namespace = await filled();
    const rules = async () =>
      (await namespace.nftables.rules.list()).map(({ chain, statements }) => [chain, statements.at(-1)]);

    await namespace.nftables.batch((nft) => {
      const table = nft.tables.in({ family: 'inet', name: 't' });
      table.chains.flush({ name: 'rest' });
      table.rules.add({ chain: 'rest', statements: ['drop'] });
    });
    expect(await rules()).toMatchObject([
      ['web', { counter: {} }],
      ['rest', 'drop'],
    ]);

    await namespace.nftables.batch((nft) => {
      nft.tables.flush({ family: 'inet', name: 't' });
      nft.rules.add({ ...where, chain: 'web', statements: ['accept'] });
    });
    expect(await rules()).toEqual([['web', 'accept']]);
  });
});

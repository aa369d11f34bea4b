import type { NftSetOptions } from '../../lib/protocol/netfilter/nftables/sets/set-options';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

const where = { family: 'inet', table: 't' } as const;

/** Sets as nft writes them, and the same in words. */
const sets: [nft: string, options: Omit<NftSetOptions, 'family' | 'table'>][] = [
  [
    'set s { type ipv4_addr; elements = { 10.0.0.1, 10.0.0.2 } }',
    { name: 's', key: 'ipv4_addr', elements: [{ key: '10.0.0.1' }, { key: '10.0.0.2' }] },
  ],
  [
    'set s { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.168.0.1-192.168.0.9, 255.0.0.0/8 } }',
    {
      ...{ name: 's', key: 'ipv4_addr', flags: ['interval'] },
      elements: [{ key: '10.0.0.0/8' }, { key: { from: '192.168.0.1', to: '192.168.0.9' } }, { key: '255.0.0.0/8' }],
    },
  ],
  [
    'set s { type ipv6_addr; flags timeout; timeout 1h; elements = { 2001:db8::1 timeout 2h comment "one" } }',
    {
      ...{ name: 's', key: 'ipv6_addr', flags: ['timeout'], timeout: 3600 },
      elements: [{ key: '2001:db8::1', timeout: 7200, comment: 'one' }],
    },
  ],
  ['set s { type mark; elements = { 1, 2 } }', { name: 's', key: 'mark', elements: [{ key: 1 }, { key: 2 }] }],
  ['set s { type ifname; elements = { "br0" } }', { name: 's', key: 'ifname', elements: [{ key: 'br0' }] }],
  [
    'set s { type ipv4_addr . inet_service; elements = { 10.0.0.1 . 80 } }',
    { name: 's', key: ['ipv4_addr', 'inet_service'], elements: [{ key: ['10.0.0.1', 80] }] },
  ],
  [
    'set s { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 80-90 } }',
    {
      ...{ name: 's', key: ['ipv4_addr', 'inet_service'], flags: ['interval'] },
      elements: [{ key: ['10.0.0.0/8', { from: 80, to: 90 }] }],
    },
  ],
  [
    'map s { type inet_service : ipv4_addr; elements = { 80 : 10.0.0.1 } }',
    { name: 's', key: 'inet_service', data: 'ipv4_addr', elements: [{ key: 80, data: '10.0.0.1' }] },
  ],
  [
    'map s { type inet_service : verdict; elements = { 22 : accept, 80 : jump web } }',
    {
      ...{ name: 's', key: 'inet_service', data: 'verdict' },
      elements: [
        { key: 22, verdict: 'accept' },
        { key: 80, verdict: { jump: 'web' } },
      ],
    },
  ],
  [
    'set s { type inet_proto; size 10; comment "small"; }',
    { name: 's', key: 'inet_proto', size: 10, comment: 'small' },
  ],
];

/** The sets of `nft -j list ruleset`, without what differs between two that are alike. */
async function setsIn(namespace: Held): Promise<unknown[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return nftables.flatMap(({ set, map }) => {
    const one = (set ?? map) as { elem?: unknown[] } | undefined;
    const text = (value: unknown) =>
      JSON.stringify(value, (key, inner: unknown) => (key === 'expires' ? undefined : inner));
    return one === undefined ? [] : [{ ...one, handle: undefined, elem: one.elem?.map(text).sort() }];
  });
}

describeKernel('sets of nf_tables', [requiresOracle('nft'), nat], () => {
  test.each(sets)('%s', async (nft, options) => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await run(theirs, 'nft', [`table inet t {\nchain web { }\n${nft}\n}`]);
    await run(ours, 'nft', ['table inet t {\nchain web { }\n}']);

    await ours.nftables.sets.add({ ...where, ...options });

    expect(await setsIn(ours)).toEqual(await setsIn(theirs));
    const [listed] = await theirs.nftables.sets.list(where);
    const expires = options.flags?.includes('timeout') === true && { expires: expect.any(Number) as unknown };
    const elements = (options.elements ?? []).map((element) => ({ ...element, ...expires }));
    expect(listed).toEqual({ ...where, ...options, elements, handle: expect.any(Number) as unknown });
  });

  test('take elements, and give them back', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.sets.add({ name: 's', key: 'ipv4_addr', flags: ['interval'] });
    });
    const set = { ...where, set: 's' };
    const elements = [{ key: '10.0.0.0/8' }, { key: '192.0.2.7' }];

    await namespace.nftables.elements.add({ ...set, elements });
    expect(await namespace.nftables.elements.list(set)).toEqual(elements);
    await namespace.nftables.elements.delete({ ...set, elements: [{ key: '10.0.0.0/8' }] });

    expect(await namespace.nftables.elements.list(set)).toEqual([{ key: '192.0.2.7' }]);
    const gone = namespace.nftables.elements.delete({ ...set, elements: [{ key: '10.0.0.0/8' }] });
    await expect(gone).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_DELSETELEM' });
    await namespace.nftables.sets.delete({ ...where, name: 's' });
    expect(await namespace.nftables.sets.list()).toEqual([]);
  });

  test('take many thousand elements in one batch, cut into messages', async () => {
    await using namespace = await scratchNamespace();
    const elements = Array.from({ length: 20_000 }, (_, index) => ({
      key: `10.0.${String(index >> 8)}.${String(index & 255)}`,
    }));

    await namespace.nftables.batch((nft) => {
      nft.tables.add({ family: 'inet', name: 't' }).sets.add({ name: 's', key: 'ipv4_addr', elements });
    });

    expect(await namespace.nftables.elements.list({ ...where, set: 's' })).toEqual(elements);
  });

  const wrong: [string, Partial<NftSetOptions>, object][] = [
    ['key', { key: 'ipv4' as 'ipv4_addr' }, { property: 'key' }],
    ['address of the other family', { elements: [{ key: '2001:db8::1' }] }, { property: 'elements[0].key' }],
    ['range without intervals', { elements: [{ key: '10.0.0.0/8' }] }, { property: 'elements[0].key' }],
    ['verdict in a set', { elements: [{ key: '10.0.0.1', verdict: 'accept' }] }, { property: 'elements[0].verdict' }],
    ['flag', { flags: ['intervals' as 'interval'] }, { property: 'flags' }],
    [
      'property of an element',
      { elements: [{ key: '10.0.0.1', timout: 5 } as never] },
      { property: 'elements[0].timout' },
    ],
    [
      'overlap',
      { flags: ['interval'], elements: [{ key: '10.0.0.0/8' }, { key: '10.1.0.0/16' }] },
      { property: 'elements', message: expect.stringContaining('overlap') as unknown },
    ],
  ];

  test.each(wrong)('refuse a wrong %s before anything is sent', async (_what, options, error) => {
    await using namespace = await scratchNamespace();

    const refused = namespace.nftables.sets.add({ ...where, name: 's', key: 'ipv4_addr', ...options });

    await expect(refused).rejects.toMatchObject(error);
  });
});

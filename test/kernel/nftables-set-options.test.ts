import type { NftSetOptions } from '../../lib';
import { describeKernel, requiresOracle } from '../support/kernel';
import { objects, withObjects } from '../support/nft-objects';
import { rulesetOf } from '../support/nft-ruleset';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const where = { family: 'inet', table: 't' } as const;

/** Sets whose elements count, and others that nft has. */
const sets: [nft: string, options: Omit<NftSetOptions, 'family' | 'table'>, listed?: object][] = [
  [
    'map s { type ipv4_addr : counter; elements = { 10.0.0.1 : "visits" }; }',
    { name: 's', key: 'ipv4_addr', object: 'counter', elements: [{ key: '10.0.0.1', object: 'visits' }] },
  ],
  [
    'map s { type ipv4_addr . inet_service : quota; flags interval; elements = { 10.0.0.0/8 . 80 : "most" }; }',
    {
      ...{ name: 's', key: ['ipv4_addr', 'inet_service'], object: 'quota', flags: ['interval'] },
      elements: [{ key: ['10.0.0.0/8', 80], object: 'most' }],
    },
  ],
  [
    'set s { type ipv4_addr; flags dynamic; counter; elements = { 10.0.0.1 counter packets 5 bytes 6 }; }',
    {
      ...{ name: 's', key: 'ipv4_addr', flags: ['dynamic'], statements: [{ counter: { packets: 0, bytes: 0 } }] },
      elements: [{ key: '10.0.0.1', statements: [{ counter: { packets: 5, bytes: 6 } }] }],
    },
  ],
  [
    'set s { type ipv4_addr; size 100; flags dynamic; limit rate 5/second; }',
    {
      ...{ name: 's', key: 'ipv4_addr', flags: ['dynamic'], size: 100, elements: [] },
      statements: [{ limit: { rate: 5, per: 'second', burst: 5 } }],
    },
  ],
  [
    'set s { type ipv4_addr; flags dynamic; counter quota 500 bytes; }',
    {
      ...{ name: 's', key: 'ipv4_addr', flags: ['dynamic'], elements: [] },
      statements: [{ counter: { packets: 0, bytes: 0 } }, { quota: { bytes: 500 } }],
    },
  ],
  [
    'set s { type ipv4_addr; policy memory; flags timeout; timeout 1h; gc-interval 10s; comment "slow"; }',
    {
      ...{ name: 's', key: 'ipv4_addr', flags: ['timeout'], policy: 'memory', timeout: 3600, gcInterval: 10 },
      ...{ comment: 'slow', elements: [] },
    },
  ],
  [
    'set s { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8, * }; }',
    {
      name: 's',
      key: 'ipv4_addr',
      flags: ['interval'],
      autoMerge: true,
      elements: [{ key: '10.0.0.0/8' }, { key: '*' }],
    },
  ],
  [
    'set s { type ipv4_addr; flags interval; elements = { 0.0.0.0/0 }; }',
    { name: 's', key: 'ipv4_addr', flags: ['interval'], elements: [{ key: '0.0.0.0/0' }] },
  ],
  [
    'set s { type ifname; flags interval; elements = { "br0", "eth*" }; }',
    { name: 's', key: 'ifname', flags: ['interval'], elements: [{ key: 'br0' }, { key: 'eth*' }] },
  ],
  [
    'map s { type ipv4_addr : ipv4_addr . inet_service; elements = { 10.0.0.1 : 192.0.2.1 . 80, * : 192.0.2.2 . 90 }; }',
    {
      ...{ name: 's', key: 'ipv4_addr', data: ['ipv4_addr', 'inet_service'] },
      elements: [
        { key: '10.0.0.1', data: ['192.0.2.1', 80] },
        { key: '*', data: ['192.0.2.2', 90] },
      ],
    },
  ],
];

describeKernel('sets of nf_tables with more than keys', [requiresOracle('nft'), objects], () => {
  test.each(sets)('%s', async (nft, options) => {
    await using theirs = await withObjects();
    await using ours = await withObjects();
    await using again = await withObjects();
    await run(theirs, 'nft', [`table inet t {\n${nft}\n}`]);

    await ours.nftables.sets.add({ ...where, ...options });
    const listed = (await theirs.nftables.sets.list(where)).find(({ name }) => name === 's')!;
    await again.nftables.sets.add(listed);

    expect(await rulesetOf(ours)).toEqual(await rulesetOf(theirs));
    expect(listed).toEqual({ ...where, ...options, handle: expect.any(Number) as unknown });
    expect(await rulesetOf(again)).toEqual(await rulesetOf(theirs));
  });

  /** Sets that have no words here: they are listed as the kernel has them. */
  test.each([
    'set s { typeof tcp option maxseg size . ip saddr; elements = { 1400 . 10.0.0.1 }; }',
    'set s { type icmpx_code; elements = { 1 }; }',
  ])('%s', async (nft) => {
    await using theirs = await withObjects();
    await using ours = await withObjects();
    await run(theirs, 'nft', [`table inet t {\n${nft}\n}`]);

    const listed = (await theirs.nftables.sets.list(where)).find(({ name }) => name === 's')!;
    await ours.nftables.sets.add(listed);

    expect(listed).toHaveProperty('raw');
    expect(await rulesetOf(ours)).toEqual(await rulesetOf(theirs));
  });

  const wrong: [string, Partial<NftSetOptions>, object][] = [
    ['kind of objects', { object: 'conter' as 'counter' }, { property: 'object' }],
    ['pair of objects and data', { object: 'counter', data: 'mark' }, { property: 'object' }],
    ['missing object', { object: 'counter', elements: [{ key: '10.0.0.1' }] }, { property: 'elements[0].object' }],
    ['object in a set', { elements: [{ key: '10.0.0.1', object: 'a' }] }, { property: 'elements[0].object' }],
    ['statement', { statements: ['accept'] }, { property: 'statements' }],
    [
      'statement of an element',
      { elements: [{ key: '10.0.0.1', statements: [{ log: {} }] }] },
      { property: 'elements[0].statements' },
    ],
    ['policy', { policy: 'fast' as 'memory' }, { property: 'policy' }],
    ['time', { gcInterval: -1 }, { property: 'gcInterval' }],
  ];

  test.each(wrong)('refuse a wrong %s before anything is sent', async (_what, options, error) => {
    await using namespace = await scratchNamespace();

    const refused = namespace.nftables.sets.add({ ...where, name: 's', key: 'ipv4_addr', ...options });

    await expect(refused).rejects.toMatchObject(error);
    await expect(refused).rejects.not.toHaveProperty('request');
  });
});

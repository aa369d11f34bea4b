import type { NftSetOptions, NftSetRow } from '../../lib';
import { describeKernel, feature, requiresOracle } from '../support/kernel';
import { run, type Held } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';
import { thrownBy } from '../support/bytes';
import { newSet } from '../../lib/protocol/netfilter/nftables/sets/set';

const where = { family: 'inet', table: 't' } as const;

type Told = Pick<NftSetOptions, 'key' | 'data' | 'elements'>;
type Case = [definition: string, told: Told];

const host = (integer: number) => ({ integer, order: 'host' }) as const;

/** Sets whose types are said by fields. */
const typeofs: Case[] = [
  ['set s { typeof ip saddr . tcp dport; }', { key: ['ipv4_addr', 'inet_service'], elements: [] }],
  [
    'set s { typeof ip length; elements = { 20, 1500 } }',
    { key: { integer: 2 }, elements: [{ key: 20 }, { key: 1500 }] },
  ],
  [
    'set s { typeof ip length; flags interval; elements = { 1-10, 20, 65000-65535 } }',
    {
      key: { integer: 2 },
      elements: [{ key: { from: 1, to: 10 } }, { key: 20 }, { key: { from: 65_000, to: 65_535 } }],
    },
  ],
  [
    'set s { typeof meta length; flags interval; elements = { 1-10 } }',
    { key: host(4), elements: [{ key: { from: 1, to: 10 } }] },
  ],
  ['set s { typeof meta cgroup; elements = { 70000 } }', { key: host(4), elements: [{ key: 70_000 }] }],
  ['set s { typeof ct packets; elements = { 70000 } }', { key: host(8), elements: [{ key: 70_000 }] }],
  ['set s { typeof ip6 flowlabel; elements = { 70000 } }', { key: { integer: 3 }, elements: [{ key: 70_000 }] }],
  ['set s { typeof vlan id; elements = { 5 } }', { key: { integer: 2 }, elements: [{ key: 5 }] }],
  ['set s { typeof frag frag-off; elements = { 5 } }', { key: { integer: 2 }, elements: [{ key: 5 }] }],
  ['set s { typeof tcp option maxseg size; elements = { 1400 } }', { key: { integer: 2 }, elements: [{ key: 1400 }] }],
  ['set s { typeof osf name; elements = { "Linux" } }', { key: { string: 16 }, elements: [{ key: 'Linux' }] }],
  [
    'set s { typeof @nh,32,40; elements = { 0xaabbccddee } }',
    { key: { integer: 5 }, elements: [{ key: 0xaabbccddee }] },
  ],
  [
    'set s { typeof @ll,0,128; elements = { 0x112233445566778899aabbccddeeff00 } }',
    { key: { integer: 16 }, elements: [{ key: '112233445566778899aabbccddeeff00' }] },
  ],
  [
    'set s { typeof ip length . ip saddr; flags interval; elements = { 1-10 . 192.0.2.0/24 } }',
    { key: [{ integer: 2 }, 'ipv4_addr'], elements: [{ key: [{ from: 1, to: 10 }, '192.0.2.0/24'] }] },
  ],
  [
    'set s { typeof tcp sequence . ip id . ip ttl; elements = { 70000 . 5 . 64 } }',
    { key: [{ integer: 4 }, { integer: 2 }, { integer: 1 }], elements: [{ key: [70_000, 5, 64] }] },
  ],
  [
    'set s { typeof meta length . @nh,0,64 . ct zone; elements = { 1500 . 0x1122334455667788 . 300 } }',
    { key: [host(4), { integer: 8 }, host(2)], elements: [{ key: [1500, '1122334455667788', 300] }] },
  ],
  [
    'map s { typeof ip saddr . ip length : ip length; elements = { 192.0.2.1 . 10 : 20 } }',
    { key: ['ipv4_addr', { integer: 2 }], data: { integer: 2 }, elements: [{ key: ['192.0.2.1', 10], data: 20 }] },
  ],
  [
    'map s { typeof meta length : verdict; elements = { 5 : accept } }',
    { key: host(4), data: 'verdict', elements: [{ key: 5, verdict: 'accept' }] },
  ],
  [
    'map s { typeof numgen inc mod 3 : ip daddr; elements = { 1 : 192.0.2.1 } }',
    { key: host(4), data: 'ipv4_addr', elements: [{ key: 1, data: '192.0.2.1' }] },
  ],
];

/** Maps that give ranges. */
const intervals: Case[] = [
  [
    'map s { type ipv4_addr : interval ipv4_addr; elements = { 10.0.0.1 : 192.0.2.0/24, 10.0.0.2 : 192.0.2.1-192.0.2.9 } }',
    {
      ...{ key: 'ipv4_addr', data: { interval: 'ipv4_addr' } },
      elements: [
        { key: '10.0.0.1', data: '192.0.2.0/24' },
        { key: '10.0.0.2', data: { from: '192.0.2.1', to: '192.0.2.9' } },
      ],
    },
  ],
  [
    'map s { type ipv6_addr : interval ipv6_addr; elements = { fe80::1 : 2001:db8::/64 } }',
    { key: 'ipv6_addr', data: { interval: 'ipv6_addr' }, elements: [{ key: 'fe80::1', data: '2001:db8::/64' }] },
  ],
  [
    'map s { type ipv4_addr . inet_service : interval ipv4_addr . inet_service; elements = { 10.0.0.1 . 80 : 192.0.2.1-192.0.2.9 . 80-90 } }',
    {
      ...{ key: ['ipv4_addr', 'inet_service'], data: { interval: ['ipv4_addr', 'inet_service'] } },
      elements: [
        {
          key: ['10.0.0.1', 80],
          data: [
            { from: '192.0.2.1', to: '192.0.2.9' },
            { from: 80, to: 90 },
          ],
        },
      ],
    },
  ],
];

/** The same with fields, which nft 1.0.6 forgets in part. */
const intervalsOfFields: Case[] = [
  [
    'map s { typeof ip saddr : interval ip daddr; flags interval; elements = { 10.0.0.0/8 : 192.0.2.0/24 } }',
    {
      ...{ key: 'ipv4_addr', data: { interval: 'ipv4_addr' } },
      elements: [{ key: '10.0.0.0/8', data: '192.0.2.0/24' }],
    },
  ],
  [
    'map s { typeof ip saddr : interval ip daddr . tcp dport; elements = { 10.0.0.1 : 192.0.2.0/24 . 80-90 } }',
    {
      ...{ key: 'ipv4_addr', data: { interval: ['ipv4_addr', 'inet_service'] } },
      elements: [{ key: '10.0.0.1', data: ['192.0.2.0/24', { from: 80, to: 90 }] }],
    },
  ],
];

const shown = (namespace: Held) => run(namespace, 'nft', ['list', 'ruleset']);
const ofTable = (definition: string) => `table inet t {\n${definition}\n}\n`;

const sized = feature('sets and maps of nf_tables', 'nft add table inet t');

describeKernel('a set of nf_tables', [requiresOracle('nft'), sized], () => {
  test.each([...typeofs, ...intervals, ...intervalsOfFields])(
    'is told in words, keeps what nft shows of it, and takes elements: %s',
    async (definition, { key, data, elements }) => {
      await using theirs = await scratchNamespace();
      await using ours = await scratchNamespace();
      await run(theirs, 'nft', [ofTable(definition)]);
      const before = await shown(theirs);

      const ruleset = await theirs.nftables.ruleset();
      const [row] = ruleset.sets as NftSetRow[];
      expect([row!.key, row!.data, row!.elements]).toEqual([key, data, elements]);

      await ours.nftables.replaceRuleset(ruleset);
      expect(await shown(ours)).toBe(before);

      const inSet = { ...where, set: 's', elements: elements! };
      await theirs.nftables.elements.delete(inSet);
      expect(await theirs.nftables.elements.list({ ...where, set: 's' })).toEqual([]);
      await theirs.nftables.batch((nft) => {
        nft.elements.add(inSet);
      });
      expect(await shown(theirs)).toBe(before);
    },
  );

  test.each(intervals)('of ranges is what nft makes: %s', async (definition, told) => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await run(theirs, 'nft', [ofTable(definition)]);

    await ours.nftables.batch((nft) => {
      nft.tables.add({ family: 'inet', name: 't' }).sets.add({ name: 's', ...told });
    });

    expect(await shown(ours)).toBe(await shown(theirs));
    expect(await ours.nftables.sets.list()).toEqual(await theirs.nftables.sets.list());
  });

  test('of ranges takes a single value, which is a range of itself', async () => {
    await using namespace = await scratchNamespace();

    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.sets.add({ name: 's', key: 'mark', data: { interval: 'ipv4_addr' } });
      table.elements.add({ set: 's', elements: [{ key: 5, data: '192.0.2.1' }] });
    });

    expect(await namespace.nftables.elements.list({ ...where, set: 's' })).toEqual([{ key: 5, data: '192.0.2.1' }]);
  });

  test.each([
    'set s { typeof frag frag-off . ip6 saddr; elements = { 5 . fe80::1 } }',
    'set s { typeof rt mtu . ip saddr; elements = { 1500 . 192.0.2.1 } }',
  ])('whose numbers have no length is told as it is, and written back: %s', async (definition) => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await run(theirs, 'nft', [ofTable(definition)]);
    const before = await shown(theirs);

    const ruleset = await theirs.nftables.ruleset();
    await ours.nftables.replaceRuleset(ruleset);

    expect(ruleset.sets).toMatchObject([{ name: 's', raw: {} }]);
    expect(await shown(ours)).toBe(before);
    const added = theirs.nftables.elements.add({ ...where, set: 's', elements: [] });
    await expect(added).rejects.toMatchObject({ property: 'set' });
  });

  test('is a map to which rules add a constant of a length', async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const definition = 'map s { typeof ip saddr : ip length; flags dynamic; size 100; }';
    await run(theirs, 'nft', [`${ofTable(definition)} add chain inet t c; add rule inet t c add @s { ip saddr : 20 }`]);

    const ruleset = await theirs.nftables.ruleset();
    await ours.nftables.replaceRuleset(ruleset);

    expect(ruleset.rules).toMatchObject([
      { statements: [{ add: { set: 's', key: { ip: 'source' }, data: { type: { integer: 2 }, value: 20 } } }] },
    ]);
    expect(await shown(ours)).toBe(await shown(theirs));
  });
});

const wrong: [string, Record<string, unknown>, string, RegExp][] = [
  ['numbers of no bytes', { key: { integer: 0 } }, 'key.integer', /1 to 64/],
  ['numbers without a length', { key: { integer: '2' } }, 'key.integer', /must be/],
  ['an order', { key: { integer: 2, order: 'network' } }, 'key.order', /'host' or left out/],
  ['an order of texts', { key: { string: 16, order: 'host' } }, 'key.order', /no meaning/],
  ['a type of both', { key: { string: 16, integer: 2 } }, 'key.integer', /must be given, or 'string'/],
  ['a property of a type', { key: { length: 2 } }, 'key.length', /no property of a type/],
  ['a part of a key', { key: ['mark', { integer: 65 }] }, 'key[1].integer', /1 to 64/],
  ['a name', { key: 'integer' }, 'key', /\{ integer: 2 \}/],
  ['ranges as keys', { key: { interval: 'mark' } }, 'key.interval', /no property of a type/],
  ['ranges of nothing', { key: 'mark', data: { interval: undefined } }, 'data.interval', /must be a type/],
  ['ranges and more', { key: 'mark', data: { interval: 'mark', order: 'host' } }, 'data.order', /beside 'interval'/],
  ['ranges of verdicts', { key: 'mark', data: { interval: 'verdict' } }, 'data.interval', /one of nft's types/],
  [
    'a range that ends before it begins',
    {
      key: 'mark',
      data: { interval: 'ipv4_addr' },
      elements: [{ key: 5, data: { from: '10.0.0.2', to: '10.0.0.1' } }],
    },
    'elements[0].data.to',
    /less than 'from'/,
  ],
  [
    'a range in a map of single values',
    { key: 'mark', data: 'ipv4_addr', elements: [{ key: 5, data: '10.0.0.0/8' }] },
    'elements[0].data',
    /IP address/,
  ],
  ['a number that has no room', { key: { integer: 2 }, elements: [{ key: 65_536 }] }, 'elements[0].key', /65535/],
  [
    'one of ranges that stand together',
    {
      ...{ key: 'mark', data: { interval: ['ipv4_addr', 'inet_service'] } },
      elements: [{ key: 5, data: ['10.0.0.1', 'http'] }],
    },
    'elements[0].data[1]',
    /must be a number/,
  ],
];

test.each(wrong)('%s that is wrong is told by its place', (_what, options, property, message) => {
  expect(thrownBy(() => newSet({ ...where, name: 's', ...options } as NftSetOptions))).toMatchObject({
    property,
    message: expect.stringMatching(message) as string,
  });
});

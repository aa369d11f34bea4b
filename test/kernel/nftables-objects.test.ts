import type { NetworkNamespace, NftObjectOptions, NftSetOptions } from '../../lib';
import { describeKernel, feature, kernelSince, kernelTest, requiresOracle } from '../support/kernel';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const objects = feature('nf_tables with objects', 'nft add table ip t; nft add counter ip t c');

const tunnels = feature('tunnels as objects of nf_tables', 'grep -q nft_tunnel_obj /proc/kallsyms');

const where = { family: 'inet', table: 't' } as const;

type Without<Options> = Options extends unknown ? Omit<Options, 'family' | 'table'> : never;

/** Objects as nft writes them, and the same in words; `listed` is what a list has besides. */
const declared: [nft: string, options: Without<NftObjectOptions>, listed?: object][] = [
  ['counter o { }', { kind: 'counter', name: 'o' }, { packets: 0, bytes: 0 }],
  [
    'counter o { packets 3 bytes 200; comment "visits"; }',
    { kind: 'counter', name: 'o', packets: 3, bytes: 200, comment: 'visits' },
  ],
  ['quota o { 1 mbytes }', { kind: 'quota', name: 'o', bytes: 1048576 }],
  ['quota o { over 1 mbytes used 5 bytes }', { kind: 'quota', name: 'o', bytes: 1048576, used: 5, over: true }],
  ['limit o { rate 10/second }', { kind: 'limit', name: 'o', rate: 10, per: 'second' }, { burst: 5 }],
  [
    'limit o { rate over 10 kbytes/minute burst 500 bytes }',
    { kind: 'limit', name: 'o', rate: 10240, per: 'minute', burst: 500, unit: 'bytes', over: true },
  ],
  [
    'ct helper o { type "ftp" protocol tcp; }',
    { kind: 'ctHelper', name: 'o', type: 'ftp', protocol: 'tcp' },
    { networkProtocol: 'inet' },
  ],
  [
    'ct helper o { type "sip" protocol udp; l3proto ip; }',
    { kind: 'ctHelper', name: 'o', type: 'sip', protocol: 'udp', networkProtocol: 'ip' },
  ],
  [
    'ct timeout o { protocol udp; l3proto ip; policy = { unreplied : 10, replied : 7 }; }',
    { kind: 'ctTimeout', name: 'o', protocol: 'udp', networkProtocol: 'ip', policy: { unreplied: 10, replied: 7 } },
  ],
  [
    'ct timeout o { protocol tcp; l3proto ip6; policy = { established : 100, close_wait : 4 }; }',
    {
      kind: 'ctTimeout',
      name: 'o',
      protocol: 'tcp',
      networkProtocol: 'ip6',
      policy: { established: 100, closeWait: 4 },
    },
    { policy: expect.objectContaining({ established: 100, closeWait: 4, synSent: 120 }) as unknown },
  ],
  [
    'ct expectation o { protocol udp; dport 9876; timeout 2m; size 12; l3proto ip; }',
    {
      ...{ kind: 'ctExpectation', name: 'o', protocol: 'udp', destinationPort: 9876, timeout: 120, size: 12 },
      networkProtocol: 'ip',
    },
  ],
  [
    'synproxy o { mss 1460; wscale 7; timestamp sack-perm; }',
    { kind: 'synproxy', name: 'o', mss: 1460, windowScale: 7, timestamp: true, sackPermitted: true },
  ],
  ['synproxy o { mss 1460; wscale 0; }', { kind: 'synproxy', name: 'o', mss: 1460, windowScale: 0 }],
];

/** What `nft -j list ruleset` shows, without what differs between two that are alike. */
async function rulesetIn(namespace: Held): Promise<unknown[]> {
  const text = await run(namespace, 'nft', ['-j', 'list', 'ruleset']);
  const { nftables } = JSON.parse(text) as { nftables: Row[] };
  return nftables.map(
    (row) =>
      JSON.parse(
        JSON.stringify(row, (key, inner: unknown) =>
          key === 'handle' || key === 'expires' || key === 'metainfo' ? undefined : inner,
        ),
      ) as unknown,
  );
}

/** A table with objects and maps of them, and chains that rules can stand in. */
const SURROUNDINGS = `table inet t {
  counter visits { }
  counter others { }
  quota most { over 1 mbytes; }
  limit few { rate 10/second; }
  ct helper ftp { type "ftp" protocol tcp; }
  ct timeout short { protocol udp; l3proto ip; policy = { unreplied : 10, replied : 7 }; }
  ct expectation next { protocol udp; dport 9876; timeout 2m; size 12; l3proto ip; }
  synproxy proxy { mss 1460; wscale 7; timestamp sack-perm; }
  map counters { type ipv4_addr : counter; elements = { 10.0.0.1 : "visits" }; }
  chain c { type filter hook prerouting priority filter; }
  chain in { type filter hook input priority filter; }
}`;

const references: [nft: string, statements: unknown[], chain?: string][] = [
  ['counter name "visits"', [{ counter: 'visits' }]],
  ['quota name "most" drop', [{ quota: 'most' }, 'drop']],
  ['limit name "few" accept', [{ limit: 'few' }, 'accept']],
  [
    'tcp dport 21 ct helper set "ftp"',
    [{ match: { tcp: { destinationPort: 21 } } }, { set: { ct: { helper: 'ftp' } } }],
  ],
  ['ct timeout set "short"', [{ set: { ct: { timeout: 'short' } } }]],
  ['ct expectation set "next"', [{ set: { ct: { expectation: 'next' } } }]],
  ['synproxy name "proxy"', [{ synproxy: 'proxy' }], 'in'],
  ['counter name ip saddr map @counters', [{ counter: { key: { ip: 'source' }, set: 'counters' } }]],
  [
    'counter name tcp dport map { 80 : "visits", 90 : "others" }',
    [
      {
        counter: {
          key: { tcp: 'destinationPort' },
          elements: [
            { key: 80, object: 'visits' },
            { key: 90, object: 'others' },
          ],
        },
      },
    ],
  ],
  [
    'ct helper set ip saddr . tcp dport map { 10.0.0.1 . 21 : "ftp" }',
    [
      {
        set: {
          ct: {
            helper: {
              key: [{ ip: 'source' }, { tcp: 'destinationPort' }],
              elements: [{ key: ['10.0.0.1', 21], object: 'ftp' }],
            },
          },
        },
      },
    ],
  ],
];

async function withSurroundings(): Promise<NetworkNamespace> {
  const namespace = await scratchNamespace();
  await run(namespace, 'nft', [SURROUNDINGS]);
  return namespace;
}

describeKernel('objects of nf_tables', [requiresOracle('nft'), objects], () => {
  test.each(declared)('%s', async (nft, options, more = {}) => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await using again = await scratchNamespace();
    await run(theirs, 'nft', [`table inet t {\n${nft}\n}`]);
    await ours.nftables.tables.add({ family: 'inet', name: 't' });
    await again.nftables.tables.add({ family: 'inet', name: 't' });

    await ours.nftables.objects.add({ ...where, ...options });
    const listed = await theirs.nftables.objects.list();
    await again.nftables.objects.add(listed[0]!);

    expect(await rulesetIn(ours)).toEqual(await rulesetIn(theirs));
    expect(listed).toEqual([{ ...where, ...options, ...more, handle: expect.any(Number) as unknown, use: 0 }]);
    expect(await rulesetIn(again)).toEqual(await rulesetIn(theirs));
    expect(await run(again, 'nft', ['list', 'ruleset'])).toBe(await run(theirs, 'nft', ['list', 'ruleset']));
  });

  test.each(references)('%s', async (nft, statements, chain = 'c') => {
    await using theirs = await withSurroundings();
    await using ours = await withSurroundings();
    await run(theirs, 'nft', [`add rule inet t ${chain} ${nft}`]);

    await ours.nftables.rules.add({ ...where, chain, statements: statements as never });

    expect(await rulesetIn(ours)).toEqual(await rulesetIn(theirs));
    expect((await theirs.nftables.rules.list()).map((rule) => rule.statements)).toEqual([statements]);
  });

  test('a number of connections is an object that nft has no words for', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.objects.add({ kind: 'ctCount', name: 'o', count: 5, over: true });
      table.chains.add({ name: 'c' });
      table.rules.add({ chain: 'c', statements: [{ ctCount: 'o' }, 'drop'] });
    });

    expect(await namespace.nftables.objects.list()).toEqual([
      { ...where, kind: 'ctCount', name: 'o', count: 5, over: true, handle: expect.any(Number) as unknown, use: 1 },
    ]);
    expect(await namespace.nftables.rules.list()).toMatchObject([{ statements: [{ ctCount: 'o' }, 'drop'] }]);
  });

  kernelTest('one of a kind without words is listed as the kernel has it, and written back so', [tunnels], async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const place = { family: 'netdev', table: 't' } as const;
    for (const one of [theirs, ours]) await one.nftables.tables.add({ family: 'netdev', name: 't' });
    // NFTA_TUNNEL_KEY_ID 7, and NFTA_TUNNEL_KEY_IP with the destination 192.0.2.1.
    const data = Buffer.from('08000100000000070c00028008000200c0000201', 'hex');
    const tunnel = { ...place, kind: 'tunnel', name: 'x', comment: 'as it is' } as const;

    await theirs.nftables.objects.add({ ...tunnel, data });
    const [listed] = await theirs.nftables.objects.list();
    await ours.nftables.objects.add(listed!);

    expect(listed).toMatchObject(tunnel);
    expect(await ours.nftables.objects.list()).toEqual([listed]);
  });

  test('are selected by family, table, kind and name', async () => {
    await using namespace = await withSurroundings();
    await namespace.nftables.batch((nft) => {
      nft.tables.add({ family: 'ip', name: 't' }).objects.add({ kind: 'counter', name: 'visits' });
      nft.tables.add({ family: 'inet', name: 'other' }).objects.add({ kind: 'counter', name: 'visits' });
    });
    const named = async (filter: Parameters<typeof namespace.nftables.objects.list>[0]) =>
      (await namespace.nftables.objects.list(filter)).map(({ family, table, name }) => `${family} ${table} ${name}`);

    expect(await named({ family: 'ip' })).toEqual(['ip t visits']);
    expect(await named({ table: 'other' })).toEqual(['inet other visits']);
    expect(await named({ family: 'inet', table: 't', kind: 'counter' })).toEqual(['inet t visits', 'inet t others']);
    expect((await named({ name: 'visits' })).sort()).toEqual(['inet other visits', 'inet t visits', 'ip t visits']);
    expect(await namespace.nftables.objects.get({ ...where, kind: 'counter', name: 'others' })).toMatchObject({
      kind: 'counter',
      name: 'others',
    });
    await expect(namespace.nftables.objects.get({ ...where, kind: 'quota', name: 'others' })).rejects.toMatchObject({
      code: 'ENOENT',
      request: 'NFT_MSG_GETOBJ',
      subject: "quota 'inet t others'",
    });
  });

  test('begin anew, and tell what they were', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.objects.add({ kind: 'counter', name: 'a', packets: 1, bytes: 2 });
      table.objects.add({ kind: 'counter', name: 'b', packets: 3, bytes: 4 });
      table.objects.add({ kind: 'quota', name: 'a', bytes: 100, used: 5 });
      table.objects.add({ kind: 'limit', name: 'a', rate: 1, per: 'second' });
    });
    const { objects } = namespace.nftables;

    expect(await objects.reset({ ...where, kind: 'counter', name: 'b' })).toMatchObject([{ packets: 3, bytes: 4 }]);
    expect(await objects.list({ kind: 'counter' })).toMatchObject([{ packets: 1 }, { packets: 0, bytes: 0 }]);
    expect(await objects.reset(where)).toMatchObject([
      { kind: 'counter', name: 'a', packets: 1 },
      { kind: 'counter', name: 'b', packets: 0 },
      { kind: 'quota', name: 'a', used: 5 },
    ]);
    expect(await run(namespace, 'nft', ['list', 'counters'])).not.toMatch(/packets [1-9]/);
    expect((await objects.list({ kind: 'quota' }))[0]).not.toHaveProperty('used');
  });

  test('go, unless a rule refers to them', async () => {
    await using namespace = await withSurroundings();
    await namespace.nftables.rules.add({ ...where, chain: 'c', statements: [{ quota: 'most' }] });

    const used = namespace.nftables.objects.delete({ ...where, kind: 'quota', name: 'most' });
    await expect(used).rejects.toMatchObject({ code: 'EBUSY', request: 'NFT_MSG_DELOBJ' });
    const [limit] = await namespace.nftables.objects.list({ kind: 'limit' });
    await namespace.nftables.objects.delete(limit as never);

    expect(await namespace.nftables.objects.list({ kind: 'limit' })).toEqual([]);
    const again = namespace.nftables.objects.delete({ ...where, kind: 'limit', name: 'few' });
    await expect(again).rejects.toMatchObject({ code: 'ENOENT', subject: "limit 'inet t few'" });
  });

  test('of a batch that fails none is left', async () => {
    await using namespace = await scratchNamespace();

    const failed = namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      table.objects.add({ kind: 'counter', name: 'a' });
      table.objects.delete({ kind: 'quota', name: 'a' });
    });

    await expect(failed).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_DELOBJ' });
    expect(await namespace.nftables.objects.list()).toEqual([]);
    expect(await run(namespace, 'nft', ['list', 'ruleset'])).toBe('');
  });

  const wrong: [string, object, object][] = [
    ['kind', { kind: 'conter' }, { property: 'kind' }],
    ['missing kind', { kind: undefined }, { property: 'kind' }],
    ['name', { kind: 'counter', name: 5 }, { property: 'name' }],
    ['table', { kind: 'counter', table: undefined }, { property: 'table' }],
    ['family', { kind: 'counter', family: 'ipv4' }, { property: 'family' }],
    ['property of another kind', { kind: 'counter', rate: 5 }, { property: 'rate' }],
    ['state', { kind: 'ctTimeout', protocol: 'tcp', policy: { establishd: 1 } }, { property: 'policy.establishd' }],
    [
      'state of another protocol',
      { kind: 'ctTimeout', protocol: 'udp', policy: { close: 1 } },
      { property: 'policy.close' },
    ],
    ['missing rate', { kind: 'limit', per: 'second' }, { property: 'rate' }],
    ['time', { kind: 'limit', rate: 1, per: 'fortnight' }, { property: 'per' }],
    ['protocol', { kind: 'ctHelper', type: 'ftp', protocol: 'tpc' }, { property: 'protocol' }],
    ['switch', { kind: 'quota', bytes: 1, over: 1 }, { property: 'over' }],
    [
      'time-out',
      { kind: 'ctExpectation', protocol: 'udp', destinationPort: 1, size: 1, timeout: 0 },
      { property: 'timeout' },
    ],
    ['comment', { kind: 'counter', comment: 'x'.repeat(200) }, { property: 'comment' }],
  ];

  test.each(wrong)('refuse a wrong %s before anything is sent', async (_what, options, error) => {
    await using namespace = await scratchNamespace();

    const refused = namespace.nftables.objects.add({ ...where, name: 'o', ...options } as never);

    await expect(refused).rejects.toMatchObject(error);
    await expect(refused).rejects.not.toHaveProperty('request');
  });

  kernelTest('are not reset by something that is left out', async () => {
    await using namespace = await scratchNamespace();
    const { objects, rules, elements } = namespace.nftables;

    await expect(objects.reset({} as never)).rejects.toMatchObject({ property: 'family' });
    await expect(objects.reset({ family: 'inet' } as never)).rejects.toMatchObject({ property: 'table' });
    await expect(objects.reset({ ...where, name: undefined })).rejects.toMatchObject({ property: 'name' });
    await expect(objects.reset({ ...where, kind: 'limit' as 'quota' })).rejects.toMatchObject({ property: 'kind' });
    await expect(rules.reset({ ...where, chain: undefined })).rejects.toMatchObject({ property: 'chain' });
    const nothingSaid = { ...where, set: 's', elements: undefined } as never;
    await expect(elements.reset(nothingSaid)).rejects.toMatchObject({ property: 'elements' });
  });
});

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
        { key: '*', data: ['192.0.2.2', 90] },
        { key: '10.0.0.1', data: ['192.0.2.1', 80] },
      ],
    },
  ],
];

describeKernel('sets of nf_tables with more than keys', [requiresOracle('nft'), objects], () => {
  test.each(sets)('%s', async (nft, options) => {
    await using theirs = await withSurroundings();
    await using ours = await withSurroundings();
    await using again = await withSurroundings();
    await run(theirs, 'nft', [`table inet t {\n${nft}\n}`]);

    await ours.nftables.sets.add({ ...where, ...options });
    const listed = (await theirs.nftables.sets.list(where)).find(({ name }) => name === 's')!;
    await again.nftables.sets.add(listed);

    expect(await rulesetIn(ours)).toEqual(await rulesetIn(theirs));
    expect(listed).toEqual({ ...where, ...options, handle: expect.any(Number) as unknown });
    expect(await rulesetIn(again)).toEqual(await rulesetIn(theirs));
  });

  /** Sets that have no words here: they are listed as the kernel has them. */
  test.each([
    'set s { typeof vlan id; elements = { 5, 6 }; }',
    'map s { type inet_service : interval ipv4_addr; flags interval; elements = { 80 : 192.0.2.1-192.0.2.9 }; }',
    'set s { type icmpx_code; elements = { 1 }; }',
  ])('%s', async (nft) => {
    await using theirs = await withSurroundings();
    await using ours = await withSurroundings();
    await run(theirs, 'nft', [`table inet t {\n${nft}\n}`]);

    const listed = (await theirs.nftables.sets.list(where)).find(({ name }) => name === 's')!;
    await ours.nftables.sets.add(listed);

    expect(listed).toHaveProperty('raw');
    expect(await rulesetIn(ours)).toEqual(await rulesetIn(theirs));
  });

  test('elements are looked up by their keys', async () => {
    await using namespace = await scratchNamespace();
    await namespace.nftables.batch((nft) => {
      const table = nft.tables.add({ family: 'inet', name: 't' });
      const elements = Array.from({ length: 200 }, (_, index) => ({ key: `10.0.0.${String(index)}` }));
      table.sets.add({ name: 's', key: 'ipv4_addr', elements });
      const ranges = [{ key: '10.0.0.0/8', comment: 'inner' }, { key: '192.0.2.7' }, { key: '255.0.0.0/8' }];
      table.sets.add({ name: 'r', key: 'ipv4_addr', flags: ['interval'], elements: ranges });
      const pairs = [{ key: ['10.0.0.0/8', { from: 80, to: 90 }] }];
      table.sets.add({ name: 'p', key: ['ipv4_addr', 'inet_service'], flags: ['interval'], elements: pairs });
    });
    const { elements } = namespace.nftables;
    const wanted = Array.from({ length: 150 }, (_, index) => ({ key: `10.0.0.${String(199 - index)}` }));

    expect(await elements.get({ ...where, set: 's', elements: wanted })).toEqual(wanted);
    expect(
      await elements.get({
        ...{ ...where, set: 'r' },
        elements: [{ key: '255.1.1.1' }, { key: '10.1.2.3' }, { key: '192.0.2.7' }, { key: '10.1.2.3' }],
      }),
    ).toEqual([
      { key: '255.0.0.0/8' },
      { key: '10.0.0.0/8', comment: 'inner' },
      { key: '192.0.2.7' },
      { key: '10.0.0.0/8', comment: 'inner' },
    ]);
    expect(await elements.get({ ...where, set: 'p', elements: [{ key: ['10.1.1.1', 85] }] })).toEqual([
      { key: ['10.0.0.0/8', { from: 80, to: 90 }] },
    ]);
    const missing = elements.get({ ...where, set: 's', elements: [{ key: '10.0.0.1' }, { key: '10.9.9.9' }] });
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT', request: 'NFT_MSG_GETSETELEM' });
    const misspelt = elements.get({ ...where, set: 's', elements: [{ key: '10.0.0.1' }, { key: '10.9.9' }] });
    await expect(misspelt).rejects.toMatchObject({ property: 'elements[1].key' });
  });

  test('elements go by their keys alone, or all together', async () => {
    await using namespace = await withSurroundings();
    await namespace.nftables.sets.add({ ...where, name: 's', key: 'mark', object: 'counter' });
    const set = { ...where, set: 's' };
    const elements = [1, 2, 3].map((key) => ({ key, object: 'visits' }));
    await namespace.nftables.elements.add({ ...set, elements });

    await namespace.nftables.elements.delete({ ...set, elements: [{ key: 2 }] });
    expect(await namespace.nftables.elements.list(set)).toEqual([elements[0], elements[2]]);
    await namespace.nftables.sets.flush({ ...where, name: 's' });

    expect(await namespace.nftables.elements.list(set)).toEqual([]);
    const none = namespace.nftables.sets.flush({ ...where, name: 'nothing' });
    await expect(none).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(namespace.nftables.sets.flush({ ...where } as never)).rejects.toMatchObject({ property: 'name' });
  });

  kernelTest(
    'what counts in rules and for elements begins anew, and tells what it was',
    [kernelSince('6.5')],
    async () => {
      await using namespace = await scratchNamespace();
      const counted = (packets: number) => [{ counter: { packets, bytes: packets * 10 } }];
      await namespace.nftables.batch((nft) => {
        const table = nft.tables.add({ family: 'inet', name: 't' });
        const elements = [1, 2, 3].map((key) => ({ key, statements: counted(key) }));
        table.sets.add({ name: 's', key: 'mark', flags: ['dynamic'], statements: ['counter'], elements });
        const range = { key: '10.0.0.0/8', statements: counted(7) };
        table.sets.add({
          name: 'r',
          key: 'ipv4_addr',
          flags: ['interval'],
          statements: ['counter'],
          elements: [range],
        });
        table.chains.add({ name: 'c' });
        table.rules.add({ chain: 'c', comment: 'one', statements: [...counted(4), 'accept'] });
        table.chains.add({ name: 'd' });
        table.rules.add({ chain: 'd', statements: counted(5) });
      });
      const { elements, rules } = namespace.nftables;
      const set = { ...where, set: 's' };

      expect(await elements.reset({ ...set, elements: [{ key: 2 }] })).toEqual([{ key: 2, statements: counted(2) }]);
      expect(await elements.reset(set)).toEqual([
        { key: 1, statements: counted(1) },
        { key: 2, statements: counted(0) },
        { key: 3, statements: counted(3) },
      ]);
      expect(await elements.reset({ ...where, set: 'r' })).toEqual([{ key: '10.0.0.0/8', statements: counted(7) }]);
      expect(await rules.reset({ ...where, chain: 'c' })).toMatchObject([
        { chain: 'c', comment: 'one', statements: [...counted(4), 'accept'] },
      ]);
      expect((await rules.list()).map(({ statements }) => statements[0])).toEqual([...counted(0), ...counted(5)]);
      expect(await run(namespace, 'nft', ['list', 'sets'])).not.toMatch(/packets [1-9]/);
    },
  );

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
  });
});

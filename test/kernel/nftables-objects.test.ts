import type { NftObjectOptions } from '../../lib';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { objects, withObjects } from '../support/nft-objects';
import { rulesetOf } from '../support/nft-ruleset';
import { run } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

// Built in, or a module, which the kernel loads when it is first used.
const tunnels = feature(
  'tunnels as objects of nf_tables',
  'grep -q nft_tunnel_obj /proc/kallsyms || grep -q /nft_tunnel.ko "/lib/modules/$(uname -r)/modules.dep"',
);

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

    expect(await rulesetOf(ours)).toEqual(await rulesetOf(theirs));
    expect(listed).toEqual([{ ...where, ...options, ...more, handle: expect.any(Number) as unknown, use: 0 }]);
    expect(await rulesetOf(again)).toEqual(await rulesetOf(theirs));
    expect(await run(again, 'nft', ['list', 'ruleset'])).toBe(await run(theirs, 'nft', ['list', 'ruleset']));
  });

  test.each(references)('%s', async (nft, statements, chain = 'c') => {
    await using theirs = await withObjects();
    await using ours = await withObjects();
    await run(theirs, 'nft', [`add rule inet t ${chain} ${nft}`]);

    await ours.nftables.rules.add({ ...where, chain, statements: statements as never });

    expect(await rulesetOf(ours)).toEqual(await rulesetOf(theirs));
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
    await using namespace = await withObjects();
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

  test('go, unless a rule refers to them', async () => {
    await using namespace = await withObjects();
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
});

import type { NftBatch, NftConstant, NftSetOptions, NftStatement } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import { answering, ask, families, listening, packetsCounted, routed, say, type Routed } from '../support/routed';
import { until } from '../support/until';

const sets = feature(
  'nf_tables of both families',
  'nft add table inet t; nft add chain inet t c "{ type filter hook forward priority 0; }"; nft add rule inet t c reject',
);

const inTable = { family: 'inet', table: 't' } as const;
const forward = { name: 'c', type: 'filter', hook: 'forward', priority: 'filter' } as const;

interface Content {
  sets?: Omit<NftSetOptions, 'family' | 'table'>[];
  chains?: Record<string, NftStatement[][]>;
  rules: NftStatement[][];
}

/** Gives a router sets, chains to jump to, and rules for all that it forwards. */
function filtering({ router }: Routed, { sets: given = [], chains = {}, rules }: Content): Promise<void> {
  return router.nftables.batch((nft: NftBatch) => {
    const table = nft.tables.add({ family: 'inet', name: 't' });
    for (const name of Object.keys(chains)) table.chains.add({ name });
    for (const set of given) table.sets.add(set);
    table.chains.add(forward);
    for (const [name, ofChain] of Object.entries(chains)) {
      for (const statements of ofChain) table.rules.add({ chain: name, statements });
    }
    for (const statements of rules) table.rules.add({ chain: 'c', statements });
  });
}

/** Whether a server answers: 'ECONNREFUSED' if not. */
function outcome(net: Routed, address: string, port = 80): Promise<string | undefined> {
  return ask(net.client, address, port).then(
    ([name]) => name,
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );
}

describeKernel('sets that packets are looked up in', [sets], () => {
  describe.each(families)('of %s', (family, at) => {
    const [address, source] = [family === 'ip' ? 'ipv4_addr' : 'ipv6_addr', { [family]: 'source' }] as [
      'ipv4_addr',
      { ip: 'source' },
    ];
    const matchSource = (test: unknown) => ({ match: { [family]: { source: test } } }) as NftStatement;

    test('take elements and lose them while their rules stay', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      const blocked = { ...inTable, set: 'blocked', elements: [{ key: at.client }] };

      await filtering(net, {
        sets: [{ name: 'blocked', key: address }],
        rules: [[matchSource({ set: 'blocked' }), { reject: 'tcpReset' }]],
      });
      const outcomes = [await outcome(net, at.server)];
      for (let count = 0; count < 3; count++) {
        await net.router.nftables.elements.add(blocked);
        outcomes.push(await outcome(net, at.server));
        await net.router.nftables.elements.delete(blocked);
        outcomes.push(await outcome(net, at.server));
      }

      const [refused, answered] = ['ECONNREFUSED', 'server'];
      expect(outcomes).toEqual([answered, refused, answered, refused, answered, refused, answered]);
    });

    test('lose an element when its time is over', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      await filtering(net, {
        sets: [{ name: 'blocked', key: address, flags: ['timeout'] }],
        rules: [[matchSource({ set: 'blocked' }), { reject: 'tcpReset' }]],
      });
      const { elements } = net.router.nftables;

      await elements.add({ ...inTable, set: 'blocked', elements: [{ key: at.client, timeout: 1.5 }] });
      const [listed] = await elements.list({ ...inTable, set: 'blocked' });
      const before = await outcome(net, at.server);

      expect(listed).toMatchObject({ key: at.client, timeout: 1.5 });
      expect(listed!.expires).toBeLessThanOrEqual(1.5);
      expect(before).toBe('ECONNREFUSED');
      expect(await until(async () => ((await outcome(net, at.server)) === 'server' ? true : undefined))).toBe(true);
      expect(await elements.list({ ...inTable, set: 'blocked' })).toEqual([]);
    });

    test('have ranges and prefixes', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      const before = at.client.replace(/2$/, '1');
      const set = { ...inTable, set: 'blocked' };
      await filtering(net, {
        sets: [{ name: 'blocked', key: address, flags: ['interval'] }],
        rules: [[matchSource({ set: 'blocked' }), { reject: 'tcpReset' }]],
      });
      const { elements } = net.router.nftables;
      const outcomes: unknown[] = [];
      const keys = [
        at.client,
        { from: before, to: at.client },
        { from: at.client, to: at.client.replace(/2$/, '5') },
        `${at.client.replace(/2$/, '0')}/${family === 'ip' ? '30' : '126'}`,
        { from: before, to: before },
        { from: at.client.replace(/2$/, '3'), to: at.client.replace(/2$/, '5') },
        `${at.client.replace(/2$/, '4')}/${family === 'ip' ? '30' : '126'}`,
      ];

      for (const key of keys) {
        await elements.add({ ...set, elements: [{ key }] });
        outcomes.push(await outcome(net, at.server));
        await elements.delete({ ...set, elements: [{ key }] });
        expect(await outcome(net, at.server)).toBe('server');
      }

      const [refused, answered] = ['ECONNREFUSED', 'server'];
      expect(outcomes).toEqual([refused, refused, refused, refused, answered, answered, answered]);
    });

    test.each([false, true])('have values that stand together, with ranges: %s', async (isInterval) => {
      await using net = await routed();
      await using _one = await answering(net.server, 80);
      await using _other = await answering(net.server, 81);
      await filtering(net, {
        sets: [
          {
            ...{ name: 'blocked', key: [address, 'inet_service'], ...(isInterval && { flags: ['interval'] }) },
            elements: [
              {
                key: isInterval
                  ? [
                      { from: at.client, to: at.client },
                      { from: 79, to: 80 },
                    ]
                  : [at.client, 80],
              },
              { key: [at.server, 81] },
            ],
          },
        ],
        rules: [
          [
            { match: { concatenation: [source, { tcp: 'destinationPort' }], in: { set: 'blocked' } } },
            { reject: 'tcpReset' },
          ],
        ],
      });

      expect([await outcome(net, at.server, 80), await outcome(net, at.server, 81)]).toEqual([
        'ECONNREFUSED',
        'server',
      ]);
      await net.router.nftables.elements.add({ ...inTable, set: 'blocked', elements: [{ key: [at.client, 81] }] });
      expect(await outcome(net, at.server, 81)).toBe('ECONNREFUSED');
    });

    test('get elements from packets, with what they give', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      const key = { [family]: 'source' } as { ip: 'source' };
      const given: [string, NftSetOptions['data'], NftConstant][] = [
        ['marks', 'mark', { type: 'mark', value: 5 }],
        ['nats', address, { type: address, value: at.server }],
        ['pairs', ['inet_service', 'mark'], { type: ['inet_service', 'mark'], value: [8080, 7] }],
      ];

      await filtering(net, {
        sets: given.map(([name, data]) => ({ name, key: address, data, flags: ['dynamic'], size: 100 })),
        rules: given.map(([set, , data]) => [{ add: { set, key, data } }]),
      });
      expect(await outcome(net, at.server)).toBe('server');

      for (const [set, , { value }] of given) {
        const elements = await net.router.nftables.elements.list({ ...inTable, set });
        expect(elements).toContainEqual({ key: at.client, data: value });
      }
    });

    test('give verdicts by a port: of the rule, and of a map with a name', async () => {
      await using net = await routed();
      await using end = await listening(net.server, at, 1009);
      await using client = await listening(net.client, at, 5000);
      const key = { udp: 'destinationPort' } as const;

      await filtering(net, {
        sets: [
          {
            ...{ name: 'ports', key: 'inet_service', data: 'verdict' },
            elements: [
              { key: 1002, verdict: { jump: 'web' } },
              { key: 1003, verdict: { goto: 'web' } },
            ],
          },
        ],
        chains: { web: [['counter'], [{ match: { udp: { destinationPort: 1001 } } }, 'counter', 'drop'], ['return']] },
        rules: [
          [
            {
              verdictMap: {
                key,
                elements: [
                  { key: 1000, verdict: 'drop' },
                  { key: 1001, verdict: { jump: 'web' } },
                  { key: 1009, verdict: 'accept' },
                ],
              },
            },
          ],
          [{ verdictMap: { key, set: 'ports' } }],
          // An answer of ICMP has no port, and no verdict by it.
          [{ match: { transportProtocol: 'udp' } }, 'counter', 'drop'],
        ],
      });
      for (const port of [1000, 1001, 1002, 1003, 1004, 1009]) await say(client.socket, at.server, port, 'x');
      await end.heard('x');

      // What a chain is gone to for does not come back: 1003. Of the base chain, 1002 has returned, and 1004 has no verdict.
      expect(await packetsCounted(net.router, { ...inTable, chain: 'web' }, [3, 1])).toEqual([3, 1]);
      expect(await packetsCounted(net.router, { ...inTable, chain: 'c' }, [2])).toEqual([2]);
      await net.router.nftables.elements.add({
        ...{ ...inTable, set: 'ports' },
        elements: [{ key: 1004, verdict: 'accept' }],
      });
      await using late = await listening(net.server, at, 1004);
      await say(client.socket, at.server, 1004, 'y');
      await late.heard('y');
      expect(await packetsCounted(net.router, { ...inTable, chain: 'c' }, [2])).toEqual([2]);
    });

    test('give verdicts by a device, and by values that stand together', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      await using _other = await answering(net.server, 81);
      await using _back = await answering(net.client, 80, 'client');

      await filtering(net, {
        chains: { in: [['counter']], out: [[{ reject: 'tcpReset' }]] },
        rules: [
          [
            {
              verdictMap: {
                key: [{ [family]: 'source' } as { ip: 'source' }, { tcp: 'destinationPort' }],
                elements: [{ key: [at.client, 81], verdict: { jump: 'out' } }],
              },
            },
          ],
          [
            { match: { tcp: { flags: { equals: ['syn'] } } } },
            { verdictMap: { key: 'inputDevice', elements: byDevice } },
          ],
        ],
      });

      expect(await outcome(net, at.server, 80)).toBe('server');
      expect(await outcome(net, at.server, 81)).toBe('ECONNREFUSED');
      await expect(ask(net.server, at.client, 80)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect(await packetsCounted(net.router, { ...inTable, chain: 'in' }, [1])).toEqual([1]);
    });
  });
});

const byDevice = [
  { key: 'inner', verdict: { jump: 'in' } },
  { key: 'outer', verdict: { jump: 'out' } },
];

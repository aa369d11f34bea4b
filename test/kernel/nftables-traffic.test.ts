import type { NftBatch, NftChainOptions, NftStatement } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import {
  answering,
  ask,
  counted,
  families,
  listening,
  packetsCounted,
  routed,
  say,
  type Routed,
} from '../support/routed';

const inet = feature(
  'nf_tables of both families',
  'nft add table inet t; nft add chain inet t c "{ type filter hook forward priority 0; }"; nft add rule inet t c reject',
);

const chain = { family: 'inet', table: 't', chain: 'c' } as const;
const forward = { name: 'c', type: 'filter', hook: 'forward', priority: 'filter' } as const;

/** Gives a router a chain through which all that it forwards goes, with these rules. */
function filtering({ router }: Routed, ...rules: (readonly NftStatement[])[]): Promise<void> {
  return withChain({ router }, forward, ...rules);
}

function withChain(
  { router }: Pick<Routed, 'router'>,
  base: Omit<NftChainOptions, 'family' | 'table'>,
  ...rules: (readonly NftStatement[])[]
): Promise<void> {
  return router.nftables.batch((nft: NftBatch) => {
    const table = nft.tables.add({ family: 'inet', name: 't' });
    table.chains.add(base);
    for (const statements of rules) table.rules.add({ chain: base.name, statements });
  });
}

/** Servers at the ports from 8000 on. */
async function answeringAll({ server }: Routed, count: number): Promise<AsyncDisposable> {
  const all = await Promise.all(Array.from({ length: count }, (_, index) => answering(server, 8000 + index)));
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}

const toPort = (destinationPort: number): NftStatement => ({ match: { udp: { destinationPort } } });

describeKernel('packets that a router forwards', [inet], () => {
  describe.each(families)('by %s', (family, at) => {
    test('are dropped, and counted with their bytes', async () => {
      await using net = await routed();
      await using dropped = await listening(net.server, at, 1000);
      await using passed = await listening(net.server, at, 1001);
      await using client = await listening(net.client, at, 5000);

      await filtering(net, [toPort(1000), 'counter', 'drop'], [toPort(1001), 'counter', 'accept']);
      for (const what of ['a', 'bb', 'ccc']) await say(client.socket, at.server, 1000, what);
      await say(client.socket, at.server, 1001, 'last');
      await passed.heard('last');

      const headers = (family === 'ip' ? 20 : 40) + 8;
      expect(await packetsCounted(net.router, chain, [3, 1])).toEqual([3, 1]);
      expect(await counted(net.router, chain)).toEqual([
        { packets: 3, bytes: 6 + 3 * headers },
        { packets: 1, bytes: 4 + headers },
      ]);
      expect(dropped.texts).toEqual([]);
    });

    test('are dropped by the policy of a chain, but for those that a rule accepts', async () => {
      await using net = await routed();
      await using dropped = await listening(net.server, at, 1000);
      await using passed = await listening(net.server, at, 1001);
      await using client = await listening(net.client, at, 5000);

      await withChain(net, { ...forward, policy: 'drop' }, [toPort(1001), 'accept'], ['counter']);
      await say(client.socket, at.server, 1000, 'lost');
      await say(client.socket, at.server, 1001, 'last');
      await passed.heard('last');
      expect(await packetsCounted(net.router, chain, [1])).toEqual([1]);
      await net.router.nftables.chains.add({ family: 'inet', table: 't', ...forward, policy: 'accept' });
      await say(client.socket, at.server, 1000, 'found');
      await dropped.heard('found');

      expect(dropped.texts).toEqual(['found']);
    });

    const answers: [string, NftStatement, ip: string | undefined, ip6: string | undefined][] = [
      ['reject', 'reject', 'ECONNREFUSED', 'ECONNREFUSED'],
      ['tcpReset', { reject: 'tcpReset' }, 'ECONNREFUSED', 'ECONNREFUSED'],
      ['icmp host-unreachable', { reject: { icmp: 'host-unreachable' } }, 'EHOSTUNREACH', undefined],
      ['icmp net-unreachable', { reject: { icmp: 'net-unreachable' } }, 'ENETUNREACH', undefined],
      ['icmp prot-unreachable', { reject: { icmp: 'prot-unreachable' } }, 'ENOPROTOOPT', undefined],
      ['icmp admin-prohibited', { reject: { icmp: 'admin-prohibited' } }, 'EHOSTUNREACH', undefined],
      ['icmpv6 no-route', { reject: { icmpv6: 'no-route' } }, undefined, 'ENETUNREACH'],
      ['icmpv6 addr-unreachable', { reject: { icmpv6: 'addr-unreachable' } }, undefined, 'EHOSTUNREACH'],
      ['icmpv6 admin-prohibited', { reject: { icmpv6: 'admin-prohibited' } }, undefined, 'EACCES'],
      ['icmpx port-unreachable', { reject: { icmpx: 'port-unreachable' } }, 'ECONNREFUSED', 'ECONNREFUSED'],
      ['icmpx host-unreachable', { reject: { icmpx: 'host-unreachable' } }, 'EHOSTUNREACH', 'EHOSTUNREACH'],
      ['icmpx no-route', { reject: { icmpx: 'no-route' } }, 'ENETUNREACH', 'ENETUNREACH'],
      ['icmpx admin-prohibited', { reject: { icmpx: 'admin-prohibited' } }, 'EHOSTUNREACH', 'EACCES'],
    ];

    test('are refused, with the answer that a rule names', async () => {
      await using net = await routed();
      await using _servers = await answeringAll(net, answers.length);

      await filtering(
        net,
        ...answers.map(([, statement], index): NftStatement[] => [
          { match: { tcp: { destinationPort: 8000 + index } } },
          statement,
        ]),
      );
      // All at once: an answer that comes while `connect` still runs is passed over by the kernel, which asks again after a second.
      const codes = await Promise.all(
        answers.map(([name], index) =>
          ask(net.client, at.server, 8000 + index).then(
            () => [name, undefined],
            (error: unknown) => [name, (error as NodeJS.ErrnoException).code],
          ),
        ),
      );

      expect(codes).toEqual(answers.map(([name, , ofIp, ofIp6]) => [name, family === 'ip' ? ofIp : ofIp6]));
    });

    test('are as many as a limit lets go on, and the others are counted behind it', async () => {
      await using net = await routed();
      await using server = await listening(net.server, at, 1000);
      await using end = await listening(net.server, at, 1001);
      await using client = await listening(net.client, at, 5000);
      const sent = Array.from({ length: 30 }, (_, index) => String(index));

      await filtering(
        net,
        [toPort(1000), { limit: { rate: 1, per: 'week', burst: 7 } }, 'counter', 'accept'],
        [toPort(1000), 'counter', 'drop'],
      );
      for (const what of sent) await say(client.socket, at.server, 1000, what);
      await say(client.socket, at.server, 1001, 'end');
      await end.heard('end');

      expect(await packetsCounted(net.router, chain, [7, 23])).toEqual([7, 23]);
      await server.heard('6');
      expect(server.texts).toEqual(sent.slice(0, 7));
    });

    test('are those beyond a limit, where that is asked for', async () => {
      await using net = await routed();
      await using client = await listening(net.client, at, 5000);

      await filtering(net, [
        toPort(1000),
        { limit: { rate: 1, per: 'week', burst: 7, over: true } },
        'counter',
        'drop',
      ]);
      for (let count = 0; count < 10; count++) await say(client.socket, at.server, 1000, 'x');

      expect(await packetsCounted(net.router, chain, [3])).toEqual([3]);
    });

    test('are as many bytes as a limit, and a quota, let go on', async () => {
      await using net = await routed();
      await using client = await listening(net.client, at, 5000);
      const size = (family === 'ip' ? 20 : 40) + 8 + 72;

      await filtering(
        net,
        [toPort(1000), { quota: { bytes: 4 * size } }, 'counter', 'drop'],
        [toPort(1000), 'counter', 'drop'],
        [toPort(1001), { quota: { bytes: 4 * size, over: true } }, 'counter', 'drop'],
        [toPort(1001), 'counter', 'drop'],
        [toPort(1002), { limit: { rate: 1, per: 'week', burst: 5 * size, unit: 'bytes' } }, 'counter', 'drop'],
        [toPort(1002), 'counter', 'drop'],
      );
      for (const port of [1000, 1001, 1002]) {
        for (let count = 0; count < 10; count++) await say(client.socket, at.server, port, 'x'.repeat(72));
      }

      expect(await packetsCounted(net.router, chain, [4, 6, 6, 4, 5, 5])).toEqual([4, 6, 6, 4, 5, 5]);
      const [first] = await net.router.nftables.rules.list(chain);
      expect(first?.statements[1]).toMatchObject({ quota: { bytes: 4 * size } });
    });
  });
});

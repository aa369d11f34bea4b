import type { NftBatch, NftChainOptions, NftStatement, NetworkNamespace } from '../../lib';
import { describeKernel, feature } from '../support/kernel';
import {
  answering,
  ask,
  families,
  listening,
  namespaceWithoutChecks,
  packetsCounted,
  ready,
  routed,
  say,
} from '../support/routed';

const inet = feature(
  'nf_tables with connection tracking',
  'nft add table inet t; nft add chain inet t c "{ type filter hook prerouting priority -300; }"; nft add rule inet t c ct state new notrack',
);

type Base = Pick<NftChainOptions, 'name' | 'type' | 'hook' | 'priority' | 'policy'>;

const bases = {
  raw: { name: 'raw', type: 'filter', hook: 'prerouting', priority: 'raw' },
  pre: { name: 'pre', type: 'filter', hook: 'prerouting', priority: 'mangle' },
  out: { name: 'out', type: 'route', hook: 'output', priority: 'mangle' },
  forward: { name: 'forward', type: 'filter', hook: 'forward', priority: 'filter' },
} satisfies Record<string, Base>;

/** Gives a namespace base chains, with their rules. */
function chained(
  namespace: NetworkNamespace,
  rules: Partial<Record<keyof typeof bases, (readonly NftStatement[])[]>>,
): Promise<void> {
  return namespace.nftables.batch((nft: NftBatch) => {
    const table = nft.tables.add({ family: 'inet', name: 't' });
    for (const name of Object.keys(rules) as (keyof typeof bases)[]) {
      table.chains.add(bases[name]);
      for (const statements of rules[name] ?? []) table.rules.add({ chain: name, statements });
    }
  });
}

/** The connections that a namespace knows. */
function connections(namespace: NetworkNamespace): Promise<string> {
  return namespace.files.read('/proc/net/nf_conntrack');
}

describeKernel('marks and connections of packets', [inet], () => {
  describe.each(families)('of %s', (family, at) => {
    test.each([
      ['that a router forwards', 'client', 'pre'],
      ['that it sends itself', 'router', 'out'],
    ] as const)('lead packets %s to another server, by a table of routes', async (_what, who, chain) => {
      await using net = await routed();
      await using other = await namespaceWithoutChecks();
      const [virtual, near, far, whole, rest] =
        family === 'ip'
          ? ['10.9.9.9/32', '10.1.3.1/24', '10.1.3.2/24', 'inet', '0.0.0.0/0']
          : ['2001:db8:9::9/128', '2001:db8:3::1/64', '2001:db8:3::2/64', 'inet6', '::/0'];
      const { router } = net;
      await router.links.add({
        kind: 'veth',
        name: 'third',
        up: true,
        peer: { name: 'eth0', namespace: other, up: true },
      });
      await router.addresses.add('third', { address: near, flags: ['nodad'] });
      await other.addresses.add('eth0', { address: far, flags: ['nodad'] });
      await other.routes.add({ destination: rest, gateway: near.split('/')[0] });
      for (const one of [other, net.server]) await one.addresses.add('lo', { address: virtual, flags: ['nodad'] });
      await Promise.all([ready(router, 'third'), ready(other, 'eth0')]);
      await using _server = await answering(net.server, 80);
      await using _other = await answering(other, 80, 'other');
      const address = virtual.split('/')[0]!;
      const asked = async () => (await ask(net[who], address, 80))[0];

      await router.routes.add({ destination: virtual, gateway: far.split('/')[0] });
      await router.routes.add({ destination: virtual, gateway: at.server, table: 100 });
      await router.rules.add({ family: whole as 'inet', mark: 7, table: 100 });
      const before = await asked();
      const statements: NftStatement[] = [{ match: { tcp: { destinationPort: 80 } } }, 'counter', { set: { mark: 7 } }];
      await chained(router, { [chain]: [statements] });

      expect(before).toBe('other');
      expect(await asked()).toBe('server');
    });

    test('are kept with a connection, and given to its later packets', async () => {
      await using net = await routed();
      await using server = await listening(net.server, at, 1000);
      await using client = await listening(net.client, at, 5000);

      await chained(net.router, {
        pre: [
          [{ set: { mark: { ct: 'mark' } } }],
          [
            { match: { udp: { destinationPort: 1000 } } },
            { match: { ct: { state: ['new'] } } },
            { set: { ct: { mark: 9 } } },
          ],
        ],
        forward: [
          [{ match: { mark: 9 } }, 'counter'],
          [{ match: { ct: { mark: 9 } } }, 'counter'],
        ],
      });
      for (const what of ['a', 'b', 'c']) await say(client.socket, at.server, 1000, what);
      await server.heard('c');

      expect(await packetsCounted(net.router, forward, [2, 3])).toEqual([2, 3]);
      expect(await connections(net.router)).toMatch(/udp .*dport=1000 .*mark=9 /);
    });

    test('are not tracked, where a rule says so', async () => {
      await using net = await routed();
      await using tracked = await listening(net.server, at, 1001);
      await using untracked = await listening(net.server, at, 1000);
      await using client = await listening(net.client, at, 5000);

      await chained(net.router, {
        raw: [[{ match: { udp: { destinationPort: 1000 } } }, 'notrack']],
        forward: [
          [{ match: { ct: { state: ['untracked'] } } }, { match: { udp: { destinationPort: 1000 } } }, 'counter'],
          [{ match: { ct: { state: ['new', 'established'] } } }, { match: { transportProtocol: 'udp' } }, 'counter'],
        ],
      });
      await say(client.socket, at.server, 1000, 'a');
      await say(client.socket, at.server, 1001, 'b');
      await Promise.all([untracked.heard('a'), tracked.heard('b')]);

      expect(await packetsCounted(net.router, forward, [1, 1])).toEqual([1, 1]);
      const known = await connections(net.router);
      expect(known).toMatch(/udp .*dport=1001 /);
      expect(known).not.toMatch(/dport=1000 /);
    });

    test('are of a zone', async () => {
      await using net = await routed();
      await using server = await listening(net.server, at, 1000);
      await using client = await listening(net.client, at, 5000);

      await chained(net.router, {
        raw: [[{ match: { inputDevice: 'inner' } }, { set: { ct: { zone: 5 } } }]],
        forward: [[{ match: { ct: { zone: 5 } } }, { match: { transportProtocol: 'udp' } }, 'counter']],
      });
      await say(client.socket, at.server, 1000, 'a');
      await server.heard('a');

      expect(await packetsCounted(net.router, forward, [1])).toEqual([1]);
      expect(await connections(net.router)).toMatch(/dport=1000 .*zone=5 /);
    });

    test('are begun from one side alone', async () => {
      await using net = await routed();
      await using _server = await answering(net.server, 80);
      await using _client = await answering(net.client, 80, 'client');

      await chained(net.router, {
        forward: [
          [{ match: { ct: { state: ['established', 'related'] } } }, 'accept'],
          [{ match: { inputDevice: 'inner' } }, { match: { ct: { state: ['new'] } } }, 'accept'],
          [{ match: { transportProtocol: 'tcp' } }, { reject: { icmpx: 'admin-prohibited' } }],
        ],
      });

      expect(await ask(net.client, at.server, 80)).toEqual(['server', at.client, expect.any(String) as string]);
      await expect(ask(net.server, at.client, 80)).rejects.toMatchObject({
        code: family === 'ip' ? 'EHOSTUNREACH' : 'EACCES',
      });
    });
  });
});

const forward = { family: 'inet', table: 't', chain: 'forward' } as const;

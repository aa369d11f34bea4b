import type { NetworkNamespace, NftBatch, NftChainOptions, NftStatement } from '../../lib';
import { describeKernel, feature, kernelTest } from '../support/kernel';
import { bridged, wire } from '../support/networks';
import { run } from '../support/oracle';
import { counted, ip, listening, packetsCounted, routed, say } from '../support/routed';
import { scratchNamespace } from '../support/scratch';
import { lastFound } from '../support/until';

const netdev = feature(
  'nf_tables at ingress',
  'ip link set lo up; nft add table netdev t; nft add chain netdev t c "{ type filter hook ingress device lo priority 0; }"',
);
const egress = feature(
  'nf_tables at egress',
  'ip link set lo up; nft add table netdev t; nft add chain netdev t c "{ type filter hook egress device lo priority 0; }"',
);
const bridge = feature(
  'nf_tables of bridges',
  'nft add table bridge t; nft add chain bridge t c "{ type filter hook forward priority 0; }"; nft add rule bridge t c ip saddr 10.0.0.1 drop',
);
const arp = feature(
  'nf_tables of ARP',
  'nft add table arp t; nft add chain arp t c "{ type filter hook input priority 0; }"; nft add rule arp t c arp operation request drop',
);

/** Gives a namespace a table with a base chain of these rules. */
function chained(
  namespace: NetworkNamespace,
  { family, ...base }: Omit<NftChainOptions, 'table' | 'name'>,
  ...rules: (readonly NftStatement[])[]
): Promise<void> {
  return namespace.nftables.batch((nft: NftBatch) => {
    const table = nft.tables.add({ family, name: 't' });
    table.chains.add({ name: 'c', ...base });
    for (const statements of rules) table.rules.add({ chain: 'c', statements });
  });
}

/** Two namespaces on a bridge, the first of which sends to the second from a port to others. */
interface Talk extends AsyncDisposable {
  host: NetworkNamespace;
  one: NetworkNamespace;
  other: NetworkNamespace;
}

async function talking(): Promise<Talk> {
  const [host, one, other] = await Promise.all([scratchNamespace(), scratchNamespace(), scratchNamespace()]);
  await bridged(host, one, other);
  return {
    ...{ host, one, other },
    async [Symbol.asyncDispose]() {
      await Promise.all([host.close(), one.close(), other.close()]);
    },
  };
}

const chain = (family: 'netdev' | 'bridge' | 'arp' | 'inet') => ({ family, table: 't', chain: 'c' }) as const;

describeKernel('frames of a link', [netdev], () => {
  test.each(['netdev', 'inet'] as const)('are dropped when they come in, by a table of %s', async (family) => {
    await using net = await routed();
    await using dropped = await listening(net.server, ip, 1000);
    await using passed = await listening(net.server, ip, 1001);
    await using client = await listening(net.client, ip, 5000);

    await chained(net.router, { family, type: 'filter', hook: 'ingress', priority: 0, devices: ['inner'] }, [
      { match: { ip: { source: ip.client } } },
      { match: { udp: { destinationPort: 1000 } } },
      'counter',
      'drop',
    ]);
    await say(client.socket, ip.server, 1000, 'lost');
    await say(client.socket, ip.server, 1001, 'last');
    await passed.heard('last');

    expect(await packetsCounted(net.router, chain(family), [1])).toEqual([1]);
    expect(dropped.texts).toEqual([]);
  });

  kernelTest('are dropped before they leave', [egress], async () => {
    await using net = await routed();
    await using dropped = await listening(net.server, ip, 1000);
    await using passed = await listening(net.server, ip, 1001);
    await using client = await listening(net.client, ip, 5000);

    await chained(net.client, { family: 'netdev', type: 'filter', hook: 'egress', priority: 0, devices: ['eth0'] }, [
      { match: { udp: { destinationPort: 1000 } } },
      'counter',
      'drop',
    ]);
    await say(client.socket, ip.server, 1000, 'lost');
    await say(client.socket, ip.server, 1001, 'last');
    await passed.heard('last');

    expect(await packetsCounted(net.client, chain('netdev'), [1])).toEqual([1]);
    expect(dropped.texts).toEqual([]);
  });
});

describeKernel('frames of a bridge', [bridge], () => {
  const forward = { family: 'bridge', type: 'filter', hook: 'forward', priority: 'filter' } as const;

  test('are dropped between two of its ports, by what is in them', async () => {
    await using net = await talking();
    await using dropped = await listening(net.other, ip, 1000);
    await using passed = await listening(net.other, ip, 1001);
    await using client = await listening(net.one, ip, 5000);

    await chained(net.host, forward, [
      { match: { ip: { source: '10.1.1.1' } } },
      { match: { udp: { destinationPort: 1000 } } },
      'counter',
      'drop',
    ]);
    await say(client.socket, '10.1.1.2', 1000, 'lost');
    await say(client.socket, '10.1.1.2', 1001, 'last');
    await passed.heard('last');

    expect(await packetsCounted(net.host, chain('bridge'), [1])).toEqual([1]);
    expect(dropped.texts).toEqual([]);
  });

  test('are dropped by their ports, addresses and protocols', async () => {
    await using net = await talking();
    await using third = await scratchNamespace();
    await wire(net.host, third, 'port3', '10.1.1.3/24');
    await using heard = await listening(net.other, ip, 1000);
    await using one = await listening(net.one, ip, 5000);
    await using another = await listening(third, ip, 5000);
    const { address } = await third.links.get('eth0');

    await chained(
      net.host,
      forward,
      [{ match: { ether: { type: 'arp' } } }, 'counter', 'accept'],
      [{ match: { ether: { source: address! } } }, { match: { protocol: 'ip' } }, 'counter', 'drop'],
      [
        { match: { inputDevice: 'port1' } },
        { match: { outputDevice: 'port2' } },
        { match: { ether: { type: 'ip' } } },
        'counter',
      ],
    );
    await say(another.socket, '10.1.1.2', 1000, 'lost');
    await say(one.socket, '10.1.1.2', 1000, 'last');
    await heard.heard('last');
    // How often who has an address is asked for, nobody knows.
    const found = await lastFound(
      async () => (await counted(net.host, chain('bridge'))).map(({ packets }) => packets),
      ([, dropped, passed]) => dropped === 1 && passed === 1,
    );

    expect(found).toEqual([expect.any(Number), 1, 1]);
    expect(found[0]).toBeGreaterThanOrEqual(2);
    expect(heard.texts).toEqual(['last']);
  });
});

describeKernel('questions of ARP', [arp], () => {
  test('are not answered, where a rule drops them', async () => {
    await using net = await talking();
    await using heard = await listening(net.other, ip, 1000);
    await using client = await listening(net.one, ip, 5000);

    await chained(net.other, { family: 'arp', type: 'filter', hook: 'input', priority: 0 }, [
      { match: { arp: { operation: 'request' } } },
      { match: { arp: { senderIp: '10.1.1.1' } } },
      { match: { arp: { targetIp: '10.1.1.2' } } },
      'counter',
      'drop',
    ]);
    await say(client.socket, '10.1.1.2', 1000, 'lost');
    const asked = await packetsCounted(net.other, chain('arp'), [1]);
    const known = await run(net.one, 'ip', ['neigh', 'show', '10.1.1.2']);
    await net.other.nftables.tables.delete({ family: 'arp', name: 't' });
    await say(client.socket, '10.1.1.2', 1000, 'last');
    await heard.heard('last');

    expect(asked[0]).toBeGreaterThanOrEqual(1);
    expect(known).not.toContain('lladdr');
  });
});

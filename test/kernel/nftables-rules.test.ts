import type { NftRule } from '../../lib/protocol/netfilter/nftables/rule-options';
import { describeKernel, feature, kernelTest, requiresOracle } from '../support/kernel';
import { run, type Held, type Row } from '../support/oracle';
import { scratchNamespace } from '../support/scratch';

const nat = feature(
  'nf_tables with NAT',
  'nft add table ip t; nft add chain ip t c "{ type nat hook postrouting priority 100; }"',
);

const CHAINS = [
  'chain web { }',
  'chain c { type filter hook input priority filter; policy accept; }',
  'chain out { type filter hook output priority filter; policy accept; }',
  'chain post { type nat hook postrouting priority srcnat; }',
  'chain pre { type nat hook prerouting priority dstnat; }',
  'map verdicts { type inet_service : verdict; }',
  'set blocked { type ipv4_addr; }',
  'counter visits { }',
].join('\n');

/** What nft writes, and the same in words; where there is no text, the words are not told one by one. */
const rules: [chain: string, nft: string, statements: unknown[] | 'raw'][] = [
  ['c', 'ip saddr 10.1.0.0/16', [{ match: { ip: { source: '10.1.0.0/16' } } }]],
  ['c', 'ip saddr 10.1.2.0/23', [{ match: { ip: { source: '10.1.2.0/23' } } }]],
  [
    'c',
    'ip saddr 10.0.0.1 ip daddr 10.0.0.2',
    [{ match: { ip: { source: '10.0.0.1' } } }, { match: { ip: { destination: '10.0.0.2' } } }],
  ],
  ['c', 'ip saddr != 10.0.0.0/8', [{ match: { ip: { source: { not: '10.0.0.0/8' } } } }]],
  ['c', 'ip6 saddr 2001:db8::/32', [{ match: { ip6: { source: '2001:db8::/32' } } }]],
  ['c', 'ip6 daddr 2001:db8::1', [{ match: { ip6: { destination: '2001:db8::1' } } }]],
  ['c', 'tcp dport 80', [{ match: { tcp: { destinationPort: 80 } } }]],
  ['c', 'tcp dport 1-1024', [{ match: { tcp: { destinationPort: { from: 1, to: 1024 } } } }]],
  ['c', 'tcp dport != 1-1024', [{ match: { tcp: { destinationPort: { not: { from: 1, to: 1024 } } } } }]],
  ['c', 'tcp dport { 80, 443 }', [{ match: { tcp: { destinationPort: [80, 443] } } }]],
  ['c', 'tcp dport != { 80, 443 }', [{ match: { tcp: { destinationPort: { not: [80, 443] } } } }]],
  ['c', 'tcp dport { 80-90, 443 }', [{ match: { tcp: { destinationPort: [{ from: 80, to: 90 }, 443] } } }]],
  ['c', 'ip saddr { 10.0.0.0/8, 192.168.1.1 }', [{ match: { ip: { source: ['10.0.0.0/8', '192.168.1.1'] } } }]],
  ['c', 'tcp sport 1 tcp dport 2', [{ match: { tcp: { sourcePort: 1 } } }, { match: { tcp: { destinationPort: 2 } } }]],
  ['c', 'tcp flags syn', [{ match: { tcp: { flags: ['syn'] } } }]],
  ['c', 'tcp flags != syn', [{ match: { tcp: { flags: { not: { equals: ['syn'] } } } } }]],
  ['c', 'tcp flags & (syn|ack) == syn', [{ match: { tcp: { flags: { mask: ['syn', 'ack'], value: ['syn'] } } } }]],
  ['c', 'ct state established,related accept', [{ match: { ct: { state: ['established', 'related'] } } }, 'accept']],
  ['c', 'ct state { established, related }', [{ match: { ct: { state: [['established'], ['related']] } } }]],
  ['c', 'ct state != invalid', [{ match: { ct: { state: { not: { equals: ['invalid'] } } } } }]],
  ['c', 'meta mark 5', [{ match: { mark: 5 } }]],
  ['c', 'meta mark & 0xff == 5', [{ match: { mark: { mask: 0xff, value: 5 } } }]],
  ['c', 'meta mark > 5', [{ match: { mark: { greaterThan: 5 } } }]],
  ['c', 'meta mark 5-9', [{ match: { mark: { from: 5, to: 9 } } }]],
  ['c', 'meta mark { 5-9, 20 }', [{ match: { mark: [{ from: 5, to: 9 }, 20] } }]],
  ['c', 'meta mark set 7', [{ set: { mark: 7 } }]],
  ['c', 'ct mark set mark', [{ set: { ct: { mark: 'mark' } } }]],
  ['c', 'meta mark set ct mark', [{ set: { mark: { ct: 'mark' } } }]],
  ['c', 'iifname "br0"', [{ match: { inputDevice: 'br0' } }]],
  ['c', 'iifname "br*"', [{ match: { inputDevice: 'br*' } }]],
  ['c', 'iifname { "br0", "br1" }', [{ match: { inputDevice: ['br0', 'br1'] } }]],
  ['out', 'oifname != "br0"', [{ match: { outputDevice: { not: 'br0' } } }]],
  ['c', 'iif lo', [{ match: { inputDevice: 1 } }]],
  ['c', 'icmp type echo-request', [{ match: { icmp: { type: 'echo-request' } } }]],
  ['c', 'icmpv6 type nd-neighbor-solicit', [{ match: { icmpv6: { type: 'nd-neighbor-solicit' } } }]],
  ['c', 'meta l4proto { tcp, udp }', [{ match: { transportProtocol: ['tcp', 'udp'] } }]],
  ['c', 'meta l4proto tcp', [{ match: { transportProtocol: 'tcp' } }]],
  [
    'c',
    'meta l4proto { tcp, udp } th dport 53',
    [{ match: { transportProtocol: ['tcp', 'udp'] } }, { match: { th: { destinationPort: 53 } } }],
  ],
  ['c', 'meta nfproto ipv4', [{ match: { networkProtocol: 'ipv4' } }]],
  ['c', 'ip protocol tcp', [{ match: { ip: { protocol: 'tcp' } } }]],
  [
    'c',
    'udp dport 53 counter packets 3 bytes 4',
    [{ match: { udp: { destinationPort: 53 } } }, { counter: { packets: 3, bytes: 4 } }],
  ],
  ['c', 'ip saddr @blocked drop', [{ match: { ip: { source: { set: 'blocked' } } } }, 'drop']],
  ['c', 'tcp dport vmap @verdicts', [{ verdictMap: { key: { tcp: 'destinationPort' }, set: 'verdicts' } }]],
  [
    'c',
    'tcp dport vmap { 22 : accept, 80 : jump web }',
    [
      {
        verdictMap: {
          key: { tcp: 'destinationPort' },
          elements: [
            { key: 22, verdict: 'accept' },
            { key: 80, verdict: { jump: 'web' } },
          ],
        },
      },
    ],
  ],
  ['c', 'ether saddr 02:00:00:00:00:01', [{ match: { ether: { source: '02:00:00:00:00:01' } } }]],
  ['c', 'ip ttl > 5', [{ match: { ip: { ttl: { greaterThan: 5 } } } }]],
  ['c', 'ip dscp 8', [{ match: { ip: { dscp: 8 } } }]],
  ['c', 'ip dscp { 8, 16 }', [{ match: { ip: { dscp: [8, 16] } } }]],
  ['c', 'ip6 flowlabel 5', [{ match: { ip6: { flowLabel: 5 } } }]],
  ['c', 'vlan id 5', [{ match: { vlan: { id: 5 } } }]],
  ['c', 'limit rate 10/second burst 5 packets', [{ limit: { rate: 10, per: 'second', burst: 5 } }]],
  [
    'c',
    'limit rate over 10 kbytes/second',
    [{ limit: { rate: 10240, per: 'second', burst: 0, unit: 'bytes', over: true } }],
  ],
  ['c', 'quota over 1 mbytes', [{ quota: { bytes: 1048576, over: true } }]],
  ['c', 'log', ['log']],
  ['c', 'log prefix "a " level info', [{ log: { prefix: 'a ', level: 'info' } }]],
  ['c', 'log group 2', [{ log: { group: 2 } }]],
  ['c', 'reject', ['reject']],
  ['c', 'reject with tcp reset', [{ reject: 'tcpReset' }]],
  ['c', 'reject with icmp type host-unreachable', [{ reject: { icmp: 'host-unreachable' } }]],
  ['c', 'reject with icmpv6 type no-route', [{ reject: { icmpv6: 'no-route' } }]],
  ['c', 'reject with icmpx type admin-prohibited', [{ reject: { icmpx: 'admin-prohibited' } }]],
  ['c', 'counter name visits', [{ counter: 'visits' }]],
  ['c', 'socket transparent 1', [{ match: { socket: { transparent: 1 } } }]],
  ['out', 'rt mtu 1000', [{ match: { rt: { mtu: 1000 } } }]],
  ['out', 'meta skuid 100', [{ match: { socketUser: 100 } }]],
  ['c', 'ct zone 5', [{ match: { ct: { zone: 5 } } }]],
  ['c', 'ct original ip saddr 10.0.0.1', [{ match: { ct: { original: { source: '10.0.0.1' } } } }]],
  ['c', 'ct direction reply', [{ match: { ct: { direction: 'reply' } } }]],
  ['c', 'meta pkttype multicast', [{ match: { packetType: 'multicast' } }]],
  ['c', 'goto web', [{ goto: 'web' }]],
  ['c', 'return', ['return']],
  ['post', 'masquerade', ['masquerade']],
  [
    'post',
    'tcp dport 5 masquerade to :1024-2048 random',
    [{ match: { tcp: { destinationPort: 5 } } }, { masquerade: { port: { from: 1024, to: 2048 }, flags: ['random'] } }],
  ],
  ['post', 'snat ip to 10.0.0.1', [{ snat: { family: 'ip', address: '10.0.0.1' } }]],
  [
    'post',
    'tcp dport 5 snat ip to 10.0.0.1-10.0.0.9:1-100 persistent',
    [
      { match: { tcp: { destinationPort: 5 } } },
      {
        snat: {
          family: 'ip',
          address: { from: '10.0.0.1', to: '10.0.0.9' },
          port: { from: 1, to: 100 },
          flags: ['persistent'],
        },
      },
    ],
  ],
  [
    'pre',
    'tcp dport 80 dnat ip to 10.0.0.1:8080',
    [{ match: { tcp: { destinationPort: 80 } } }, { dnat: { family: 'ip', address: '10.0.0.1', port: 8080 } }],
  ],
  [
    'pre',
    'tcp dport 80 dnat ip6 to [2001:db8::1]:8080',
    [{ match: { tcp: { destinationPort: 80 } } }, { dnat: { family: 'ip6', address: '2001:db8::1', port: 8080 } }],
  ],
  [
    'pre',
    'tcp dport 81 redirect to :8081',
    [{ match: { tcp: { destinationPort: 81 } } }, { redirect: { port: 8081 } }],
  ],
  [
    'c',
    'ip saddr . tcp dport { 10.0.0.1 . 80 } accept',
    [{ match: { concatenation: [{ ip: 'source' }, { tcp: 'destinationPort' }], in: [['10.0.0.1', 80]] } }, 'accept'],
  ],
  [
    'c',
    'ip saddr . tcp dport != { 10.0.0.0/8 . 80-90, 192.168.0.1 . 22 }',
    [
      {
        match: {
          concatenation: [{ ip: 'source' }, { tcp: 'destinationPort' }],
          in: {
            not: [
              ['10.0.0.0/8', { from: 80, to: 90 }],
              ['192.168.0.1', 22],
            ],
          },
        },
      },
    ],
  ],
  [
    'c',
    'ip saddr . tcp dport vmap { 10.0.0.1 . 80 : accept }',
    [
      {
        verdictMap: {
          key: [{ ip: 'source' }, { tcp: 'destinationPort' }],
          elements: [{ key: ['10.0.0.1', 80], verdict: 'accept' }],
        },
      },
    ],
  ],
  ['c', 'fib saddr . iif oif missing drop', 'raw'],
  ['c', 'numgen random mod 4 0', 'raw'],
  ['c', 'jhash ip saddr mod 4 1', 'raw'],
  ['c', 'ip option lsrr exists', 'raw'],
  ['c', 'exthdr frag exists', 'raw'],
  ['out', 'tcp option maxseg size set rt mtu', 'raw'],
  ['pre', 'dnat ip to tcp dport map { 80 : 10.0.0.1, 81 : 10.0.0.2 }', 'raw'],
  ['c', 'meta hour "10:00"-"12:00"', 'raw'],
];

/** What `nft -j list ruleset` shows, without its heading. */
async function ruleset(namespace: Held): Promise<Row[]> {
  const { nftables } = JSON.parse(await run(namespace, 'nft', ['-j', 'list', 'ruleset'])) as { nftables: Row[] };
  return nftables.slice(1);
}

/** Rules without what differs between two of the same. */
function withoutHandles(rows: Row[]): unknown[] {
  return rows.flatMap(({ rule }) => (rule === undefined ? [] : [{ ...(rule as object), handle: undefined }]));
}

describeKernel('rules of nf_tables', [requiresOracle('nft'), nat], () => {
  test.each(rules)('%s: %s', async (chain, nft, statements) => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    await run(theirs, 'nft', [`table inet t {\n${CHAINS}\n}\nadd rule inet t ${chain} ${nft}`]);
    await run(ours, 'nft', [`table inet t {\n${CHAINS}\n}`]);

    const [listed] = (await theirs.nftables.rules.list()) as [NftRule];

    if (statements === 'raw') {
      expect(listed.statements.some((one) => typeof one === 'object' && 'expressions' in one)).toBe(true);
    } else {
      expect(listed.statements).toEqual(statements);
    }
    await ours.nftables.rules.add({ family: 'inet', table: 't', chain, statements: listed.statements });
    expect(withoutHandles(await ruleset(ours))).toEqual(withoutHandles(await ruleset(theirs)));
    expect(await ours.nftables.rules.list()).toEqual([{ ...listed, handle: expect.any(Number) as unknown }]);
  });

  test('keep a comment, and what another program keeps with them', async () => {
    await using namespace = await scratchNamespace();
    await run(namespace, 'nft', ['add table inet t; add chain inet t c; add rule inet t c counter comment "hello"']);
    const { rules } = namespace.nftables;
    const [commented] = await rules.list();
    const foreign = { ...commented!, comment: undefined, userData: Uint8Array.of(77, 2, 1, 2) };

    await rules.add(foreign);
    await rules.add(commented!);

    const listed = await rules.list();
    expect(listed.map(({ comment, userData }) => [comment, userData])).toEqual([
      ['hello', undefined],
      [undefined, foreign.userData],
      ['hello', undefined],
    ]);
  });

  const iptables = feature(
    'matches of iptables in nf_tables',
    'iptables-nft -A INPUT -m conntrack --ctstate NEW -j ACCEPT',
  );

  kernelTest('of iptables are written back unchanged', [requiresOracle('iptables-nft'), iptables], async () => {
    await using theirs = await scratchNamespace();
    await using ours = await scratchNamespace();
    const command = ['-A', 'INPUT', '-p', 'tcp', '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'ACCEPT'];
    await run(theirs, 'iptables-nft', command);
    await run(ours, 'iptables-nft', command);

    const [rule] = await theirs.nftables.rules.list();
    await ours.nftables.rules.replace({ ...rule!, handle: (await ours.nftables.rules.list())[0]!.handle });

    expect(await run(ours, 'iptables-nft', ['-S'])).toBe(await run(theirs, 'iptables-nft', ['-S']));
    expect(await ours.nftables.rules.list()).toEqual([{ ...rule, handle: expect.any(Number) as unknown }]);
  });
});

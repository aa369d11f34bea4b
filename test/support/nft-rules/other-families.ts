import type { RuleCase } from './rule-case';

/** Rules of tables of other families than inet. */
export const otherFamilies: readonly RuleCase[] = [
  ['ip/c', 'dup to 10.0.0.1', [{ dup: { address: '10.0.0.1' } }]],
  ['ip/pre', 'dup to 10.0.0.1 device "lo"', [{ dup: { address: '10.0.0.1', device: 1 } }]],
  ['netdev/c', 'dup to "lo"', [{ dup: { device: 1 } }]],
  ['netdev/c', 'fwd to "lo"', [{ fwd: { device: 1 } }]],
  ['netdev/c', 'fwd ip to 10.0.0.1 device "lo"', [{ fwd: { device: 1, family: 'ip', address: '10.0.0.1' } }]],
  ['ip6/c', 'ip6 saddr ::1 drop', [{ match: { ip6: { source: '::1' } } }, 'drop']],
  [
    'bridge/c',
    'ether type ip ip saddr 10.0.0.1',
    [{ match: { ether: { type: 'ip' } } }, { match: { ip: { source: '10.0.0.1' } } }],
  ],
  ['bridge/c', 'ip saddr 10.0.0.1 drop', [{ match: { ip: { source: '10.0.0.1' } } }, 'drop']],
  [
    'bridge/c',
    'vlan id 5 ip saddr 10.0.0.1 drop',
    [
      { match: { vlan: { id: 5 } } },
      { match: { vlan: { type: 'ip' } } },
      { match: { ip: { source: '10.0.0.1' } } },
      'drop',
    ],
  ],
  [
    'bridge/c',
    'arp operation request drop',
    [{ match: { ether: { type: 'arp' } } }, { match: { arp: { operation: 'request' } } }, 'drop'],
  ],
  ['arp/c', 'arp operation request', [{ match: { arp: { operation: 'request' } } }]],
  ['arp/c', 'arp saddr ip 10.0.0.1 drop', [{ match: { arp: { senderIp: '10.0.0.1' } } }, 'drop']],
  [
    'arp/c',
    'arp daddr ether 02:00:00:00:00:01 drop',
    [{ match: { arp: { targetAddress: '02:00:00:00:00:01' } } }, 'drop'],
  ],
  ['netdev/c', 'ip saddr 10.0.0.0/8 drop', [{ match: { ip: { source: '10.0.0.0/8' } } }, 'drop']],
  [
    'netdev/c',
    'ip saddr . tcp dport { 10.0.0.1 . 80 } drop',
    [{ match: { concatenation: [{ ip: 'source' }, { tcp: 'destinationPort' }], in: [['10.0.0.1', 80]] } }, 'drop'],
  ],
  ['netdev/c', 'vlan id 5 drop', [{ match: { inputDeviceType: 'ether' } }, { match: { vlan: { id: 5 } } }, 'drop']],
  [
    'ip/c',
    'ip protocol icmp icmp type echo-request',
    [{ match: { ip: { protocol: 'icmp' } } }, { match: { icmp: { type: 'echo-request' } } }],
  ],
  ['ip/c', 'reject', ['reject']],
  ['ip/c', 'reject with icmp type admin-prohibited', [{ reject: { icmp: 'admin-prohibited' } }]],
  ['ip/c', 'meta l4proto tcp reject with tcp reset', [{ reject: 'tcpReset' }]],
  ['ip/post', 'snat to 10.0.0.1', [{ snat: { address: '10.0.0.1' } }]],
  [
    'ip/pre',
    'tcp dport 80 dnat to 10.0.0.1-10.0.0.4:8080',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { dnat: { address: { from: '10.0.0.1', to: '10.0.0.4' }, port: 8080 } },
    ],
  ],
  [
    'ip/pre',
    'dnat to tcp dport map { 80 : 10.0.0.1, 443 : 10.0.0.2 }',
    [
      {
        dnat: {
          address: {
            map: {
              key: { tcp: 'destinationPort' },
              elements: [
                { key: 80, data: '10.0.0.1' },
                { key: 443, data: '10.0.0.2' },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'ip/pre',
    'dnat to ip saddr . tcp dport map { 10.0.0.1 . 80 : 10.0.0.5 }',
    [
      {
        dnat: {
          address: {
            map: {
              key: [{ ip: 'source' }, { tcp: 'destinationPort' }],
              elements: [{ key: ['10.0.0.1', 80], data: '10.0.0.5' }],
            },
          },
        },
      },
    ],
  ],
  [
    'ip/pre',
    'dnat to jhash ip saddr . tcp sport mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }',
    [
      {
        dnat: {
          address: {
            map: {
              key: { jhash: { of: [{ ip: 'source' }, { tcp: 'sourcePort' }], modulus: 2 } },
              elements: [
                { key: 0, data: '10.0.0.1' },
                { key: 1, data: '10.0.0.2' },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'ip/c',
    'ip saddr 10.0.0.1 ip protocol tcp',
    [{ match: { ip: { source: '10.0.0.1' } } }, { match: { ip: { protocol: 'tcp' } } }],
  ],
  [
    'ip6/c',
    'meta l4proto ipv6-icmp icmpv6 type echo-request accept',
    [{ match: { icmpv6: { type: 'echo-request' } } }, 'accept'],
  ],
  [
    'ip6/c',
    'ip6 saddr . ip6 daddr { ::1 . ::1 } accept',
    [{ match: { concatenation: [{ ip6: 'source' }, { ip6: 'destination' }], in: [['::1', '::1']] } }, 'accept'],
  ],
  ['ip6/c', 'reject with icmpv6 type no-route', [{ reject: { icmpv6: 'no-route' } }]],
  [
    'arp/c',
    'arp htype 1 arp ptype ip',
    [{ match: { arp: { hardwareType: 1 } } }, { match: { arp: { protocolType: 'ip' } } }],
  ],
  [
    'arp/c',
    'arp hlen 6 arp plen 4 arp operation { request, reply }',
    [
      { match: { arp: { hardwareLength: 6 } } },
      { match: { arp: { protocolLength: 4 } } },
      { match: { arp: { operation: ['request', 'reply'] } } },
    ],
  ],
  ['arp/c', 'arp saddr ether 02:00:00:00:00:01', [{ match: { arp: { senderAddress: '02:00:00:00:00:01' } } }]],
  [
    'arp/c',
    'arp daddr ip { 10.0.0.1, 10.0.0.2 } accept',
    [{ match: { arp: { targetIp: ['10.0.0.1', '10.0.0.2'] } } }, 'accept'],
  ],
  ['bridge/c', 'ether saddr 02:00:00:00:00:01 drop', [{ match: { ether: { source: '02:00:00:00:00:01' } } }, 'drop']],
  ['bridge/c', 'ether type { ip, ip6, arp } accept', [{ match: { ether: { type: ['ip', 'arp', 'ip6'] } } }, 'accept']],
  ['bridge/c', 'meta protocol ip', [{ match: { protocol: 'ip' } }]],
  [
    'bridge/c',
    'iifname "veth0" oifname "veth1" drop',
    [{ match: { inputDevice: 'veth0' } }, { match: { outputDevice: 'veth1' } }, 'drop'],
  ],
  ['bridge/c', 'ip6 saddr ::1 drop', [{ match: { ip6: { source: '::1' } } }, 'drop']],
  ['bridge/c', 'tcp dport 80 drop', [{ match: { tcp: { destinationPort: 80 } } }, 'drop']],
  ['netdev/c', 'meta mark set 5', [{ set: { mark: 5 } }]],
  [
    'netdev/c',
    'tcp dport 80 counter',
    [{ match: { tcp: { destinationPort: 80 } } }, { counter: { packets: 0, bytes: 0 } }],
  ],
  [
    'netdev/c',
    'ether daddr 02:00:00:00:00:01 fwd to "lo"',
    [
      { match: { inputDeviceType: 'ether' } },
      { match: { ether: { destination: '02:00:00:00:00:01' } } },
      { fwd: { device: 1 } },
    ],
  ],
  ['netdev/c', 'ip6 saddr ::1 drop', [{ match: { ip6: { source: '::1' } } }, 'drop']],
  ['netdev/c', 'meta priority set 1:1', [{ set: { priority: '1:1' } }]],
];

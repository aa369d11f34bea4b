import type { NftStatement } from '../../../lib';

/** Statements as callers may say them, with nft's text: beside those that lists have. */
export const texts: readonly (readonly [chain: string, text: string, statements: readonly NftStatement[]])[] = [
  ['c', 'accept', ['accept']],
  ['c', 'goto web', [{ goto: 'web' }]],
  ['c', 'notrack', ['notrack']],
  ['c', 'reject', ['reject']],
  ['c', 'synproxy', ['synproxy']],
  ['c', 'counter packets 5 bytes 7', [{ counter: { packets: 5, bytes: 7 } }]],
  ['c', 'counter name "visits"', [{ counter: 'visits' }]],
  ['c', 'ip saddr 10.0.0.0/8', [{ match: { ip: { source: '10.0.0.0/8' } } }]],
  ['c', 'ip saddr 10.0.0.1-10.0.0.255', [{ match: { ip: { source: { from: '10.0.0.1', to: '10.0.0.255' } } } }]],
  ['c', 'ip protocol udp', [{ match: { ip: { protocol: 17 } } }]],
  ['c', 'ip6 nexthdr ipv6-icmp', [{ match: { ip6: { nextHeader: 'icmpv6' } } }]],
  ['c', 'icmp type 3-5', [{ match: { icmp: { type: { from: 'destination-unreachable', to: 5 } } } }]],
  [
    'c',
    'igmp group 3758096384-4026531839',
    [{ match: { igmp: { group: { from: '224.0.0.0', to: '239.255.255.255' } } } }],
  ],
  ['c', 'ether type 8021q', [{ match: { ether: { type: 'vlan' } } }]],
  ['c', 'ip frag-off & 8191 == 5', [{ match: { ip: { fragmentOffset: 5 } } }]],
  ['c', 'ip frag-off & 8191 == { 1, 5 }', [{ match: { ip: { fragmentOffset: [1, 5] } } }]],
  ['c', 'ip frag-off & 8191 != 1-5', [{ match: { ip: { fragmentOffset: { not: { from: 1, to: 5 } } } } }]],
  ['c', 'ip frag-off set ip frag-off & 57344 | 5', [{ set: { ip: { fragmentOffset: 5 } } }]],
  ['c', 'ip frag-off set ip frag-off & 57344', [{ set: { ip: { fragmentOffset: 0 } } }]],
  [
    'c',
    'meta mark set ip frag-off & 8191 map { 1 : 0x00000005 }',
    [{ set: { mark: { map: { key: { ip: 'fragmentOffset' }, elements: [{ key: 1, data: 5 }] } } } }],
  ],
  ['c', 'meta priority 1:0', [{ match: { priority: '1:' } }]],
  ['c', 'meta priority ffff:fff1', [{ match: { priority: 'ingress' } }]],
  ['c', 'meta priority set none', [{ set: { priority: 0 } }]],
  ['c', 'ct expiration 1d2h3m4s500ms', [{ match: { ct: { expiration: 93784.5 } } }]],
  ['c', 'ct expiration 1h-2h', [{ match: { ct: { expiration: { from: 3600, to: 7200 } } } }]],
  ['c', 'ct expiration 0s', [{ match: { ct: { expiration: 0 } } }]],
  ['c', 'ct state new,0x100', [{ match: { ct: { state: ['new', 256] } } }]],
  [
    'c',
    'ct state != { established, related | new }',
    [{ match: { ct: { state: { not: [['established'], ['new', 'related']] } } } }],
  ],
  ['c', 'tcp flags == 0x0', [{ match: { tcp: { flags: { equals: [] } } } }]],
  ['c', 'tcp flags set syn | ack', [{ set: { tcp: { flags: ['syn', 'ack'] } } }]],
  ['c', 'tcp flags set 0x0', [{ set: { tcp: { flags: [] } } }]],
  ['c', 'ct label set 5 | 6', [{ set: { ct: { labels: [5, 6] } } }]],
  ['c', 'ct event set new,destroy', [{ set: { ct: { event: ['new', 'destroy'] } } }]],
  ['c', 'meta mark set ct mark', [{ set: { mark: { ct: 'mark' } } }]],
  ['c', 'ip daddr set ip saddr', [{ set: { ip: { destination: { ip: 'source' } } } }]],
  [
    'c',
    'meta mark set meta mark & 0x000001ff ^ 0x00000003 | 0x00000100',
    [{ set: { mark: { of: 'mark', and: 255, or: 256, xor: 3 } } }],
  ],
  ['c', 'meta mark set meta mark & 0xfffffffe | 0x00000002', [{ set: { mark: { of: 'mark', or: 3, xor: 1 } } }]],
  [
    'c',
    '@nh,0,128 0x1020304050607080102030405060708',
    [{ match: { payload: { base: 'network', offset: 0, length: 16, value: '01020304050607080102030405060708' } } }],
  ],
  ['c', 'fib saddr . iif oif 0', [{ match: { fib: { by: ['inputDevice', 'source'], outputDevice: 0 } } }]],
  ['c', 'fib daddr oifname "eth*"', [{ match: { fib: { by: ['destination'], outputDevice: 'eth*' } } }]],
  ['c', 'osf ttl loose name "Linux"', [{ match: { osf: { ttl: 'loose', name: 'Linux' } } }]],
  ['c', 'ipsec in ip6 saddr ::1', [{ match: { ipsec: { direction: 'in', source6: '::1' } } }]],
  ['c', 'symhash mod 4 offset 5 6', [{ match: { symhash: { modulus: 4, offset: 5, value: 6 } } }]],
  ['c', 'tcp option @2,0,8 2', [{ match: { tcpOption: { maxSegment: { kind: 2 } } } }]],
  [
    'c',
    'icmpv6 type parameter-problem icmpv6 param-problem 5',
    [{ match: { icmpv6: { type: 'parameter-problem' } } }, { match: { icmpv6: { mtu: 5 } } }],
  ],
  ['c', 'limit rate over 10/minute burst 7 packets', [{ limit: { rate: 10, per: 'minute', burst: 7, over: true } }]],
  ['c', 'limit rate 1000 bytes/second', [{ limit: { rate: 1000, per: 'second', unit: 'bytes' } }]],
  [
    'c',
    'limit rate 1536 kbytes/second burst 1500 bytes',
    [{ limit: { rate: 1572864, per: 'second', unit: 'bytes', burst: 1500 } }],
  ],
  ['c', 'quota over 4096 mbytes used 5 bytes', [{ quota: { bytes: 2 ** 32, over: true, used: 5 } }]],
  ['c', 'log prefix "a b" group 3 snaplen 64', [{ log: { prefix: 'a b', group: 3, snapLength: 64 } }]],
  [
    'c',
    'log level info flags tcp options flags ip options flags ether',
    [{ log: { level: 'info', flags: ['macDecode', 'ipOptions', 'tcpOptions'] } }],
  ],
  ['c', 'reject with icmp 5', [{ reject: { icmp: 5 } }]],
  ['c', 'reject with icmpx no-route', [{ reject: { icmpx: 0 } }]],
  [
    'c',
    'add @dyn { ip saddr limit rate 10/second burst 7 packets }',
    [{ add: { set: 'dyn', key: { ip: 'source' }, statements: [{ limit: { rate: 10, per: 'second', burst: 7 } }] } }],
  ],
  [
    'c',
    'update @dyn { ip saddr timeout 1h30m counter }',
    [{ update: { set: 'dyn', key: { ip: 'source' }, timeout: 5400, statements: ['counter'] } }],
  ],
  [
    'c',
    'add @dmap { ip saddr : meta mark & 0x000000ff }',
    [{ add: { set: 'dmap', key: { ip: 'source' }, data: { of: 'mark', and: 255 } } }],
  ],
  [
    'c',
    'ip saddr . ct mark != { 10.0.0.1 . 0x00000005 }',
    [{ match: { concatenation: [{ ip: 'source' }, { ct: 'mark' }], in: { not: [['10.0.0.1', 5]] } } }],
  ],
  [
    'c',
    'ip saddr . tcp dport != @dyn2',
    [{ match: { concatenation: [{ ip: 'source' }, { tcp: 'destinationPort' }], in: { not: { set: 'dyn2' } } } }],
  ],
  [
    'c',
    'tcp dport 80 synproxy mss 1460 wscale 7 timestamp sack-perm',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { synproxy: { mss: 1460, windowScale: 7, timestamp: true, sackPermitted: true } },
    ],
  ],
  [
    'post',
    'snat ip6 to ::1-::5 fully-random',
    [{ snat: { family: 'ip6', address: { from: '::1', to: '::5' }, flags: ['fullyRandom'] } }],
  ],
  ['post', 'snat ip6 to 2001:db8::/64', [{ snat: { family: 'ip6', address: '2001:db8::/64' } }]],
  [
    'post',
    'snat ip prefix to 192.168.1.0/24',
    [{ snat: { family: 'ip', address: '192.168.1.0/24', flags: ['netmap'] } }],
  ],
  [
    'post',
    'tcp dport 80 snat ip6 to [::1]:80-90 random,persistent',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { snat: { family: 'ip6', address: '::1', port: { from: 80, to: 90 }, flags: ['persistent', 'random'] } },
    ],
  ],
  [
    'post',
    'tcp dport 80 snat ip6 to [::1]-[::5]:80',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { snat: { family: 'ip6', address: { from: '::1', to: '::5' }, port: 80 } },
    ],
  ],
  [
    'post',
    'meta l4proto tcp masquerade to :1024-65535 random',
    [{ match: { transportProtocol: 'tcp' } }, { masquerade: { port: { from: 1024, to: 65535 }, flags: ['random'] } }],
  ],
  ['pre', 'meta l4proto tcp redirect to :80', [{ match: { transportProtocol: 'tcp' } }, { redirect: { port: 80 } }]],
  [
    'pre',
    'dnat ip to tcp dport map @natp random',
    [
      {
        dnat: {
          family: 'ip',
          addressAndPort: { map: { key: { tcp: 'destinationPort' }, set: 'natp' } },
          flags: ['random'],
        },
      },
    ],
  ],
  [
    'ip/pre',
    'dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080 }',
    [
      {
        dnat: {
          addressAndPort: {
            map: { key: { tcp: 'destinationPort' }, elements: [{ key: 80, data: ['10.0.0.1', 8080] }] },
          },
        },
      },
    ],
  ],
  [
    'mpre',
    'tcp dport 80 tproxy ip to 127.0.0.1',
    [{ match: { tcp: { destinationPort: 80 } } }, { tproxy: { family: 'ip', address: '127.0.0.1' } }],
  ],
  [
    'mpre',
    'tcp dport 80 tproxy ip6 to [::1]',
    [{ match: { tcp: { destinationPort: 80 } } }, { tproxy: { family: 'ip6', address: '::1' } }],
  ],
  [
    'mpre',
    'tcp dport 80 tproxy to :tcp dport map { 80 : 5 }',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { tproxy: { port: { map: { key: { tcp: 'destinationPort' }, elements: [{ key: 80, data: 5 }] } } } },
    ],
  ],
  [
    'ip/c',
    'dup to ip saddr map { 10.0.0.1 : 10.0.0.2 } device 5',
    [
      {
        dup: {
          address: { map: { key: { ip: 'source' }, elements: [{ key: '10.0.0.1', data: '10.0.0.2' }] } },
          device: 5,
        },
      },
    ],
  ],
  ['netdev/c', 'fwd ip6 to ::1 device 5', [{ fwd: { device: 5, family: 'ip6', address: '::1' } }]],
  [
    'netdev/c',
    'fwd to meta mark map { 0x00000001 : 5 }',
    [{ fwd: { device: { map: { key: 'mark', elements: [{ key: 1, data: 5 }] } } } }],
  ],
];

import type { RuleCase } from './rule-case';

/** Rules that decide, count, tell and translate. */
export const actions: readonly RuleCase[] = [
  ['mpre', 'tcp dport 80 tproxy to :3128', [{ match: { tcp: { destinationPort: 80 } } }, { tproxy: { port: 3128 } }]],
  [
    'mpre',
    'tcp dport 80 tproxy ip6 to [::1]:3128',
    [{ match: { tcp: { destinationPort: 80 } } }, { tproxy: { family: 'ip6', address: '::1', port: 3128 } }],
  ],
  ['c', 'tcp dport 80 synproxy', [{ match: { tcp: { destinationPort: 80 } } }, 'synproxy']],
  ['c', 'ct count 20 accept', [{ ctCount: { count: 20 } }, 'accept']],
  ['c', 'ct count over 5 drop', [{ ctCount: { count: 5, over: true } }, 'drop']],
  ['c', 'quota until 25 mbytes used 3 kbytes', [{ quota: { bytes: 26214400, used: 3072 } }]],
  [
    'pre',
    'dnat ip to numgen random mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }',
    [
      {
        dnat: {
          family: 'ip',
          address: {
            map: {
              key: { numgen: { mode: 'random', modulus: 2 } },
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
    'pre',
    'tcp dport 80 dnat ip to numgen inc mod 2 map { 0 : 10.0.0.1, 1 : 10.0.0.2 }:8080',
    [
      { match: { tcp: { destinationPort: 80 } } },
      {
        dnat: {
          family: 'ip',
          address: {
            map: {
              key: { numgen: { mode: 'inc', modulus: 2 } },
              elements: [
                { key: 0, data: '10.0.0.1' },
                { key: 1, data: '10.0.0.2' },
              ],
            },
          },
          port: 8080,
        },
      },
    ],
  ],
  ['post', 'snat ip to 192.168.1.0/24', [{ snat: { family: 'ip', address: '192.168.1.0/24' } }]],
  ['post', 'masquerade fully-random', [{ masquerade: { flags: ['fullyRandom'] } }]],
  ['c', 'meta l4proto { icmp, icmpv6 } accept', [{ match: { transportProtocol: ['icmp', 'icmpv6'] } }, 'accept']],
  [
    'c',
    'ip saddr { 10.0.0.1 } counter',
    [{ match: { ip: { source: '10.0.0.1' } } }, { counter: { packets: 0, bytes: 0 } }],
  ],
  [
    'c',
    'log prefix "x" group 3 snaplen 64 queue-threshold 5',
    [{ log: { prefix: 'x', group: 3, snapLength: 64, queueThreshold: 5 } }],
  ],
  ['c', 'log level audit', [{ log: { level: 'audit' } }]],
  ['c', 'log flags all', [{ log: { flags: ['tcpSequence', 'tcpOptions', 'ipOptions', 'uid', 'macDecode'] } }]],
  ['c', 'log flags skuid prefix "y"', [{ log: { prefix: 'y', flags: ['uid'] } }]],
  [
    'c',
    'limit rate 100 mbytes/minute burst 5 mbytes',
    [{ limit: { rate: 104857600, per: 'minute', burst: 5242880, unit: 'bytes' } }],
  ],
  ['c', 'continue', ['continue']],
  ['c', 'jump web', [{ jump: 'web' }]],
  ['pre', 'tcp dport 80 dnat to :8080', [{ match: { tcp: { destinationPort: 80 } } }, { dnat: { port: 8080 } }]],
  ['c', 'iifname { "br*", "lo" } accept', [{ match: { inputDevice: ['br*', 'lo'] } }, 'accept']],
  [
    'c',
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept',
    [{ match: { icmpv6: { type: ['nd-router-advert', 'nd-neighbor-solicit', 'nd-neighbor-advert'] } } }, 'accept'],
  ],
  ['c', 'ip protocol { tcp, udp, icmp } accept', [{ match: { ip: { protocol: ['icmp', 'tcp', 'udp'] } } }, 'accept']],
  [
    'c',
    'ip saddr != { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 } drop',
    [{ match: { ip: { source: { not: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } } } }, 'drop'],
  ],
  [
    'c',
    'ip6 saddr { 2001:db8::/32, fe80::/10 } accept',
    [{ match: { ip6: { source: ['2001:db8::/32', 'fe80::/10'] } } }, 'accept'],
  ],
  ['c', 'tcp dport != { 22, 80 } drop', [{ match: { tcp: { destinationPort: { not: [22, 80] } } } }, 'drop']],
  ['c', 'ether daddr ff:ff:ff:ff:ff:ff drop', [{ match: { ether: { destination: 'ff:ff:ff:ff:ff:ff' } } }, 'drop']],
  [
    'c',
    'ether saddr { 02:00:00:00:00:01, 02:00:00:00:00:02 } accept',
    [{ match: { ether: { source: ['02:00:00:00:00:01', '02:00:00:00:00:02'] } } }, 'accept'],
  ],
  ['out', 'meta skuid { 0, 1000-2000 } accept', [{ match: { socketUser: [0, { from: 1000, to: 2000 }] } }, 'accept']],
  ['out', 'meta skgid != 0 drop', [{ match: { socketGroup: { not: 0 } } }, 'drop']],
  ['c', 'udp dport 67-68 accept', [{ match: { udp: { destinationPort: { from: 67, to: 68 } } } }, 'accept']],
  [
    'c',
    'ip saddr 10.0.0.0/8 tcp dport { 80, 443 } ct state new limit rate 5/second burst 10 packets log prefix "web " accept',
    [
      { match: { ip: { source: '10.0.0.0/8' } } },
      { match: { tcp: { destinationPort: [80, 443] } } },
      { match: { ct: { state: ['new'] } } },
      { limit: { rate: 5, per: 'second', burst: 10 } },
      { log: { prefix: 'web ' } },
      'accept',
    ],
  ],
  ['c', 'ct state established,related accept', [{ match: { ct: { state: ['established', 'related'] } } }, 'accept']],
  ['c', 'ct state invalid drop', [{ match: { ct: { state: ['invalid'] } } }, 'drop']],
  [
    'c',
    'icmp type echo-request limit rate 1/second accept',
    [{ match: { icmp: { type: 'echo-request' } } }, { limit: { rate: 1, per: 'second', burst: 5 } }, 'accept'],
  ],
  [
    'c',
    'tcp dport 22 ct count over 3 reject with tcp reset',
    [{ match: { tcp: { destinationPort: 22 } } }, { ctCount: { count: 3, over: true } }, { reject: 'tcpReset' }],
  ],
  ['c', 'meta pkttype { broadcast, multicast } drop', [{ match: { packetType: ['broadcast', 'multicast'] } }, 'drop']],
  ['c', 'ip daddr 224.0.0.0/4 drop', [{ match: { ip: { destination: '224.0.0.0/4' } } }, 'drop']],
  ['c', 'ip6 daddr ff00::/8 accept', [{ match: { ip6: { destination: 'ff00::/8' } } }, 'accept']],
  [
    'c',
    'ip saddr @blocked counter packets 0 bytes 0 drop',
    [{ match: { ip: { source: { set: 'blocked' } } } }, { counter: { packets: 0, bytes: 0 } }, 'drop'],
  ],
  ['c', 'counter name "visits"', [{ counter: 'visits' }]],
  ['c', 'reject with icmpx type port-unreachable', ['reject']],
  ['c', 'reject with icmp type host-prohibited', [{ reject: { icmp: 'host-prohibited' } }]],
  ['c', 'reject with icmpv6 type addr-unreachable', [{ reject: { icmpv6: 'addr-unreachable' } }]],
  ['c', 'notrack', ['notrack']],
  ['c', 'log', ['log']],
  ['c', 'meta nfproto ipv4 drop', [{ match: { networkProtocol: 'ipv4' } }, 'drop']],
  ['c', 'meta nfproto { ipv4, ipv6 } accept', [{ match: { networkProtocol: ['ipv4', 'ipv6'] } }, 'accept']],
  [
    'c',
    'meta l4proto { tcp, udp } th dport 53 accept',
    [{ match: { transportProtocol: ['tcp', 'udp'] } }, { match: { th: { destinationPort: 53 } } }, 'accept'],
  ],
  ['c', 'ip dscp { cs1, af11, ef } accept', [{ match: { ip: { dscp: ['cs1', 'af11', 'ef'] } } }, 'accept']],
  ['c', 'ip6 hoplimit 255', [{ match: { ip6: { hopLimit: 255 } } }]],
  [
    'c',
    'tcp dport 80 synproxy mss 1460 wscale 7 timestamp sack-perm',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { synproxy: { mss: 1460, windowScale: 7, timestamp: true, sackPermitted: true } },
    ],
  ],
];

import type { RuleCase } from './rule-case';

/** Rules on what the kernel computes, or looks up elsewhere. */
export const computed: readonly RuleCase[] = [
  [
    'c',
    'fib saddr . iif oif missing drop',
    [{ match: { fib: { by: ['source', 'inputDevice'], route: false } } }, 'drop'],
  ],
  ['c', 'fib daddr type local', [{ match: { fib: { by: ['destination'], addressType: 'local' } } }]],
  [
    'c',
    'fib daddr . iif type { local, broadcast } accept',
    [{ match: { fib: { by: ['destination', 'inputDevice'], addressType: ['local', 'broadcast'] } } }, 'accept'],
  ],
  ['c', 'fib saddr . mark oifname "eth0"', [{ match: { fib: { by: ['source', 'mark'], outputDevice: 'eth0' } } }]],
  ['c', 'numgen random mod 4 0', [{ match: { numgen: { mode: 'random', modulus: 4, value: 0 } } }]],
  [
    'c',
    'numgen inc mod 10 offset 100 { 100, 101 }',
    [{ match: { numgen: { mode: 'inc', modulus: 10, offset: 100, value: [100, 101] } } }],
  ],
  ['c', 'jhash ip saddr mod 4 1', [{ match: { jhash: { of: [{ ip: 'source' }], modulus: 4, value: 1 } } }]],
  [
    'c',
    'jhash ip saddr . tcp dport mod 16 seed 0xdeadbeef offset 3 5',
    [
      {
        match: {
          jhash: {
            of: [{ ip: 'source' }, { tcp: 'destinationPort' }],
            modulus: 16,
            seed: 3735928559,
            offset: 3,
            value: 5,
          },
        },
      },
    ],
  ],
  ['c', 'symhash mod 2 1', [{ match: { symhash: { modulus: 2, value: 1 } } }]],
  ['c', 'osf name "Linux"', [{ match: { osf: { name: 'Linux' } } }]],
  ['c', 'osf ttl skip version "Linux:3.0"', [{ match: { osf: { ttl: 'skip', version: 'Linux:3.0' } } }]],
  ['c', 'ipsec in reqid 5', [{ match: { ipsec: { direction: 'in', requestId: 5 } } }]],
  [
    'c',
    'ipsec in spnum 1 ip saddr 10.0.0.1',
    [{ match: { ipsec: { direction: 'in', level: 1, source: '10.0.0.1' } } }],
  ],
  ['c', 'socket mark 5', [{ match: { socket: { mark: 5 } } }]],
  ['c', 'socket wildcard 1', [{ match: { socket: { wildcard: 1 } } }]],
  ['c', 'rt classid 5', [{ match: { rt: { realm: 5 } } }]],
  ['c', 'rt ipsec exists', [{ match: { rt: { ipsec: true } } }]],
  ['c', '@th,16,16 80', [{ match: { th: { destinationPort: 80 } } }]],
  ['c', '@nh,96,32 0x0a000001', [{ match: { payload: { base: 'network', offset: 12, length: 4, value: 167772161 } } }]],
  [
    'c',
    '@ll,0,48 0x020000000001',
    [{ match: { payload: { base: 'linkLayer', offset: 0, length: 6, value: 2199023255553 } } }],
  ],
  ['c', '@ih,0,32 5', [{ match: { payload: { base: 'inner', offset: 0, length: 4, value: 5 } } }]],
  ['c', 'numgen random mod 10 < 5', [{ match: { numgen: { mode: 'random', modulus: 10, value: { lessThan: 5 } } } }]],
  [
    'c',
    'jhash ip saddr mod 10 < 5',
    [{ match: { jhash: { of: [{ ip: 'source' }], modulus: 10, value: { lessThan: 5 } } } }],
  ],
  ['c', 'symhash mod 10 { 1-5 }', [{ match: { symhash: { modulus: 10, value: { from: 1, to: 5 } } } }]],
  [
    'c',
    'fib daddr type != { local, broadcast }',
    [{ match: { fib: { by: ['destination'], addressType: { not: ['local', 'broadcast'] } } } }],
  ],
  [
    'c',
    '@th,0,16 . @th,16,16 { 5 . 6 }',
    [{ match: { concatenation: [{ th: 'sourcePort' }, { th: 'destinationPort' }], in: [[5, 6]] } }],
  ],
  ['c', '@nh,8,8 5', [{ match: { payload: { base: 'network', offset: 1, length: 1, value: 5 } } }]],
  [
    'c',
    'fib daddr type unicast fib saddr type local',
    [
      { match: { fib: { by: ['destination'], addressType: 'unicast' } } },
      { match: { fib: { by: ['source'], addressType: 'local' } } },
    ],
  ],
  ['c', 'fib saddr oif "lo"', [{ match: { fib: { by: ['source'], outputDevice: 1 } } }]],
  ['out', 'rt ip nexthop 10.0.0.1', [{ match: { rt: { nextHop: '10.0.0.1' } } }]],
  ['out', 'rt ip6 nexthop fe80::1', [{ match: { rt: { nextHop6: 'fe80::1' } } }]],
  ['out', 'rt mtu 1280-1500', [{ match: { rt: { mtu: { from: 1280, to: 1500 } } } }]],
];

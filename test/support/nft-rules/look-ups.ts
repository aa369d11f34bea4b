import type { RuleCase } from './rule-case';

/** Rules whose look-ups are in another order, or have more, than what stands in them. */
export const lookUps: readonly RuleCase[] = [
  ['c', 'meta mark @ranges', [{ match: { mark: { set: 'ranges', interval: true } } }]],
  ['c', 'meta mark != @ranges', [{ match: { mark: { not: { set: 'ranges', interval: true } } } }]],
  [
    'c',
    'meta mark . ip saddr @ranges2',
    [{ match: { concatenation: ['mark', { ip: 'source' }], in: { set: 'ranges2', interval: true } } }],
  ],
  [
    'c',
    'meta mark set ct mark map @rangemap',
    [{ set: { mark: { map: { key: { ct: 'mark' }, set: 'rangemap', interval: true } } } }],
  ],
  ['c', 'ct mark vmap @rangeverdicts', [{ verdictMap: { key: { ct: 'mark' }, set: 'rangeverdicts', interval: true } }]],
  [
    'c',
    'meta mark . ip saddr { 5 . 10.0.0.0/8 }',
    [{ match: { concatenation: ['mark', { ip: 'source' }], in: [[5, '10.0.0.0/8']] } }],
  ],
  [
    'c',
    'iifname . meta mark { "a" . 5-10 }',
    [{ match: { concatenation: ['inputDevice', 'mark'], in: [['a', { from: 5, to: 10 }]] } }],
  ],
  [
    'c',
    'meta length . ip saddr { 100-200 . 10.0.0.1 }',
    [{ match: { concatenation: ['length', { ip: 'source' }], in: [[{ from: 100, to: 200 }, '10.0.0.1']] } }],
  ],
  [
    'c',
    'meta hour . ip saddr { "10:00"-"12:00" . 10.0.0.1 }',
    [{ match: { concatenation: ['hour', { ip: 'source' }], in: [[{ from: '10:00', to: '12:00' }, '10.0.0.1']] } }],
  ],
  [
    'c',
    'meta mark . ip saddr vmap { 5-9 . 10.0.0.1 : accept }',
    [
      {
        verdictMap: {
          key: ['mark', { ip: 'source' }],
          elements: [{ key: [{ from: 5, to: 9 }, '10.0.0.1'], verdict: 'accept' }],
        },
      },
    ],
  ],
  [
    'c',
    'numgen inc mod 10 vmap { 0-5 : accept, 6-9 : drop }',
    [
      {
        verdictMap: {
          key: { numgen: { mode: 'inc', modulus: 10 } },
          elements: [
            { key: { from: 0, to: 5 }, verdict: 'accept' },
            { key: { from: 6, to: 9 }, verdict: 'drop' },
          ],
        },
      },
    ],
  ],
  [
    'pre',
    'dnat ip to numgen random mod 10 map { 0-4 : 10.0.0.1, 5-9 : 10.0.0.2 }',
    [
      {
        dnat: {
          family: 'ip',
          address: {
            map: {
              key: { numgen: { mode: 'random', modulus: 10 } },
              elements: [
                { key: { from: 0, to: 4 }, data: '10.0.0.1' },
                { key: { from: 5, to: 9 }, data: '10.0.0.2' },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'pre',
    'dnat ip addr . port to tcp dport map { 80-90 : 10.0.0.2 . 8080-8090, 100 : 10.0.0.0/24 . 80 }',
    [
      {
        dnat: {
          family: 'ip',
          addressAndPort: {
            map: {
              key: { tcp: 'destinationPort' },
              elements: [
                { key: { from: 80, to: 90 }, data: ['10.0.0.2', { from: 8080, to: 8090 }] },
                { key: 100, data: ['10.0.0.0/24', 80] },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'pre',
    'dnat ip6 addr . port to tcp dport map { 80 : 2001:db8::1 . 8080 }',
    [
      {
        dnat: {
          family: 'ip6',
          addressAndPort: {
            map: { key: { tcp: 'destinationPort' }, elements: [{ key: 80, data: ['2001:db8::1', 8080] }] },
          },
        },
      },
    ],
  ],
  [
    'post',
    'snat ip6 prefix to ip6 saddr map { fd00::/64 : 2001:db8::/64 }',
    [
      {
        snat: {
          family: 'ip6',
          address: { map: { key: { ip6: 'source' }, elements: [{ key: 'fd00::/64', data: '2001:db8::/64' }] } },
          flags: ['netmap'],
        },
      },
    ],
  ],
  // Which of the two a map with a name gives, it does not tell.
  [
    'mpre',
    'meta l4proto tcp tproxy ip to 127.0.0.1:tcp dport map { 80 : 8080 }',
    [
      { match: { transportProtocol: 'tcp' } },
      {
        tproxy: {
          family: 'ip',
          address: '127.0.0.1',
          port: { map: { key: { tcp: 'destinationPort' }, elements: [{ key: 80, data: 8080 }] } },
        },
      },
    ],
  ],
  [
    'netdev/c',
    'fwd ip to ip saddr map { 10.0.0.1 : 10.0.0.2 } device "lo"',
    [
      {
        fwd: {
          device: 1,
          family: 'ip',
          address: { map: { key: { ip: 'source' }, elements: [{ key: '10.0.0.1', data: '10.0.0.2' }] } },
        },
      },
    ],
  ],
  ['netdev/c', 'dup to iif', [{ dup: { device: 'inputDeviceIndex' } }]],
  [
    'netdev/c',
    'fwd ip to ip daddr device iif',
    [{ fwd: { device: 'inputDeviceIndex', family: 'ip', address: { ip: 'destination' } } }],
  ],
  [
    'c',
    'update @dmap { ip saddr : jhash ip saddr mod 5 }',
    [
      {
        update: { set: 'dmap', key: { ip: 'source' }, data: { jhash: { of: [{ ip: 'source' }], modulus: 5 } } },
      },
    ],
  ],
  [
    'c',
    'add @dmap6 { ip6 saddr : ip6 daddr }',
    [{ add: { set: 'dmap6', key: { ip6: 'source' }, data: { ip6: 'destination' } } }],
  ],
  ['c', 'tcp flags 0x0', [{ match: { tcp: { flags: { not: { mask: [], value: [] } } } } }]],
  ['c', 'tcp dport { 80, * }', [{ match: { tcp: { destinationPort: [80, '*'] } } }]],
  [
    'c',
    'tcp dport vmap { 22 : accept, * : drop }',
    [
      {
        verdictMap: {
          key: { tcp: 'destinationPort' },
          elements: [
            { key: 22, verdict: 'accept' },
            { key: '*', verdict: 'drop' },
          ],
        },
      },
    ],
  ],
  ['c', 'log group 5 snaplen 0', [{ log: { group: 5, snapLength: 0 } }]],
  // What elements have of their own is kept.
  ['c', 'ip saddr { 10.0.0.1 comment "first", 10.0.0.2 } drop', 'raw'],
  ['c', 'tcp dport vmap { 22 comment "ssh" : accept, 80 : drop }', 'raw'],
  ['c', 'tcp dport { 22 counter, 80 }', 'raw'],
];

import type { RuleCase } from './rule-case';

/** Rules that look something up in sets and maps, or change them. */
export const setsAndMaps: readonly RuleCase[] = [
  [
    'pre',
    'dnat ip to tcp dport map { 80 : 10.0.0.1, 81 : 10.0.0.2 }',
    [
      {
        dnat: {
          family: 'ip',
          address: {
            map: {
              key: { tcp: 'destinationPort' },
              elements: [
                { key: 80, data: '10.0.0.1' },
                { key: 81, data: '10.0.0.2' },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'pre',
    'dnat ip to tcp dport map @nats',
    [{ dnat: { family: 'ip', address: { map: { key: { tcp: 'destinationPort' }, set: 'nats' } } } }],
  ],
  [
    'pre',
    'dnat ip addr . port to tcp dport map @natp',
    [{ dnat: { family: 'ip', addressAndPort: { map: { key: { tcp: 'destinationPort' }, set: 'natp' } } } }],
  ],
  [
    'pre',
    'dnat ip to tcp dport map { 80 : 10.0.0.1 . 8080, 81 : 10.0.0.2 . 81 }',
    [
      {
        dnat: {
          family: 'ip',
          addressAndPort: {
            map: {
              key: { tcp: 'destinationPort' },
              elements: [
                { key: 80, data: ['10.0.0.1', 8080] },
                { key: 81, data: ['10.0.0.2', 81] },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'pre',
    'tcp dport 80 redirect to :tcp dport map { 80 : 8080 }',
    [
      { match: { tcp: { destinationPort: 80 } } },
      { redirect: { port: { map: { key: { tcp: 'destinationPort' }, elements: [{ key: 80, data: 8080 }] } } } },
    ],
  ],
  [
    'post',
    'snat ip prefix to ip saddr map { 10.0.0.0/24 : 192.168.1.0/24 }',
    [
      {
        snat: {
          family: 'ip',
          address: { map: { key: { ip: 'source' }, elements: [{ key: '10.0.0.0/24', data: '192.168.1.0/24' }] } },
          flags: ['netmap'],
        },
      },
    ],
  ],
  [
    'post',
    'snat ip to ip saddr map { 10.0.0.1 : 192.168.1.1-192.168.1.9 }',
    [
      {
        snat: {
          family: 'ip',
          address: {
            map: {
              key: { ip: 'source' },
              elements: [{ key: '10.0.0.1', data: { from: '192.168.1.1', to: '192.168.1.9' } }],
            },
          },
        },
      },
    ],
  ],
  [
    'post',
    'snat ip to ip saddr map @spread',
    [{ snat: { family: 'ip', address: { map: { key: { ip: 'source' }, set: 'spread' } }, interval: true } }],
  ],
  [
    'post',
    'snat ip prefix to ip saddr map @nets',
    [
      {
        snat: {
          ...{ family: 'ip', flags: ['netmap'] },
          address: { map: { key: { ip: 'source' }, set: 'nets' } },
          interval: true,
        },
      },
    ],
  ],
  [
    'post',
    'meta l4proto tcp snat ip to ip saddr map @spreads',
    [
      { match: { transportProtocol: 'tcp' } },
      { snat: { family: 'ip', addressAndPort: { map: { key: { ip: 'source' }, set: 'spreads' } }, interval: true } },
    ],
  ],
  [
    'post',
    'snat ip6 to ip6 saddr map @spread6',
    [{ snat: { family: 'ip6', address: { map: { key: { ip6: 'source' }, set: 'spread6' } }, interval: true } }],
  ],
  [
    'post',
    'meta l4proto tcp snat ip6 to ip6 saddr map @natp6',
    [
      { match: { transportProtocol: 'tcp' } },
      { snat: { family: 'ip6', addressAndPort: { map: { key: { ip6: 'source' }, set: 'natp6' } } } },
    ],
  ],
  [
    'post',
    'meta l4proto tcp snat ip to ip saddr map { 10.0.0.1 : 192.168.1.1-192.168.1.9 . 80-90 }',
    [
      { match: { transportProtocol: 'tcp' } },
      {
        snat: {
          family: 'ip',
          addressAndPort: {
            map: {
              key: { ip: 'source' },
              elements: [
                {
                  key: '10.0.0.1',
                  data: [
                    { from: '192.168.1.1', to: '192.168.1.9' },
                    { from: 80, to: 90 },
                  ],
                },
              ],
            },
          },
        },
      },
    ],
  ],
  ['c', 'add @dyn { ip saddr }', [{ add: { set: 'dyn', key: { ip: 'source' } } }]],
  ['c', 'update @dyn { ip saddr timeout 30s }', [{ update: { set: 'dyn', key: { ip: 'source' }, timeout: 30 } }]],
  ['c', 'delete @dyn { ip saddr }', [{ delete: { set: 'dyn', key: { ip: 'source' } } }]],
  [
    'c',
    'add @dyn { ip saddr limit rate 10/second }',
    [{ add: { set: 'dyn', key: { ip: 'source' }, statements: [{ limit: { rate: 10, per: 'second', burst: 5 } }] } }],
  ],
  [
    'c',
    'update @dyn { ip saddr counter } accept',
    [{ update: { set: 'dyn', key: { ip: 'source' }, statements: [{ counter: { packets: 0, bytes: 0 } }] } }, 'accept'],
  ],
  [
    'c',
    'add @dyn2 { ip saddr . tcp dport }',
    [{ add: { set: 'dyn2', key: [{ ip: 'source' }, { tcp: 'destinationPort' }] } }],
  ],
  ['c', 'update @dmap { ip saddr : mark }', [{ update: { set: 'dmap', key: { ip: 'source' }, data: 'mark' } }]],
  [
    'c',
    'add @dmap { ip saddr : 0x00000005 }',
    [{ add: { set: 'dmap', key: { ip: 'source' }, data: { type: 'mark', value: 5 } } }],
  ],
  [
    'c',
    'update @dnats { ip saddr timeout 5m : 10.0.0.1 }',
    [
      {
        update: {
          ...{ set: 'dnats', key: { ip: 'source' }, timeout: 300 },
          data: { type: 'ipv4_addr', value: '10.0.0.1' },
        },
      },
    ],
  ],
  [
    'c',
    'update @dnats { ip saddr counter : 10.0.0.1 } accept',
    [
      {
        update: {
          ...{ set: 'dnats', key: { ip: 'source' }, statements: [{ counter: { packets: 0, bytes: 0 } }] },
          data: { type: 'ipv4_addr', value: '10.0.0.1' },
        },
      },
      'accept',
    ],
  ],
  [
    'c',
    'add @dnatp { ip saddr . tcp dport : 10.0.0.1 . 8080 }',
    [
      {
        add: {
          set: 'dnatp',
          key: [{ ip: 'source' }, { tcp: 'destinationPort' }],
          data: { type: ['ipv4_addr', 'inet_service'], value: ['10.0.0.1', 8080] },
        },
      },
    ],
  ],
  [
    'c',
    'add @dlinks { tcp dport : "eth0" }',
    [{ add: { set: 'dlinks', key: { tcp: 'destinationPort' }, data: { type: 'ifname', value: 'eth0' } } }],
  ],
  [
    'c',
    'add @dnat6 { ip6 saddr : fe80::1 }',
    [{ add: { set: 'dnat6', key: { ip6: 'source' }, data: { type: 'ipv6_addr', value: 'fe80::1' } } }],
  ],
  [
    'c',
    'add @dnat6 { ip6 saddr : ip6 daddr }',
    [{ add: { set: 'dnat6', key: { ip6: 'source' }, data: { ip6: 'destination' } } }],
  ],
  [
    'c',
    'update @dports { tcp dport : 8080 }',
    [{ update: { set: 'dports', key: { tcp: 'destinationPort' }, data: { type: 'inet_service', value: 8080 } } }],
  ],
  ['c', 'meta mark set ip saddr map @marks', [{ set: { mark: { map: { key: { ip: 'source' }, set: 'marks' } } } }]],
  [
    'c',
    'meta mark set ip saddr map { 10.0.0.1 : 5, 10.0.0.2 : 6 }',
    [
      {
        set: {
          mark: {
            map: {
              key: { ip: 'source' },
              elements: [
                { key: '10.0.0.1', data: 5 },
                { key: '10.0.0.2', data: 6 },
              ],
            },
          },
        },
      },
    ],
  ],
  [
    'c',
    'meta mark set tcp dport map { 80 : 1 }',
    [{ set: { mark: { map: { key: { tcp: 'destinationPort' }, elements: [{ key: 80, data: 1 }] } } } }],
  ],
  [
    'mpre',
    'ct zone set iif map { lo : 5 }',
    [{ set: { ct: { zone: { map: { key: 'inputDeviceIndex', elements: [{ key: 1, data: 5 }] } } } } }],
  ],
  [
    'c',
    'ct state vmap { established : accept, related : accept, invalid : drop }',
    [
      {
        verdictMap: {
          key: { ct: 'state' },
          elements: [
            { key: ['invalid'], verdict: 'drop' },
            { key: ['established'], verdict: 'accept' },
            { key: ['related'], verdict: 'accept' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'meta l4proto . th dport { tcp . 53, udp . 53 }',
    [
      {
        match: {
          concatenation: ['transportProtocol', { th: 'destinationPort' }],
          in: [
            ['tcp', 53],
            ['udp', 53],
          ],
        },
      },
    ],
  ],
  [
    'c',
    'iifname . oifname { "a" . "b" }',
    [{ match: { concatenation: ['inputDevice', 'outputDevice'], in: [['a', 'b']] } }],
  ],
  [
    'c',
    'iifname . ip saddr { "a" . 10.0.0.0/8 }',
    [{ match: { concatenation: ['inputDevice', { ip: 'source' }], in: [['a', '10.0.0.0/8']] } }],
  ],
  [
    'c',
    'iif . oif { lo . lo }',
    [{ match: { concatenation: ['inputDeviceIndex', 'outputDeviceIndex'], in: [[1, 1]] } }],
  ],
  [
    'c',
    'ip daddr . tcp dport vmap { 10.0.0.1 . 80-90 : accept }',
    [
      {
        verdictMap: {
          key: [{ ip: 'destination' }, { tcp: 'destinationPort' }],
          elements: [{ key: ['10.0.0.1', { from: 80, to: 90 }], verdict: 'accept' }],
        },
      },
    ],
  ],
  [
    'c',
    'meta priority set ip dscp map { cs1 : 1:10 }',
    [{ set: { priority: { map: { key: { ip: 'dscp' }, elements: [{ key: 'cs1', data: '1:10' }] } } } }],
  ],
  [
    'c',
    'meta mark set ip saddr . tcp dport map { 10.0.0.1 . 80 : 5 }',
    [
      {
        set: {
          mark: {
            map: {
              key: [{ ip: 'source' }, { tcp: 'destinationPort' }],
              elements: [{ key: ['10.0.0.1', 80], data: 5 }],
            },
          },
        },
      },
    ],
  ],
  [
    'c',
    'add @dyn { ip saddr timeout 10s limit rate 1/second counter }',
    [
      {
        add: {
          set: 'dyn',
          key: { ip: 'source' },
          timeout: 10,
          statements: [{ limit: { rate: 1, per: 'second', burst: 5 } }, { counter: { packets: 0, bytes: 0 } }],
        },
      },
    ],
  ],
  [
    'c',
    'ip saddr . ip daddr vmap { 10.0.0.1 . 10.0.0.2 : accept }',
    [
      {
        verdictMap: {
          key: [{ ip: 'source' }, { ip: 'destination' }],
          elements: [{ key: ['10.0.0.1', '10.0.0.2'], verdict: 'accept' }],
        },
      },
    ],
  ],
  [
    'c',
    'icmp type . icmp code { 3 . 4 }',
    [
      {
        match: {
          concatenation: [{ icmp: 'type' }, { icmp: 'code' }],
          in: [['destination-unreachable', 'frag-needed']],
        },
      },
    ],
  ],
  [
    'c',
    'ct state . ct direction { new . original }',
    [{ match: { concatenation: [{ ct: 'state' }, { ct: 'direction' }], in: [[['new'], 'original']] } }],
  ],
  [
    'c',
    'ip dscp vmap { cs1 : accept, cs2 : drop }',
    [
      {
        verdictMap: {
          key: { ip: 'dscp' },
          elements: [
            { key: 'cs1', verdict: 'accept' },
            { key: 'cs2', verdict: 'drop' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'iif vmap { lo : accept }',
    [{ verdictMap: { key: 'inputDeviceIndex', elements: [{ key: 1, verdict: 'accept' }] } }],
  ],
  [
    'c',
    'iifname vmap { "lo" : accept, "eth*" : drop }',
    [
      {
        verdictMap: {
          key: 'inputDevice',
          elements: [
            { key: 'eth*', verdict: 'drop' },
            { key: 'lo', verdict: 'accept' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'oif . iif vmap { lo . lo : accept }',
    [
      {
        verdictMap: { key: ['outputDeviceIndex', 'inputDeviceIndex'], elements: [{ key: [1, 1], verdict: 'accept' }] },
      },
    ],
  ],
  [
    'c',
    'meta mark vmap { 1-5 : accept, 10 : drop }',
    [
      {
        verdictMap: {
          key: 'mark',
          elements: [
            { key: { from: 1, to: 5 }, verdict: 'accept' },
            { key: 10, verdict: 'drop' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'update @dyn { ip saddr timeout 5s limit rate over 10/second burst 20 packets } drop',
    [
      {
        update: {
          set: 'dyn',
          key: { ip: 'source' },
          timeout: 5,
          statements: [{ limit: { rate: 10, per: 'second', burst: 20, over: true } }],
        },
      },
      'drop',
    ],
  ],
  [
    'c',
    'add @dyn { ip saddr quota over 1 mbytes } drop',
    [{ add: { set: 'dyn', key: { ip: 'source' }, statements: [{ quota: { bytes: 1048576, over: true } }] } }, 'drop'],
  ],
  [
    'c',
    'meta mark set ip dscp map { cs1 : 1 }',
    [{ set: { mark: { map: { key: { ip: 'dscp' }, elements: [{ key: 'cs1', data: 1 }] } } } }],
  ],
  [
    'c',
    'iifname . ip saddr { "br*" . 10.0.0.0/8 }',
    [{ match: { concatenation: ['inputDevice', { ip: 'source' }], in: [['br*', '10.0.0.0/8']] } }],
  ],
  [
    'c',
    'ct state vmap { invalid : drop, established : accept, related : accept }',
    [
      {
        verdictMap: {
          key: { ct: 'state' },
          elements: [
            { key: ['invalid'], verdict: 'drop' },
            { key: ['established'], verdict: 'accept' },
            { key: ['related'], verdict: 'accept' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'ether saddr . ip saddr { 02:00:00:00:00:01 . 10.0.0.1 } accept',
    [
      { match: { ether: { type: 'ip' } } },
      { match: { concatenation: [{ ether: 'source' }, { ip: 'source' }], in: [['02:00:00:00:00:01', '10.0.0.1']] } },
      'accept',
    ],
  ],
  ['c', 'tcp dport vmap @verdicts', [{ verdictMap: { key: { tcp: 'destinationPort' }, set: 'verdicts' } }]],
  [
    'c',
    'tcp dport vmap { 22 : jump web, 80 : goto web, 81 : return }',
    [
      {
        verdictMap: {
          key: { tcp: 'destinationPort' },
          elements: [
            { key: 22, verdict: { jump: 'web' } },
            { key: 80, verdict: { goto: 'web' } },
            { key: 81, verdict: 'return' },
          ],
        },
      },
    ],
  ],
];

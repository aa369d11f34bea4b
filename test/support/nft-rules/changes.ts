import type { RuleCase } from './rule-case';

/** Rules on fields with some bits changed, and on bytes that have no name. */
export const changes: readonly RuleCase[] = [
  [
    'c',
    'update @dyn { ip saddr & 255.255.255.0 timeout 1m }',
    [{ update: { set: 'dyn', key: { of: { ip: 'source' }, and: '255.255.255.0' }, timeout: 60 } }],
  ],
  [
    'c',
    'update @dyn2 { ip saddr & 255.255.0.0 . tcp dport }',
    [{ update: { set: 'dyn2', key: [{ of: { ip: 'source' }, and: '255.255.0.0' }, { tcp: 'destinationPort' }] } }],
  ],
  [
    'c',
    'ip saddr & 255.255.255.0 . tcp dport { 10.0.0.0 . 22 }',
    [
      {
        match: {
          concatenation: [{ of: { ip: 'source' }, and: '255.255.255.0' }, { tcp: 'destinationPort' }],
          in: [['10.0.0.0', 22]],
        },
      },
    ],
  ],
  [
    'c',
    'jhash ip saddr & 255.255.255.0 mod 2 0',
    [{ match: { jhash: { of: [{ of: { ip: 'source' }, and: '255.255.255.0' }], modulus: 2, value: 0 } } }],
  ],
  [
    'c',
    'ip saddr & 255.255.255.0 @blocked',
    [{ match: { ip: { source: { mask: '255.255.255.0', value: { set: 'blocked' } } } } }],
  ],
  [
    'c',
    'ip saddr & 0.0.0.255 { 0.0.0.5, 0.0.0.6 }',
    [{ match: { ip: { source: { mask: '0.0.0.255', value: ['0.0.0.5', '0.0.0.6'] } } } }],
  ],
  [
    'c',
    'ip saddr & 0.0.0.255 vmap { 0.0.0.5 : accept }',
    [
      {
        verdictMap: {
          key: { of: { ip: 'source' }, and: '0.0.0.255' },
          elements: [{ key: '0.0.0.5', verdict: 'accept' }],
        },
      },
    ],
  ],
  [
    'c',
    'ip saddr set ip saddr & 255.255.0.0',
    [{ set: { ip: { source: { of: { ip: 'source' }, and: '255.255.0.0' } } } }],
  ],
  [
    'c',
    'ip6 saddr set ip6 saddr & ffff:: | ::1',
    [{ set: { ip6: { source: { of: { ip6: 'source' }, and: 'ffff::', or: '::1' } } } }],
  ],
  ['c', 'meta mark & 0xff < 5', [{ match: { mark: { mask: 255, value: { lessThan: 5 } } } }]],
  ['c', 'meta mark & 0xff 1-5', [{ match: { mark: { mask: 255, value: { from: 1, to: 5 } } } }]],
  ['c', 'meta mark & 0xff != 1-5', [{ match: { mark: { not: { mask: 255, value: { from: 1, to: 5 } } } } }]],
  ['c', 'meta mark & 0xff { 1, 5-10 }', [{ match: { mark: { mask: 255, value: [1, { from: 5, to: 10 }] } } }]],
  ['c', 'meta mark & 0xff != { 1, 2 }', [{ match: { mark: { not: { mask: 255, value: [1, 2] } } } }]],
  [
    'c',
    'ct mark & 0xff vmap { 1 : accept, 5-10 : drop }',
    [
      {
        verdictMap: {
          key: { of: { ct: 'mark' }, and: 255 },
          elements: [
            { key: 1, verdict: 'accept' },
            { key: { from: 5, to: 10 }, verdict: 'drop' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'tcp flags & (fin|syn|rst|ack) { syn, syn | ack }',
    [{ match: { tcp: { flags: { mask: ['fin', 'syn', 'rst', 'ack'], value: [['syn'], ['syn', 'ack']] } } } }],
  ],
  [
    'c',
    'tcp flags & (fin|syn|rst|ack) vmap { syn : accept, fin : drop }',
    [
      {
        verdictMap: {
          key: { of: { tcp: 'flags' }, and: ['fin', 'syn', 'rst', 'ack'] },
          elements: [
            { key: ['fin'], verdict: 'drop' },
            { key: ['syn'], verdict: 'accept' },
          ],
        },
      },
    ],
  ],
  [
    'c',
    'meta mark set meta mark & 0xff map { 1 : 2 }',
    [{ set: { mark: { map: { key: { of: 'mark', and: 255 }, elements: [{ key: 1, data: 2 }] } } } }],
  ],
  ['c', 'meta mark set meta mark & 0xffffffff', [{ set: { mark: { of: 'mark', and: 0xffffffff } } }]],
  ['c', 'meta mark set ct mark << 4', [{ set: { mark: { of: { ct: 'mark' }, shiftLeft: 4 } } }]],
  ['c', 'ct mark set meta mark >> 8', [{ set: { ct: { mark: { of: 'mark', shiftRight: 8 } } } }]],
  [
    'c',
    'meta mark set (ct mark & 0xff) << 4',
    [{ set: { mark: { of: { of: { ct: 'mark' }, and: 255 }, shiftLeft: 4 } } }],
  ],
  ['c', 'meta mark set ct mark << 4 | 0x1', [{ set: { mark: { of: { of: { ct: 'mark' }, shiftLeft: 4 }, or: 1 } } }]],
  ['c', 'meta mark set (meta mark >> 8) & 0xff', [{ set: { mark: { of: { of: 'mark', shiftRight: 8 }, and: 255 } } }]],
  [
    'c',
    'update @dmap { ip saddr : meta mark & 0xff }',
    [{ update: { set: 'dmap', key: { ip: 'source' }, data: { of: 'mark', and: 255 } } }],
  ],
  ['c', 'ip saddr set ip saddr >> 8', [{ set: { ip: { source: { of: { ip: 'source' }, shiftRight: 8 } } } }]],
  [
    'c',
    'tcp dport set tcp dport << 2',
    [{ set: { tcp: { destinationPort: { of: { tcp: 'destinationPort' }, shiftLeft: 2 } } } }],
  ],
  // As a key nft 1.0.6 leaves a number that was shifted in the order of the host, where no element is.
  ['c', 'update @dyn { ip saddr >> 8 timeout 1m }', 'raw'],
  ['c', 'ip6 dscp . meta mark { af11 . 5 }', 'raw'],
  ['c', 'meta mark set ct zone', [{ set: { mark: { of: { ct: 'zone' }, asIs: true } } }]],
  ['c', 'meta mark set meta random', [{ set: { mark: { of: 'random', asIs: true } } }]],
  [
    'mpre',
    'ct zone set jhash ip saddr mod 10',
    [{ set: { ct: { zone: { of: { jhash: { of: [{ ip: 'source' }], modulus: 10 } }, asIs: true } } } }],
  ],
  ['bridge/c', 'meta mark set vlan id', [{ set: { mark: { of: { vlan: 'id' }, asIs: true } } }]],
  ['bridge/c', 'meta priority set vlan pcp', [{ set: { priority: { of: { vlan: 'priority' }, asIs: true } } }]],
  // Two numbers from different fields are in no order of their own, and nft turns them wrongly.
  ['c', 'tcp dport set numgen inc mod 10 offset 100', 'raw'],
  ['c', 'meta mark or 0x3 == 0x5', 'raw'],
  ['c', 'ip dscp & 0x38 == 8', [{ match: { ip: { dscp: { mask: 'cs7', value: 'cs1' } } } }]],
  [
    'c',
    '@nh,0,4 4',
    [{ match: { payload: { base: 'network', offset: 0, length: 1, value: { mask: 240, value: 64 } } } }],
  ],
  [
    'c',
    '@nh,96,32 & 0xffff0000 == 0x0a000000',
    [{ match: { payload: { base: 'network', offset: 12, length: 4, value: { mask: 4294901760, value: 167772160 } } } }],
  ],
  [
    'c',
    '@nh,96,32 vmap { 0x0a000001 : accept }',
    [
      {
        verdictMap: {
          key: { payload: { base: 'network', offset: 12, length: 4 } },
          elements: [{ key: 167772161, verdict: 'accept' }],
        },
      },
    ],
  ],
  [
    'c',
    '@ll,0,8 & 1 != 0',
    [{ match: { payload: { base: 'linkLayer', offset: 0, length: 1, value: { not: { mask: 1, value: 0 } } } } }],
  ],
  [
    'c',
    '@nh,12,4 set 5',
    [
      {
        set: {
          payload: {
            ...{ base: 'network', offset: 1, length: 1 },
            value: { of: { payload: { base: 'network', offset: 1, length: 1 } }, and: 240, or: 5 },
          },
        },
      },
    ],
  ],
  [
    'c',
    'meta mark set @nh,96,32',
    [{ set: { mark: { of: { payload: { base: 'network', offset: 12, length: 4 } }, asIs: true } } }],
  ],
  ['c', 'ct original ip saddr 10.0.0.0/8', [{ match: { ct: { original: { source: '10.0.0.0/8' } } } }]],
  [
    'c',
    'ct reply ip6 daddr != 2001:db8::/32',
    [{ match: { ct: { reply: { destination6: { not: '2001:db8::/32' } } } } }],
  ],
  ['out', 'rt ip nexthop 10.0.0.0/9', [{ match: { rt: { nextHop: '10.0.0.0/9' } } }]],
  ['c', 'ip length set 5', [{ set: { ip: { length: 5 } } }]],
  ['c', 'ip6 length set 5', [{ set: { ip6: { length: 5 } } }]],
];

import type { RuleCase } from './rule-case';

/** Rules that ask programs. */
export const queues: readonly RuleCase[] = [
  ['c', 'queue', ['queue']],
  ['c', 'queue num 1', [{ queue: { number: 1 } }]],
  ['c', 'queue num 1-3 bypass,fanout', [{ queue: { number: { from: 1, to: 3 }, flags: ['bypass', 'fanout'] } }]],
];

/** Rules on bridges, and on the connections of what passes them. */
export const bridges: readonly RuleCase[] = [
  ['bridge/c', 'meta ibrname "br0"', [{ match: { inputBridge: 'br0' } }]],
  ['bridge/c', 'meta obrname "br0" drop', [{ match: { outputBridge: 'br0' } }, 'drop']],
  ['bridge/c', 'meta ibrpvid 5', [{ match: { bridgeVlan: 5 } }]],
  ['bridge/c', 'ct state established accept', [{ match: { ct: { state: ['established'] } } }, 'accept']],
  ['bridge/c', 'reject with icmp type admin-prohibited', [{ reject: { icmp: 'admin-prohibited' } }]],
  ['bridge/c', 'reject with tcp reset', [{ reject: 'tcpReset' }]],
];

/** Protocols beside intervals. nft 1.0.6 turns the one byte of a protocol into the order of the network, which newer kernels refuse. */
export const protocolsAndIntervals: readonly RuleCase[] = [
  [
    'c',
    'ip saddr . meta l4proto . th dport { 192.0.2.0/24 . tcp . 8000-8010 } accept',
    [
      {
        match: {
          concatenation: [{ ip: 'source' }, 'transportProtocol', { th: 'destinationPort' }],
          in: [['192.0.2.0/24', 'tcp', { from: 8000, to: 8010 }]],
        },
      },
      'accept',
    ],
  ],
];

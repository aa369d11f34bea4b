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

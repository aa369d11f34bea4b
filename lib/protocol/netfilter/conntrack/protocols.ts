import { checkInteger, numberOf, wordsByNumber, type Word, type Words } from '../../../codec';

/** Protocols above IP, by nft's words. */
export const trackedProtocols = {
  ...{ icmp: 1, igmp: 2, tcp: 6, udp: 17, dccp: 33, gre: 47, esp: 50, ah: 51, icmpv6: 58, sctp: 132, udplite: 136 },
} as const satisfies Words;

/** The protocol of a connection, by nft's word: 'tcp', 'udp', 'icmp', 'icmpv6' ...; the number of one that has none here. */
export type ConnectionProtocol = Word<typeof trackedProtocols>;

/** What tells apart the connections between two addresses. */
export type Distinction = 'ports' | 'icmp' | 'nothing';

const { icmp, icmpv6, tcp, udp, sctp, dccp, gre, udplite } = trackedProtocols;
const withPorts: readonly number[] = [tcp, udp, sctp, dccp, gre, udplite];

/** What tells apart the connections of a protocol, by its number. */
export function distinctionOf(protocol: number): Distinction {
  if (protocol === icmp || protocol === icmpv6) return 'icmp';
  return withPorts.includes(protocol) ? 'ports' : 'nothing';
}

/** Whether connections have ports on every kernel: of the others some kernels know addresses alone. */
export function alwaysHasPorts(protocol: number): boolean {
  return protocol === tcp || protocol === udp;
}

/** The word of a protocol's number. */
export const protocolWord = wordsByNumber(trackedProtocols);

/** The number of a protocol. Throws for a word that is none, and for a number that no packet has room for. */
export function protocolNumber(protocol: unknown): number {
  const number = numberOf(trackedProtocols, protocol);
  checkInteger(number, 0, 255);
  return number;
}

export const ICMP = icmp;
export const ICMPV6 = icmpv6;

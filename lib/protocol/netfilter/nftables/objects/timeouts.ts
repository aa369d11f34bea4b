import { attributesOf, checkInteger, NLA_F_NESTED, uint32be, type Field } from '../../../../codec';
import { at, checkObject, show, wrongValue } from '../../../../errors';
import { nearestOf } from '../../../../unknown-name';
import { ipProtocols } from '../values/types';

/** States of connections by their protocols (CTA_TIMEOUT_TCP_*, CTA_TIMEOUT_UDP_* and others). */
const oneState = { timeout: 1 } as const;
const twoStates = { unreplied: 1, replied: 2 } as const;
const statesOf = {
  tcp: {
    ...{ synSent: 1, synRecv: 2, established: 3, finWait: 4, closeWait: 5, lastAck: 6, timeWait: 7, close: 8 },
    ...{ synSent2: 9, retrans: 10, unack: 11 },
  },
  udp: twoStates,
  udplite: twoStates,
  gre: twoStates,
  icmp: oneState,
  icmpv6: oneState,
  generic: oneState,
  dccp: { request: 1, respond: 2, partopen: 3, open: 4, closeReq: 5, closing: 6, timeWait: 7 },
  sctp: {
    ...{ closed: 1, cookieWait: 2, cookieEchoed: 3, established: 4, shutdownSent: 5, shutdownRecd: 6 },
    ...{ shutdownAckSent: 7, heartbeatSent: 8 },
  },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Protocols whose connections have time-outs (IPPROTO_*). */
export const timedProtocols = { ...ipProtocols, gre: 47, generic: 255 } as const;

/** States, of one protocol, with seconds; one of a newer kernel has its number. */
export type NftTimeoutPolicy = Readonly<Record<string, number>>;

function statesFor(protocol: unknown): Readonly<Record<string, number>> {
  const word =
    typeof protocol === 'number'
      ? Object.keys(timedProtocols).find((name) => timedProtocols[name as 'tcp'] === protocol)
      : protocol;
  return typeof word === 'string' && Object.hasOwn(statesOf, word) ? statesOf[word as 'tcp'] : {};
}

/** Time-outs of the states that the connections of a protocol have, which is another property. */
export function policyField(number: number): Field<NftTimeoutPolicy, NftTimeoutPolicy> {
  return {
    numbers: [number],
    readOnly: false,
    encode(writer, policy, values) {
      checkObject('policy', policy);
      const states = statesFor((values as { protocol?: unknown }).protocol);
      const start = writer.beginAttribute(number | NLA_F_NESTED);
      for (const [name, seconds] of Object.entries(policy)) {
        if (seconds === undefined) continue;
        at(name, () => {
          checkInteger(seconds, 0, 0xffffffff, 'seconds');
          const inner = writer.beginAttribute(numberOfState(states, name));
          uint32be.encode(writer, seconds);
          writer.endAttribute(inner);
        });
      }
      writer.endAttribute(start);
    },
    // By their numbers, until it is known which protocol they are of.
    decode: (source, start, end) =>
      Object.fromEntries(
        attributesOf(source, start, end).map((one) => [
          String(one.number),
          uint32be.decode(source, one.start, one.end),
        ]),
      ),
  };
}

function numberOfState(states: Readonly<Record<string, number>>, name: string): number {
  if (Object.hasOwn(states, name)) return states[name]!;
  const number = Number(name);
  if (Number.isInteger(number) && number > 0 && number < 0x4000) return number;
  const known = Object.keys(states);
  const nearest = nearestOf(name, known);
  const there = known.length === 0 ? 'its protocol has none here' : `there are ${known.join(', ')}`;
  throw wrongValue(`is no state: ${nearest === undefined ? there : `did you mean ${show(nearest)}?`}`);
}

/** Time-outs by the words for the states of a protocol. */
export function policyInWords(protocol: unknown, policy: NftTimeoutPolicy): NftTimeoutPolicy {
  const states = statesFor(protocol);
  const words = new Map(Object.entries(states).map(([word, number]) => [String(number), word]));
  return Object.fromEntries(Object.entries(policy).map(([number, seconds]) => [words.get(number) ?? number, seconds]));
}

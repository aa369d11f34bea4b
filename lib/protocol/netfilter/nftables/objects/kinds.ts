import {
  attributes,
  choice,
  constant,
  field,
  finished,
  required,
  text,
  uint16be,
  uint32,
  uint32be,
  uint64be,
  u8,
  unless,
  unterminatedText,
  type ConstantField,
  type Field,
  type RequiredField,
} from '../../../../codec';
import { families } from '../../netfilter';
import { NFTA_CONNLIMIT, NFTA_COUNTER, NFTA_LIMIT, NFTA_QUOTA, NFTA_SYNPROXY } from '../expressions/actions';
import { ipProtocols } from '../values/types';
import { bitField, countField, millisecondsOf, secondsOf } from './fields';
import { policyField, policyInWords, timedProtocols } from './timeouts';

// What each kind of stateful object has, in the words of the statements.

const NFTA_CT_HELPER = { NAME: 1, L3PROTO: 2, L4PROTO: 3 } as const;
const NFTA_CT_TIMEOUT = { L3PROTO: 1, L4PROTO: 2, DATA: 3 } as const;
const NFTA_CT_EXPECT = { L3PROTO: 1, L4PROTO: 2, DPORT: 3, TIMEOUT: 4, SIZE: 5 } as const;
const NFTA_SECMARK_CTX = 1;

const LONGEST_HELPER = 15;
const LONGEST_CONTEXT = 4095;

/** What an object has to be given, and is always listed with. */
function always<F extends Field<unknown, never>>(of: F, wants: string): F & RequiredField & ConstantField {
  return { ...required(of, wants), isConstant: true };
}

/** Whose connections are meant: of IPv4, IPv6, or both. */
const networkProtocols = { inet: families.inet, ip: families.ip, ip6: families.ip6 } as const;
const networkProtocol = (number: number) => choice(number, networkProtocols, uint16be);

export const counterFields = {
  /** Packets so far. NFTA_COUNTER_PACKETS. */
  packets: constant(field(NFTA_COUNTER.PACKETS, uint64be)),
  /** Bytes so far. NFTA_COUNTER_BYTES. */
  bytes: constant(field(NFTA_COUNTER.BYTES, uint64be)),
} as const;

export const quotaFields = {
  /** So many bytes. NFTA_QUOTA_BYTES. */
  bytes: always(field(NFTA_QUOTA.BYTES, uint64be), 'must be a number of bytes'),
  /** Whether what is beyond them is let go on, and not what is within. NFT_QUOTA_F_INV. */
  over: bitField(NFTA_QUOTA.FLAGS, 1, 3),
  /** Bytes so far. NFTA_QUOTA_CONSUMED. */
  used: countField(field(NFTA_QUOTA.CONSUMED, uint64be)),
} as const;

const units = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;

export const limitFields = {
  /** Packets, or bytes with `unit: 'bytes'`. NFTA_LIMIT_RATE. */
  rate: always(field(NFTA_LIMIT.RATE, uint64be), 'must be a number of packets, or bytes'),
  /** The time in which they may come; of another length a number of seconds. NFTA_LIMIT_UNIT. */
  per: always(choice(NFTA_LIMIT.UNIT, units, uint64be), "must be a time, such as 'second'"),
  /** What may come at once besides; 5 packets, or no bytes, by default. NFTA_LIMIT_BURST. */
  burst: field(NFTA_LIMIT.BURST, uint32be),
  /** What is counted; 'packets' by default. NFTA_LIMIT_TYPE. */
  unit: unless('packets', choice(NFTA_LIMIT.TYPE, { packets: 0, bytes: 1 }, uint32be)),
  /** Whether the packets beyond it go on, and not those within. NFT_LIMIT_F_INV. */
  over: bitField(NFTA_LIMIT.FLAGS, 1),
} as const;

export const ctCountFields = {
  /** So many connections. NFTA_CONNLIMIT_COUNT. */
  count: always(field(NFTA_CONNLIMIT.COUNT, uint32be), 'must be a number of connections'),
  /** Whether packets go on when there are more, and not while there are not. NFT_CONNLIMIT_F_INV. */
  over: bitField(NFTA_CONNLIMIT.FLAGS, 1),
} as const;

export const ctHelperFields = {
  /** The helper of the kernel: 'ftp', 'sip'. NFTA_CT_HELPER_NAME. */
  type: always(text(NFTA_CT_HELPER.NAME, LONGEST_HELPER), "must be a helper, such as 'ftp'"),
  /** The protocol of the connections that it looks at. NFTA_CT_HELPER_L4PROTO. */
  protocol: always(choice(NFTA_CT_HELPER.L4PROTO, ipProtocols), "must be a protocol, such as 'tcp'"),
  /** Whether those of IPv4 ('ip'), of IPv6 ('ip6') or both ('inet'); as the table by default. NFTA_CT_HELPER_L3PROTO. */
  networkProtocol: networkProtocol(NFTA_CT_HELPER.L3PROTO),
} as const;

export const ctTimeoutFields = {
  /** The protocol of the connections. NFTA_CT_TIMEOUT_L4PROTO. */
  protocol: always(choice(NFTA_CT_TIMEOUT.L4PROTO, timedProtocols), "must be a protocol, such as 'tcp'"),
  /** Whether those of IPv4 ('ip'), of IPv6 ('ip6') or both ('inet'); as the table by default. NFTA_CT_TIMEOUT_L3PROTO. */
  networkProtocol: networkProtocol(NFTA_CT_TIMEOUT.L3PROTO),
  /** Seconds by the states of connections: `{ established: 3600, closeWait: 10 }`, of UDP `{ unreplied: 10, replied: 60 }`; the kernel's own for the others. NFTA_CT_TIMEOUT_DATA. */
  policy: always(policyField(NFTA_CT_TIMEOUT.DATA), 'must be an object of states with seconds'),
} as const;

const milliseconds = {
  encode(writer, value) {
    uint32.encode(writer, millisecondsOf(value));
  },
  decode: (...place) => secondsOf(uint32.decode(...place)),
} satisfies Pick<typeof uint32, 'encode' | 'decode'>;

export const ctExpectationFields = {
  /** The protocol of the expected connections. NFTA_CT_EXPECT_L4PROTO. */
  protocol: always(choice(NFTA_CT_EXPECT.L4PROTO, ipProtocols), "must be a protocol, such as 'udp'"),
  /** The port that they go to. NFTA_CT_EXPECT_DPORT. */
  destinationPort: always(field(NFTA_CT_EXPECT.DPORT, uint16be), 'must be a port'),
  /** Seconds in which they are expected. NFTA_CT_EXPECT_TIMEOUT. */
  timeout: always(field(NFTA_CT_EXPECT.TIMEOUT, milliseconds), 'must be a number of seconds'),
  /** How many are expected of a connection at a time. NFTA_CT_EXPECT_SIZE. */
  size: always(u8(NFTA_CT_EXPECT.SIZE), 'must be a number of connections'),
  /** Whether those of IPv4 ('ip') or of IPv6 ('ip6'); as the table by default. NFTA_CT_EXPECT_L3PROTO. */
  networkProtocol: networkProtocol(NFTA_CT_EXPECT.L3PROTO),
} as const;

export const secmarkFields = {
  /** The security context: 'system_u:object_r:ssh_server_packet_t:s0'. NFTA_SECMARK_CTX. */
  context: always(unterminatedText(NFTA_SECMARK_CTX, LONGEST_CONTEXT), 'must be a security context'),
} as const;

/** NF_SYNPROXY_OPT_*. */
const synproxyBits = { mss: 1, windowScale: 2, sackPermitted: 4, timestamp: 8 } as const;
const EVERY_SYNPROXY_BIT = 15;

/** An option of a SYN proxy. What it has besides its own attribute is a bit in another, of all that are given. */
function synproxyOption<Value>(name: keyof typeof synproxyBits, own?: Field<number>): Field<Value | undefined, Value> {
  const bit = bitField(NFTA_SYNPROXY.FLAGS, synproxyBits[name], EVERY_SYNPROXY_BIT);
  const isOn = (value: unknown) => value !== undefined && value !== false;
  return {
    ...bit,
    numbers: [...(own?.numbers ?? []), NFTA_SYNPROXY.FLAGS],
    isPart: true,
    accumulates: true,
    encode(writer, value, values = { [name]: value }) {
      if (own === undefined) bit.encode(writer, value as boolean);
      else own.encode(writer, value as number);
      // Each time all of them: the last attribute of a number counts.
      const given = Object.keys(synproxyBits).filter((one) => isOn((values as Record<string, unknown>)[one]));
      const start = writer.beginAttribute(NFTA_SYNPROXY.FLAGS);
      uint32be.encode(
        writer,
        given.reduce((sum, one) => sum | synproxyBits[one as 'mss'], 0),
      );
      writer.endAttribute(start);
    },
    decode(source, start, end, number, previous) {
      if (number !== NFTA_SYNPROXY.FLAGS) return own!.decode(source, start, end, number) as Value;
      const isSet = bit.decode(source, start, end, number) === true;
      // Without its bit the number is 0, and means nothing.
      return (isSet ? (previous ?? true) : NOT_MEANT) as Value;
    },
  };
}

const NOT_MEANT = -1;

export const synproxyFields = {
  /** The largest segment that it offers to clients. NFTA_SYNPROXY_MSS. */
  mss: synproxyOption<number>('mss', field(NFTA_SYNPROXY.MSS, uint16be)),
  /** The window scale that it offers, 0 to 14. NFTA_SYNPROXY_WSCALE. */
  windowScale: synproxyOption<number>('windowScale', u8(NFTA_SYNPROXY.WSCALE)),
  /** Whether it offers timestamps. NF_SYNPROXY_OPT_TIMESTAMP. */
  timestamp: synproxyOption<boolean>('timestamp'),
  /** Whether it offers selective acknowledgements. NF_SYNPROXY_OPT_SACK_PERM. */
  sackPermitted: synproxyOption<boolean>('sackPermitted'),
} as const;

/** Only what was meant. */
function meant<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== NOT_MEANT)) as Values;
}

/** The kinds that have words; others are listed as bytes, and written back so. */
export const objectKinds = {
  // Processors that read 64 bits at multiples of eight alone get padding in front of them.
  counter: attributes(counterFields, [NFTA_COUNTER.PAD]),
  quota: attributes(quotaFields, [NFTA_QUOTA.PAD]),
  limit: attributes(limitFields, [NFTA_LIMIT.PAD]),
  ctCount: attributes(ctCountFields),
  ctHelper: attributes(ctHelperFields),
  ctTimeout: finished(attributes(ctTimeoutFields), (values) => ({
    ...values,
    ...(values.policy && { policy: policyInWords(values.protocol, values.policy) }),
  })),
  ctExpectation: attributes(ctExpectationFields),
  synproxy: finished(attributes(synproxyFields), meant),
  secmark: attributes(secmarkFields),
} as const;

/** What the kernel has to be told of a kind even where it is nothing. */
export const defaultsOfKinds: Readonly<Record<string, object>> = {
  counter: { packets: 0, bytes: 0 },
  synproxy: { timestamp: false },
};

/** Kinds of objects (NFT_OBJECT_*). */
export const objectTypes = {
  ...{ counter: 1, quota: 2, ctHelper: 3, limit: 4, ctCount: 5, tunnel: 6, ctTimeout: 7, secmark: 8 },
  ...{ ctExpectation: 9, synproxy: 10 },
} as const;

import {
  attributes,
  bits,
  checkMembers,
  clearable,
  constant,
  field,
  inKey,
  inside,
  member,
  message,
  nested,
  readOnly,
  required,
  seconds,
  text,
  uint16be,
  uint32be,
  uint64be,
  type Decoded,
  type Encodable,
  type Field,
  type FixedType,
  type Masked,
  type OptionsOf,
  type RowOf,
  type Word,
} from '../../../codec';
import { at, isObject, show, wrongType } from '../../../errors';
import { CTA, trackingHeader } from './ctnetlink';
import { countersField, sequenceAdjustmentField } from './directions';
import { labelsField } from './labels';
import { protocolStateFields } from './protocol-state';
import { protocolOfTuples, protocolTupleField, tupleField } from './tuple';

export const connectionStatuses = {
  ...{ expected: 0x1, seenReply: 0x2, assured: 0x4, confirmed: 0x8, sourceNat: 0x10, destinationNat: 0x20 },
  ...{ sequenceAdjust: 0x40, sourceNatDone: 0x80, destinationNatDone: 0x100, dying: 0x200, fixedTimeout: 0x400 },
  ...{ template: 0x800, natClash: 0x1000, helper: 0x2000, offload: 0x4000, hardwareOffload: 0x8000 },
} as const;

/** A bit of a connection's status (IPS_*); the number of those that have no word here. */
export type ConnectionStatus = Word<typeof connectionStatuses>;

const longestHelper = 15;
const longestContext = 4096;

/** Nanoseconds since 1970 as seconds. */
const time: FixedType<number> = {
  ...uint64be,
  decode: (source, start, end) => uint64be.decode(source, start, end) / 1e9,
};

const CTA_TIMESTAMP = { START: 1, STOP: 2, PAD: 3 } as const;
const CTA_SYNPROXY = { ISN: 1, ITS: 2, TSOFF: 3 } as const;
const CTA_HELP = { NAME: 1 } as const;
const CTA_SECCTX = { NAME: 1 } as const;

const timeFields = {
  /** When the connection began: seconds since 1970, with a fraction that is exact to a microsecond. CTA_TIMESTAMP_START. */
  start: field(CTA_TIMESTAMP.START, time),
  /** When it ended, in events. CTA_TIMESTAMP_STOP. */
  stop: field(CTA_TIMESTAMP.STOP, time),
} as const;

/** When a connection began and ended. */
export interface ConnectionTimes extends Decoded<typeof timeFields> {}

const synproxyFields = {
  /** The first sequence number that the other side was told. CTA_SYNPROXY_ISN. */
  initialSequence: field(CTA_SYNPROXY.ISN, uint32be),
  /** The first timestamp that it was told. CTA_SYNPROXY_ITS. */
  initialTimestamp: field(CTA_SYNPROXY.ITS, uint32be),
  /** What is added to timestamps. CTA_SYNPROXY_TSOFF. */
  timestampOffset: field(CTA_SYNPROXY.TSOFF, uint32be),
} as const;

/** What SYNPROXY knows of a connection. */
export interface ConnectionSynproxy extends Decoded<typeof synproxyFields> {}

/** The same in a request. */
export interface ConnectionSynproxyOptions extends Encodable<typeof synproxyFields> {}

/** A mark, or the bits of it that are to change. */
const mark: Field<number, number | Masked> = {
  ...field<number, number | Masked>(CTA.MARK, {
    encode(writer, value) {
      uint32be.encode(writer, value as number);
    },
    decode: uint32be.decode,
  }),
  encode(writer, given) {
    const whole = field(CTA.MARK, uint32be);
    if (typeof given === 'number') {
      whole.encode(writer, given);
      return;
    }
    if (!isObject(given)) throw wrongType(`must be a number or { value, mask }, not ${show(given)}`);
    checkMembers(given, ['value', 'mask']);
    at('value', () => {
      whole.encode(writer, given.value);
    });
    at('mask', () => {
      field(CTA.MARK_MASK, uint32be).encode(writer, given.mask);
    });
  },
};

const ownFields = {
  /** 'inet' or 'inet6'; in requests 4 and 6 as well, by default that of the addresses. */
  family: inKey(constant(member(trackingHeader, 'family'))),
  /** The protocol of its packets: 'tcp', 'udp', 'icmp', 'icmpv6' ..., or its number. CTA_PROTO_NUM. */
  protocol: required(constant(protocolOfTuples(CTA.TUPLE_ORIG)), "must be a protocol such as 'tcp'"),
  /** Packets from the side that began it. CTA_TUPLE_ORIG. */
  original: constant(tupleField(CTA.TUPLE_ORIG)),
  /**
   * The answers as they come in: to the addresses that packets have after NAT. Of a new one by default those to
   * `original`; where they are others, its packets are translated. CTA_TUPLE_REPLY.
   */
  reply: constant(tupleField(CTA.TUPLE_REPLY)),
  /** The zone, if not 0: in each the same addresses and ports may be those of another connection. CTA_ZONE. */
  zone: field(CTA.ZONE, uint16be),
  /**
   * What is known of it: 'seenReply', answers came; 'assured', it is not given up when the table is full; 'sourceNat', 'destinationNat', its
   * addresses are translated; 'fixedTimeout', packets do not renew its timeout ... CTA_STATUS.
   */
  status: bits(CTA.STATUS, connectionStatuses, uint32be),
  /** Seconds until it is forgotten, unless a packet comes. CTA_TIMEOUT. */
  timeout: field(CTA.TIMEOUT, seconds(uint32be, 1)),
  /** Its mark; in changes `{ value, mask }` as well, for some bits of it. CTA_MARK, CTA_MARK_MASK. */
  mark,
  /**
   * Its labels, as the numbers of bits from 0 to 127. `{ add, remove }` in requests leaves others as they are. Connections have them that begin
   * while a rule of the namespace uses `ct label`; a new one is made without them otherwise. CTA_LABELS, CTA_LABELS_MASK.
   */
  labels: labelsField,
  /** The helper that looks into its packets: 'ftp'. `null` removes it. CTA_HELP_NAME. */
  helper: clearable(inside([CTA.HELP], text(CTA_HELP.NAME, longestHelper)), ''),
  /** What was counted, with the sysctl net.netfilter.nf_conntrack_acct when it began. */
  counters: readOnly(countersField),
  /** When it began and ended, with the sysctl net.netfilter.nf_conntrack_timestamp when it began. CTA_TIMESTAMP. */
  times: readOnly(nested<ConnectionTimes, never>(CTA.TIMESTAMP, attributes(timeFields, [CTA_TIMESTAMP.PAD]) as never)),
  /** The connection that it was expected of, as the data of FTP. Only of a new one. CTA_TUPLE_MASTER. */
  master: protocolTupleField(CTA.TUPLE_MASTER),
  /** How sequence numbers of TCP are changed. CTA_SEQ_ADJ_ORIG, CTA_SEQ_ADJ_REPLY. */
  sequenceAdjustment: sequenceAdjustmentField,
  /** What SYNPROXY knows of it. CTA_SYNPROXY. */
  synproxy: nested<ConnectionSynproxy, ConnectionSynproxyOptions>(CTA.SYNPROXY, attributes(synproxyFields)),
  /** Its context for SELinux and others. CTA_SECCTX_NAME. */
  securityContext: readOnly(inside([CTA.SECCTX], text(CTA_SECCTX.NAME, longestContext))),
  /**
   * The kernel's number for it, which follows from its tuples and its place in memory: a later one with the same addresses and ports has
   * another, unless it is at the same place, as one often is that comes next. CTA_ID.
   */
  id: field(CTA.ID, uint32be),
  /** How many places in the kernel refer to it. CTA_USE. */
  use: readOnly(field(CTA.USE, uint32be)),
  /** In events: when it happened, seconds since 1970. CTA_TIMESTAMP_EVENT, since 6.14. */
  eventTime: readOnly(field(CTA.TIMESTAMP_EVENT, time)),
} as const;

// What another file declares keeps its descriptions by the type that it has there.
const connectionFields: typeof ownFields & typeof protocolStateFields = { ...ownFields, ...protocolStateFields };

/** The declaration of a connection. */
export const connection = message(trackingHeader, connectionFields, {
  ignored: [CTA.NAT_SRC, CTA.NAT_DST, CTA.SECMARK, CTA.MARK_MASK, CTA.LABELS_MASK, CTA.FILTER, CTA.STATUS_MASK],
});

type ConnectionFields = typeof connectionFields;

/** A connection as the kernel describes it. Can be got, changed, deleted and added as it is. */
export interface Connection extends RowOf<ConnectionFields> {}

type Given = OptionsOf<ConnectionFields>;

/** A connection to be added. */
export interface ConnectionOptions extends Omit<Given, 'timeout' | 'original'> {
  /** Packets from the side that begins it. CTA_TUPLE_ORIG. */
  original: NonNullable<Given['original']>;
  /** Seconds until it is forgotten, unless a packet comes. CTA_TIMEOUT. */
  timeout: number;
}

/** What tells a connection from others: one of its tuples, and its zone. */
export interface ConnectionKey extends Pick<Given, 'family' | 'protocol' | 'original' | 'reply' | 'zone' | 'id'> {}

/** A connection, and what is to change of it. */
export interface ConnectionChanges extends Omit<Given, 'master'> {}

import {
  attributes,
  bitsOf,
  choiceOf,
  field,
  inside,
  nested,
  uint32be,
  uint64be,
  uint8,
  type Decoded,
  type Encodable,
  type Field,
  type FixedType,
  type Word,
  type Words,
} from '../../../codec';
import { CTA } from './ctnetlink';

// What the kernel knows of a connection by its protocol (CTA_PROTOINFO).

const CTA_PROTOINFO = { TCP: 1, DCCP: 2, SCTP: 3 } as const;

const CTA_PROTOINFO_TCP = { STATE: 1, WSCALE_ORIGINAL: 2, WSCALE_REPLY: 3, FLAGS_ORIGINAL: 4, FLAGS_REPLY: 5 } as const;
const CTA_PROTOINFO_DCCP = { STATE: 1, ROLE: 2, HANDSHAKE_SEQ: 3, PAD: 4 } as const;
const CTA_PROTOINFO_SCTP = { STATE: 1, VTAG_ORIGINAL: 2, VTAG_REPLY: 3 } as const;

const tcpStates = {
  ...{ none: 0, synSent: 1, synReceived: 2, established: 3, finWait: 4, closeWait: 5, lastAck: 6, timeWait: 7 },
  ...{ close: 8, synSent2: 9 },
} as const;

/** A state of a TCP connection (TCP_CONNTRACK_*); the number of one that has no word here. */
export type TrackedTcpState = Word<typeof tcpStates>;

const tcpFlags = {
  ...{ windowScale: 0x01, sackPermitted: 0x02, closeInitiated: 0x04, beLiberal: 0x08, dataUnacknowledged: 0x10 },
  ...{ maximumAckSet: 0x20, challengeAckExpected: 0x40, simultaneousOpen: 0x80 },
} as const;

/** What one side of a TCP connection did or may do (IP_CT_TCP_FLAG_*). */
export type TrackedTcpFlag = Word<typeof tcpFlags>;

const sctpStates = {
  ...{ none: 0, closed: 1, cookieWait: 2, cookieEchoed: 3, established: 4, shutdownSent: 5, shutdownReceived: 6 },
  ...{ shutdownAckSent: 7, heartbeatSent: 8, heartbeatAcknowledged: 9 },
} as const;

/** A state of an SCTP association (SCTP_CONNTRACK_*); the number of one that has no word here. */
export type TrackedSctpState = Word<typeof sctpStates>;

const dccpStates = {
  ...{ none: 0, request: 1, respond: 2, partOpen: 3, open: 4, closeRequested: 5, closing: 6, timeWait: 7 },
  ...{ ignore: 8, invalid: 9 },
} as const;

/** A state of a DCCP connection (CT_DCCP_*); the number of one that has no word here. */
export type TrackedDccpState = Word<typeof dccpStates>;

/** Bits with the mask of those that are meant (`nf_ct_tcp_flags`): a list is all of them. */
function wholeBits<const W extends Words>(words: W): FixedType<readonly Word<W>[]> {
  const bits = bitsOf(words, uint8);
  return {
    ...bits,
    size: 2,
    holdsMore: (_source, start, end) => end - start > 2,
    encode(writer, value) {
      bits.encode(writer, value);
      writer.uint8(0xff);
    },
  };
}

const tcpFields = {
  /** Its state: 'established', 'timeWait' ... CTA_PROTOINFO_TCP_STATE. */
  state: field(CTA_PROTOINFO_TCP.STATE, choiceOf(tcpStates, uint8)),
  /** By how many bits the windows are shifted that the side which began it announces. CTA_PROTOINFO_TCP_WSCALE_ORIGINAL. */
  originalWindowScale: field(CTA_PROTOINFO_TCP.WSCALE_ORIGINAL, uint8),
  /** The same of the side that answers. CTA_PROTOINFO_TCP_WSCALE_REPLY. */
  replyWindowScale: field(CTA_PROTOINFO_TCP.WSCALE_REPLY, uint8),
  /** What the side did that began it. CTA_PROTOINFO_TCP_FLAGS_ORIGINAL. */
  originalFlags: field(CTA_PROTOINFO_TCP.FLAGS_ORIGINAL, wholeBits(tcpFlags)),
  /** What the side did that answers. CTA_PROTOINFO_TCP_FLAGS_REPLY. */
  replyFlags: field(CTA_PROTOINFO_TCP.FLAGS_REPLY, wholeBits(tcpFlags)),
} as const;

/** What the kernel knows of a TCP connection. */
export interface TrackedTcp extends Decoded<typeof tcpFields> {}

/** The same in a request. What is absent stays as it is. */
export interface TrackedTcpOptions extends Encodable<typeof tcpFields> {}

const sctpFields = {
  /** Its state: 'established', 'shutdownSent' ... CTA_PROTOINFO_SCTP_STATE. */
  state: field(CTA_PROTOINFO_SCTP.STATE, choiceOf(sctpStates, uint8)),
  /** What the packets have that the side sends which began it. CTA_PROTOINFO_SCTP_VTAG_ORIGINAL. */
  originalVerificationTag: field(CTA_PROTOINFO_SCTP.VTAG_ORIGINAL, uint32be),
  /** What the packets of the other side have. CTA_PROTOINFO_SCTP_VTAG_REPLY. */
  replyVerificationTag: field(CTA_PROTOINFO_SCTP.VTAG_REPLY, uint32be),
} as const;

/** What the kernel knows of an SCTP association. */
export interface TrackedSctp extends Decoded<typeof sctpFields> {}

/** The same in a request. The kernel wants all of it. */
export interface TrackedSctpOptions extends Encodable<typeof sctpFields> {}

const dccpFields = {
  /** Its state: 'open', 'closing' ... CTA_PROTOINFO_DCCP_STATE. */
  state: field(CTA_PROTOINFO_DCCP.STATE, choiceOf(dccpStates, uint8)),
  /** Whether the side that began it is its client or its server. CTA_PROTOINFO_DCCP_ROLE. */
  role: field(CTA_PROTOINFO_DCCP.ROLE, choiceOf({ client: 0, server: 1 }, uint8)),
  /** The sequence number of its beginning; exact below 2^53, of the 48 bits that there are. CTA_PROTOINFO_DCCP_HANDSHAKE_SEQ. */
  handshakeSequence: field(CTA_PROTOINFO_DCCP.HANDSHAKE_SEQ, uint64be),
} as const;

/** What the kernel knows of a DCCP connection, before 6.16, which knows its addresses and protocol alone. */
export interface TrackedDccp extends Decoded<typeof dccpFields> {}

/** The same in a request. */
export interface TrackedDccpOptions extends Encodable<typeof dccpFields> {}

const ofProtocol = <Output, Input>(one: Field<Output, Input>) => inside([CTA.PROTOINFO], one);

export const protocolStateFields = {
  /** What is known of a TCP connection. CTA_PROTOINFO_TCP. */
  tcp: ofProtocol(nested<TrackedTcp, TrackedTcpOptions>(CTA_PROTOINFO.TCP, attributes(tcpFields))),
  /** What is known of an SCTP association. CTA_PROTOINFO_SCTP. */
  sctp: ofProtocol(nested<TrackedSctp, TrackedSctpOptions>(CTA_PROTOINFO.SCTP, attributes(sctpFields))),
  /** What is known of a DCCP connection, before 6.16. CTA_PROTOINFO_DCCP. */
  dccp: ofProtocol(
    nested<TrackedDccp, TrackedDccpOptions>(CTA_PROTOINFO.DCCP, attributes(dccpFields, [CTA_PROTOINFO_DCCP.PAD])),
  ),
} as const;

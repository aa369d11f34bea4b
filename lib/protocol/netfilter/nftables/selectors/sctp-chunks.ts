import { integer } from '../values/types';
import { option } from './options';

const short = integer(2);
const long = integer(4);

const chunk = (number: number) => option('sctp', number, []);

/** What all chunks have. */
const common = (number: number) => {
  const one = chunk(number);
  return {
    /** Whether a packet has one. `sctp chunk NAME`. */
    exists: one.exists,
    /** Its number. `sctp chunk NAME type`. */
    type: one.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk NAME flags`. */
    flags: one.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk NAME length`. */
    length: one.at(2, short),
  };
};

/** Named, since types keep no description of what they copy. */
export interface Common extends ReturnType<typeof common> {}
const commonOf = (number: number): Common => common(number);

type At = ReturnType<typeof chunk>['at'];

/** A chunk that has more. */
function chunkOf<More extends object>(number: number, more: (at: At) => More): Common & More {
  return { ...commonOf(number), ...more(chunk(number).at) };
}

/** What begins an association, and answers that. */
const beginning = (at: At) => ({
  /** What packets of the association will share. `sctp chunk init init-tag`. */
  tag: at(4, long),
  /** Bytes that the sender takes. `sctp chunk init a-rwnd`. */
  window: at(8, long),
  /** Streams that the sender wants to send. `sctp chunk init num-outbound-streams`. */
  outboundStreams: at(12, short),
  /** Streams that the sender takes. `sctp chunk init num-inbound-streams`. */
  inboundStreams: at(14, short),
  /** Number of the first data. `sctp chunk init initial-tsn`. */
  transmissionNumber: at(16, long),
});

export interface Beginning extends ReturnType<typeof beginning> {}
const beginningOf = (number: number) => chunkOf(number, (at): Beginning => beginning(at));

/** Chunks of SCTP. */
export const sctpChunks = {
  /** Data. `sctp chunk data`. */
  data: chunkOf(0, (at) => ({
    /** Number of these data. `sctp chunk data tsn`. */
    transmissionNumber: at(4, long),
    /** The stream that they are of. `sctp chunk data stream`. */
    stream: at(8, short),
    /** Their number in that. `sctp chunk data ssn`. */
    streamNumber: at(10, short),
    /** The protocol that they are of. `sctp chunk data ppid`. */
    payloadProtocol: at(12, long),
  })),
  /** The beginning of an association. `sctp chunk init`. */
  init: beginningOf(1),
  /** The answer to that. `sctp chunk init-ack`. */
  initAck: beginningOf(2),
  /** Selective acknowledgements. `sctp chunk sack`. */
  sack: chunkOf(3, (at) => ({
    /** Number of the last data up to which all came. `sctp chunk sack cum-tsn-ack`. */
    acknowledged: at(4, long),
    /** Bytes that the sender takes. `sctp chunk sack a-rwnd`. */
    window: at(8, long),
    /** How many ranges of data it acknowledges besides. `sctp chunk sack num-gap-ack-blocks`. */
    gaps: at(12, short),
    /** How many data it tells that came twice. `sctp chunk sack num-dup-tsns`. */
    duplicates: at(14, short),
  })),
  /** A question whether the other side is there. `sctp chunk heartbeat`. */
  heartbeat: commonOf(4),
  /** The answer to that. `sctp chunk heartbeat-ack`. */
  heartbeatAck: commonOf(5),
  /** The end of an association at once. `sctp chunk abort`. */
  abort: commonOf(6),
  /** The end of an association. `sctp chunk shutdown`. */
  shutdown: chunkOf(7, (at) => ({
    /** Number of the last data up to which all came. `sctp chunk shutdown cum-tsn-ack`. */
    acknowledged: at(4, long),
  })),
  /** The answer to that. `sctp chunk shutdown-ack`. */
  shutdownAck: commonOf(8),
  /** An error. `sctp chunk error`. */
  error: commonOf(9),
  /** A cookie that comes back. `sctp chunk cookie-echo`. */
  cookieEcho: commonOf(10),
  /** The answer to that. `sctp chunk cookie-ack`. */
  cookieAck: commonOf(11),
  /** It tells that the network is congested. `sctp chunk ecne`. */
  congestionEcho: chunkOf(12, (at) => ({
    /** The lowest number of data that met it. `sctp chunk ecne lowest-tsn`. */
    lowest: at(4, long),
  })),
  /** The answer to that. `sctp chunk cwr`. */
  windowReduced: chunkOf(13, (at) => ({
    /** The lowest number of data that met it. `sctp chunk cwr lowest-tsn`. */
    lowest: at(4, long),
  })),
  /** The last message of the end. `sctp chunk shutdown-complete`. */
  shutdownComplete: commonOf(14),
  /** Changes of the addresses of an association. `sctp chunk asconf`. */
  addressChange: chunkOf(193, (at) => ({
    /** Number of the change. `sctp chunk asconf seqno`. */
    sequence: at(4, long),
  })),
  /** The answer to that. `sctp chunk asconf-ack`. */
  addressChangeAck: chunkOf(128, (at) => ({
    /** Number of the change. `sctp chunk asconf-ack seqno`. */
    sequence: at(4, long),
  })),
  /** Data that will not come again. `sctp chunk forward-tsn`. */
  forward: chunkOf(192, (at) => ({
    /** Number of the last of them. `sctp chunk forward-tsn new-cum-tsn`. */
    acknowledged: at(4, long),
  })),
} as const;

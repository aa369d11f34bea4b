import { integer } from '../values/types';
import { option } from './options';

const short = integer(2);
const long = integer(4);

const chunk = (number: number) => option('sctp', number, []);

/** What all chunks have. */
const common = (number: number) => {
  const one = chunk(number);
  return {
    /** Whether a packet has one. `sctp chunk data`. */
    exists: one.exists,
    /** Its number. `sctp chunk data type`. */
    type: one.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk data flags`. */
    flags: one.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk data length`. */
    length: one.at(2, short),
  };
};

/** Named, since types keep no description of what they copy. */
interface Common extends ReturnType<typeof common> {}
const commonOf = (number: number): Common => common(number);

/** What begins an association, and answers that. */
const beginning = (number: number) => {
  const one = chunk(number);
  return {
    /** What packets of the association will share. `sctp chunk init init-tag`. */
    tag: one.at(4, long),
    /** Bytes that the sender takes. `sctp chunk init a-rwnd`. */
    window: one.at(8, long),
    /** Streams that the sender wants to send. `sctp chunk init num-outbound-streams`. */
    outboundStreams: one.at(12, short),
    /** Streams that the sender takes. `sctp chunk init num-inbound-streams`. */
    inboundStreams: one.at(14, short),
    /** Number of the first data. `sctp chunk init initial-tsn`. */
    transmissionNumber: one.at(16, long),
  };
};

interface Beginning extends Common, ReturnType<typeof beginning> {}
const beginningOf = (number: number): Beginning => ({ ...commonOf(number), ...beginning(number) });

const inData = chunk(0);
const inSack = chunk(3);
const inShutdown = chunk(7);
const inCongestionEcho = chunk(12);
const inWindowReduced = chunk(13);
const inAddressChange = chunk(193);
const inAddressChangeAck = chunk(128);
const inForward = chunk(192);

/** Chunks of SCTP. */
export const sctpChunks = {
  /** Data. `sctp chunk data`. */
  data: {
    /** Whether a packet has one. `sctp chunk data`. */
    exists: inData.exists,
    /** Its number. `sctp chunk data type`. */
    type: inData.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk data flags`. */
    flags: inData.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk data length`. */
    length: inData.at(2, short),
    /** Number of these data. `sctp chunk data tsn`. */
    transmissionNumber: inData.at(4, long),
    /** The stream that they are of. `sctp chunk data stream`. */
    stream: inData.at(8, short),
    /** Their number in that. `sctp chunk data ssn`. */
    streamNumber: inData.at(10, short),
    /** The protocol that they are of. `sctp chunk data ppid`. */
    payloadProtocol: inData.at(12, long),
  },
  /** The beginning of an association. `sctp chunk init`. */
  init: beginningOf(1),
  /** The answer to that. `sctp chunk init-ack`. */
  initAck: beginningOf(2),
  /** Selective acknowledgements. `sctp chunk sack`. */
  sack: {
    /** Whether a packet has one. `sctp chunk sack`. */
    exists: inSack.exists,
    /** Its number. `sctp chunk sack type`. */
    type: inSack.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk sack flags`. */
    flags: inSack.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk sack length`. */
    length: inSack.at(2, short),
    /** Number of the last data up to which all came. `sctp chunk sack cum-tsn-ack`. */
    acknowledged: inSack.at(4, long),
    /** Bytes that the sender takes. `sctp chunk sack a-rwnd`. */
    window: inSack.at(8, long),
    /** How many ranges of data it acknowledges besides. `sctp chunk sack num-gap-ack-blocks`. */
    gaps: inSack.at(12, short),
    /** How many data it tells that came twice. `sctp chunk sack num-dup-tsns`. */
    duplicates: inSack.at(14, short),
  },
  /** A question whether the other side is there. `sctp chunk heartbeat`. */
  heartbeat: commonOf(4),
  /** The answer to that. `sctp chunk heartbeat-ack`. */
  heartbeatAck: commonOf(5),
  /** The end of an association at once. `sctp chunk abort`. */
  abort: commonOf(6),
  /** The end of an association. `sctp chunk shutdown`. */
  shutdown: {
    /** Whether a packet has one. `sctp chunk shutdown`. */
    exists: inShutdown.exists,
    /** Its number. `sctp chunk shutdown type`. */
    type: inShutdown.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk shutdown flags`. */
    flags: inShutdown.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk shutdown length`. */
    length: inShutdown.at(2, short),
    /** Number of the last data up to which all came. `sctp chunk shutdown cum-tsn-ack`. */
    acknowledged: inShutdown.at(4, long),
  },
  /** The answer to that. `sctp chunk shutdown-ack`. */
  shutdownAck: commonOf(8),
  /** An error. `sctp chunk error`. */
  error: commonOf(9),
  /** A cookie that comes back. `sctp chunk cookie-echo`. */
  cookieEcho: commonOf(10),
  /** The answer to that. `sctp chunk cookie-ack`. */
  cookieAck: commonOf(11),
  /** It tells that the network is congested. `sctp chunk ecne`. */
  congestionEcho: {
    /** Whether a packet has one. `sctp chunk ecne`. */
    exists: inCongestionEcho.exists,
    /** Its number. `sctp chunk ecne type`. */
    type: inCongestionEcho.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk ecne flags`. */
    flags: inCongestionEcho.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk ecne length`. */
    length: inCongestionEcho.at(2, short),
    /** The lowest number of data that met it. `sctp chunk ecne lowest-tsn`. */
    lowest: inCongestionEcho.at(4, long),
  },
  /** The answer to that. `sctp chunk cwr`. */
  windowReduced: {
    /** Whether a packet has one. `sctp chunk cwr`. */
    exists: inWindowReduced.exists,
    /** Its number. `sctp chunk cwr type`. */
    type: inWindowReduced.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk cwr flags`. */
    flags: inWindowReduced.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk cwr length`. */
    length: inWindowReduced.at(2, short),
    /** The lowest number of data that met it. `sctp chunk cwr lowest-tsn`. */
    lowest: inWindowReduced.at(4, long),
  },
  /** The last message of the end. `sctp chunk shutdown-complete`. */
  shutdownComplete: commonOf(14),
  /** Changes of the addresses of an association. `sctp chunk asconf`. */
  addressChange: {
    /** Whether a packet has one. `sctp chunk asconf`. */
    exists: inAddressChange.exists,
    /** Its number. `sctp chunk asconf type`. */
    type: inAddressChange.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk asconf flags`. */
    flags: inAddressChange.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk asconf length`. */
    length: inAddressChange.at(2, short),
    /** Number of the change. `sctp chunk asconf seqno`. */
    sequence: inAddressChange.at(4, long),
  },
  /** The answer to that. `sctp chunk asconf-ack`. */
  addressChangeAck: {
    /** Whether a packet has one. `sctp chunk asconf-ack`. */
    exists: inAddressChangeAck.exists,
    /** Its number. `sctp chunk asconf-ack type`. */
    type: inAddressChangeAck.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk asconf-ack flags`. */
    flags: inAddressChangeAck.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk asconf-ack length`. */
    length: inAddressChangeAck.at(2, short),
    /** Number of the change. `sctp chunk asconf-ack seqno`. */
    sequence: inAddressChangeAck.at(4, long),
  },
  /** Data that will not come again. `sctp chunk forward-tsn`. */
  forward: {
    /** Whether a packet has one. `sctp chunk forward-tsn`. */
    exists: inForward.exists,
    /** Its number. `sctp chunk forward-tsn type`. */
    type: inForward.at(0, integer(1)),
    /** Its flags, a number. `sctp chunk forward-tsn flags`. */
    flags: inForward.at(1, integer(1)),
    /** Its length in bytes. `sctp chunk forward-tsn length`. */
    length: inForward.at(2, short),
    /** Number of the last of them. `sctp chunk forward-tsn new-cum-tsn`. */
    acknowledged: inForward.at(4, long),
  },
} as const;

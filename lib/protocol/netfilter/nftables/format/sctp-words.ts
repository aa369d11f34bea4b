import type { sctpChunks } from '../selectors/sctp-chunks';
import type { SelectorWords } from './selector-words';

const commonWords = (chunk: string) => ({
  exists: chunk,
  type: `${chunk} type`,
  flags: `${chunk} flags`,
  length: `${chunk} length`,
});

const beginningWords = (chunk: string) => ({
  ...commonWords(chunk),
  tag: `${chunk} init-tag`,
  window: `${chunk} a-rwnd`,
  outboundStreams: `${chunk} num-outbound-streams`,
  inboundStreams: `${chunk} num-inbound-streams`,
  transmissionNumber: `${chunk} initial-tsn`,
});

/** nft's words for chunks of SCTP. */
export const sctpChunkWords = {
  data: {
    ...commonWords('sctp chunk data'),
    transmissionNumber: 'sctp chunk data tsn',
    stream: 'sctp chunk data stream',
    streamNumber: 'sctp chunk data ssn',
    payloadProtocol: 'sctp chunk data ppid',
  },
  init: beginningWords('sctp chunk init'),
  initAck: beginningWords('sctp chunk init-ack'),
  sack: {
    ...commonWords('sctp chunk sack'),
    acknowledged: 'sctp chunk sack cum-tsn-ack',
    window: 'sctp chunk sack a-rwnd',
    gaps: 'sctp chunk sack num-gap-ack-blocks',
    duplicates: 'sctp chunk sack num-dup-tsns',
  },
  heartbeat: commonWords('sctp chunk heartbeat'),
  heartbeatAck: commonWords('sctp chunk heartbeat-ack'),
  abort: commonWords('sctp chunk abort'),
  shutdown: {
    ...commonWords('sctp chunk shutdown'),
    acknowledged: 'sctp chunk shutdown cum-tsn-ack',
  },
  shutdownAck: commonWords('sctp chunk shutdown-ack'),
  error: commonWords('sctp chunk error'),
  cookieEcho: commonWords('sctp chunk cookie-echo'),
  cookieAck: commonWords('sctp chunk cookie-ack'),
  congestionEcho: {
    ...commonWords('sctp chunk ecne'),
    lowest: 'sctp chunk ecne lowest-tsn',
  },
  windowReduced: {
    ...commonWords('sctp chunk cwr'),
    lowest: 'sctp chunk cwr lowest-tsn',
  },
  shutdownComplete: commonWords('sctp chunk shutdown-complete'),
  addressChange: {
    ...commonWords('sctp chunk asconf'),
    sequence: 'sctp chunk asconf seqno',
  },
  addressChangeAck: {
    ...commonWords('sctp chunk asconf-ack'),
    sequence: 'sctp chunk asconf-ack seqno',
  },
  forward: {
    ...commonWords('sctp chunk forward-tsn'),
    acknowledged: 'sctp chunk forward-tsn new-cum-tsn',
  },
} as const satisfies SelectorWords<typeof sctpChunks>;

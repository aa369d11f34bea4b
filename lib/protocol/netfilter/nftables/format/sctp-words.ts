import type { sctpChunks } from '../selectors/sctp-chunks';
import type { SelectorWords } from './selector-words';

const common = { type: 'type', flags: 'flags', length: 'length' } as const;

const beginning = {
  ...{ tag: 'init-tag', window: 'a-rwnd', outboundStreams: 'num-outbound-streams' },
  ...{ inboundStreams: 'num-inbound-streams', transmissionNumber: 'initial-tsn' },
} as const;

/** The words of a chunk, with those of what only it has. */
function wordsOf<Name extends string = never>(chunk: string, more?: Readonly<Record<Name, string>>) {
  const words = Object.entries<string>({ ...common, ...more }).map(([name, word]) => [
    name,
    `sctp chunk ${chunk} ${word}`,
  ]);
  return {
    exists: `sctp chunk ${chunk}`,
    ...(Object.fromEntries(words) as Record<Name | keyof typeof common, string>),
  };
}

/** nft's words for chunks of SCTP. */
export const sctpChunkWords = {
  data: wordsOf('data', { transmissionNumber: 'tsn', stream: 'stream', streamNumber: 'ssn', payloadProtocol: 'ppid' }),
  init: wordsOf('init', beginning),
  initAck: wordsOf('init-ack', beginning),
  sack: wordsOf('sack', {
    acknowledged: 'cum-tsn-ack',
    window: 'a-rwnd',
    gaps: 'num-gap-ack-blocks',
    duplicates: 'num-dup-tsns',
  }),
  heartbeat: wordsOf('heartbeat'),
  heartbeatAck: wordsOf('heartbeat-ack'),
  abort: wordsOf('abort'),
  shutdown: wordsOf('shutdown', { acknowledged: 'cum-tsn-ack' }),
  shutdownAck: wordsOf('shutdown-ack'),
  error: wordsOf('error'),
  cookieEcho: wordsOf('cookie-echo'),
  cookieAck: wordsOf('cookie-ack'),
  congestionEcho: wordsOf('ecne', { lowest: 'lowest-tsn' }),
  windowReduced: wordsOf('cwr', { lowest: 'lowest-tsn' }),
  shutdownComplete: wordsOf('shutdown-complete'),
  addressChange: wordsOf('asconf', { sequence: 'seqno' }),
  addressChangeAck: wordsOf('asconf-ack', { sequence: 'seqno' }),
  forward: wordsOf('forward-tsn', { acknowledged: 'new-cum-tsn' }),
} as const satisfies SelectorWords<typeof sctpChunks>;

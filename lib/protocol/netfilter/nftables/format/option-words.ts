import type { extensions, ipOptions, tcpOptions } from '../selectors/options';
import type { FamilyWords, SelectorWords } from './selector-words';

const BITS = 8;

/** nft's words for extension headers of IPv6. */
export const extensionWords = {
  hopByHop: {
    exists: 'exthdr hbh',
    nextHeader: 'hbh nexthdr',
    length: 'hbh hdrlength',
  },
  routing: {
    exists: 'exthdr rt',
    nextHeader: 'rt nexthdr',
    length: 'rt hdrlength',
    type: 'rt type',
    segmentsLeft: 'rt seg-left',
  },
  segmentRouting: {
    lastEntry: 'srh last-entry',
    flags: 'srh flags',
    tag: 'srh tag',
    segment1: 'srh sid[1]',
    segment2: 'srh sid[2]',
  },
  fragment: {
    exists: 'exthdr frag',
    nextHeader: 'frag nexthdr',
    reserved: 'frag reserved',
    fragmentOffset: 'frag frag-off',
    reserved2: 'frag reserved2',
    moreFragments: 'frag more-fragments',
    id: 'frag id',
  },
  destination: {
    exists: 'exthdr dst',
    nextHeader: 'dst nexthdr',
    length: 'dst hdrlength',
  },
  mobility: {
    exists: 'exthdr mh',
    nextHeader: 'mh nexthdr',
    length: 'mh hdrlength',
    type: 'mh type',
    reserved: 'mh reserved',
    checksum: 'mh checksum',
  },
} as const satisfies SelectorWords<typeof extensions>;

const addressWords = (option: string) => ({
  exists: option,
  type: `${option} type`,
  length: `${option} length`,
  pointer: `${option} ptr`,
  address: `${option} addr`,
});

/** Those for options of IPv4. */
export const ipOptionWords = {
  lsrr: addressWords('ip option lsrr'),
  rr: addressWords('ip option rr'),
  ssrr: addressWords('ip option ssrr'),
  ra: {
    exists: 'ip option ra',
    type: 'ip option ra type',
    length: 'ip option ra length',
    value: 'ip option ra value',
  },
} as const satisfies SelectorWords<typeof ipOptions>;

/** nft shows `tcp option maxseg kind`, and does not read that. */
const kindOf = (number: number) => `tcp option @${String(number)},0,8`;
const commonWords = (option: string, number: number) => ({
  exists: option,
  kind: kindOf(number),
  length: `${option} length`,
});
const rangeWords = (option: string) => ({ left: `${option} left`, right: `${option} right` });

const otherOptionWords: FamilyWords<typeof tcpOptions.other> = ({ number, offset = 0, length = 0 }, result) =>
  result === 'exists'
    ? `tcp option ${String(number)}`
    : `tcp option @${[number, offset * BITS, length * BITS].join(',')}`;

/** Those for options of TCP. */
export const tcpOptionWords = {
  maxSegment: {
    exists: 'tcp option maxseg',
    kind: kindOf(2),
    length: 'tcp option maxseg length',
    size: 'tcp option maxseg size',
  },
  window: {
    exists: 'tcp option window',
    kind: kindOf(3),
    length: 'tcp option window length',
    count: 'tcp option window count',
  },
  sackPermitted: commonWords('tcp option sack-perm', 4),
  sack: { ...commonWords('tcp option sack', 5), ...rangeWords('tcp option sack') },
  sack1: rangeWords('tcp option sack1'),
  sack2: rangeWords('tcp option sack2'),
  sack3: rangeWords('tcp option sack3'),
  timestamp: {
    exists: 'tcp option timestamp',
    kind: kindOf(8),
    length: 'tcp option timestamp length',
    value: 'tcp option timestamp tsval',
    echo: 'tcp option timestamp tsecr',
  },
  endOfList: { exists: 'tcp option eol' },
  noOperation: { exists: 'tcp option nop' },
  fastOpen: commonWords('tcp option fastopen', 34),
  md5: commonWords('tcp option md5sig', 19),
  mptcp: {
    exists: 'tcp option mptcp',
    kind: kindOf(30),
    length: 'tcp option mptcp length',
    subtype: 'tcp option mptcp subtype',
  },
  other: otherOptionWords,
} as const satisfies SelectorWords<typeof tcpOptions>;

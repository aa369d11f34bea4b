import {
  besideHeader,
  bitsToNumber,
  linkIndex,
  linkIndexType,
  memberOf,
  numberOf,
  pad,
  seconds,
  struct,
  u32,
  uint32,
  uint8,
  wordsOfBits,
  type FixedType,
  type LinkReference,
  type Word,
  type Words,
} from '../codec';
import { at, show, wrongType, wrongValue } from '../errors';

/** Attributes of `ndmsg` messages: neighbors, and the entries of forwarding tables. */
export const NDA = {
  DST: 1,
  LLADDR: 2,
  CACHEINFO: 3,
  PROBES: 4,
  VLAN: 5,
  PORT: 6,
  VNI: 7,
  IFINDEX: 8,
  MASTER: 9,
  LINK_NETNSID: 10,
  SRC_VNI: 11,
  PROTOCOL: 12,
  NH_ID: 13,
  FDB_EXT_ATTRS: 14,
  FLAGS_EXT: 15,
  NDM_STATE_MASK: 16,
  NDM_FLAGS_MASK: 17,
} as const;

/** States of a neighbor (NUD_*). */
export const NUD = {
  NONE: 0,
  INCOMPLETE: 0x1,
  REACHABLE: 0x2,
  STALE: 0x4,
  DELAY: 0x8,
  PROBE: 0x10,
  FAILED: 0x20,
  NOARP: 0x40,
  PERMANENT: 0x80,
} as const;

/** The flags of the header; behind these eight bits, here as in the kernel, those of NDA_FLAGS_EXT. */
const HEADER_FLAG_BITS = 8;

/** Flags of an entry (NTF_*, NTF_EXT_*), by iproute2's words. */
export const neighborFlags = {
  use: 0x1,
  self: 0x2,
  master: 0x4,
  proxy: 0x8,
  extern_learn: 0x10,
  offload: 0x20,
  sticky: 0x40,
  router: 0x80,
  managed: 0x100,
  locked: 0x200,
  extern_valid: 0x400,
} as const;

export type NeighborFlag = Word<typeof neighborFlags>;

const wordsOfFlags = wordsOfBits(neighborFlags);

/** The words of the header's and the attribute's flags. */
export function flagWords(flags: number, extendedFlags = 0): readonly NeighborFlag[] {
  return wordsOfFlags((flags | (extendedFlags << HEADER_FLAG_BITS)) >>> 0);
}

/** `struct ndmsg`; what its state is called, depends on the table. */
export function ndmsg<State>(state: FixedType<State>) {
  return struct({
    family: uint8,
    pad: pad(3),
    device: linkIndexType,
    state,
    flags: uint8,
    type: uint8,
  });
}

/** When an entry was last used; the kernel counts in hundredths of a second. */
const times = struct({
  confirmed: seconds(uint32, 100),
  used: seconds(uint32, 100),
  updated: seconds(uint32, 100),
  references: uint32,
});

/** What neighbors and forwarding tables have in common. */
export const commonFields = {
  master: linkIndex(NDA.MASTER),
} as const;

/** What is a property of its own in requests only. */
export const requestFields = {
  extendedFlags: u32(NDA.FLAGS_EXT),
} as const;

/** Of replies: when an entry was last used, each member of the struct a property of its own. */
export const timeFields = {
  used: memberOf(NDA.CACHEINFO, times, 'used'),
  updated: memberOf(NDA.CACHEINFO, times, 'updated'),
} as const;

/** As {@link timeFields}, of neighbors alone. */
export const neighborTimeFields = {
  confirmed: memberOf(NDA.CACHEINFO, times, 'confirmed'),
  ...timeFields,
  references: memberOf(NDA.CACHEINFO, times, 'references'),
} as const;

/** Of replies: the flags of an entry, where there are some besides those of its header. */
export const flagsOfReply = besideHeader(NDA.FLAGS_EXT, (source, start, end, { flags }: { flags: number }) =>
  flagWords(flags, uint32.decode(source, start, end)),
);

/** Flags as one number. */
export function flagBits(flags: readonly NeighborFlag[] | undefined): number {
  return flags === undefined ? 0 : at('flags', () => bitsToNumber(neighborFlags, flags));
}

/** Parts flags into the header's and the attribute's, which is left out where it would be 0. */
export function partFlags(bits: number): { flags: number; extendedFlags: number | undefined } {
  const extended = bits >>> HEADER_FLAG_BITS;
  return { flags: bits & 0xff, extendedFlags: extended === 0 ? undefined : extended };
}

/** Tells whether a state is the one that a filter asks for; all are, if it asks for none. */
export function stateFilter<const W extends Words>(states: W, state: Word<W> | undefined): (of: Word<W>) => boolean {
  if (state === undefined) return () => true;
  const wanted = at('state', () => numberOf(states, state));
  return (found) => numberOf(states, found) === wanted;
}

/** Throws unless a value is an object of known properties. */
export function checkProperties(value: object, known: ReadonlySet<string>, what: string): void {
  if (typeof value !== 'object' || value === null) throw wrongType(`must be an object, not ${show(value)}`, what);
  for (const name in value) if (!known.has(name)) throw wrongValue(`is not a property of a ${what}`, name);
}

/** How errors call an entry of a link. */
export function entryOf(device: LinkReference | undefined): string {
  return typeof device === 'string' ? `'${device}'` : `link ${String(device)}`;
}

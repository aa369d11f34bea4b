import {
  between,
  bitsToNumber,
  choiceOf,
  linkIndexType,
  memberOf,
  pad,
  seconds,
  struct,
  u32,
  uint16,
  uint32,
  uint8,
  wordsOfBits,
  type ConstantField,
  type Field,
  type FixedType,
  type Word,
} from '../codec';
import { at } from '../errors';
import { routeTypes } from './rtnetlink';

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

/** A state has two bytes in a message and one in the kernel, which cuts the other without a word. */
export const stateNumber = between(uint16, 0, 0xff);

/** The flags of the header; behind these eight bits, here as in the kernel, those of NDA_FLAGS_EXT. */
const HEADER_FLAG_BITS = 8;
/** Flags are one number of 32 bits here. */
const MOST_EXTENDED_FLAGS = 0xffffffff >>> HEADER_FLAG_BITS;

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

/** A flag of a neighbor or an entry, by iproute2's word: 'proxy', 'router', 'self' ...; a number for the bits that have no word here. */
export type NeighborFlag = Word<typeof neighborFlags>;

const wordsOfFlags = wordsOfBits(neighborFlags);

/** `struct ndmsg`; what its state is called, depends on the table. */
export function ndmsg<State>(state: FixedType<State>) {
  return struct({
    family: uint8,
    pad: pad(3),
    device: linkIndexType,
    state,
    flags: uint8,
    type: choiceOf(routeTypes),
  });
}

/** When an entry was last used; the kernel counts in hundredths of a second. */
const times = struct({
  confirmed: seconds(uint32, 100),
  used: seconds(uint32, 100),
  updated: seconds(uint32, 100),
  references: uint32,
});

/** When an entry was last used, each member of the struct a property of its own. */
export const timeFields = {
  /** Seconds since it was last used. NDA_CACHEINFO. */
  used: memberOf(NDA.CACHEINFO, times, 'used'),
  /** Seconds since it last changed. NDA_CACHEINFO. */
  updated: memberOf(NDA.CACHEINFO, times, 'updated'),
} as const;

/** As {@link timeFields}, of neighbors alone. */
export const neighborTimeFields = {
  /** Seconds since it was last known to be reachable. NDA_CACHEINFO. */
  confirmed: memberOf(NDA.CACHEINFO, times, 'confirmed'),
  ...timeFields,
  /** How many in the kernel refer to it. NDA_CACHEINFO. */
  references: memberOf(NDA.CACHEINFO, times, 'references'),
} as const;

/** Flags of an entry: eight in the header, the others in an attribute that is there if one of them is set. */
export function flagsField(offset: number): Field<readonly NeighborFlag[]> & ConstantField {
  return {
    numbers: [NDA.FLAGS_EXT],
    members: ['flags'],
    readOnly: false,
    isConstant: true,
    begin: ({ flags }: { flags: number }) => wordsOfFlags(flags),
    holdsMore: (source, start, end) =>
      end - start > uint32.size || uint32.decode(source, start, end) > MOST_EXTENDED_FLAGS,
    encode(writer, value) {
      const all = bitsToNumber(neighborFlags, value);
      writer.bytes[writer.header + offset]! |= all & 0xff;
      const extended = all >>> HEADER_FLAG_BITS;
      if (extended !== 0) extendedFlags.encode(writer, extended);
    },
    decode(source, start, end, _number, _previous, header) {
      const { flags } = header as { flags: number };
      return wordsOfFlags((flags | (uint32.decode(source, start, end) << HEADER_FLAG_BITS)) >>> 0);
    },
  };
}

const extendedFlags = u32(NDA.FLAGS_EXT);

/** Flags as one number. */
export function flagBits(flags: readonly NeighborFlag[] | undefined): number {
  return flags === undefined ? 0 : at('flags', () => bitsToNumber(neighborFlags, flags));
}

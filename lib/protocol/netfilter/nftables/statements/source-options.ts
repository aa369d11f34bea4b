import type { NftSetType } from '../values/type-names';
import type { NftField, NftKey } from './statement';

/** What a map gives for a key. */
export interface NftDataOf {
  /** A value of the field, a range or a prefix of them, or an array of those that stand together. NFTA_SET_ELEM_KEY. */
  key: unknown;
  /** What it gives. NFTA_SET_ELEM_DATA. */
  data: unknown;
}

/** A map that a value comes from: one with a name, or of the elements. */
export interface NftDataMap {
  /** What is looked up. */
  key: NftKey;
  /** The map, by its name. NFTA_LOOKUP_SET. */
  set?: string | undefined;
  /** Whether that has ranges, by the flag 'interval', among which numbers of the host such as marks are in another order; false by default. */
  interval?: boolean | undefined;
  /** What is in it, in place of a map with a name. */
  elements?: readonly NftDataOf[] | undefined;
}

/** A value that a map gives for something of the packet. */
export interface NftMapped {
  /** The map. `tcp dport map { 80 : 10.0.0.1 }`. */
  map: NftDataMap;
}

/** Bits of a field: a number, an address for one of addresses, a list for one of flags. */
export type NftFieldBits = number | string | readonly string[];

/**
 * The value of a field, some of whose bits are changed: those of `and` are kept, then `or` and `xor` change some. Or all of them are shifted. Where several
 * of that are to be done, the field is another changed one: `{ of: { of: 'mark', and: 0xff }, shiftLeft: 8 }`.
 */
export interface NftChanged {
  /** The field. */
  of: NftField;
  /** The bits that are kept; all by default. `mark and 0xff`, `ip saddr & 255.255.255.0`. NFTA_BITWISE_MASK. */
  and?: NftFieldBits | undefined;
  /** Bits that are set. `mark or 0x1`. NFTA_BITWISE_XOR. */
  or?: NftFieldBits | undefined;
  /** Bits that are turned. `mark xor 0x1`. NFTA_BITWISE_XOR. */
  xor?: NftFieldBits | undefined;
  /** Bits by which they are shifted to the left, 1 to 31. `mark << 8`. NFT_BITWISE_LSHIFT, since 5.6. */
  shiftLeft?: number | undefined;
  /** Bits by which they are shifted to the right, 1 to 31. `mark >> 8`. NFT_BITWISE_RSHIFT, since 5.6. */
  shiftRight?: number | undefined;
  /**
   * Whether its bytes are written as they are, though it has another size, or the order of the network where that of the host is meant; false by default.
   * `meta mark set ct zone`, `meta mark set ct id`.
   */
  asIs?: boolean | undefined;
}

/** A value that says what it is, where nothing else does: `{ type: 'ipv4_addr', value: '10.0.0.1' }`. */
export interface NftConstant {
  /** nft's name of its type, or those of several that stand together: that of the map which it is for. */
  type: NftSetType | readonly NftSetType[];
  /** The value, as the elements of such a map have it: of several an array. NFTA_IMMEDIATE_DATA. */
  value: unknown;
}

/** A value that is written somewhere: itself, that of a field, with some of its bits changed, or what a map gives. */
export type NftSource<Value> = Value | NftField | NftMapped;

import type { NftFamily } from '../../netfilter';
import type { NftObjectKind } from '../objects/object-options';
import type { NftStatement, NftVerdict } from '../statements/statement';
import type { NftSetType } from '../values/type-names';
import type { NftDataType } from './data-types';

/** What a set is, or its elements may be. */
export type NftSetFlag = 'constant' | 'interval' | 'timeout' | 'dynamic';

/** From one value to another, both of them in it. */
export interface NftElementRange {
  /** The first. */
  from: string | number;
  /** The last. */
  to: string | number;
}

/** A value that a map gives, or a range of values. */
export type NftElementData = string | number | NftElementRange;

/** An element of a set or map. */
export interface NftElementOptions {
  /** Its key: a value, with intervals a range or a prefix (no bits behind it) too, of several fields an array of such, and '*' for all that no other element has. NFTA_SET_ELEM_KEY. */
  key: unknown;
  /** What a map gives for it: a value, a range in a map of ranges, or an array of those that stand together. NFTA_SET_ELEM_DATA. */
  data?: NftElementData | readonly (NftElementData | readonly (string | number)[])[] | undefined;
  /** The verdict that a map gives for it. NFTA_SET_ELEM_DATA. */
  verdict?: NftVerdict | undefined;
  /** The name of the object that a map gives for it. NFTA_SET_ELEM_OBJREF. */
  object?: string | undefined;
  /** Seconds after which it is gone; that of its set by default. NFTA_SET_ELEM_TIMEOUT. */
  timeout?: number | undefined;
  /** Seconds that are left of `timeout`. NFTA_SET_ELEM_EXPIRATION. */
  expires?: number | undefined;
  /** A text of at most 127 bytes. NFTA_SET_ELEM_USERDATA. */
  comment?: string | undefined;
  /** What a program other than nft keeps with it. NFTA_SET_ELEM_USERDATA. */
  userData?: Uint8Array | undefined;
  /** What counts or limits packets for it alone: `[{ counter: { packets: 3, bytes: 200 } }]`. NFTA_SET_ELEM_EXPRESSIONS. */
  statements?: readonly NftStatement[] | undefined;
}

/** A set, or with `data` a map. */
export interface NftSetOptions {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_SET_TABLE. */
  table: string;
  /** Its name in the table. NFTA_SET_NAME. */
  name: string;
  /** What its keys are, by nft's names: 'ipv4_addr', or several that stand together. NFTA_SET_KEY_TYPE. */
  key: NftSetType | readonly NftSetType[];
  /** What a map gives: values, several that stand together, ranges of those, `{ interval: 'ipv4_addr' }`, or verdicts. NFTA_SET_DATA_TYPE. */
  data?: NftDataType | 'verdict' | undefined;
  /** The kind of the objects that a map gives: 'counter'. NFTA_SET_OBJ_TYPE. */
  object?: NftObjectKind | number | undefined;
  /** What its elements may be: ranges ('interval'), for a time ('timeout'), added by rules ('dynamic'); 'constant': none is added later. NFTA_SET_FLAGS. */
  flags?: readonly NftSetFlag[] | undefined;
  /** Seconds after which an element is gone that has no timeout of its own. NFTA_SET_TIMEOUT. */
  timeout?: number | undefined;
  /** Whether nft merges what it adds to a set with intervals; this library refuses what overlaps: leave it out beforehand. NFTA_SET_USERDATA. */
  autoMerge?: boolean | undefined;
  /** Seconds between two looks for elements whose time is over; the kernel's own by default. NFTA_SET_GC_INTERVAL. */
  gcInterval?: number | undefined;
  /** Elements at most. NFTA_SET_DESC_SIZE. */
  size?: number | undefined;
  /** Whether it is to be fast, or small; 'performance' by default. NFTA_SET_POLICY. */
  policy?: 'performance' | 'memory' | undefined;
  /** What counts or limits packets for each element: `['counter']`. NFTA_SET_EXPRESSIONS. */
  statements?: readonly NftStatement[] | undefined;
  /** A text of at most 127 bytes. NFTA_SET_USERDATA. */
  comment?: string | undefined;
  /** All that nft or another program keeps with it, where that is more than the comment and what follows from its types. NFTA_SET_USERDATA. */
  userData?: Uint8Array | undefined;
  /** What is in it. */
  elements?: readonly NftElementOptions[] | undefined;
}

/** A set of a list. */
export interface NftSetRow extends NftSetOptions {
  /** The number that the kernel gave it. NFTA_SET_HANDLE. */
  handle: number;
  /** Absent: it is in words. */
  raw?: undefined;
}

/** What a set is and what is in it, as the kernel has it. */
export interface NftRawSetContent {
  /** What it is. */
  values: object;
  /** What is in it. */
  elements: readonly object[];
}

/** A set that has no words here, as the kernel has it. */
export interface NftRawSetOptions {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_SET_TABLE. */
  table: string;
  /** Its name in the table. NFTA_SET_NAME. */
  name: string;
  /** What it is and what is in it, as a list told it. */
  raw: NftRawSetContent;
}

/** A set of a list that has no words here: its keys are of none of nft's types, or it has attributes of a newer kernel. */
export interface NftRawSetRow extends NftRawSetOptions {
  /** The number that the kernel gave it. NFTA_SET_HANDLE. */
  handle: number;
  /** Absent: it is not in words. */
  key?: undefined;
  /** Absent: it is not in words. */
  elements?: undefined;
}

/** Which sets and maps a list has. The kernel selects them. */
export interface NftSetFilter {
  /** Those of tables of this family. */
  family?: NftFamily | undefined;
  /** Those of this table. NFTA_SET_TABLE. */
  table?: string | undefined;
}

/** Selects a set or map. */
export interface NftSetKey {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_SET_TABLE. */
  table: string;
  /** Its name. NFTA_SET_NAME. */
  name: string;
}

/** The set or map whose elements are meant. */
export interface NftElementsKey {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_SET_ELEM_LIST_TABLE. */
  table: string;
  /** Its name. NFTA_SET_ELEM_LIST_SET. */
  set: string;
}

/** The set whose elements begin to count anew, or some of them. */
export interface NftElementsReset extends NftElementsKey {
  /** Those that are meant; all of the set if it is left out. NFTA_SET_ELEM_LIST_ELEMENTS. */
  elements?: readonly NftElementOptions[] | undefined;
}

/** Elements to be added to a set, or taken from it. */
export interface NftElementsOptions extends NftElementsKey {
  /** The elements. NFTA_SET_ELEM_LIST_ELEMENTS. */
  elements: readonly NftElementOptions[];
}

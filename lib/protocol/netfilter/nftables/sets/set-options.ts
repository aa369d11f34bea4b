import type { NftFamily } from '../../netfilter';
import type { NftVerdict } from '../statements/statement';
import type { ValueTypeName } from '../values/types';

/** What a set is, or its elements may be. */
export type NftSetFlag = 'constant' | 'interval' | 'timeout' | 'dynamic';

/** An element of a set or map. */
export interface NftElementOptions {
  /** Its key: a value, with intervals a range or a prefix too, and of several fields an array of such. NFTA_SET_ELEM_KEY. */
  key: unknown;
  /** What a map gives for it. NFTA_SET_ELEM_DATA. */
  data?: string | number | undefined;
  /** The verdict that a map gives for it. NFTA_SET_ELEM_DATA. */
  verdict?: NftVerdict | undefined;
  /** Seconds after which it is gone; that of its set by default. NFTA_SET_ELEM_TIMEOUT. */
  timeout?: number | undefined;
  /** Seconds that are left of `timeout`. NFTA_SET_ELEM_EXPIRATION. */
  expires?: number | undefined;
  /** A text of at most 127 bytes. NFTA_SET_ELEM_USERDATA. */
  comment?: string | undefined;
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
  key: ValueTypeName | readonly ValueTypeName[];
  /** What a map gives: values, or verdicts. NFTA_SET_DATA_TYPE. */
  data?: ValueTypeName | 'verdict' | undefined;
  /** What its elements may be: ranges ('interval'), for a time ('timeout'), added by rules ('dynamic'); 'constant': none is added later. NFTA_SET_FLAGS. */
  flags?: readonly NftSetFlag[] | undefined;
  /** Seconds after which an element is gone that has no timeout of its own. NFTA_SET_TIMEOUT. */
  timeout?: number | undefined;
  /** Elements at most. NFTA_SET_DESC_SIZE. */
  size?: number | undefined;
  /** A text of at most 127 bytes. NFTA_SET_USERDATA. */
  comment?: string | undefined;
  /** What is in it. */
  elements?: readonly NftElementOptions[] | undefined;
}

/** A set of a list. */
export interface NftSetRow extends NftSetOptions {
  /** The number that the kernel gave it. NFTA_SET_HANDLE. */
  handle: number;
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

/** Elements to be added to a set, or taken from it. */
export interface NftElementsOptions extends NftElementsKey {
  /** The elements. NFTA_SET_ELEM_LIST_ELEMENTS. */
  elements: readonly NftElementOptions[];
}

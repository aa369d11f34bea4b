import type { NftFamily } from '../netfilter';
import type { NftChain, NftChainOptions } from './chain-options';
import type { NftFlowtable, NftFlowtableOptions } from './flowtable-options';
import type { NftObject, NftObjectOptions } from './objects/object-options';
import type { NftRule, NftRuleOptions } from './rule-options';
import type { NftRawSetOptions, NftRawSetRow, NftSetOptions, NftSetRow } from './sets/set-options';
import type { NftTable, NftTableOptions } from './table-options';

/** Which part of the packet rules is meant. All of them without it. */
export interface NftRulesetFilter {
  /** The tables of this family. */
  family?: NftFamily | undefined;
  /** The tables of this name. */
  table?: string | undefined;
}

/** All packet rules of a namespace, or of some of its tables, at one moment. Can be given to `replaceRuleset` as it is. */
export interface NftRuleset {
  /** The number of the state that it is of. NFTA_GEN_ID. */
  generation: number;
  /** Only the tables of this family are in it. */
  family?: NftFamily;
  /** Only the tables of this name are in it. */
  table?: string;
  /** The tables. */
  tables: NftTable[];
  /** Their chains. */
  chains: NftChain[];
  /** Their stateful objects. */
  objects: NftObject[];
  /** Their flowtables. */
  flowtables: NftFlowtable[];
  /** Their sets and maps that have names, with the elements. */
  sets: (NftSetRow | NftRawSetRow)[];
  /** Their rules, those of each chain in their order. */
  rules: NftRule[];
}

/** What is to be in place of the packet rules that are there. Nothing of it can be left out; `[]` says that there are to be none. */
export interface NftRulesetOptions {
  /** Passed over: the number of a state that was. */
  generation?: number | undefined;
  /** Only tables of this family are replaced. It is refused if it is undefined, which would have all of them replaced. */
  family?: NftFamily | undefined;
  /** Only tables of this name are replaced. It is refused if it is undefined. */
  table?: string | undefined;
  /** The tables. */
  tables: readonly NftTableOptions[];
  /** Their chains. */
  chains: readonly NftChainOptions[];
  /** Their stateful objects. */
  objects: readonly NftObjectOptions[];
  /** Their flowtables. */
  flowtables: readonly NftFlowtableOptions[];
  /** Their sets and maps, with the elements. */
  sets: readonly (NftSetOptions | NftRawSetOptions)[];
  /** Their rules, those of each chain in their order. */
  rules: readonly NftRuleOptions[];
}

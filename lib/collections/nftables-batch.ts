import type { NftChainKey, NftChainOptions } from '../protocol/netfilter/nftables/chain-options';
import type { NftFlowtableKey, NftFlowtableOptions } from '../protocol/netfilter/nftables/flowtable-options';
import type { NftObjectKey, NftObjectOptions } from '../protocol/netfilter/nftables/objects/object-options';
import type { NftRuleKey, NftRuleOptions, NftRuleReplacement } from '../protocol/netfilter/nftables/rule-options';
import type {
  NftElementsOptions,
  NftRawSetOptions,
  NftSetKey,
  NftSetOptions,
} from '../protocol/netfilter/nftables/sets/set-options';
import type { NftTableKey, NftTableOptions } from '../protocol/netfilter/nftables/table-options';

/** What a table's own collections know already. */
type InTable<Options> = Options extends unknown ? Omit<Options, 'family' | 'table'> : never;

/** Chains of a batch. */
export interface NftBatchChains<Options, Key> {
  /** Adds a chain; one that is there takes the policy. */
  add(options: Options): void;
  /** Deletes a chain. */
  delete(key: Key): void;
  /** Deletes all rules of a chain. */
  flush(key: Key): void;
}

/** Rules of a batch. */
export interface NftBatchRules<Options, Replacement, Key> {
  /** Adds a rule at the end of its chain, or behind the one at `position`. */
  add(options: Options): void;
  /** Adds a rule at the beginning of its chain, or in front of the one at `position`. */
  insert(options: Options): void;
  /** Puts a rule in the place of the one with a handle. */
  replace(options: Replacement): void;
  /** Deletes the rule with a handle. */
  delete(key: Key): void;
}

/** Sets and maps of a batch. */
export interface NftBatchSets<Options, Key> {
  /** Adds a set or map, with its elements; of one that is there alike, the elements. */
  add(options: Options): void;
  /** Deletes a set or map. */
  delete(key: Key): void;
  /** Deletes all elements of a set or map. What is added behind it is there in the same moment. */
  flush(key: Key): void;
}

/** Elements of a batch. */
export interface NftBatchElements<Options> {
  /**
   * Adds elements to a set or map, however many, which is there or was added before in the batch. The batch is refused with EEXIST if one is there with
   * other data.
   */
  add(elements: Options): void;
  /** Deletes elements, by their keys. The batch is refused with ENOENT if one is not there. */
  delete(elements: Options): void;
}

/** Stateful objects of a batch. */
export interface NftBatchObjects<Options, Key> {
  /** Adds an object; one of its kind and name that is there stays as it is. */
  add(options: Options): void;
  /** Deletes an object. */
  delete(key: Key): void;
}

/** Flowtables of a batch. */
export interface NftBatchFlowtables<Options, Key> {
  /** Adds a flowtable; one that is there gets the devices besides. */
  add(options: Options): void;
  /** Deletes a flowtable. */
  delete(key: Key): void;
}

/** A table in a batch, and what is done in it. `family` and `table` are left out, or those of this table: those of another are refused. */
export interface NftTableScope {
  /** Its chains. */
  readonly chains: NftBatchChains<InTable<NftChainOptions>, InTable<NftChainKey>>;
  /** Its rules. */
  readonly rules: NftBatchRules<InTable<NftRuleOptions>, InTable<NftRuleReplacement>, InTable<NftRuleKey>>;
  /** Its sets and maps. */
  readonly sets: NftBatchSets<InTable<NftSetOptions | NftRawSetOptions>, InTable<NftSetKey>>;
  /** What is in those. */
  readonly elements: NftBatchElements<InTable<NftElementsOptions>>;
  /** Its stateful objects: counters, quotas, limits and others. */
  readonly objects: NftBatchObjects<InTable<NftObjectOptions>, InTable<NftObjectKey>>;
  /** Its flowtables. */
  readonly flowtables: NftBatchFlowtables<InTable<NftFlowtableOptions>, InTable<NftFlowtableKey>>;
}

/** What one batch does, in this order. */
export interface NftBatch {
  /** Tables. */
  readonly tables: {
    /** Adds a table; one that is there stays as it is. */
    add(options: NftTableOptions): NftTableScope;
    /** What is done in a table that is there: nothing is added. What is asked of it is refused with ENOENT if there is none. */
    in(key: NftTableKey): NftTableScope;
    /** Deletes a table with all that is in it. The batch is refused with ENOENT if there is none. */
    delete(options: NftTableKey): void;
    /** Deletes the rules of all chains of a table; chains and sets stay. */
    flush(options: NftTableKey): void;
  };
  /** Chains of any table. */
  readonly chains: NftBatchChains<NftChainOptions, NftChainKey>;
  /** Rules of any chain. */
  readonly rules: NftBatchRules<NftRuleOptions, NftRuleReplacement, NftRuleKey>;
  /** Sets and maps of any table. */
  readonly sets: NftBatchSets<NftSetOptions | NftRawSetOptions, NftSetKey>;
  /** What is in those. */
  readonly elements: NftBatchElements<NftElementsOptions>;
  /** Stateful objects of any table. */
  readonly objects: NftBatchObjects<NftObjectOptions, NftObjectKey>;
  /** Flowtables of any table. */
  readonly flowtables: NftBatchFlowtables<NftFlowtableOptions, NftFlowtableKey>;
}

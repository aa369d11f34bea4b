import type { UnknownAttribute } from '../../../codec';
import type { NftFamily } from '../netfilter';
import type { NftStatement } from './statements/statement';

/** A rule to be added. */
export interface NftRuleOptions {
  /** The family of its table: 'inet', which is both 'ip' and 'ip6'. */
  family: NftFamily;
  /** Its table. NFTA_RULE_TABLE. */
  table: string;
  /** Its chain. NFTA_RULE_CHAIN. */
  chain: string;
  /** What it does with a packet, in this order. NFTA_RULE_EXPRESSIONS. */
  statements: readonly NftStatement[];
  /** The handle of a rule behind which it is added, or with `insert` in front of which. At the end of the chain by default, at its beginning with `insert`. NFTA_RULE_POSITION. */
  position?: number | undefined;
  /** A text of at most 127 bytes, as nft shows it. NFTA_RULE_USERDATA. */
  comment?: string | undefined;
  /** What a program other than nft keeps with it, in place of a comment, or beside it. NFTA_RULE_USERDATA. */
  userData?: Uint8Array | undefined;
  /** What matches and targets of iptables need to know of it, as the kernel has it; its protocol by default, if a statement says which. NFTA_RULE_COMPAT. */
  compat?: Uint8Array | undefined;
}

/** A rule to be put in the place of another. */
export interface NftRuleReplacement extends NftRuleOptions {
  /** The number of the rule that it replaces. NFTA_RULE_HANDLE. */
  handle: number;
}

/** A rule of a list. Can be added again as it is. */
export interface NftRule extends Omit<NftRuleOptions, 'position'> {
  /** The number that the kernel gave it. NFTA_RULE_HANDLE. */
  handle: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** Selects a rule. */
export interface NftRuleKey {
  /** The family of its table. */
  family: NftFamily;
  /** Its table. NFTA_RULE_TABLE. */
  table: string;
  /** Its chain. NFTA_RULE_CHAIN. */
  chain: string;
  /** The number that the kernel gave it. NFTA_RULE_HANDLE. */
  handle: number;
}

/** The rules whose counters and quotas begin anew. */
export interface NftRuleReset {
  /** Those of a table of this family. */
  family: NftFamily;
  /** Those of this table. NFTA_RULE_TABLE. */
  table: string;
  /** Those of this chain. NFTA_RULE_CHAIN. */
  chain?: string | undefined;
}

/** Which rules a list has. The kernel selects them. */
export interface NftRuleFilter {
  /** Those of tables of this family. */
  family?: NftFamily | undefined;
  /** Those of this table. NFTA_RULE_TABLE. */
  table?: string | undefined;
  /** Those of this chain. NFTA_RULE_CHAIN. */
  chain?: string | undefined;
}

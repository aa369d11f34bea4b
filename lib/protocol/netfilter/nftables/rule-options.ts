import type { NftFamily } from '../netfilter';

/** What a rule does with a packet. */
export type NftStatement = 'counter' | 'masquerade';

/** A rule to be added. */
export interface NftRuleOptions {
  /** The family of its table: 'inet'. */
  family: NftFamily;
  /** Its table. NFTA_RULE_TABLE. */
  table: string;
  /** Its chain, to whose end it is added. NFTA_RULE_CHAIN. */
  chain: string;
  /** What it does with a packet, in this order. NFTA_RULE_EXPRESSIONS. */
  statements: readonly NftStatement[];
}

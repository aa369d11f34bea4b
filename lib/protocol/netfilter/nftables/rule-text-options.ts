import type { NftRule, NftRuleOptions } from './rule-options';

/** What a rule's text is made of: a rule of a list, or one to be added. */
export type NftRuleText = Pick<NftRuleOptions, 'family' | 'statements' | 'comment'> & Partial<NftRule>;

/** How a rule is written. */
export interface NftFormatOptions {
  /** Whether its handle stands behind it, as `nft -a` has it: `# handle 5`. */
  handle?: boolean | undefined;
}

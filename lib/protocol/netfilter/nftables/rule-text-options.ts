import type { NftRuleOptions } from './rule-options';

/** What a rule's text is made of: a rule of a list, or one to be added. */
export interface NftRuleText extends Pick<
  NftRuleOptions,
  'family' | 'statements' | 'position' | 'comment' | 'userData' | 'compat'
> {
  /** Its table, which is not in the text. */
  table?: string | undefined;
  /** Its chain, which is not in the text. */
  chain?: string | undefined;
  /** The number that the kernel gave it, which is in the text if that is asked for. */
  handle?: number | undefined;
}

/** How a rule is written. */
export interface NftFormatOptions {
  /** Whether its handle stands behind it, as `nft -a` has it: `# handle 5`. */
  handle?: boolean | undefined;
}

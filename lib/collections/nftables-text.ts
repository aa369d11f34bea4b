/* eslint-disable @typescript-eslint/no-require-imports -- it is loaded when it is first asked for */
import type { NftFormatOptions, NftRuleText } from '../protocol/netfilter/nftables/rule-text-options';
import { whenNeeded } from '../when-needed';
import type * as Nftables from './nftables';

const parts = whenNeeded({ nftables: () => require('./nftables') as typeof Nftables });

/**
 * The text of a rule as `nft list ruleset` writes it, with its comment: `tcp dport 22 accept comment "ssh"`. It can be given to nft behind
 * `add rule inet shop forward`. Takes a rule of a list, or one to be added, and asks the kernel nothing: links of which a rule has the index are
 * written so, `iif 2`, where nft looks up their names. What nft has no words for is written `<? match conntrack ?>`: nft refuses a text that has
 * a question mark outside of quotes. Throws a TypeError or RangeError for what is no rule.
 */
export function formatRule(rule: NftRuleText, options?: NftFormatOptions): string {
  return parts.nftables.textOfRule(rule, options);
}

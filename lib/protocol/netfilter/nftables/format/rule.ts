import { checkArgument, show, wrongType } from '../../../../errors';
import { readOnce } from '../../../../once';
import { checkedOptions, checkOptions, checkSwitch, whenRead, type Checks } from '../../../../options';
import type { NftFormatOptions, NftRuleText } from '../rule-text-options';
import type { NftRuleReplacement } from '../rule-options';
import { checkRule } from './check-rule';
import { formatStatement } from './statements';
import type { Context } from './terms';
import { quoted, spaced } from './text';

const RULE = "{ family: 'inet', statements: ['counter', 'accept'] }";

const known: Checks<NftRuleReplacement> = {
  ...{ family: whenRead, table: whenRead, chain: whenRead, handle: whenRead, statements: whenRead },
  ...{ position: whenRead, comment: whenRead, userData: whenRead, compat: whenRead },
};

/** See collections/nftables-text.ts, by which it is loaded when it is first needed. */
export function formatRule(given: NftRuleText, options: NftFormatOptions = {}): string {
  const { handle: isHandleSaid = false } = checkedOptions(options, { handle: checkSwitch }, '{ handle: true }');
  checkArgument('rule', given, RULE);
  const rule = readOnce(given) as NftRuleReplacement;
  checkOptions(rule, known);
  checkRule(rule);
  const { family, statements, comment, handle } = rule;
  if (isHandleSaid && typeof handle !== 'number')
    throw wrongType(`must be the number of the rule, as a list tells it, not ${show(handle)}`, 'handle');
  const context: Context = { family, types: new Map() };
  return spaced(
    ...statements.map((statement) => formatStatement(statement, context)),
    comment === undefined ? '' : `comment ${quoted(comment)}`,
    isHandleSaid ? `# handle ${String(handle)}` : '',
  );
}

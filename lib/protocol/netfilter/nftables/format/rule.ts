import { returnWriter, takeWriter } from '../../../../codec';
import { checkArgument, isArray, isObject, show, wrongType } from '../../../../errors';
import { readOnce } from '../../../../once';
import { checkedOptions, checkOptions, checkSwitch, whenRead, type Checks } from '../../../../options';
import { newRule } from '../rule';
import type { NftFormatOptions, NftRuleText } from '../rule-text-options';
import type { NftRuleReplacement } from '../rule-options';
import type { NftStatement } from '../statements/statement';
import { formatStatement } from './statements';
import type { Context } from './terms';
import { quoted, spaced } from './text';

const RULE = "{ family: 'inet', statements: ['counter', 'accept'] }";

const known: Checks<NftRuleReplacement> = {
  ...{ family: whenRead, table: whenRead, chain: whenRead, handle: whenRead, statements: whenRead },
  ...{ position: whenRead, comment: whenRead, userData: whenRead, compat: whenRead },
};

/** See ../format-rule.ts, which loads this when it is first needed. */
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

/** Throws for what the kernel would not be sent, as adding it would. What has no words is passed over, whatever it is. */
function checkRule({ family, statements, comment }: NftRuleText): void {
  if (comment !== undefined && typeof comment !== 'string')
    throw wrongType(`must be a text, not ${show(comment)}`, 'comment');
  const inWords: readonly NftStatement[] = isArray(statements)
    ? statements.map((one) => (isRaw(one) ? 'continue' : one))
    : statements;
  const requests = newRule({ family, table: 'table', chain: 'chain', statements: inWords });
  const writer = takeWriter();
  try {
    for (const request of requests) request.encode(writer);
  } finally {
    returnWriter(writer);
  }
}

function isRaw(statement: unknown): boolean {
  if (!isObject(statement)) return false;
  const { expressions } = statement as { expressions?: unknown };
  return isArray(expressions) && expressions.every(isObject);
}

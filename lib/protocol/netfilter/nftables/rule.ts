import { eachElementOf, member, message, required, text } from '../../../codec';
import { within, wrongValue, show } from '../../../errors';
import { NLM_F, type Request } from '../../netlink';
import { netfilterRequest, nfgenmsg, type NftFamily } from '../netfilter';
import { expressionList, type Expression } from './expressions';
import { LONGEST_NAME, NFT_MSG, NFTABLES } from './nftables';

const NFTA_RULE = { TABLE: 1, CHAIN: 2, EXPRESSIONS: 4 } as const;

const rule = message(nfgenmsg, {
  family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
  table: required(text(NFTA_RULE.TABLE, LONGEST_NAME), 'must be the name of its table'),
  chain: required(text(NFTA_RULE.CHAIN, LONGEST_NAME), 'must be the name of its chain'),
  statements: expressionList(NFTA_RULE.EXPRESSIONS),
});

/** What each statement is for the kernel. */
const statements = {
  counter: [{ kind: 'counter' }],
  masquerade: [{ kind: 'masq' }],
} as const satisfies Record<string, readonly Expression[]>;

/** What a rule does with a packet. */
export type NftStatement = keyof typeof statements;

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

/** Asks for a rule at the end of its chain. */
export function newRule({ statements: given, ...where }: NftRuleOptions): Request {
  const { family, table, chain } = where;
  return netfilterRequest(NFTABLES, rule, {
    name: 'NFT_MSG_NEWRULE',
    command: NFT_MSG.NEWRULE,
    flags: NLM_F.CREATE | NLM_F.APPEND,
    subject: () => `rule of chain '${family} ${table} ${chain}'`,
    values: { ...where, statements: expressionsOf(given) },
  });
}

function expressionsOf(given: readonly NftStatement[]): Expression[] {
  const expressions: Expression[] = [];
  try {
    eachElementOf(given, (statement: NftStatement) => {
      if (!Object.hasOwn(statements, statement)) {
        throw wrongValue(`must be one of ${Object.keys(statements).join(', ')}, not ${show(statement)}`);
      }
      expressions.push(...statements[statement]);
    });
  } catch (error) {
    throw within('statements', error);
  }
  return expressions;
}

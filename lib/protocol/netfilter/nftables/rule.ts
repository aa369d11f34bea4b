import {
  field,
  member,
  message,
  octets,
  required,
  sourceOf,
  uint32be,
  uint64be,
  type OptionsOf,
  type RowOf,
} from '../../../codec';
import { relocated, within } from '../../../errors';
import { NETLINK, NLM_F, type Query, type Request } from '../../netlink';
import { checkFamily, nfgenmsg, written, type NftFamily } from '../netfilter';
import { compatOf } from './compat';
import { sharedExpressionList, type Expression, type ExpressionOf } from './expressions';
import type { NftChainKey } from './chain-options';
import { checkContainer, NFT_MSG, NFTABLES, nftablesQuery, nftablesRequest, type NftRequest } from './nftables';
import { hintOfStatement, placeOfStatement, placeOfValue, type Refused } from './rule-hints';
import { elementRequests, elementValues, newSetRequest, valuesOf } from './sets/messages';
import { userDataOf } from './sets/user-data';
import type { NftTableKey } from './table-options';
import { RuleWriter, type AnonymousSet } from './statements/rule-writer';
import { readStatements, writeStatements, type SetsOfRule } from './statements';
import type { NftRule, NftRuleFilter, NftRuleKey, NftRuleOptions } from './rule-options';
import type { NftStatement } from './statements/statement';
import { placeOf, type RulePlace } from './rule-place';
import { keptBytes, keptRow } from './user-data';
import { nftName } from './names';

const NFTA_RULE = {
  ...{ TABLE: 1, CHAIN: 2, HANDLE: 3, EXPRESSIONS: 4, COMPAT: 5, POSITION: 6, USERDATA: 7, PAD: 8, ID: 9 },
  ...{ POSITION_ID: 10, CHAIN_ID: 11 },
} as const;

const fields = {
  family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
  table: required(nftName(NFTA_RULE.TABLE), 'must be the name of its table'),
  chain: required(nftName(NFTA_RULE.CHAIN), 'must be the name of its chain'),
  handle: field(NFTA_RULE.HANDLE, uint64be),
  position: field(NFTA_RULE.POSITION, uint64be),
  expressions: sharedExpressionList(NFTA_RULE.EXPRESSIONS),
  userData: field(NFTA_RULE.USERDATA, octets),
  compat: field(NFTA_RULE.COMPAT, octets),
} as const;

/** A rule that is there. Without its chain, or its handle, the kernel would take all rules of the table, or of the chain. */
const oneRule = message(nfgenmsg, {
  ...fields,
  handle: required(fields.handle, 'must be the number of the rule, as a list tells it'),
});

/** All rules of a table, or of a chain. */
const everyRule = message(nfgenmsg, {
  family: fields.family,
  table: fields.table,
  chain: nftName(NFTA_RULE.CHAIN),
});

const rule = message(nfgenmsg, fields, { ignored: [NFTA_RULE.PAD, NFTA_RULE.ID, NFTA_RULE.POSITION_ID] });

/** A rule of a chain without a name, which has a number in the batch that makes it. */
const innerRule = message(nfgenmsg, {
  ...fields,
  chain: nftName(NFTA_RULE.CHAIN),
  chainId: field(NFTA_RULE.CHAIN_ID, uint32be),
});

/** A rule as the kernel has it. */
export interface KernelRule extends RowOf<typeof fields> {}

/** Where a rule comes to stand. */
type Place = 'end' | 'begin' | 'replace';
const flagsOf = { end: NLM_F.CREATE | NLM_F.APPEND, begin: NLM_F.CREATE, replace: NLM_F.REPLACE } as const;

/** Asks for a rule, behind the sets without names that it has. */
export function newRule(
  options: NftRuleOptions & { handle?: number },
  place: Place = 'end',
  innerChain?: InnerChain,
): Request[] {
  const { family, table, chain, statements } = options;
  checkFamily(family);
  const writer = new RuleWriter(family);
  writeStatements(writer, statements);
  const where = placeOf(family, table, chain);
  const isUsual = place !== 'replace' && innerChain === undefined && saysUsual(options);
  const bytes = isUsual ? usualRule(where, options, writer) : writtenRule(options, writer, place, innerChain);
  // A copy, which has no room for more.
  const request = ruleRequest(where, writer.starts.slice(), bytes, flagsOf[place]);
  if (writer.sets.length === 0) return [request];
  return [...writer.sets.flatMap((set) => requestsOfSet(set, options)), request];
}

/** The message of a rule. */
function writtenRule(
  options: NftRuleOptions & { handle?: number },
  writer: RuleWriter,
  place: Place,
  innerChain: InnerChain | undefined,
): Uint8Array {
  const { comment, statements, userData: foreign, compat = compatOf(options.family, writer.expressions) } = options;
  const userData = keptBytes({ comment, userData: foreign });
  // With whatever else was given, which is refused. One by one: for ten thousand rules a spread takes as long as all the rest.
  const values: Partial<OptionsOf<typeof fields>> & { comment?: unknown; statements?: unknown } = {};
  for (const name in options) values[name as 'chain'] = options[name as 'chain'];
  values.comment = undefined;
  values.statements = undefined;
  values.userData = userData;
  values.compat = compat;
  values.expressions = writer.expressions;
  if (place !== 'replace') values.handle = undefined;
  const ofChain = innerChain === undefined ? undefined : inInnerChains(options.chain, writer.expressions, innerChain);
  try {
    return written((to) => {
      if (ofChain === undefined) (place === 'replace' ? oneRule : rule).encode(to, values);
      else innerRule.encode(to, { ...values, ...ofChain });
    });
  } catch (error) {
    throw relocated(error, (property) => placeOfValue(writer.starts, statements, property));
  }
}

const usualNames = new Set(['family', 'table', 'chain', 'statements', 'comment']);

/** Whether nothing is said of a rule but what most have. */
function saysUsual(options: object): boolean {
  for (const name in options) if (!usualNames.has(name)) return false;
  return true;
}

/** The message of a rule of which nothing else is said. The same bytes as of any rule, in half the time. */
function usualRule(place: RulePlace, { comment, statements }: NftRuleOptions, writer: RuleWriter): Uint8Array {
  const { family, table, chain } = place;
  const userData = comment === undefined ? undefined : keptBytes({ comment });
  const compat = compatOf(family, writer.expressions);
  return written((to) => {
    if (place.beginning === undefined) {
      rule.encode(to, { family, table, chain });
      place.beginning = to.bytes.slice(0, to.position);
    } else {
      to.append(place.beginning);
    }
    if (userData !== undefined) fields.userData.encode(to, userData);
    if (compat !== undefined) fields.compat.encode(to, compat);
    try {
      fields.expressions.encode(to, writer.expressions);
    } catch (error) {
      throw relocated(within('expressions', error), (property) => placeOfValue(writer.starts, statements, property));
    }
  });
}

/** The number of a chain without a name, in the batch that makes it; undefined for a chain that has one. */
type InnerChain = (name: string) => number | undefined;

/** What a rule of chains without names is told besides. */
function inInnerChains(chain: string, expressions: readonly Expression[], innerChain: InnerChain) {
  const chainId = innerChain(chain);
  return {
    ...(chainId !== undefined && { chain: undefined, chainId }),
    expressions: expressions.map((expression) => byNumber(expression, innerChain)),
  };
}

/** The request of a rule whose message is written. What it was made of is not kept. */
function ruleRequest(place: RulePlace, starts: readonly number[], bytes: Uint8Array, flags: number): NftRequest {
  return {
    name: 'NFT_MSG_NEWRULE',
    protocol: NETLINK.NETFILTER,
    type: (NFTABLES << 8) | NFT_MSG.NEWRULE,
    flags,
    of: place.of,
    subject: place.subject,
    hint: (errno, _, __, property) => hintOfStatement(refused(place, starts, bytes), errno, property),
    locate: (...at) => placeOfStatement(starts, rule.locate(...at)),
    size: bytes.length,
    encode(writer) {
      writer.append(bytes);
    },
  };
}

function refused({ family, table }: RulePlace, starts: readonly number[], bytes: Uint8Array): Refused {
  const { expressions = [] } = rule.decode(sourceOf(bytes), 0, bytes.length);
  return { family, table, starts, expressions };
}

/** The requests of a set without a name, in front of the rule that it is of. */
function requestsOfSet(
  { id, name, statement, set }: AnonymousSet,
  { family, table, chain }: Pick<NftRuleOptions, 'family' | 'table' | 'chain'>,
): Request[] {
  const { subject } = placeOf(family, table, chain);
  const ofRule = { subject, property: `statements[${String(statement)}]` };
  const where = { family, table, name, id };
  if ('raw' in set) {
    const { values, elements } = set.raw;
    return [newSetRequest({ ...values, ...where }, subject), ...elementRequests(where, elements, undefined, ofRule)];
  }
  const values = valuesOf(set);
  const flags = ['anonymous' as const, 'constant' as const, ...(values.flags ?? [])];
  const size = set.isInterval ? undefined : set.elements.length;
  return [
    newSetRequest({ ...where, ...values, flags, size, userData: userDataOf(set) }, subject),
    ...elementRequests(where, set.elements.map(elementValues), undefined, ofRule),
  ];
}

/** A verdict that leads to a chain without a name, by its number. */
function byNumber(expression: Expression, innerChain: InnerChain): Expression {
  if (expression.kind !== 'immediate') return expression;
  const { value } = expression as ExpressionOf<'immediate'>;
  const { code, chain } = value?.verdict ?? {};
  const chainId = chain === undefined ? undefined : innerChain(chain);
  return chainId === undefined ? expression : ({ ...expression, value: { verdict: { code, chainId } } } as Expression);
}

/** Asks that a rule go. */
export function deleteRule({ family, table, chain, handle }: NftRuleKey): Request {
  checkFamily(family);
  return nftablesRequest('DELRULE', oneRule, {
    subject: () => `rule ${String(handle)} of chain '${family} ${table} ${chain}'`,
    values: { family, table, chain, handle },
  });
}

/** Asks that all rules of a chain go. */
export function flushChain({ family, table, name }: NftChainKey): Request {
  // Without a name those of all chains would go.
  checkContainer(name);
  return deleteRules(family, table, name);
}

/** Asks that the rules of all chains of a table go. */
export function flushTable({ family, name }: NftTableKey): Request {
  checkContainer(name);
  return deleteRules(family, name);
}

function deleteRules(family: NftFamily, table: string, chain?: string): Request {
  checkFamily(family);
  return nftablesRequest('DELRULE', everyRule, {
    subject: () => (chain === undefined ? `table '${family} ${table}'` : `chain '${family} ${table} ${chain}'`),
    values: { family, table, chain },
  });
}

/** Asks for rules as the kernel has them. */
export function listRules(filter: NftRuleFilter = {}): Query<KernelRule> {
  return nftablesQuery('GETRULE', rule, { values: filter });
}

/** Asks for a rule, and that its counters and quotas begin anew. */
export function resetRule({ family, table, chain, handle }: KernelRule): Query<KernelRule> {
  const values = { family, table, chain, handle } as NftRuleKey;
  return nftablesQuery('GETRULE_RESET', rule, {
    subject: () => `rule ${String(handle)} of chain '${String(family)} ${String(table)} ${String(chain)}'`,
    values,
  });
}

/** A rule in words. */
export function ruleOf(given: KernelRule, sets: SetsOfRule): NftRule {
  const { family, table = '', chain = '', handle = 0, expressions = [], userData, compat, unknownAttributes } = given;
  return {
    family: family as NftFamily,
    table,
    chain,
    handle,
    ...keptRow(userData),
    ...(compat !== undefined && { compat }),
    ...(unknownAttributes !== undefined && { unknownAttributes }),
    statements: readStatements(family as NftFamily, expressions, sets) as NftStatement[],
  };
}

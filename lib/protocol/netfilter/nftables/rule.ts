import { field, member, message, octets, required, text, uint64be, type RowOf } from '../../../codec';
import { relocated } from '../../../errors';
import { NLM_F, type Query, type Request } from '../../netlink';
import { checkFamily, netfilterQuery, netfilterRequest, nfgenmsg, type NftFamily } from '../netfilter';
import { expressionList } from './expressions';
import { LONGEST_NAME, NFT_MSG, NFTABLES } from './nftables';
import { hintOfStatement, placeOfStatement, placeOfValue, type Refused } from './rule-hints';
import { elementRequests, elementValues, newSetRequest, valuesOf } from './sets/messages';
import { userDataOf } from './sets/user-data';
import { RuleWriter } from './statements/rule-writer';
import { readStatements, writeStatements, type SetsOfRule } from './statements';
import type { NftRule, NftRuleFilter, NftRuleKey, NftRuleOptions } from './rule-options';
import type { NftStatement } from './statements/statement';
import { keptBytes, keptRow } from './user-data';

const NFTA_RULE = {
  ...{
    TABLE: 1,
    CHAIN: 2,
    HANDLE: 3,
    EXPRESSIONS: 4,
    COMPAT: 5,
    POSITION: 6,
    USERDATA: 7,
    PAD: 8,
    ID: 9,
    POSITION_ID: 10,
  },
} as const;

const fields = {
  family: required(member(nfgenmsg, 'family'), "must be a family such as 'inet'"),
  table: required(text(NFTA_RULE.TABLE, LONGEST_NAME), 'must be the name of its table'),
  chain: required(text(NFTA_RULE.CHAIN, LONGEST_NAME), 'must be the name of its chain'),
  handle: field(NFTA_RULE.HANDLE, uint64be),
  position: field(NFTA_RULE.POSITION, uint64be),
  expressions: expressionList(NFTA_RULE.EXPRESSIONS),
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
  chain: text(NFTA_RULE.CHAIN, LONGEST_NAME),
});

const rule = message(nfgenmsg, fields, { ignored: [NFTA_RULE.PAD, NFTA_RULE.ID, NFTA_RULE.POSITION_ID] });

/** A rule as the kernel has it. */
export interface KernelRule extends RowOf<typeof fields> {}

/** Where a rule comes to stand. */
type Place = 'end' | 'begin' | 'replace';
const flagsOf = { end: NLM_F.CREATE | NLM_F.APPEND, begin: NLM_F.CREATE, replace: NLM_F.REPLACE } as const;

/** Asks for a rule, behind the sets without names that it has. */
export function newRule(options: NftRuleOptions & { handle?: number }, place: Place = 'end'): Request[] {
  const { comment, statements, handle, userData: foreign, ...where } = options;
  const { family, table, chain } = where;
  checkFamily(family);
  const writer = new RuleWriter(family);
  writeStatements(writer, statements);
  const userData = keptBytes({ comment, userData: foreign });
  const subject = () => `rule of chain '${family} ${table} ${chain}'`;
  const refused: Refused = { family, table, expressions: writer.expressions, starts: writer.starts };
  const request = netfilterRequest(NFTABLES, place === 'replace' ? oneRule : rule, {
    name: 'NFT_MSG_NEWRULE',
    command: NFT_MSG.NEWRULE,
    flags: flagsOf[place],
    subject,
    hint: (errno, _, __, property) => hintOfStatement(refused, errno, property),
    // With whatever else was given, which is refused.
    values: { ...where, ...(place === 'replace' && { handle }), userData, expressions: writer.expressions },
  });
  const sets = writer.sets.flatMap(({ id, name, statement, set }) => {
    const ofRule = { subject, property: `statements[${String(statement)}]` };
    if ('raw' in set) {
      const { values, elements } = set.raw;
      const raw = newSetRequest({ ...values, family, table, name, id }, subject);
      return [raw, ...elementRequests({ family, table, name, id }, elements, undefined, ofRule)];
    }
    const content = set;
    const values = valuesOf(content);
    const flags = ['anonymous' as const, 'constant' as const, ...(values.flags ?? [])];
    const userDataOfSet = userDataOf(content);
    const size = content.isInterval ? undefined : content.elements.length;
    return [
      newSetRequest({ family, table, name, ...values, flags, id, size, userData: userDataOfSet }, subject),
      ...elementRequests({ family, table, name, id }, content.elements.map(elementValues), undefined, ofRule),
    ];
  });
  return [
    ...sets,
    {
      ...request,
      locate: (...at) => placeOfStatement(writer.starts, request.locate?.(...at)),
      encode(to) {
        try {
          request.encode(to);
        } catch (error) {
          throw relocated(error, (property) => placeOfValue(writer.starts, statements, property));
        }
      },
    },
  ];
}

/** Asks that a rule go. */
export function deleteRule({ family, table, chain, handle }: NftRuleKey): Request {
  checkFamily(family);
  return netfilterRequest(NFTABLES, oneRule, {
    name: 'NFT_MSG_DELRULE',
    command: NFT_MSG.DELRULE,
    subject: () => `rule ${String(handle)} of chain '${family} ${table} ${chain}'`,
    values: { family, table, chain, handle },
  });
}

/** Asks that all rules of a chain go, or without one those of all chains of the table. */
export function deleteRules(family: NftFamily, table: string, chain?: string): Request {
  checkFamily(family);
  return netfilterRequest(NFTABLES, everyRule, {
    name: 'NFT_MSG_DELRULE',
    command: NFT_MSG.DELRULE,
    subject: () => (chain === undefined ? `table '${family} ${table}'` : `chain '${family} ${table} ${chain}'`),
    values: { family, table, chain },
  });
}

/** Asks for rules as the kernel has them. */
export function listRules(filter: NftRuleFilter = {}): Query<KernelRule> {
  return netfilterQuery(NFTABLES, rule, { name: 'NFT_MSG_GETRULE', command: NFT_MSG.GETRULE, values: filter });
}

/** Asks for a rule, and that its counters and quotas begin anew. */
export function resetRule({ family, table, chain, handle }: KernelRule): Query<KernelRule> {
  const values = { family, table, chain, handle } as NftRuleKey;
  return netfilterQuery(NFTABLES, rule, {
    name: 'NFT_MSG_GETRULE_RESET',
    command: NFT_MSG.GETRULE_RESET,
    subject: () => `rule ${String(handle)} of chain '${String(family)} ${String(table)} ${String(chain)}'`,
    values,
  });
}

/** A rule in words. */
export function ruleOf(given: KernelRule, sets: SetsOfRule): NftRule {
  const { family, table = '', chain = '', handle = 0, expressions = [], userData, compat } = given;
  return {
    family: family as NftFamily,
    table,
    chain,
    handle,
    ...keptRow(userData),
    ...(compat !== undefined && { compat }),
    statements: readStatements(family as NftFamily, expressions, sets) as NftStatement[],
  };
}

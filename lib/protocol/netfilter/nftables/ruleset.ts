import {
  at,
  checkObject,
  isArray,
  isObject,
  placeIn,
  show,
  within,
  withinElement,
  wrongType,
  wrongValue,
} from '../../../errors';
import { unknownName } from '../../../unknown-name';
import type { Request } from '../../netlink';
import { checkFamily } from '../netfilter';
import { newChain, newInnerChain } from './chain';
import { newFlowtable } from './flowtable';
import { nextSetId } from './nftables';
import { newObject } from './objects/object';
import { newRule } from './rule';
import type { NftRulesetOptions } from './ruleset-options';
import { newSet } from './sets/set';
import { newTable } from './table';
import type { NftTableOptions } from './table-options';
import { checkNftName } from './names';

const parts = ['tables', 'chains', 'objects', 'flowtables', 'sets', 'rules'] as const;
type Part = (typeof parts)[number];

const names: readonly string[] = ['generation', 'family', 'table', ...parts];

type Row = Readonly<Record<string, unknown>>;

/** Asks for all of a ruleset, in the order in which one thing needs another. Throws for what could not be written whole. */
export function newRuleset(ruleset: NftRulesetOptions, isOwned: boolean): Request[] {
  const inner = innerChainsOf(ruleset);
  const requests: Request[] = [];
  const each = (part: Part, ask: (row: never) => Request | Request[], sorted?: readonly Row[]) => {
    const rows = rowsOf(ruleset, part);
    const indexes = new Map(rows.map((row, index) => [row, index]));
    for (const row of sorted ?? rows) {
      const index = indexes.get(row)!;
      const made = placed(part, index, () => [ask(row as never)].flat());
      requests.push(...made.map((request) => requestAt(part, index, request)));
    }
  };
  each('tables', (table: NftTableOptions) => newTable(table, isOwned));
  each('chains', (chain: Row) =>
    inner.has(keyOf(chain, chain.name))
      ? newInnerChain(chain as never, inner.get(keyOf(chain, chain.name))!)
      : newChain(chain as never),
  );
  each('objects', newObject);
  each('flowtables', newFlowtable);
  each('sets', newSet);
  const numberOf = (rule: Row) => (chain: string) => inner.get(keyOf(rule, chain));
  const ruleAtEnd = (rule: Row) => {
    const { position: _, ...rest } = rule;
    return newRule(rest as never, 'end', numberOf(rule));
  };
  each('rules', ruleAtEnd, inOrder(rowsOf(ruleset, 'rules'), inner));
  return requests;
}

/** The same where it stands in the ruleset, for errors of its encoding and of the kernel. */
function requestAt(part: Part, index: number, request: Request): Request {
  const { locate, hint } = request;
  const place = `${part}[${String(index)}]`;
  return {
    ...request,
    encode(writer) {
      placed(part, index, () => {
        request.encode(writer);
      });
    },
    locate: (...where) => placeIn(place, locate?.(...where)),
    // A hint is found by the property as the row itself has it.
    hint(errno, words, unknownLink, property) {
      const inRow = property === place ? undefined : property?.slice(place.length + 1);
      const found = hint?.(errno, words, unknownLink, inRow);
      return found?.property === undefined ? found : { ...found, property: placeIn(place, found.property) };
    },
  };
}

function placed<Result>(part: Part, index: number, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    throw within(part, withinElement(index, error));
  }
}

function rowsOf(ruleset: NftRulesetOptions, part: Part): readonly Row[] {
  return ruleset[part] as unknown as readonly Row[];
}

function keyOf({ family, table }: Row, name: unknown): string {
  return JSON.stringify([family, table, name]);
}

/** Throws unless everything is said, of tables that are there, and nothing is known to be missing. */
export function checkWhole(ruleset: NftRulesetOptions): void {
  for (const name in ruleset) if (!names.includes(name)) throw unknownName(name, names);
  for (const part of parts) {
    if (!isArray(ruleset[part]))
      throw wrongType(
        `must be an array, as ruleset() has it: [] if there are to be none, not ${show(ruleset[part])}`,
        part,
      );
  }
  for (const name of ['family', 'table'] as const) {
    if (name in ruleset && ruleset[name] === undefined)
      throw wrongType('must be given or left out: undefined would have all tables replaced', name);
  }
  if (ruleset.family !== undefined) checkFamily(ruleset.family);
  if (ruleset.table !== undefined) {
    at('table', () => {
      checkNftName(ruleset.table);
    });
  }
  const tables = new Set<string>();
  for (const part of parts) {
    for (const [index, row] of rowsOf(ruleset, part).entries()) {
      placed(part, index, () => {
        checkRow(row);
        const { family, table } = part === 'tables' ? { ...row, table: row.name } : row;
        if (part === 'tables') {
          checkScope(ruleset, family, table);
          tables.add(keyOf({ family, table }, undefined));
        } else if (!tables.has(keyOf({ family, table }, undefined))) {
          throw wrongValue(`is '${String(family)} ${String(table)}', which is none of the tables here`, 'table');
        }
      });
    }
  }
}

function checkScope({ family, table }: NftRulesetOptions, ofRow: unknown, nameOfRow: unknown): void {
  if (family !== undefined && ofRow !== family)
    throw wrongValue(`must be ${show(family)}, the family whose tables are replaced, not ${show(ofRow)}`, 'family');
  if (table !== undefined && nameOfRow !== table)
    throw wrongValue(`must be ${show(table)}, the only table that is replaced, not ${show(nameOfRow)}`, 'name');
}

/** What a newer kernel told of a thing is in its row, and cannot be written back. */
function checkRow(row: Row): void {
  checkObject('element', row);
  for (const name of ['unknownAttributes', 'unknownKindAttributes']) {
    if (row[name] !== undefined)
      throw wrongValue('are attributes that this library does not know: they would be lost', name);
  }
}

/** Chains without a name of their own, which belong to the rule that leads to them, `jump { ... }`: they get numbers. */
function innerChainsOf(ruleset: NftRulesetOptions): ReadonlyMap<string, number> {
  const inner = new Map<string, number>();
  for (const chain of rowsOf(ruleset, 'chains')) {
    if (isArray(chain.flags) && chain.flags.includes('binding')) inner.set(keyOf(chain, chain.name), nextSetId());
  }
  return inner;
}

/** Rules in their order, but those of a chain without a name in front of the rule that leads to it, which closes the chain. */
function inOrder(rules: readonly Row[], inner: ReadonlyMap<string, number>): readonly Row[] {
  if (inner.size === 0) return rules;
  const ofChain = new Map<string, Row[]>();
  const outer: Row[] = [];
  for (const rule of rules) {
    const key = keyOf(rule, rule.chain);
    if (!inner.has(key)) outer.push(rule);
    else ofChain.set(key, [...(ofChain.get(key) ?? []), rule]);
  }
  const sorted: Row[] = [];
  const add = (rule: Row) => {
    for (const chain of chainsIn(rule)) {
      const key = keyOf(rule, chain);
      const own = ofChain.get(key);
      ofChain.delete(key);
      for (const one of own ?? []) add(one);
    }
    sorted.push(rule);
  };
  for (const rule of outer) add(rule);
  // Those of chains to which no rule leads.
  for (const own of ofChain.values()) sorted.push(...own);
  return sorted;
}

/** The chains that a rule leads to. */
function chainsIn({ statements }: Row): unknown[] {
  if (!isArray(statements)) return [];
  return statements.flatMap((statement: unknown) => {
    if (!isObject(statement)) return [];
    const { jump, goto } = statement as { jump?: unknown; goto?: unknown };
    return [jump, goto].filter((chain) => chain !== undefined);
  });
}

import { optionsOnce } from '../once';
import {
  deleteRule,
  listRules,
  newRule,
  resetRule,
  ruleOf,
  type KernelRule,
} from '../protocol/netfilter/nftables/rule';
import type {
  NftRule,
  NftRuleFilter,
  NftRuleKey,
  NftRuleOptions,
  NftRuleReplacement,
  NftRuleReset,
} from '../protocol/netfilter/nftables/rule-options';
import { getSet, type ElementValues } from '../protocol/netfilter/nftables/sets/messages';
import { hasKeyAndData, hasStatements, readElements } from '../protocol/netfilter/nftables/sets/read-content';
import type { KernelSet } from '../protocol/netfilter/nftables/sets/set';
import { typesIn } from '../protocol/netfilter/nftables/sets/set-types';
import type { SetsOfRule } from '../protocol/netfilter/nftables/statements';
import { inSlices } from '../transport/slices';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked } from '../transport/trip';
import { one } from './elements';
import { checkMeant, filterOnce, keyOnce } from './nftables-checks';
import { NftCollection, unlessGone } from './nftables-collection';
import { checkIsThere } from './nftables-places';
import { inOneGeneration } from './one-generation';
import { elementsIn } from './set-elements';

/** The rules of the chains of packet rules, which `nft -a list ruleset` shows with their handles. */
export class NftRuleCollection extends NftCollection {
  /** All rules, or those of a table or chain, `list({ family: 'inet', table: 'shop' })`: of one state, each chain in its order. */
  list(filter?: NftRuleFilter): Promise<NftRule[]> {
    return asked(() => {
      const given = filterOnce(filter, 'rules');
      return this.handle.exclusive('nftables.rules.list', (inside) => rulesIn(inside, given));
    });
  }

  /** Adds a rule at the end of its chain, or behind the one at `position`. Rejects with ENOENT if there is no such chain. */
  add(rule: NftRuleOptions): Promise<void> {
    return this.send(() => newRule(optionsOnce(rule, RULE)));
  }

  /** Adds a rule at the beginning of its chain, or in front of the one at `position`. */
  insert(rule: NftRuleOptions): Promise<void> {
    return this.send(() => newRule(optionsOnce(rule, RULE), 'begin'));
  }

  /** Puts a rule in the place of the one with a handle. Rejects with ENOENT if there is none. */
  replace(rule: NftRuleReplacement): Promise<void> {
    return this.send(() => newRule(optionsOnce(rule, RULE), 'replace'));
  }

  /**
   * Has the counters and quotas of rules begin anew, and resolves with the rules as they were: each is read and reset at once, so that
   * nothing is counted twice or lost. A table has to be said, and a chain if only its rules are meant. Rejects with ENOENT if there is no such table or
   * chain. Since Linux 6.2.
   */
  reset(rules: NftRuleReset): Promise<NftRule[]> {
    return asked(() => {
      const meant = filterOnce<NftRuleReset>(optionsOnce(rules, RESET), 'rules')!;
      checkMeant(meant, RESET, ['chain']);
      return this.handle.exclusive('nftables.rules.reset', async (inside) => {
        const there = await inside.list(listRules(meant));
        // A set without a name goes with its rule, which is not reset then.
        const sets = await setsOf(inside, there, unlessGone);
        if (there.length === 0) await checkIsThere(inside, meant);
        const told = await Promise.all(there.map((rule) => one(inside.query(resetRule(rule))).catch(unlessGone)));
        return told.flatMap((rule) => (rule === undefined ? [] : [ruleOf(rule, setsOfRule(sets, rule))]));
      });
    });
  }

  /** Deletes the rule with a handle. Rejects with ENOENT if there is none. */
  delete(rule: NftRuleKey): Promise<void> {
    return this.send(() => [deleteRule(keyOnce(rule, 'rule', KEY))]);
  }
}

const KEY = "{ family: 'inet', table: 'shop', chain: 'post', handle: 4 }";
const RESET = "{ family: 'inet', table: 'shop' }";
const RULE = "{ family: 'inet', table: 'shop', chain: 'post', statements: ['counter'] }";

const ANONYMOUS = /^__(?:set|map|objmap)\d+$/;

/** The rules of one state. */
async function rulesIn(inside: NetlinkTransport, filter: NftRuleFilter | undefined): Promise<NftRule[]> {
  const rules = await inside.list(listRules(filter));
  // One dump is of one state, also while others write: only sets of rules, which are asked for behind it, may be of another.
  if ((await setsNamedIn(rules)).length === 0) return inWords(rules, new Map());
  return inOneGeneration(inside, () => rulesOf(inside, filter));
}

/** Rules, and the sets that they need, read by a caller who sees to it that they are of one state. */
export async function rulesOf(inside: NetlinkTransport, filter: NftRuleFilter | undefined): Promise<NftRule[]> {
  const rules = await inside.list(listRules(filter));
  return inWords(rules, await setsOf(inside, rules));
}

/** Rules in words, which for many takes more than one turn of the event loop. */
async function inWords(rules: readonly KernelRule[], sets: Sets): Promise<NftRule[]> {
  const rows: NftRule[] = [];
  await inSlices(rules.length, (index) => {
    const rule = rules[index]!;
    rows.push(ruleOf(rule, setsOfRule(sets, rule)));
  });
  return rows;
}

/** A set that a rule looks something up in, as the kernel has it. */
interface UsedSet {
  readonly set: Partial<KernelSet>;
  /** Only of one without a name. */
  readonly elements?: readonly ElementValues[];
}

type Sets = ReadonlyMap<string, UsedSet>;

const keyOf = ({ family, table }: Pick<KernelRule, 'family' | 'table'>, set: string) =>
  JSON.stringify([family, table, set]);

/**
 * The sets without names that rules look something up in, the maps that give objects, of which rules do not say the kind, and those that rules add
 * to, of which they do not say the type. One whose reading fails is left out if `failed` does not throw.
 */
async function setsOf(
  inside: NetlinkTransport,
  rules: readonly KernelRule[],
  failed?: (error: unknown) => undefined,
): Promise<Sets> {
  const sets = new Map<string, UsedSet>();
  for (const { rule, used } of await setsNamedIn(rules)) {
    if (sets.has(keyOf(rule, used.name))) continue;
    const found = await usedSet(inside, rule, used).catch(failed);
    if (found !== undefined) sets.set(keyOf(rule, used.name), found);
  }
  return sets;
}

/** Where rules name sets that have to be read. */
async function setsNamedIn(rules: readonly KernelRule[]): Promise<{ rule: KernelRule; used: SetInRule }[]> {
  const named: { rule: KernelRule; used: SetInRule }[] = [];
  await inSlices(rules.length, (index) => {
    const rule = rules[index]!;
    for (const expression of rule.expressions ?? []) {
      const used = setIn(expression);
      if (used !== undefined) named.push({ rule, used });
    }
  });
  return named;
}

async function usedSet(inside: NetlinkTransport, rule: KernelRule, { name, isAnonymous }: SetInRule): Promise<UsedSet> {
  const place = { family: rule.family as 'inet', table: rule.table!, name };
  const { count, backend: _, ...set } = await one(inside.query(getSet(place)));
  if (!isAnonymous) return { set };
  return { set, elements: await elementsIn(inside, place, { ...set, count }) };
}

/** A set that an expression names. */
interface SetInRule {
  readonly name: string;
  readonly isAnonymous: boolean;
}

/**
 * The set that has to be read to put an expression in words: one without a name that it looks something up in, a map that gives it an object, or
 * one to which it adds what may be a constant; undefined for other expressions.
 */
function setIn(expression: { kind?: string | undefined; set?: unknown; with?: unknown }): SetInRule | undefined {
  const { kind, set: name, with: data } = expression;
  if (typeof name !== 'string') return undefined;
  const isAnonymous = ANONYMOUS.test(name);
  if (kind === 'dynset') return data === undefined ? undefined : { name, isAnonymous: false };
  return kind === 'objref' || (kind === 'lookup' && isAnonymous) ? { name, isAnonymous } : undefined;
}

function setsOfRule(sets: Sets, rule: KernelRule): SetsOfRule {
  return {
    read(name, types) {
      const found = sets.get(keyOf(rule, name));
      if (found?.elements === undefined) return undefined;
      const isInterval = found.set.flags?.includes('interval') === true;
      const isInWords = found.elements.every(hasKeyAndData) && !hasStatements(found.set);
      return { isInterval, elements: isInWords ? readElements(types, found.elements, isInterval) : undefined };
    },
    objects: (name) => sets.get(keyOf(rule, name))?.set.objectType,
    data(name) {
      const found = sets.get(keyOf(rule, name));
      return found && typesIn(found.set)?.data;
    },
    raw(name) {
      const found = sets.get(keyOf(rule, name));
      if (found?.elements === undefined) return undefined;
      const {
        handle: _,
        unknownAttributes: __,
        ...values
      } = found.set as { handle?: unknown; unknownAttributes?: unknown };
      return { name, values, elements: found.elements };
    },
  };
}

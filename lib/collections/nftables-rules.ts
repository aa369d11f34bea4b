import { ERRNO } from '../errno';
import { optionsOnce } from '../once';
import { getGeneration } from '../protocol/netfilter/nftables/generation';
import { deleteRule, listRules, newRule, ruleOf, type KernelRule } from '../protocol/netfilter/nftables/rule';
import type {
  NftRule,
  NftRuleFilter,
  NftRuleKey,
  NftRuleOptions,
  NftRuleReplacement,
} from '../protocol/netfilter/nftables/rule-options';
import { getSet, type ElementValues } from '../protocol/netfilter/nftables/sets/messages';
import { readElements } from '../protocol/netfilter/nftables/sets/read-content';
import type { SetsOfRule } from '../protocol/netfilter/nftables/statements';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked } from '../transport/trip';
import { one } from './elements';
import { filterOnce, keyOnce } from './nftables-checks';
import { NftCollection } from './nftables-collection';
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

  /** Deletes the rule with a handle. Rejects with ENOENT if there is none. */
  delete(rule: NftRuleKey): Promise<void> {
    return this.send(() => [deleteRule(keyOnce(rule, 'rule', KEY))]);
  }
}

const KEY = "{ family: 'inet', table: 'shop', chain: 'post', handle: 4 }";
const RULE = "{ family: 'inet', table: 'shop', chain: 'post', statements: ['counter'] }";

/** A list that another program changes meanwhile is read again so often. */
const ATTEMPTS = 10;
const ANONYMOUS = /^__(?:set|map)\d+$/;

/** Reads something of one state of the packet rules. */
export async function inOneGeneration<Result>(inside: NetlinkTransport, read: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const query = getGeneration();
    const before = await one(inside.query(query));
    const result = await read();
    const after = await one(inside.query(query));
    if (before.id === after.id) return result;
    if (attempt === ATTEMPTS) {
      throw inside.failure(query, { errno: ERRNO.EINTR, text: 'the rules kept changing while they were read' });
    }
  }
}

/** The rules of one state. */
async function rulesIn(inside: NetlinkTransport, filter: NftRuleFilter | undefined): Promise<NftRule[]> {
  const rules = await inside.list(listRules(filter));
  // One dump is of one state, also while others write: only sets of rules, which are asked for behind it, may be of another.
  if (!rules.some(({ expressions = [] }) => expressions.some((one) => anonymousSetIn(one) !== undefined)))
    return rules.map((rule) => ruleOf(rule, setsOfRule(new Map(), rule)));
  return inOneGeneration(inside, async () => {
    const rules = await inside.list(listRules(filter));
    const sets = await setsOf(inside, rules);
    return rules.map((rule) => ruleOf(rule, setsOfRule(sets, rule)));
  });
}

/** A set without a name, as the kernel has it. */
interface AnonymousSet {
  readonly set: object;
  readonly elements: readonly ElementValues[];
}

type Sets = ReadonlyMap<string, AnonymousSet>;

const keyOf = ({ family, table }: Pick<KernelRule, 'family' | 'table'>, set: string) =>
  JSON.stringify([family, table, set]);

/** The sets without names that rules look something up in. */
async function setsOf(inside: NetlinkTransport, rules: readonly KernelRule[]): Promise<Sets> {
  const sets = new Map<string, AnonymousSet>();
  for (const rule of rules) {
    for (const expression of rule.expressions ?? []) {
      const name = anonymousSetIn(expression);
      if (name === undefined) continue;
      const place = { family: rule.family as 'inet', table: rule.table!, name };
      const { count, backend: _, ...set } = await one(inside.query(getSet(place)));
      const elements = await elementsIn(inside, place, { ...set, count });
      // The kernel lists them in an order that changes.
      elements.sort((one, other) => Buffer.compare(keyIn(one), keyIn(other)));
      sets.set(keyOf(rule, name), { set, elements });
    }
  }
  return sets;
}

/** The name of the set without a name that an expression looks something up in; undefined for others. */
function anonymousSetIn(expression: { kind?: string | undefined; set?: unknown }): string | undefined {
  const { kind, set } = expression;
  return kind === 'lookup' && typeof set === 'string' && ANONYMOUS.test(set) ? set : undefined;
}

function keyIn({ key }: ElementValues): Uint8Array {
  return key?.value ?? new Uint8Array(0);
}

function setsOfRule(sets: Sets, rule: KernelRule): SetsOfRule {
  return {
    elements(name, types) {
      const found = sets.get(keyOf(rule, name));
      return found && readElements(types, found.elements);
    },
    raw(name) {
      const found = sets.get(keyOf(rule, name));
      if (found === undefined) return undefined;
      const {
        handle: _,
        unknownAttributes: __,
        ...values
      } = found.set as { handle?: unknown; unknownAttributes?: unknown };
      return { name, values, elements: found.elements };
    },
  };
}

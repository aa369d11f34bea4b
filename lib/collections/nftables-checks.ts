import { checkArgument, wrongType } from '../errors';
import { optionsOnce, readOnce } from '../once';
import { checkOptions, whenRead, type Check, type Checks } from '../options';
import { checkFamily } from '../protocol/netfilter/netfilter';
import type { NftChain, NftChainFilter } from '../protocol/netfilter/nftables/chain-options';
import type { NftFlowtable, NftFlowtableFilter } from '../protocol/netfilter/nftables/flowtable-options';
import { objectKinds } from '../protocol/netfilter/nftables/objects/kinds';
import type { NftObject, NftObjectFilter, NftObjectReset } from '../protocol/netfilter/nftables/objects/object-options';
import type { NftRule, NftRuleFilter, NftRuleReplacement } from '../protocol/netfilter/nftables/rule-options';
import type { NftRulesetFilter } from '../protocol/netfilter/nftables/ruleset-options';
import type { NftElementsOptions, NftSetFilter, NftSetRow } from '../protocol/netfilter/nftables/sets/set-options';
import type { NftTable, NftTableFilter } from '../protocol/netfilter/nftables/table-options';

// What selects something takes whole rows as well, of which it looks at the key alone: other names are refused.

function known<Row>(names: Record<keyof Row, true>): Checks<Row> {
  return Object.fromEntries(Object.keys(names).map((name): [string, Check] => [name, whenRead])) as Checks<Row>;
}

const rows = {
  table: known<NftTable>({
    ...{ family: true, name: true, flags: true, comment: true, userData: true, owner: true, handle: true },
    ...{ use: true, unknownAttributes: true },
  }),
  chain: known<NftChain>({
    ...{ family: true, table: true, name: true, type: true, hook: true, priority: true, policy: true, devices: true },
    ...{ flags: true, counter: true, userData: true },
    ...{ comment: true, handle: true, use: true, unknownAttributes: true },
  }),
  flowtable: known<NftFlowtable>({
    ...{ family: true, table: true, name: true, hook: true, priority: true, devices: true, flags: true },
    ...{ handle: true, use: true, unknownAttributes: true },
  }),
  object: {
    ...known<NftObject>({
      ...{ family: true, table: true, kind: true, name: true, comment: true, userData: true, handle: true, use: true },
      ...{ unknownAttributes: true, unknownKindAttributes: true },
    }),
    ...Object.fromEntries(
      ['data', ...Object.values(objectKinds).flatMap(({ names }) => names)].map((name): [string, Check] => [
        name,
        whenRead,
      ]),
    ),
  },
  rule: known<NftRuleReplacement & NftRule>({
    ...{ family: true, table: true, chain: true, handle: true, statements: true, position: true, comment: true },
    ...{ userData: true, compat: true, unknownAttributes: true },
  }),
  set: known<NftSetRow>({
    ...{ family: true, table: true, name: true, key: true, data: true, object: true, flags: true, timeout: true },
    ...{
      autoMerge: true,
      gcInterval: true,
      size: true,
      policy: true,
      statements: true,
      comment: true,
      userData: true,
      elements: true,
    },
    ...{ handle: true, raw: true },
  }),
  elements: known<NftElementsOptions>({ family: true, table: true, set: true, elements: true }),
};

const filters = {
  tables: known<NftTableFilter>({ family: true }),
  chains: known<NftChainFilter>({ family: true, table: true }),
  flowtables: known<NftFlowtableFilter>({ family: true, table: true }),
  objects: known<NftObjectFilter>({ family: true, table: true, kind: true, name: true }),
  reset: known<NftObjectReset>({ family: true, table: true, kind: true, name: true }),
  rules: known<NftRuleFilter>({ family: true, table: true, chain: true }),
  ruleset: known<NftRulesetFilter>({ family: true, table: true }),
  sets: known<NftSetFilter>({ family: true, table: true }),
};

/** What selects a thing, each property read once. Throws for a name that such a thing does not have. */
export function keyOnce<Key extends object>(given: Key, of: keyof typeof rows, example: string): Key {
  return checkKey(optionsOnce(given, example), of);
}

/** As {@link keyOnce}, of a copy. */
export function checkKey<Key extends object>(key: Key, of: keyof typeof rows): Key {
  checkOptions(key, rows[of] as Checks<Key>);
  checkFamilyIn(key);
  return key;
}

/** A number is refused where the kernel has a meaning for it as well: 0 is for all families. */
function checkFamilyIn({ family }: { family?: unknown }): void {
  if (family !== undefined) checkFamily(family);
}

/** A filter, each property read once. Throws for a name that is none. */
export function filterOnce<Filter extends object>(
  given: Filter | undefined,
  of: keyof typeof filters,
): Filter | undefined {
  if (given === undefined) return undefined;
  const filter = readOnce(given);
  checkArgument('filter', filter, "{ family: 'inet' }");
  checkOptions(filter, filters[of] as Checks<Filter>, `is not a filter of ${of}`, 'the filters are');
  checkFamilyIn(filter);
  return filter;
}

/** Throws unless it is said where something is to be done, and nothing that says more is undefined by mistake. */
export function checkMeant<Where extends { family: unknown; table: unknown }>(
  where: Where,
  example: string,
  narrower: readonly (keyof Where & string)[],
): void {
  for (const name of ['family', 'table'] as const) {
    if (where[name] === undefined) throw wrongType(`must be given, as in ${example}`, name);
  }
  for (const name of narrower) {
    if (name in where && where[name] === undefined)
      throw wrongType('must be given or left out: undefined would mean all that there are', name);
  }
}

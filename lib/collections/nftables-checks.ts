import { checkArgument } from '../errors';
import { optionsOnce, readOnce } from '../once';
import { checkOptions, whenRead, type Check, type Checks } from '../options';
import type { NftChain, NftChainFilter } from '../protocol/netfilter/nftables/chain-options';
import type { NftRuleFilter, NftRuleReplacement } from '../protocol/netfilter/nftables/rule-options';
import type { NftElementsOptions, NftSetFilter, NftSetRow } from '../protocol/netfilter/nftables/sets/set-options';
import type { NftTable, NftTableFilter } from '../protocol/netfilter/nftables/table-options';

// What selects something takes whole rows as well, of which it looks at the key alone: other names are refused.

function known<Row>(names: Record<keyof Row, true>): Checks<Row> {
  return Object.fromEntries(Object.keys(names).map((name): [string, Check] => [name, whenRead])) as Checks<Row>;
}

const rows = {
  table: known<NftTable>({ family: true, name: true, flags: true, comment: true, handle: true, use: true }),
  chain: known<NftChain>({
    ...{ family: true, table: true, name: true, type: true, hook: true, priority: true, policy: true, devices: true },
    ...{ comment: true, handle: true, use: true },
  }),
  rule: known<NftRuleReplacement>({
    ...{ family: true, table: true, chain: true, handle: true, statements: true, position: true, comment: true },
    ...{ userData: true, compat: true },
  }),
  set: known<NftSetRow>({
    ...{ family: true, table: true, name: true, key: true, data: true, flags: true, timeout: true, size: true },
    ...{ comment: true, elements: true, handle: true },
  }),
  elements: known<NftElementsOptions>({ family: true, table: true, set: true, elements: true }),
};

const filters = {
  tables: known<NftTableFilter>({ family: true }),
  chains: known<NftChainFilter>({ family: true, table: true }),
  rules: known<NftRuleFilter>({ family: true, table: true, chain: true }),
  sets: known<NftSetFilter>({ family: true, table: true }),
};

/** What selects a thing, each property read once. Throws for a name that such a thing does not have. */
export function keyOnce<Key extends object>(given: Key, of: keyof typeof rows, example: string): Key {
  const key = optionsOnce(given, example);
  checkOptions(key, rows[of] as Checks<Key>);
  return key;
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
  return filter;
}

import { optionsOnce } from '../once';
import { listChains } from '../protocol/netfilter/nftables/chain';
import { listFlowtables } from '../protocol/netfilter/nftables/flowtable';
import { listObjects } from '../protocol/netfilter/nftables/objects/object';
import { checkWhole, newRuleset } from '../protocol/netfilter/nftables/ruleset';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { deleteTable, listTables } from '../protocol/netfilter/nftables/table';
import type { NftTable } from '../protocol/netfilter/nftables/table-options';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { rulesOf } from './nftables-rules';
import { setsIn } from './nftables-sets';
import { changeOneGeneration, inOneGeneration } from './one-generation';

const RULESET = '{ tables: [], chains: [], objects: [], flowtables: [], sets: [], rules: [] }';

/** A ruleset, each property of which is read once. Throws unless it says everything. */
export function rulesetOnce(ruleset: NftRulesetOptions): NftRulesetOptions {
  const given = optionsOnce(ruleset, RULESET);
  checkWhole(given);
  return given;
}

/** All that there is, of one state; with the port of a socket what is in the tables that it owns. */
export function rulesetIn(
  inside: NetlinkTransport,
  given: NftRulesetFilter | undefined,
  port?: number,
): Promise<NftRuleset> {
  const filter = withoutUndefined(given);
  return inOneGeneration(inside, async (generation) => {
    const tables = await tablesIn(inside, filter, port);
    const ruleset: NftRuleset = {
      ...{ generation, ...filter, tables },
      ...{ chains: [], objects: [], flowtables: [], sets: [], rules: [] },
    };
    const places = port === undefined ? [filter] : tables.map(({ family, name }) => ({ family, table: name }));
    for (const place of places) {
      for (const chain of await inside.list(listChains(place))) ruleset.chains.push(chain);
      for (const object of await inside.list(listObjects(place))) ruleset.objects.push(object);
      for (const flowtable of await inside.list(listFlowtables(place))) ruleset.flowtables.push(flowtable);
      for (const set of await setsIn(inside, place)) ruleset.sets.push(set);
      for (const rule of await rulesOf(inside, place)) ruleset.rules.push(rule);
    }
    return ruleset;
  });
}

/** What is undefined in a filter says nothing. */
function withoutUndefined<Filter extends object>(filter: Filter | undefined): Partial<Filter> {
  return Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value !== undefined)) as Partial<Filter>;
}

async function tablesIn(
  inside: NetlinkTransport,
  { family, table }: NftRulesetFilter,
  port: number | undefined,
): Promise<NftTable[]> {
  const tables = await inside.list(listTables(family === undefined ? {} : { family }));
  return tables.filter(
    ({ name, owner }) => (table === undefined || name === table) && (port === undefined || owner === port),
  );
}

/**
 * Puts a ruleset in place of all tables that it is to replace: the kernel does that as a whole, of the very state that was looked at. With the port of a
 * socket it replaces the tables that this owns, and those that it takes.
 */
export async function replaceIn(inside: NetlinkTransport, ruleset: NftRulesetOptions, port?: number): Promise<void> {
  const { family, table } = ruleset;
  const replaced = { ...(family !== undefined && { family }), ...(table !== undefined && { table }) };
  const added = newRuleset(ruleset, port !== undefined);
  await changeOneGeneration(inside, port, async () => {
    const deleted = await tablesIn(inside, replaced, port);
    if (port !== undefined) deleted.push(...(await takenBy(inside, ruleset)));
    return [...deleted.map(deleteTable), ...added];
  });
}

/** Tables that have outlived their owner, and are to be made anew: what is in them is not to be there twice. */
async function takenBy(inside: NetlinkTransport, { tables }: NftRulesetOptions): Promise<NftTable[]> {
  const named = tables.filter(({ flags }) => flags?.includes('persist') === true);
  if (named.length === 0) return [];
  const orphans = (await inside.list(listTables())).filter(
    ({ owner, flags = [] }) => owner === undefined && flags.includes('persist'),
  );
  return orphans.filter((orphan) => named.some(({ family, name }) => family === orphan.family && name === orphan.name));
}

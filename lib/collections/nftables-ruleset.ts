import { listChains } from '../protocol/netfilter/nftables/chain';
import { listFlowtables } from '../protocol/netfilter/nftables/flowtable';
import { listObjects } from '../protocol/netfilter/nftables/objects/object';
import { newRuleset } from '../protocol/netfilter/nftables/ruleset';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { deleteTable, listTables } from '../protocol/netfilter/nftables/table';
import type { NftTable } from '../protocol/netfilter/nftables/table-options';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { rulesOf } from './nftables-rules';
import { setsIn } from './nftables-sets';
import { changeOneGeneration, inOneGeneration } from './one-generation';

/** All that there is, of one state. */
export function rulesetIn(inside: NetlinkTransport, filter: NftRulesetFilter = {}): Promise<NftRuleset> {
  return inOneGeneration(inside, async (generation) => ({
    generation,
    ...filter,
    tables: await tablesIn(inside, filter),
    chains: await inside.list(listChains(filter)),
    objects: await inside.list(listObjects(filter)),
    flowtables: await inside.list(listFlowtables(filter)),
    sets: await setsIn(inside, filter),
    rules: await rulesOf(inside, filter),
  }));
}

async function tablesIn(inside: NetlinkTransport, { family, table }: NftRulesetFilter): Promise<NftTable[]> {
  const tables = await inside.list(listTables(family === undefined ? {} : { family }));
  return table === undefined ? tables : tables.filter(({ name }) => name === table);
}

/** Puts a ruleset in place of all tables that it is to replace: the kernel does that as a whole, of the very state that was looked at. */
export async function replaceIn(inside: NetlinkTransport, ruleset: NftRulesetOptions): Promise<void> {
  const { family, table } = ruleset;
  const replaced = { ...(family !== undefined && { family }), ...(table !== undefined && { table }) };
  const added = newRuleset(ruleset);
  await changeOneGeneration(inside, async () => [...(await tablesIn(inside, replaced)).map(deleteTable), ...added]);
}

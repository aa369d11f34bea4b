import { ERRNO } from '../errno';
import { NetlinkError } from '../errors';
import { listChains } from '../protocol/netfilter/nftables/chain';
import { listFlowtables } from '../protocol/netfilter/nftables/flowtable';
import { getGeneration } from '../protocol/netfilter/nftables/generation';
import { nftablesBatchOf } from '../protocol/netfilter/nftables/nftables';
import { listObjects } from '../protocol/netfilter/nftables/objects/object';
import { newRuleset } from '../protocol/netfilter/nftables/ruleset';
import type { NftRuleset, NftRulesetFilter, NftRulesetOptions } from '../protocol/netfilter/nftables/ruleset-options';
import { deleteTable, listTables } from '../protocol/netfilter/nftables/table';
import type { NftTable } from '../protocol/netfilter/nftables/table-options';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { one } from './elements';
import { rulesOf } from './nftables-rules';
import { setsIn } from './nftables-sets';
import { inOneGeneration } from './one-generation';

/** Rules that another program changes meanwhile are looked at again so often. */
const ATTEMPTS = 10;

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
  for (let attempt = 1; ; attempt++) {
    const { id } = await one(inside.query(getGeneration()));
    const deleted = (await tablesIn(inside, replaced)).map(deleteTable);
    try {
      if (deleted.length + added.length > 0) await inside.sendWhole([...deleted, ...added], nftablesBatchOf(id));
      return;
    } catch (error) {
      const isChanged = error instanceof NetlinkError && error.errno === ERRNO.ERESTART;
      if (!isChanged || attempt === ATTEMPTS) throw error;
    }
  }
}

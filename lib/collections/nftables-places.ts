import { getChain } from '../protocol/netfilter/nftables/chain';
import { getTable } from '../protocol/netfilter/nftables/table';
import type { NftFamily } from '../protocol/netfilter/netfilter';
import type { Query } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';

/** Where rules stand: in all chains of a table, or in one. */
interface Place {
  readonly family: NftFamily;
  readonly table: string;
  readonly chain?: string | undefined;
}

/** Rejects with ENOENT unless a table is there, and the chain in it. A list of what is in them is just empty then. */
export async function checkIsThere(inside: NetlinkTransport, { family, table, chain }: Place): Promise<void> {
  if (chain === undefined) await inside.query(nameAs('table', getTable({ family, name: table })));
  else await inside.query(nameAs('chain', getChain({ family, table, name: chain })));
}

/** A query for a thing that has its name in another property where it is said where something is: errors tell that one. */
export function nameAs<Row>(property: string, query: Query<Row>): Query<Row> {
  const { locate } = query;
  return {
    ...query,
    locate(...where) {
      const located = locate?.(...where);
      return located === 'name' ? property : located;
    },
  };
}

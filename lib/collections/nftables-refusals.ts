import { ERRNO } from '../errno';
import { retold, type NetlinkError } from '../errors';
import type { NftRequest } from '../protocol/netfilter/nftables/nftables';
import { listTables, subjectOfTable } from '../protocol/netfilter/nftables/table';
import type { NftTable } from '../protocol/netfilter/nftables/table-options';
import type { NetlinkTransport } from '../transport/netlink-transport';

/**
 * The error of a batch that was refused with EPERM, or with EOPNOTSUPP of a table, with the reason if that is who owns a table: the kernel has no words
 * for it. `port` is that of the socket that sent it, if tables that it makes are its own.
 */
export async function toldOfOwner(
  error: NetlinkError,
  requests: readonly NftRequest[],
  transport: NetlinkTransport,
  port: number | undefined,
): Promise<NetlinkError> {
  // At once: what was asked for behind the batch may change what there is. Where it cannot be read, the error stays as it is.
  const tables = await transport
    .beside()
    .list(listTables())
    .catch((): NftTable[] => []);
  if (error.errno === ERRNO.EPERM) {
    const reason = ofAnother(tables, requests, port);
    return reason === undefined ? error : retold(error, { reason });
  }
  const there = tables.find((table) => subjectOfTable(table) === error.subject);
  if (there === undefined) return error;
  const reason = port === undefined ? PERSISTS : notTaken(there, port);
  return retold(error, { reason, property: 'flags', hint: undefined });
}

/** The first request that is about a table of another socket is the one that was refused. */
function ofAnother(
  tables: readonly NftTable[],
  requests: readonly NftRequest[],
  port: number | undefined,
): string | undefined {
  for (const { of } of requests) {
    const table = tables.find(({ family, name }) => family === of?.family && name === of.name);
    if (table?.owner === undefined || table.owner === port) continue;
    return `${subjectOfTable(table)} is owned by another socket (port ${String(table.owner)})`;
  }
  return undefined;
}

const PERSISTS = "'persist' of a table that is there cannot be changed";

/** Why a table that is there does not become one with these flags of the socket that has the port. */
function notTaken({ owner, flags = [] }: NftTable, port: number): string {
  if (owner === port) {
    const said = flags.filter((flag) => flag !== 'owner').map((flag) => `'${flag}'`);
    return `a table that is owned keeps its flags: it was made with [${said.join(', ')}]`;
  }
  if (flags.includes('persist')) return "the table has no owner, and 'persist': it is taken with the flags ['persist']";
  return "the table is there, and has no owner: only one with 'persist' can be taken. Delete it in the same batch";
}

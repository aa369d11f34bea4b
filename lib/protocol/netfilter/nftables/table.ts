import { field, inKey, member, message, readOnly, required, text, uint32be, uint64be } from '../../../codec';
import { NLM_F, type Request } from '../../netlink';
import { checkFamily, netfilterRequest, nfgenmsg, type NftFamily } from '../netfilter';
import { LONGEST_NAME, NFT_MSG, NFTABLES } from './nftables';

const NFTA_TABLE = { NAME: 1, FLAGS: 2, USE: 3, HANDLE: 4 } as const;

const fields = {
  /** The packets that it sees: 'inet' those of IPv4 and IPv6, 'ip', 'ip6', 'arp', 'bridge', 'netdev'. NFPROTO_*. */
  family: required(inKey(member(nfgenmsg, 'family')), "must be a family such as 'inet'"),
  /** Its name in that family. NFTA_TABLE_NAME. */
  name: required(inKey(text(NFTA_TABLE.NAME, LONGEST_NAME)), 'must be the name of the table'),
  /** The number that the kernel gave it. NFTA_TABLE_HANDLE. */
  handle: readOnly(field(NFTA_TABLE.HANDLE, uint64be)),
  /** How many chains, sets and others it has. NFTA_TABLE_USE. */
  use: readOnly(field(NFTA_TABLE.USE, uint32be)),
} as const;

const table = message(nfgenmsg, fields);

/** A table of packet rules. */
export interface NftTableOptions {
  /** The packets that it sees: 'inet' those of IPv4 and IPv6, 'ip', 'ip6', 'arp', 'bridge', 'netdev'. NFPROTO_*. */
  family: NftFamily;
  /** Its name in that family. NFTA_TABLE_NAME. */
  name: string;
}

/** Asks for a table; one that is there stays as it is, as with `nft add table`. */
export function newTable(options: NftTableOptions): Request {
  checkFamily(options.family);
  return netfilterRequest(NFTABLES, table, {
    name: 'NFT_MSG_NEWTABLE',
    command: NFT_MSG.NEWTABLE,
    flags: NLM_F.CREATE,
    subject: () => subjectOf(options),
    values: options,
  });
}

/** Asks that a table go, with all that is in it. */
export function deleteTable(options: NftTableOptions): Request {
  checkFamily(options.family);
  return netfilterRequest(NFTABLES, table, {
    name: 'NFT_MSG_DELTABLE',
    command: NFT_MSG.DELTABLE,
    subject: () => subjectOf(options),
    values: options,
  });
}

function subjectOf({ family, name }: NftTableOptions): string {
  return `table '${family} ${name}'`;
}

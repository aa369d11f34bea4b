import type { UnknownAttribute } from '../../../codec';
import type { NftFamily } from '../netfilter';

/**
 * What a table is: 'dormant', its chains see no packets; 'owner', it ends with the socket that made it, which alone may change it (since Linux 5.12);
 * 'persist', it stays then, without an owner, and another may take it (since Linux 6.9).
 */
export type NftTableFlag = 'dormant' | 'owner' | 'persist';

/** Selects a table. */
export interface NftTableKey {
  /** The packets that it sees: 'inet' those of IPv4 and IPv6, 'ip', 'ip6', 'arp', 'bridge', 'netdev'. NFPROTO_*. */
  family: NftFamily;
  /** Its name in that family. NFTA_TABLE_NAME. */
  name: string;
}

/** A table of packet rules. */
export interface NftTableOptions extends NftTableKey {
  /**
   * `['dormant']`: its chains see no packets. Of a table that is there `[]` wakes it; absent, they stay as they are. `['persist']`: see
   * {@link NftTableFlag}. 'owner' is refused but of what `nftables.owner()` gives, whose tables have it anyway: their other flags are said when they are made,
   * absent none, and stay. NFTA_TABLE_FLAGS.
   */
  flags?: readonly NftTableFlag[] | undefined;
  /** A text of at most 127 bytes, of a new table. NFTA_TABLE_USERDATA. */
  comment?: string | undefined;
  /** What a program other than nft keeps with it. NFTA_TABLE_USERDATA. */
  userData?: Uint8Array | undefined;
}

/** A table as the kernel describes it. Can be added again as it is, unless it has an owner. */
export interface NftTable extends NftTableKey {
  /** What it is; absent if nothing special. NFTA_TABLE_FLAGS. */
  flags?: readonly NftTableFlag[];
  /** Its comment. NFTA_TABLE_USERDATA. */
  comment?: string;
  /** What is kept with it, where that is more than a comment. NFTA_TABLE_USERDATA. */
  userData?: Uint8Array;
  /**
   * The port of the netlink socket that owns it, mostly the id of the process, or of its second and later sockets a number above 2^31; absent of a table
   * without an owner. NFTA_TABLE_OWNER, since Linux 5.12.
   */
  owner?: number;
  /** The number that the kernel gave it. NFTA_TABLE_HANDLE. */
  handle: number;
  /** How many chains, sets and others it has. NFTA_TABLE_USE. */
  use: number;
  /** Attributes that this library has no name for. */
  unknownAttributes?: UnknownAttribute[];
}

/** Which tables a list has. */
export interface NftTableFilter {
  /** Those of this family. The kernel selects them. */
  family?: NftFamily | undefined;
}

import type { UnknownAttribute } from '../../../codec';
import type { NftFamily } from '../netfilter';

/** What a table is: 'dormant', its chains see no packets; 'owner', it ends with the socket that made it; 'persist', it does not then. */
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
  /** `['dormant']`: its chains see no packets. Of a table that is there `[]` wakes it; absent, they stay as they are. 'owner' is refused. NFTA_TABLE_FLAGS. */
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

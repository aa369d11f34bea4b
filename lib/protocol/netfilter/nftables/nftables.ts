import { batchLimits, NFNL_SUBSYS } from '../netfilter';

export const NFTABLES = NFNL_SUBSYS.NFTABLES;

/** Types of nf_tables messages. */
export const NFT_MSG = { NEWTABLE: 0, DELTABLE: 2, NEWCHAIN: 3, NEWRULE: 6 } as const;

/** The longest name of a table or chain, without its NUL (NFT_NAME_MAXLEN - 1). */
export const LONGEST_NAME = 255;

/** What stands around the messages of an nf_tables batch. */
export const nftablesBatch = batchLimits(NFTABLES);

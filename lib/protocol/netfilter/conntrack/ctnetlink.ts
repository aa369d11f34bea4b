import { struct, uint16be, uint8 } from '../../../codec';
import { familyType } from '../../family';

/** Types of messages about connections (IPCTNL_MSG_CT_*). */
export const IPCTNL_MSG_CT = { NEW: 0, GET: 1, DELETE: 2, GET_STATS_CPU: 4, GET_STATS: 5 } as const;

/** Types of messages about expectations (IPCTNL_MSG_EXP_*). */
export const IPCTNL_MSG_EXP = { NEW: 0, GET: 1, DELETE: 2, GET_STATS_CPU: 3 } as const;

/** Multicast groups of netfilter (NFNLGRP_*). */
export const NFNLGRP = {
  ...{ CONNTRACK_NEW: 1, CONNTRACK_UPDATE: 2, CONNTRACK_DESTROY: 3 },
  ...{ CONNTRACK_EXP_NEW: 4, CONNTRACK_EXP_UPDATE: 5, CONNTRACK_EXP_DESTROY: 6 },
} as const;

/** Attributes of connections (CTA_*). */
export const CTA = {
  ...{ TUPLE_ORIG: 1, TUPLE_REPLY: 2, STATUS: 3, PROTOINFO: 4, HELP: 5, NAT_SRC: 6, TIMEOUT: 7, MARK: 8 },
  ...{ COUNTERS_ORIG: 9, COUNTERS_REPLY: 10, USE: 11, ID: 12, NAT_DST: 13, TUPLE_MASTER: 14, SEQ_ADJ_ORIG: 15 },
  ...{ SEQ_ADJ_REPLY: 16, SECMARK: 17, ZONE: 18, SECCTX: 19, TIMESTAMP: 20, MARK_MASK: 21, LABELS: 22 },
  ...{ LABELS_MASK: 23, SYNPROXY: 24, FILTER: 25, STATUS_MASK: 26, TIMESTAMP_EVENT: 27 },
} as const;

/** The header of messages about connections and expectations (`nfgenmsg`), whose family is that of addresses. */
export const trackingHeader = struct({ family: familyType, version: uint8, resource: uint16be });

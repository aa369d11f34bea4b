import { field, message, readOnlyMember, struct, uint16be, uint32be, uint8, type RowOf } from '../../../codec';
import { familyType } from '../../family';
import { NLM_F, type Query } from '../../netlink';
import { aboutConnections } from './connection';
import { IPCTNL_MSG_CT } from './ctnetlink';

/** The header of counters: `nfgenmsg`, in which the number of the resource is that of the CPU. */
const header = struct({ family: familyType, version: uint8, cpu: uint16be });

const CTA_STATS = {
  ...{ SEARCHED: 1, FOUND: 2, NEW: 3, INVALID: 4, IGNORE: 5, DELETE: 6, DELETE_LIST: 7, INSERT: 8, INSERT_FAILED: 9 },
  ...{ DROP: 10, EARLY_DROP: 11, ERROR: 12, SEARCH_RESTART: 13, CLASH_RESOLVE: 14, CHAIN_TOOLONG: 15 },
} as const;
const CTA_STATS_GLOBAL = { ENTRIES: 1, MAX_ENTRIES: 2 } as const;

const cpuFields = {
  /** The number of the CPU. */
  cpu: readOnlyMember(header, 'cpu'),
  /** Look-ups that found a connection. CTA_STATS_FOUND. */
  found: field(CTA_STATS.FOUND, uint32be),
  /** Packets that cannot be of a connection. CTA_STATS_INVALID. */
  invalid: field(CTA_STATS.INVALID, uint32be),
  /** Connections that were put into the table. CTA_STATS_INSERT. */
  insert: field(CTA_STATS.INSERT, uint32be),
  /** Those that could not be, such as when the same came from another CPU. CTA_STATS_INSERT_FAILED. */
  insertFailed: field(CTA_STATS.INSERT_FAILED, uint32be),
  /** Packets that were dropped, since the table was full or memory short. CTA_STATS_DROP. */
  drop: field(CTA_STATS.DROP, uint32be),
  /** Connections that were given up to make room. CTA_STATS_EARLY_DROP. */
  earlyDrop: field(CTA_STATS.EARLY_DROP, uint32be),
  /** Packets that could not be tracked, such as broken ICMP errors. CTA_STATS_ERROR. */
  error: field(CTA_STATS.ERROR, uint32be),
  /** Look-ups that began again, since the table was made larger. CTA_STATS_SEARCH_RESTART. */
  searchRestart: field(CTA_STATS.SEARCH_RESTART, uint32be),
  /** Packets that joined a connection which another CPU had just put into the table. CTA_STATS_CLASH_RESOLVE. */
  clashResolve: field(CTA_STATS.CLASH_RESOLVE, uint32be),
  /** Connections that were not put into the table, since too many had the same place. CTA_STATS_CHAIN_TOOLONG, since 5.15. */
  chainTooLong: field(CTA_STATS.CHAIN_TOOLONG, uint32be),
} as const;
/** No longer used. */
const { SEARCHED, NEW, IGNORE, DELETE, DELETE_LIST } = CTA_STATS;
const OLD = [SEARCHED, NEW, IGNORE, DELETE, DELETE_LIST];

const ofCpu = message(header, cpuFields, { ignored: OLD });

/** What one CPU counted. */
export interface TrackingCpuStatistics extends RowOf<typeof cpuFields> {}

const tableFields = {
  /** Connections in the table. CTA_STATS_GLOBAL_ENTRIES. */
  entries: field(CTA_STATS_GLOBAL.ENTRIES, uint32be),
  /** As many as it takes, of all namespaces each: net.netfilter.nf_conntrack_max. CTA_STATS_GLOBAL_MAX_ENTRIES, since 4.18. */
  maxEntries: field(CTA_STATS_GLOBAL.MAX_ENTRIES, uint32be),
} as const;

const ofTable = message(header, tableFields);

/** What is known of the table as a whole. */
export interface TrackingTable extends RowOf<typeof tableFields> {}

/** What was counted. */
export interface TrackingStatistics {
  /** Connections in the table. CTA_STATS_GLOBAL_ENTRIES. */
  entries: number;
  /** As many as the table takes: net.netfilter.nf_conntrack_max. CTA_STATS_GLOBAL_MAX_ENTRIES, since 4.18. */
  maxEntries?: number;
  /** What each CPU counted. */
  cpus: readonly TrackingCpuStatistics[];
}

/** Asks what each CPU counted. */
export function listCpuStatistics(): Query<TrackingCpuStatistics> {
  return {
    ...aboutConnections('GET_STATS_CPU', IPCTNL_MSG_CT.GET_STATS_CPU, {
      flags: NLM_F.DUMP,
      locate: undefined,
      encode(writer) {
        header.encode(writer, {});
      },
    }),
    decode: ofCpu.decode,
  };
}

/** Asks how full the table is. */
export function getTable(): Query<TrackingTable> {
  return {
    ...aboutConnections('GET_STATS', IPCTNL_MSG_CT.GET_STATS, {
      locate: undefined,
      encode(writer) {
        header.encode(writer, {});
      },
    }),
    decode: ofTable.decode,
  };
}

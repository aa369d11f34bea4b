import {
  between,
  bool,
  booleanOf,
  choice,
  field,
  flag,
  formatOctets,
  linkAddress,
  readOnly,
  seconds,
  switchesOf,
  u16,
  u32,
  uint16,
  uint16be,
  uint32,
  uint64,
  uint8,
  writeOnly,
  type SwitchOptions,
  type Switches,
  type Type,
} from '../../codec';
import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';

/** Attributes of a bridge's IFLA_INFO_DATA. */
const IFLA_BR = {
  FORWARD_DELAY: 1,
  HELLO_TIME: 2,
  MAX_AGE: 3,
  AGEING_TIME: 4,
  STP_STATE: 5,
  PRIORITY: 6,
  VLAN_FILTERING: 7,
  VLAN_PROTOCOL: 8,
  GROUP_FWD_MASK: 9,
  ROOT_ID: 10,
  BRIDGE_ID: 11,
  ROOT_PORT: 12,
  ROOT_PATH_COST: 13,
  TOPOLOGY_CHANGE: 14,
  TOPOLOGY_CHANGE_DETECTED: 15,
  HELLO_TIMER: 16,
  TCN_TIMER: 17,
  TOPOLOGY_CHANGE_TIMER: 18,
  GC_TIMER: 19,
  GROUP_ADDR: 20,
  FDB_FLUSH: 21,
  MCAST_ROUTER: 22,
  MCAST_SNOOPING: 23,
  MCAST_QUERY_USE_IFADDR: 24,
  MCAST_QUERIER: 25,
  MCAST_HASH_ELASTICITY: 26,
  MCAST_HASH_MAX: 27,
  MCAST_LAST_MEMBER_CNT: 28,
  MCAST_STARTUP_QUERY_CNT: 29,
  MCAST_LAST_MEMBER_INTVL: 30,
  MCAST_MEMBERSHIP_INTVL: 31,
  MCAST_QUERIER_INTVL: 32,
  MCAST_QUERY_INTVL: 33,
  MCAST_QUERY_RESPONSE_INTVL: 34,
  MCAST_STARTUP_QUERY_INTVL: 35,
  NF_CALL_IPTABLES: 36,
  NF_CALL_IP6TABLES: 37,
  NF_CALL_ARPTABLES: 38,
  VLAN_DEFAULT_PVID: 39,
  PAD: 40,
  VLAN_STATS_ENABLED: 41,
  MCAST_STATS_ENABLED: 42,
  MCAST_IGMP_VERSION: 43,
  MCAST_MLD_VERSION: 44,
  VLAN_STATS_PER_PORT: 45,
  MULTI_BOOLOPT: 46,
  MCAST_QUERIER_STATE: 47,
  FDB_N_LEARNED: 48,
  FDB_MAX_LEARNED: 49,
  STP_MODE: 50,
} as const;

/** The kernel counts these in hundredths of a second. */
const ticks32 = seconds(uint32, 100);
const ticks64 = seconds(uint64, 100);

/** Priority and address, as spanning tree writes them: '8000.02:00:00:00:00:01'. */
export const bridgeId: Type<string> = {
  encode: () => undefined,
  decode(source, start, end) {
    if (end - start < 8) return '';
    return `${formatOctets(source.bytes, start, start + 2).replace(':', '')}.${formatOctets(source.bytes, start + 2, start + 8)}`;
  },
};

/** Further switches (BR_BOOLOPT_*). */
const switches = {
  /** Link-local packets are not used for learning addresses. Since 5.0. */
  noLinkLocalLearning: 1 << 0,
  /** Multicast snooping by VLAN. Since 5.15. */
  multicastVlanSnooping: 1 << 1,
  /** Multiple spanning trees. Since 5.18. */
  multipleSpanningTree: 1 << 2,
  /** Whether multicast entries that could not be offloaded are reported. Since 6.16. */
  mdbOffloadFailNotification: 1 << 3,
  /** Local addresses are known in VLAN 0 only. Since 6.18. */
  fdbLocalVlan0: 1 << 4,
} as const;

/** Further switches of a bridge; absent ones stay as they are. */
export interface BridgeSwitchesOptions extends SwitchOptions<typeof switches> {}

/** Further switches of a bridge, as far as its kernel has them. */
export interface BridgeSwitches extends Switches<typeof switches> {}

/** An Ethernet bridge. */
export const bridge = linkKind(
  'bridge',
  {
    /** Seconds that a port listens, and then learns, before it forwards; 15. Without STP it is skipped. IFLA_BR_FORWARD_DELAY. */
    forwardDelay: field(IFLA_BR.FORWARD_DELAY, ticks32),
    /** Seconds between the root's hello packets; 2. IFLA_BR_HELLO_TIME. */
    helloTime: field(IFLA_BR.HELLO_TIME, ticks32),
    /** Seconds until a hello packet is forgotten; 20. IFLA_BR_MAX_AGE. */
    maximumAge: field(IFLA_BR.MAX_AGE, ticks32),
    /** Seconds until a learned address is forgotten; 300. 0 floods everything. IFLA_BR_AGEING_TIME. */
    ageingTime: field(IFLA_BR.AGEING_TIME, ticks32),
    /** Whether the spanning tree protocol runs, here or in user space; off by default. IFLA_BR_STP_STATE. */
    stp: field(IFLA_BR.STP_STATE, booleanOf(uint32)),
    /**
     * What runs it: 'kernel'; 'user', a program on this host; 'auto', that program if /sbin/bridge-stp agrees, which is
     * asked in the first network namespace only. 'auto' by default. Can be changed only while it is off.
     * IFLA_BR_STP_MODE, since 7.1.
     */
    stpMode: choice(IFLA_BR.STP_MODE, { auto: 0, user: 1, kernel: 2 }, uint32),
    /** Priority in the spanning tree, 0 (root) to 65535; 32768. IFLA_BR_PRIORITY. */
    priority: u16(IFLA_BR.PRIORITY),
    /** Whether ports keep VLANs apart; off by default. IFLA_BR_VLAN_FILTERING. */
    vlanFiltering: bool(IFLA_BR.VLAN_FILTERING),
    /** The kind of tags that the bridge uses. IFLA_BR_VLAN_PROTOCOL. */
    vlanProtocol: choice(IFLA_BR.VLAN_PROTOCOL, { '802.1q': 0x8100, '802.1ad': 0x88a8 }, uint16be),
    /** Which link-local groups (01:80:c2:00:00:0X) are forwarded: bit X. IFLA_BR_GROUP_FWD_MASK. */
    groupForwardMask: u16(IFLA_BR.GROUP_FWD_MASK),
    /** The root of the spanning tree. IFLA_BR_ROOT_ID. */
    rootId: readOnly(field(IFLA_BR.ROOT_ID, bridgeId)),
    /** This bridge in the spanning tree. IFLA_BR_BRIDGE_ID. */
    bridgeId: readOnly(field(IFLA_BR.BRIDGE_ID, bridgeId)),
    /** Number of the port towards the root, 0 for none. IFLA_BR_ROOT_PORT. */
    rootPort: readOnly(u16(IFLA_BR.ROOT_PORT)),
    /** Cost of the path to the root. IFLA_BR_ROOT_PATH_COST. */
    rootPathCost: readOnly(u32(IFLA_BR.ROOT_PATH_COST)),
    /** Whether the topology is changing. IFLA_BR_TOPOLOGY_CHANGE. */
    topologyChange: readOnly(bool(IFLA_BR.TOPOLOGY_CHANGE)),
    /** Whether this bridge saw a change. IFLA_BR_TOPOLOGY_CHANGE_DETECTED. */
    topologyChangeDetected: readOnly(bool(IFLA_BR.TOPOLOGY_CHANGE_DETECTED)),
    /** Seconds until the next hello. IFLA_BR_HELLO_TIMER. */
    helloTimer: readOnly(field(IFLA_BR.HELLO_TIMER, ticks64)),
    /** Seconds until the next topology change notification. IFLA_BR_TCN_TIMER. */
    topologyChangeNotificationTimer: readOnly(field(IFLA_BR.TCN_TIMER, ticks64)),
    /** Seconds until the topology change ends. IFLA_BR_TOPOLOGY_CHANGE_TIMER. */
    topologyChangeTimer: readOnly(field(IFLA_BR.TOPOLOGY_CHANGE_TIMER, ticks64)),
    /** Seconds until the next search for old addresses. IFLA_BR_GC_TIMER. */
    garbageCollectionTimer: readOnly(field(IFLA_BR.GC_TIMER, ticks64)),
    /** Group address of the spanning tree's packets. IFLA_BR_GROUP_ADDR. */
    groupAddress: linkAddress(IFLA_BR.GROUP_ADDR),
    /** `true` deletes all learned addresses. IFLA_BR_FDB_FLUSH. */
    flushFdb: writeOnly(flag(IFLA_BR.FDB_FLUSH)),
    /** Whether the bridge receives multicast like a router: never, as it learns, or always. IFLA_BR_MCAST_ROUTER. */
    multicastRouter: choice(IFLA_BR.MCAST_ROUTER, { disabled: 0, learned: 1, permanent: 2 }),
    /** Whether IGMP and MLD decide where multicast goes. IFLA_BR_MCAST_SNOOPING. */
    multicastSnooping: bool(IFLA_BR.MCAST_SNOOPING),
    /** Whether queries have the bridge's own address. IFLA_BR_MCAST_QUERY_USE_IFADDR. */
    multicastQueryUseAddress: bool(IFLA_BR.MCAST_QUERY_USE_IFADDR),
    /** Whether the bridge sends queries. IFLA_BR_MCAST_QUERIER. */
    multicastQuerier: bool(IFLA_BR.MCAST_QUERIER),
    /** Without effect since 4.20. IFLA_BR_MCAST_HASH_ELASTICITY. */
    multicastHashElasticity: u32(IFLA_BR.MCAST_HASH_ELASTICITY),
    /** Most groups that are remembered. IFLA_BR_MCAST_HASH_MAX. */
    multicastHashMaximum: u32(IFLA_BR.MCAST_HASH_MAX),
    /** Queries after a leave. IFLA_BR_MCAST_LAST_MEMBER_CNT. */
    multicastLastMemberCount: u32(IFLA_BR.MCAST_LAST_MEMBER_CNT),
    /** Queries at the start. IFLA_BR_MCAST_STARTUP_QUERY_CNT. */
    multicastStartupQueryCount: u32(IFLA_BR.MCAST_STARTUP_QUERY_CNT),
    /** Seconds between queries after a leave. IFLA_BR_MCAST_LAST_MEMBER_INTVL. */
    multicastLastMemberInterval: field(IFLA_BR.MCAST_LAST_MEMBER_INTVL, ticks64),
    /** Seconds until a group is forgotten. IFLA_BR_MCAST_MEMBERSHIP_INTVL. */
    multicastMembershipInterval: field(IFLA_BR.MCAST_MEMBERSHIP_INTVL, ticks64),
    /** Seconds without queries of another querier until it counts as gone. IFLA_BR_MCAST_QUERIER_INTVL. */
    multicastQuerierInterval: field(IFLA_BR.MCAST_QUERIER_INTVL, ticks64),
    /** Seconds between queries. IFLA_BR_MCAST_QUERY_INTVL. */
    multicastQueryInterval: field(IFLA_BR.MCAST_QUERY_INTVL, ticks64),
    /** Seconds in which a query is to be answered. IFLA_BR_MCAST_QUERY_RESPONSE_INTVL. */
    multicastQueryResponseInterval: field(IFLA_BR.MCAST_QUERY_RESPONSE_INTVL, ticks64),
    /** Seconds between queries at the start. IFLA_BR_MCAST_STARTUP_QUERY_INTVL. */
    multicastStartupQueryInterval: field(IFLA_BR.MCAST_STARTUP_QUERY_INTVL, ticks64),
    /** Whether iptables sees bridged IPv4 packets. IFLA_BR_NF_CALL_IPTABLES. */
    callIptables: bool(IFLA_BR.NF_CALL_IPTABLES),
    /** Whether ip6tables sees bridged IPv6 packets. IFLA_BR_NF_CALL_IP6TABLES. */
    callIp6tables: bool(IFLA_BR.NF_CALL_IP6TABLES),
    /** Whether arptables sees bridged ARP packets. IFLA_BR_NF_CALL_ARPTABLES. */
    callArptables: bool(IFLA_BR.NF_CALL_ARPTABLES),
    /** VLAN of untagged packets for new ports, up to 4094; 1, or 0 for none. IFLA_BR_VLAN_DEFAULT_PVID. */
    vlanDefaultPvid: field(IFLA_BR.VLAN_DEFAULT_PVID, between(uint16, 0, 4094)),
    /** Whether packets are counted by VLAN. IFLA_BR_VLAN_STATS_ENABLED. */
    vlanStatistics: bool(IFLA_BR.VLAN_STATS_ENABLED),
    /** Whether they are counted by port as well. IFLA_BR_VLAN_STATS_PER_PORT, since 4.20. */
    vlanStatisticsPerPort: bool(IFLA_BR.VLAN_STATS_PER_PORT),
    /** Whether multicast packets are counted. IFLA_BR_MCAST_STATS_ENABLED. */
    multicastStatistics: bool(IFLA_BR.MCAST_STATS_ENABLED),
    /** Version of IGMP in use, 2 or 3. IFLA_BR_MCAST_IGMP_VERSION. */
    multicastIgmpVersion: field(IFLA_BR.MCAST_IGMP_VERSION, between(uint8, 2, 3)),
    /** Version of MLD in use, 1 or 2. IFLA_BR_MCAST_MLD_VERSION. */
    multicastMldVersion: field(IFLA_BR.MCAST_MLD_VERSION, between(uint8, 1, 2)),
    /**
     * Further switches; absent ones stay as they are. A kernel omits those that it does not know.
     * IFLA_BR_MULTI_BOOLOPT, since 5.0.
     */
    switches: field<BridgeSwitches, BridgeSwitchesOptions>(IFLA_BR.MULTI_BOOLOPT, switchesOf(switches)),
    /** Addresses that were learned. IFLA_BR_FDB_N_LEARNED, since 6.8. */
    fdbLearned: readOnly(u32(IFLA_BR.FDB_N_LEARNED)),
    /** Most addresses that are learned, 0 for no limit. IFLA_BR_FDB_MAX_LEARNED, since 6.8. */
    fdbMaximumLearned: u32(IFLA_BR.FDB_MAX_LEARNED),
  },
  // Kernels built without VLAN filtering report these as off, and reject them even when set to off.
  {
    initial: {
      vlanFiltering: false,
      switches: {
        noLinkLocalLearning: false,
        multicastVlanSnooping: false,
        multipleSpanningTree: false,
        mdbOffloadFailNotification: false,
        fdbLocalVlan0: false,
      },
    },
    ignored: [IFLA_BR.PAD, IFLA_BR.MCAST_QUERIER_STATE],
  },
);

/** A bridge to be made. */
export interface BridgeOptions extends OptionsOfKind<typeof bridge> {}

/** A bridge as the kernel describes it. */
export interface Bridge extends StateOfKind<typeof bridge> {}

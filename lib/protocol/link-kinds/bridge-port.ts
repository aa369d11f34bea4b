import {
  between,
  bool,
  choice,
  field,
  flag,
  clearableLinkIndex,
  readOnly,
  seconds,
  u16,
  u32,
  uint16,
  uint32,
  uint64,
  writeOnly,
} from '../../codec';
import { linkKind } from '../link-kind';
import type { PortOptionsOfKind, PortStateOfKind } from '../link-types';
import { bridgeId } from './bridge';

/** Attributes of a bridge port's IFLA_INFO_SLAVE_DATA. */
const IFLA_BRPORT = {
  STATE: 1,
  PRIORITY: 2,
  COST: 3,
  MODE: 4,
  GUARD: 5,
  PROTECT: 6,
  FAST_LEAVE: 7,
  LEARNING: 8,
  UNICAST_FLOOD: 9,
  PROXYARP: 10,
  PROXYARP_WIFI: 12,
  ROOT_ID: 13,
  BRIDGE_ID: 14,
  DESIGNATED_PORT: 15,
  DESIGNATED_COST: 16,
  ID: 17,
  NO: 18,
  TOPOLOGY_CHANGE_ACK: 19,
  CONFIG_PENDING: 20,
  MESSAGE_AGE_TIMER: 21,
  FORWARD_DELAY_TIMER: 22,
  HOLD_TIMER: 23,
  FLUSH: 24,
  MULTICAST_ROUTER: 25,
  PAD: 26,
  MCAST_FLOOD: 27,
  MCAST_TO_UCAST: 28,
  VLAN_TUNNEL: 29,
  BCAST_FLOOD: 30,
  GROUP_FWD_MASK: 31,
  NEIGH_SUPPRESS: 32,
  ISOLATED: 33,
  BACKUP_PORT: 34,
  MRP_RING_OPEN: 35,
  MRP_IN_OPEN: 36,
  MCAST_EHT_HOSTS_LIMIT: 37,
  MCAST_EHT_HOSTS_CNT: 38,
  LOCKED: 39,
  MAB: 40,
  MCAST_N_GROUPS: 41,
  MCAST_MAX_GROUPS: 42,
  NEIGH_VLAN_SUPPRESS: 43,
  BACKUP_NHID: 44,
  NEIGH_FORWARD_GRAT: 45,
} as const;

const ticks64 = seconds(uint64, 100);

/** A link as port of a bridge. */
export const bridgePort = linkKind(
  'bridge',
  {
    /**
     * State in the spanning tree. The kernel takes one only of a port that is up and has a carrier (ENETDOWN), and if no spanning
     * tree runs in the kernel (EBUSY); where none runs in user space either, the bridge soon chooses it again. IFLA_BRPORT_STATE.
     */
    state: choice(IFLA_BRPORT.STATE, { disabled: 0, listening: 1, learning: 2, forwarding: 3, blocking: 4 }),
    /** Priority in the spanning tree, 0 to 63; 32. IFLA_BRPORT_PRIORITY. */
    priority: field(IFLA_BRPORT.PRIORITY, between(uint16, 0, 63)),
    /** Cost in the spanning tree, 1 to 65535; by the link's speed. IFLA_BRPORT_COST. */
    cost: field(IFLA_BRPORT.COST, between(uint32, 1, 65535)),
    /**
     * Whether packets may be sent back by the port on which they arrived (hairpin); off by default. IFLA_BRPORT_MODE.
     */
    hairpin: bool(IFLA_BRPORT.MODE),
    /** Whether the port is shut down by spanning tree packets (BPDU guard); off by default. IFLA_BRPORT_GUARD. */
    guard: bool(IFLA_BRPORT.GUARD),
    /** Whether the port can never lead to the root; off by default. IFLA_BRPORT_PROTECT. */
    rootBlock: bool(IFLA_BRPORT.PROTECT),
    /** Whether a leave ends a group at once; off by default. IFLA_BRPORT_FAST_LEAVE. */
    fastLeave: bool(IFLA_BRPORT.FAST_LEAVE),
    /** Whether addresses are learned; on by default. IFLA_BRPORT_LEARNING. */
    learning: bool(IFLA_BRPORT.LEARNING),
    /** Whether packets to unknown addresses are sent here; on by default. IFLA_BRPORT_UNICAST_FLOOD. */
    unicastFlood: bool(IFLA_BRPORT.UNICAST_FLOOD),
    /** Whether the bridge answers ARP for others; off by default. IFLA_BRPORT_PROXYARP. */
    proxyArp: bool(IFLA_BRPORT.PROXYARP),
    /** The same by IEEE 802.11's rules; off by default. IFLA_BRPORT_PROXYARP_WIFI. */
    proxyArpWifi: bool(IFLA_BRPORT.PROXYARP_WIFI),
    /** The root that the port knows of. IFLA_BRPORT_ROOT_ID. */
    rootId: readOnly(field(IFLA_BRPORT.ROOT_ID, bridgeId)),
    /** The bridge that leads to it. IFLA_BRPORT_BRIDGE_ID. */
    bridgeId: readOnly(field(IFLA_BRPORT.BRIDGE_ID, bridgeId)),
    /** The port there. IFLA_BRPORT_DESIGNATED_PORT. */
    designatedPort: readOnly(u16(IFLA_BRPORT.DESIGNATED_PORT)),
    /** The cost from there. IFLA_BRPORT_DESIGNATED_COST. */
    designatedCost: readOnly(u16(IFLA_BRPORT.DESIGNATED_COST)),
    /** Priority and number in one. IFLA_BRPORT_ID. */
    id: readOnly(u16(IFLA_BRPORT.ID)),
    /** The port's number in its bridge. IFLA_BRPORT_NO. */
    number: readOnly(u16(IFLA_BRPORT.NO)),
    /** IFLA_BRPORT_TOPOLOGY_CHANGE_ACK. */
    topologyChangeAcknowledged: readOnly(bool(IFLA_BRPORT.TOPOLOGY_CHANGE_ACK)),
    /** IFLA_BRPORT_CONFIG_PENDING. */
    configurationPending: readOnly(bool(IFLA_BRPORT.CONFIG_PENDING)),
    /** Seconds. IFLA_BRPORT_MESSAGE_AGE_TIMER. */
    messageAgeTimer: readOnly(field(IFLA_BRPORT.MESSAGE_AGE_TIMER, ticks64)),
    /** Seconds until the port's state changes. IFLA_BRPORT_FORWARD_DELAY_TIMER. */
    forwardDelayTimer: readOnly(field(IFLA_BRPORT.FORWARD_DELAY_TIMER, ticks64)),
    /** Seconds. IFLA_BRPORT_HOLD_TIMER. */
    holdTimer: readOnly(field(IFLA_BRPORT.HOLD_TIMER, ticks64)),
    /** `true` deletes the addresses learned on the port. IFLA_BRPORT_FLUSH. */
    flush: writeOnly(flag(IFLA_BRPORT.FLUSH)),
    /** Whether multicast is sent here as to a router. IFLA_BRPORT_MULTICAST_ROUTER. */
    multicastRouter: choice(IFLA_BRPORT.MULTICAST_ROUTER, { disabled: 0, learned: 1, permanent: 2, temporary: 3 }),
    /** Whether packets to unknown groups are sent here; on by default. IFLA_BRPORT_MCAST_FLOOD. */
    multicastFlood: bool(IFLA_BRPORT.MCAST_FLOOD),
    /** Whether multicast is sent to each member as unicast; off by default. IFLA_BRPORT_MCAST_TO_UCAST. */
    multicastToUnicast: bool(IFLA_BRPORT.MCAST_TO_UCAST),
    /** Whether VLANs map to tunnels; off by default. IFLA_BRPORT_VLAN_TUNNEL. */
    vlanTunnel: bool(IFLA_BRPORT.VLAN_TUNNEL),
    /** Whether broadcast is sent here; on by default. IFLA_BRPORT_BCAST_FLOOD. */
    broadcastFlood: bool(IFLA_BRPORT.BCAST_FLOOD),
    /** Which link-local groups are forwarded: bit X of 01:80:c2:00:00:0X. IFLA_BRPORT_GROUP_FWD_MASK. */
    groupForwardMask: u16(IFLA_BRPORT.GROUP_FWD_MASK),
    /** Whether the bridge answers ARP and neighbour discovery; off by default. IFLA_BRPORT_NEIGH_SUPPRESS. */
    neighborSuppress: bool(IFLA_BRPORT.NEIGH_SUPPRESS),
    /** Whether it exchanges packets only with ports that are not isolated; off by default. IFLA_BRPORT_ISOLATED. */
    isolated: bool(IFLA_BRPORT.ISOLATED),
    /** The port that takes over when this one has no carrier; `null` for none. IFLA_BRPORT_BACKUP_PORT. */
    backupPort: clearableLinkIndex(IFLA_BRPORT.BACKUP_PORT),
    /** IFLA_BRPORT_MRP_RING_OPEN. */
    mrpRingOpen: readOnly(bool(IFLA_BRPORT.MRP_RING_OPEN)),
    /** IFLA_BRPORT_MRP_IN_OPEN. */
    mrpInterconnectOpen: readOnly(bool(IFLA_BRPORT.MRP_IN_OPEN)),
    /** Most hosts that are tracked for explicit multicast tracking. IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, since 5.12. */
    multicastHostsLimit: u32(IFLA_BRPORT.MCAST_EHT_HOSTS_LIMIT),
    /** Hosts that are tracked. IFLA_BRPORT_MCAST_EHT_HOSTS_CNT, since 5.12. */
    multicastHosts: readOnly(u32(IFLA_BRPORT.MCAST_EHT_HOSTS_CNT)),
    /** Whether only known addresses may send; off by default. IFLA_BRPORT_LOCKED, since 5.18. */
    locked: bool(IFLA_BRPORT.LOCKED),
    /** Whether unknown addresses are noted as locked entries; off by default. IFLA_BRPORT_MAB, since 6.2. */
    macAuthenticationBypass: bool(IFLA_BRPORT.MAB),
    /** Groups on the port. IFLA_BRPORT_MCAST_N_GROUPS, since 6.3. */
    multicastGroups: readOnly(u32(IFLA_BRPORT.MCAST_N_GROUPS)),
    /** Most groups on the port, 0 for no limit. IFLA_BRPORT_MCAST_MAX_GROUPS, since 6.3. */
    multicastMaximumGroups: u32(IFLA_BRPORT.MCAST_MAX_GROUPS),
    /** Whether `neighborSuppress` is decided by VLAN; off by default. IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, since 6.4. */
    neighborVlanSuppress: bool(IFLA_BRPORT.NEIGH_VLAN_SUPPRESS),
    /** Nexthop for what goes to the backup port. IFLA_BRPORT_BACKUP_NHID, since 6.6. */
    backupNexthopId: u32(IFLA_BRPORT.BACKUP_NHID),
    /**
     * Whether gratuitous announcements of neighbors are forwarded where `neighborSuppress` is on; off by default.
     * IFLA_BRPORT_NEIGH_FORWARD_GRAT, since 7.2.
     */
    neighborForwardGratuitous: bool(IFLA_BRPORT.NEIGH_FORWARD_GRAT),
  },
  // The kernel takes a state only of a port that is up, has a carrier, and whose bridge runs no spanning tree.
  { momentary: ['state'], tooShort: { number: IFLA_BRPORT.ISOLATED, size: 0 }, ignored: [IFLA_BRPORT.PAD] },
);

/** Options of a link as a port of a bridge. */
export interface BridgePortOptions extends PortOptionsOfKind<typeof bridgePort> {}

/** A port of a bridge as the kernel describes it. */
export interface BridgePort extends PortStateOfKind<typeof bridgePort> {}

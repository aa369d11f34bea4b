import { bits, choice, ethernetAddress, readOnly, s32, u16, u32, uint16, uint8 } from '../../codec';
import { linkKind } from '../link-kind';
import type { PortOptionsOfKind, PortStateOfKind } from '../link-types';

/** Attributes of a bond port's IFLA_INFO_SLAVE_DATA. */
const IFLA_BOND_SLAVE = {
  STATE: 1,
  MII_STATUS: 2,
  LINK_FAILURE_COUNT: 3,
  PERM_HWADDR: 4,
  QUEUE_ID: 5,
  AD_AGGREGATOR_ID: 6,
  AD_ACTOR_OPER_PORT_STATE: 7,
  AD_PARTNER_OPER_PORT_STATE: 8,
  PRIO: 9,
  ACTOR_PORT_PRIO: 10,
  AD_CHURN_ACTOR_STATE: 11,
  AD_CHURN_PARTNER_STATE: 12,
} as const;

/** State of an end of a link in LACP (IEEE 802.1AX): LACP_STATE_*. */
const portStates = {
  active: 0x01,
  'short-timeout': 0x02,
  aggregating: 0x04,
  'in-sync': 0x08,
  collecting: 0x10,
  distributing: 0x20,
  defaulted: 0x40,
  expired: 0x80,
} as const;

/** Whether an end got in sync within the time allowed (AD_CHURN*). */
const churnStates = { monitoring: 0, churned: 1, none: 2 } as const;

/** A link as port of a bond. */
export const bondPort = linkKind(
  'bond',
  {
    /** Whether the port sends. IFLA_BOND_SLAVE_STATE. */
    state: readOnly(choice(IFLA_BOND_SLAVE.STATE, { active: 0, backup: 1 })),
    /** What is known of its carrier, delays included. IFLA_BOND_SLAVE_MII_STATUS. */
    miiStatus: readOnly(choice(IFLA_BOND_SLAVE.MII_STATUS, { up: 0, 'going-down': 1, down: 2, 'going-back': 3 })),
    /** How often it failed. IFLA_BOND_SLAVE_LINK_FAILURE_COUNT. */
    linkFailureCount: readOnly(u32(IFLA_BOND_SLAVE.LINK_FAILURE_COUNT)),
    /** The link-layer address that it had before. IFLA_BOND_SLAVE_PERM_HWADDR. */
    permanentAddress: readOnly(ethernetAddress(IFLA_BOND_SLAVE.PERM_HWADDR)),
    /** The transmit queue of the bond whose packets go out here, 0 for none; 0. IFLA_BOND_SLAVE_QUEUE_ID. */
    queueId: u16(IFLA_BOND_SLAVE.QUEUE_ID),
    /**
     * The port with the highest priority, of those that are up, becomes active next; 0. In the modes of `activeLink`.
     * IFLA_BOND_SLAVE_PRIO, since 6.0.
     */
    priority: s32(IFLA_BOND_SLAVE.PRIO),
    /** Number of the aggregator that it is in, in mode '802.3ad'. IFLA_BOND_SLAVE_AD_AGGREGATOR_ID. */
    adAggregatorId: readOnly(u16(IFLA_BOND_SLAVE.AD_AGGREGATOR_ID)),
    /** State of this end, in mode '802.3ad'. IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE. */
    adActorState: readOnly(bits(IFLA_BOND_SLAVE.AD_ACTOR_OPER_PORT_STATE, portStates, uint8)),
    /** State of the other end, in mode '802.3ad'. IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE. */
    adPartnerState: readOnly(bits(IFLA_BOND_SLAVE.AD_PARTNER_OPER_PORT_STATE, portStates, uint16)),
    /** Priority of the port in LACP, in mode '802.3ad'; 255. IFLA_BOND_SLAVE_ACTOR_PORT_PRIO, since 6.18. */
    actorPortPriority: u16(IFLA_BOND_SLAVE.ACTOR_PORT_PRIO),
    /** Whether this end came in sync, in mode '802.3ad'. IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE. */
    adChurnActorState: readOnly(choice(IFLA_BOND_SLAVE.AD_CHURN_ACTOR_STATE, churnStates)),
    /** Whether the other end did. IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE. */
    adChurnPartnerState: readOnly(choice(IFLA_BOND_SLAVE.AD_CHURN_PARTNER_STATE, churnStates)),
  },
  // The kernel reports priorities in all modes, but accepts each only in its modes.
  { initial: { priority: 0, actorPortPriority: 255 }, tooShort: { number: IFLA_BOND_SLAVE.QUEUE_ID, size: 1 } },
);

/** Options of a link as a port of a bond. */
export interface BondPortOptions extends PortOptionsOfKind<typeof bondPort> {}

/** A port of a bond as the kernel describes it. */
export interface BondPort extends PortStateOfKind<typeof bondPort> {}

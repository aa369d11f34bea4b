import {
  attributes,
  between,
  bool,
  choice,
  ethernetAddress,
  field,
  indexedList,
  ipOf,
  clearableLinkIndex,
  nested,
  readOnly,
  u16,
  u32,
  u8,
  uint16,
  uint32,
  type Decoded,
} from '../../codec';
import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';

/** Attributes of a bond's IFLA_INFO_DATA. */
const IFLA_BOND = {
  MODE: 1,
  ACTIVE_SLAVE: 2,
  MIIMON: 3,
  UPDELAY: 4,
  DOWNDELAY: 5,
  USE_CARRIER: 6,
  ARP_INTERVAL: 7,
  ARP_IP_TARGET: 8,
  ARP_VALIDATE: 9,
  ARP_ALL_TARGETS: 10,
  PRIMARY: 11,
  PRIMARY_RESELECT: 12,
  FAIL_OVER_MAC: 13,
  XMIT_HASH_POLICY: 14,
  RESEND_IGMP: 15,
  NUM_PEER_NOTIF: 16,
  ALL_SLAVES_ACTIVE: 17,
  MIN_LINKS: 18,
  LP_INTERVAL: 19,
  PACKETS_PER_SLAVE: 20,
  AD_LACP_RATE: 21,
  AD_SELECT: 22,
  AD_INFO: 23,
  AD_ACTOR_SYS_PRIO: 24,
  AD_USER_PORT_KEY: 25,
  AD_ACTOR_SYSTEM: 26,
  TLB_DYNAMIC_LB: 27,
  PEER_NOTIF_DELAY: 28,
  AD_LACP_ACTIVE: 29,
  MISSED_MAX: 30,
  NS_IP6_TARGET: 31,
  COUPLED_CONTROL: 32,
  BROADCAST_NEIGH: 33,
  LACP_STRICT: 34,
} as const;

const IFLA_BOND_AD_INFO = { AGGREGATOR: 1, NUM_PORTS: 2, ACTOR_KEY: 3, PARTNER_KEY: 4, PARTNER_MAC: 5 } as const;

/** What LACP has agreed on (IEEE 802.1AX). */
const aggregation = attributes({
  /** Number of the aggregator that is in use. IFLA_BOND_AD_INFO_AGGREGATOR. */
  aggregatorId: u16(IFLA_BOND_AD_INFO.AGGREGATOR),
  /** Links in it. IFLA_BOND_AD_INFO_NUM_PORTS. */
  ports: u16(IFLA_BOND_AD_INFO.NUM_PORTS),
  /** Its key here. IFLA_BOND_AD_INFO_ACTOR_KEY. */
  actorKey: u16(IFLA_BOND_AD_INFO.ACTOR_KEY),
  /** Its key at the other end. IFLA_BOND_AD_INFO_PARTNER_KEY. */
  partnerKey: u16(IFLA_BOND_AD_INFO.PARTNER_KEY),
  /** The system at the other end. IFLA_BOND_AD_INFO_PARTNER_MAC. */
  partnerAddress: ethernetAddress(IFLA_BOND_AD_INFO.PARTNER_MAC),
});

/** What a bond has agreed on by LACP. */
export interface BondAggregation extends Decoded<typeof aggregation.fields> {}

/** Links that are bundled into one; they have it as `master`. */
export const bond = linkKind(
  'bond',
  {
    /**
     * Which links send; 'balance-rr' by default. Can be changed only while the bond is down and has no ports.
     * IFLA_BOND_MODE.
     */
    mode: choice(IFLA_BOND.MODE, {
      'balance-rr': 0,
      'active-backup': 1,
      'balance-xor': 2,
      broadcast: 3,
      '802.3ad': 4,
      'balance-tlb': 5,
      'balance-alb': 6,
    }),
    /** The port that sends, in modes 'active-backup', 'balance-tlb', 'balance-alb'; `null` has the bond choose. IFLA_BOND_ACTIVE_SLAVE. */
    activeLink: clearableLinkIndex(IFLA_BOND.ACTIVE_SLAVE),
    /**
     * Milliseconds between checks of the links' carriers, 0 for never; 0, or 100 in modes that need them.
     * IFLA_BOND_MIIMON.
     */
    miimon: u32(IFLA_BOND.MIIMON),
    /**
     * Milliseconds that a link has to be up before it is used; 0. The kernel rounds down to a multiple of `miimon`.
     * IFLA_BOND_UPDELAY.
     */
    upDelay: u32(IFLA_BOND.UPDELAY),
    /**
     * Milliseconds that a link has to be down before it is no longer used; 0. The kernel rounds down to a multiple of
     * `miimon`. IFLA_BOND_DOWNDELAY.
     */
    downDelay: u32(IFLA_BOND.DOWNDELAY),
    /** Whether the carrier is read from drivers, not from the MII registers; on by default. IFLA_BOND_USE_CARRIER. */
    useCarrier: bool(IFLA_BOND.USE_CARRIER),
    /** Milliseconds between ARP requests that test the links, 0 for none; 0. Not together with `miimon`. IFLA_BOND_ARP_INTERVAL. */
    arpInterval: u32(IFLA_BOND.ARP_INTERVAL),
    /** Targets of the ARP requests: at most 16 IPv4 addresses. IFLA_BOND_ARP_IP_TARGET. */
    arpTargets: indexedList(IFLA_BOND.ARP_IP_TARGET, ipOf('inet')),
    /**
     * Targets of neighbor solicitations for the same purpose: at most 16 IPv6 addresses. IFLA_BOND_NS_IP6_TARGET, since
     * 5.19.
     */
    neighborSolicitationTargets: indexedList(IFLA_BOND.NS_IP6_TARGET, ipOf('inet6')),
    /**
     * The links whose answers are checked, and whether other packets count ('filter'); 'none' by default.
     * IFLA_BOND_ARP_VALIDATE.
     */
    arpValidate: choice(
      IFLA_BOND.ARP_VALIDATE,
      { none: 0, active: 1, backup: 2, all: 3, filter: 4, 'filter-active': 5, 'filter-backup': 6 },
      uint32,
    ),
    /** How many of the targets have to answer; 'any' by default. IFLA_BOND_ARP_ALL_TARGETS. */
    arpAllTargets: choice(IFLA_BOND.ARP_ALL_TARGETS, { any: 0, all: 1 }, uint32),
    /** Failed tests after which a link is no longer used, 1 to 255; 2. IFLA_BOND_MISSED_MAX, since 5.17. */
    missedMaximum: u8(IFLA_BOND.MISSED_MAX),
    /**
     * The preferred port, in the modes of `activeLink`; `null` for none. If the link is not a port yet, the bond
     * remembers its name, and reports it once the link becomes a port. IFLA_BOND_PRIMARY.
     */
    primary: clearableLinkIndex(IFLA_BOND.PRIMARY),
    /**
     * When the preferred port becomes active again: once it is up, if it is faster, or if the active one fails;
     * 'always' by default. IFLA_BOND_PRIMARY_RESELECT.
     */
    primaryReselect: choice(IFLA_BOND.PRIMARY_RESELECT, { always: 0, better: 1, failure: 2 }),
    /**
     * Which link-layer addresses ports have, in mode 'active-backup': that of the bond for all, the bond takes that of
     * the active port, or it moves with the active port; 'none' by default. IFLA_BOND_FAIL_OVER_MAC.
     */
    failOverMac: choice(IFLA_BOND.FAIL_OVER_MAC, { none: 0, active: 1, follow: 2 }),
    /**
     * How packets are distributed, in modes 'balance-xor', '802.3ad', 'balance-tlb'; 'layer2' by default.
     * IFLA_BOND_XMIT_HASH_POLICY.
     */
    transmitHashPolicy: choice(IFLA_BOND.XMIT_HASH_POLICY, {
      layer2: 0,
      'layer3+4': 1,
      'layer2+3': 2,
      'encap2+3': 3,
      'encap3+4': 4,
      'vlan+srcmac': 5,
    }),
    /** IGMP reports after another port became active, 0 to 255; 1. IFLA_BOND_RESEND_IGMP. */
    resendIgmp: u32(IFLA_BOND.RESEND_IGMP),
    /** Gratuitous ARP and unsolicited neighbor advertisements then, 0 to 255; 1. IFLA_BOND_NUM_PEER_NOTIF. */
    peerNotifications: u8(IFLA_BOND.NUM_PEER_NOTIF),
    /** Milliseconds between these; 0 for one interval. The kernel rounds down to a multiple of `miimon`. IFLA_BOND_PEER_NOTIF_DELAY, since 5.3. */
    peerNotificationDelay: u32(IFLA_BOND.PEER_NOTIF_DELAY),
    /** Whether packets received by inactive ports are kept; off by default. IFLA_BOND_ALL_SLAVES_ACTIVE. */
    allLinksActive: bool(IFLA_BOND.ALL_SLAVES_ACTIVE),
    /**
     * Links that have to be up for the bond to have a carrier, in mode '802.3ad'; 0, which means the same as 1.
     * IFLA_BOND_MIN_LINKS.
     */
    minimumLinks: u32(IFLA_BOND.MIN_LINKS),
    /** Seconds between learning packets to the switches, in modes 'balance-tlb' and 'balance-alb'; 1. IFLA_BOND_LP_INTERVAL. */
    learningPacketInterval: u32(IFLA_BOND.LP_INTERVAL),
    /**
     * Packets sent by one link before the next one, 0 for a random link; 1. In mode 'balance-rr'.
     * IFLA_BOND_PACKETS_PER_SLAVE.
     */
    packetsPerLink: field(IFLA_BOND.PACKETS_PER_SLAVE, between(uint32, 0, 0xffff)),
    /**
     * Whether packets are distributed by load, not by hash, in mode 'balance-tlb'; on by default.
     * IFLA_BOND_TLB_DYNAMIC_LB.
     */
    tlbDynamicLoadBalancing: bool(IFLA_BOND.TLB_DYNAMIC_LB),
    /**
     * Whether LACP packets are sent without being asked for, in mode '802.3ad'; on by default.
     * IFLA_BOND_AD_LACP_ACTIVE, since 5.15.
     */
    lacpActive: bool(IFLA_BOND.AD_LACP_ACTIVE),
    /**
     * How often the other end is to send LACP packets: every 30 seconds or every second, in mode '802.3ad'; 'slow' by
     * default. IFLA_BOND_AD_LACP_RATE.
     */
    lacpRate: choice(IFLA_BOND.AD_LACP_RATE, { slow: 0, fast: 1 }),
    /** Whether a link without a partner that speaks LACP carries nothing, in mode '802.3ad'; off by default. IFLA_BOND_LACP_STRICT. */
    lacpStrict: bool(IFLA_BOND.LACP_STRICT),
    /** When another aggregator is chosen: if none of its links is up, or by bandwidth, count or priority; 'stable' by default. IFLA_BOND_AD_SELECT. */
    adSelect: choice(IFLA_BOND.AD_SELECT, { stable: 0, bandwidth: 1, count: 2, 'actor-port-priority': 3 }),
    /** What LACP has agreed on, in mode '802.3ad'. IFLA_BOND_AD_INFO. */
    adInfo: readOnly(nested<BondAggregation>(IFLA_BOND.AD_INFO, aggregation)),
    /** Priority of this system, 1 to 65535; 65535. In mode '802.3ad'. IFLA_BOND_AD_ACTOR_SYS_PRIO. */
    adActorSystemPriority: field(IFLA_BOND.AD_ACTOR_SYS_PRIO, between(uint16, 1, 0xffff)),
    /** Upper ten bits of the ports' keys, 0 to 1023; 0. In mode '802.3ad'. IFLA_BOND_AD_USER_PORT_KEY. */
    adUserPortKey: field(IFLA_BOND.AD_USER_PORT_KEY, between(uint16, 0, 1023)),
    /** The address that LACP gives as this system's; all zero, for the bond's own. In mode '802.3ad'. IFLA_BOND_AD_ACTOR_SYSTEM. */
    adActorSystem: ethernetAddress(IFLA_BOND.AD_ACTOR_SYSTEM),
    /** Whether a port collects and distributes at once, in mode '802.3ad'; on by default. IFLA_BOND_COUPLED_CONTROL, since 6.9. */
    coupledControl: bool(IFLA_BOND.COUPLED_CONTROL),
    /** Whether ARP and neighbour discovery go out on all links, in mode '802.3ad'; off by default. IFLA_BOND_BROADCAST_NEIGH, since 6.17. */
    broadcastNeighbor: bool(IFLA_BOND.BROADCAST_NEIGH),
  },
  {
    // The kernel reports options of all modes, but accepts in each mode only its own; delays only together with
    // `miimon`.
    initial: {
      upDelay: 0,
      downDelay: 0,
      peerNotificationDelay: 0,
      arpInterval: 0,
      arpValidate: 'none',
      missedMaximum: 2,
      packetsPerLink: 1,
      tlbDynamicLoadBalancing: true,
      lacpActive: true,
      lacpRate: 'slow',
      lacpStrict: false,
      adActorSystem: '00:00:00:00:00:00',
      coupledControl: true,
      broadcastNeighbor: false,
    },
    // A new bond has no ports yet.
    momentary: ['activeLink'],
  },
);

/** A bond to be made: links bundled to one. */
export interface BondOptions extends OptionsOfKind<typeof bond> {}

/** A bond as the kernel describes it. */
export interface Bond extends StateOfKind<typeof bond> {}

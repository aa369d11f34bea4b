import {
  between,
  bool,
  choice,
  createOnly,
  familyNames,
  familyOfText,
  field,
  flag,
  ipAddress,
  someLinkIndex,
  u16be,
  u32,
  u8,
  uint16be,
  uint32,
  uint32be,
  wholeStruct,
  type Field,
} from '../../codec';
import { show, wrongValue } from '../../errors';
import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';

/** Attributes of a VXLAN link's IFLA_INFO_DATA. */
const IFLA_VXLAN = {
  ID: 1,
  GROUP: 2,
  LINK: 3,
  LOCAL: 4,
  TTL: 5,
  TOS: 6,
  LEARNING: 7,
  AGEING: 8,
  LIMIT: 9,
  PORT_RANGE: 10,
  PROXY: 11,
  RSC: 12,
  L2MISS: 13,
  L3MISS: 14,
  PORT: 15,
  GROUP6: 16,
  LOCAL6: 17,
  UDP_CSUM: 18,
  UDP_ZERO_CSUM6_TX: 19,
  UDP_ZERO_CSUM6_RX: 20,
  REMCSUM_TX: 21,
  REMCSUM_RX: 22,
  GBP: 23,
  REMCSUM_NOPARTIAL: 24,
  COLLECT_METADATA: 25,
  LABEL: 26,
  GPE: 27,
  TTL_INHERIT: 28,
  DF: 29,
  VNIFILTER: 30,
  LOCALBYPASS: 31,
  LABEL_POLICY: 32,
  RESERVED_BITS: 33,
  MC_ROUTE: 34,
} as const;

const portRange = wholeStruct({
  /** The first port. */
  low: uint16be,
  /** The last one. */
  high: uint16be,
});

/** UDP ports from one to another. */
export interface VxlanPortRange extends ReturnType<typeof portRange.decode> {}

const reservedBits = wholeStruct({
  /** Those of the first word, which has the flags. */
  flags: uint32be,
  /** Those of the second word, which has the network identifier. */
  vni: uint32be,
});

/** Bits of the header of VXLAN that must not be set. */
export interface VxlanReservedBits extends ReturnType<typeof reservedBits.decode> {}

/** An address that is refused beside one of another family. */
function ofFamilyOf(other: string, of: Field<string>): Field<string> {
  return {
    ...of,
    encode(writer, value, values) {
      of.encode(writer, value, values);
      const beside = (values as Readonly<Record<string, unknown>> | undefined)?.[other];
      const family = familyOfText(beside);
      if (beside !== undefined && family !== familyOfText(value)) {
        throw wrongValue(`must be ${familyNames[family]}, as ${other} is, not ${show(value)}`);
      }
    },
  };
}

/** VXLAN (RFC 7348): an Ethernet segment over UDP. Most of it is chosen when the link is made. */
export const vxlan = linkKind(
  'vxlan',
  {
    /**
     * VXLAN network identifier, 0 to 2^24 - 1. Required for a new link, unless each packet has its own with
     * `collectMetadata`; the kernel uses 0 if other options are given without it. IFLA_VXLAN_ID.
     */
    vni: createOnly(field(IFLA_VXLAN.ID, between(uint32, 0, 0xffffff))),
    /** Where packets to unknown addresses go: another host, or a multicast group. IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6. */
    remote: ofFamilyOf('local', ipAddress(IFLA_VXLAN.GROUP, IFLA_VXLAN.GROUP6)),
    /** Source address of outer packets; by default that of their route. IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6. */
    local: ipAddress(IFLA_VXLAN.LOCAL, IFLA_VXLAN.LOCAL6),
    /** The link by which outer packets leave; needed for a multicast group. IFLA_VXLAN_LINK. */
    underlay: someLinkIndex(IFLA_VXLAN.LINK),
    /** Time to live of outer packets, 0 for the system's (1 for multicast); 0. IFLA_VXLAN_TTL. */
    ttl: u8(IFLA_VXLAN.TTL),
    /**
     * Whether outer packets have the time to live of the inner packet; off by default. IFLA_VXLAN_TTL_INHERIT, since
     * 4.18.
     */
    ttlInherit: createOnly(flag(IFLA_VXLAN.TTL_INHERIT)),
    /** Type of service of outer packets, or 'inherit' (1) for that of the inner packet; 0. IFLA_VXLAN_TOS. */
    tos: choice(IFLA_VXLAN.TOS, { inherit: 1 }),
    /** How the "don't fragment" bit of outer IPv4 packets is set; 'unset' by default. IFLA_VXLAN_DF, since 4.20. */
    df: choice(IFLA_VXLAN.DF, { unset: 0, set: 1, inherit: 2 }),
    /** Flow label of outer IPv6 packets, 0 to 2^20 - 1; 0. IFLA_VXLAN_LABEL. */
    flowLabel: field(IFLA_VXLAN.LABEL, between(uint32be, 0, 0xfffff)),
    /** Whether it is `flowLabel`, by default, or that of the inner packet. IFLA_VXLAN_LABEL_POLICY, since 6.8. */
    flowLabelPolicy: choice(IFLA_VXLAN.LABEL_POLICY, { fixed: 0, inherit: 1 }, uint32),
    /**
     * UDP port for sending and receiving. The kernel's default, which 0 stands for as well, is 8472; IANA's is 4789.
     * IFLA_VXLAN_PORT.
     */
    port: createOnly(u16be(IFLA_VXLAN.PORT)),
    /** UDP source ports, chosen by flow; by default the system's range. IFLA_VXLAN_PORT_RANGE. */
    portRange: createOnly(field<VxlanPortRange>(IFLA_VXLAN.PORT_RANGE, portRange)),
    /** Whether addresses are learned from received packets; on by default. IFLA_VXLAN_LEARNING. */
    learning: bool(IFLA_VXLAN.LEARNING),
    /** Seconds until a learned address is forgotten; 300, which 0 stands for as well. IFLA_VXLAN_AGEING. */
    ageingTime: u32(IFLA_VXLAN.AGEING),
    /** Most addresses in the forwarding table, 0 for no limit; 0. IFLA_VXLAN_LIMIT. */
    maximumAddresses: createOnly(u32(IFLA_VXLAN.LIMIT)),
    /** Whether ARP and neighbour discovery are answered for others; off by default. IFLA_VXLAN_PROXY. */
    proxy: createOnly(bool(IFLA_VXLAN.PROXY)),
    /**
     * Whether packets to a router are sent directly to their next hop (route short circuit); off by default.
     * IFLA_VXLAN_RSC.
     */
    routeShortCircuit: createOnly(bool(IFLA_VXLAN.RSC)),
    /** Whether unknown link-layer addresses are reported by netlink; off by default. IFLA_VXLAN_L2MISS. */
    l2Miss: createOnly(bool(IFLA_VXLAN.L2MISS)),
    /** Whether unknown IP addresses are reported by netlink; off by default. IFLA_VXLAN_L3MISS. */
    l3Miss: createOnly(bool(IFLA_VXLAN.L3MISS)),
    /** Whether outer IPv4 packets have a UDP checksum; on by default. IFLA_VXLAN_UDP_CSUM. */
    udpChecksum: createOnly(bool(IFLA_VXLAN.UDP_CSUM)),
    /** Whether outer IPv6 packets have no UDP checksum; off by default. IFLA_VXLAN_UDP_ZERO_CSUM6_TX. */
    udpZeroChecksum6Transmit: createOnly(bool(IFLA_VXLAN.UDP_ZERO_CSUM6_TX)),
    /** Whether IPv6 packets without a UDP checksum are received; off by default. IFLA_VXLAN_UDP_ZERO_CSUM6_RX. */
    udpZeroChecksum6Receive: createOnly(bool(IFLA_VXLAN.UDP_ZERO_CSUM6_RX)),
    /** Whether checksums of inner packets are left to the other end; off by default. IFLA_VXLAN_REMCSUM_TX. */
    remoteChecksumTransmit: createOnly(bool(IFLA_VXLAN.REMCSUM_TX)),
    /** Whether checksums that the other end left to this one are computed; off by default. IFLA_VXLAN_REMCSUM_RX. */
    remoteChecksumReceive: createOnly(bool(IFLA_VXLAN.REMCSUM_RX)),
    /** Whether such checksums are computed completely, not partially; off by default. IFLA_VXLAN_REMCSUM_NOPARTIAL. */
    remoteChecksumNoPartial: createOnly(flag(IFLA_VXLAN.REMCSUM_NOPARTIAL)),
    /** Group policy extension: packet marks are transmitted; off by default. IFLA_VXLAN_GBP. */
    gbp: createOnly(flag(IFLA_VXLAN.GBP)),
    /** Generic protocol extension; off by default. IFLA_VXLAN_GPE. */
    gpe: createOnly(flag(IFLA_VXLAN.GPE)),
    /**
     * Whether each packet has its own tunnel data, set by a route or filter ('external'); off by default.
     * IFLA_VXLAN_COLLECT_METADATA.
     */
    collectMetadata: createOnly(bool(IFLA_VXLAN.COLLECT_METADATA)),
    /**
     * Whether only listed identifiers are received, with `collectMetadata`; off by default. IFLA_VXLAN_VNIFILTER, since
     * 5.18.
     */
    vniFilter: createOnly(bool(IFLA_VXLAN.VNIFILTER)),
    /** Whether packets to this host skip the underlay; on by default. IFLA_VXLAN_LOCALBYPASS, since 6.5. */
    localBypass: bool(IFLA_VXLAN.LOCALBYPASS),
    /**
     * Reserved bits of the header's two words: packets in which one of them is set are dropped; by default all bits
     * that no other option uses. IFLA_VXLAN_RESERVED_BITS, since 6.14.
     */
    reservedBits: createOnly(field<VxlanReservedBits>(IFLA_VXLAN.RESERVED_BITS, reservedBits)),
    /** Whether outer multicast packets follow multicast routes; off by default. IFLA_VXLAN_MC_ROUTE, since 6.17. */
    multicastRoute: bool(IFLA_VXLAN.MC_ROUTE),
  },
  // If reserved bits are given as well, the kernel takes this option as on, whatever its value.
  { initial: { remoteChecksumReceive: false }, linkOption: 'underlay', wanted: [['vni', 'collectMetadata']] },
);

/** A VXLAN link to be made: an Ethernet segment over UDP. Needs `vni`, or `collectMetadata`. */
export interface VxlanOptions extends OptionsOfKind<typeof vxlan> {}

/** A VXLAN link as the kernel describes it. */
export interface Vxlan extends StateOfKind<typeof vxlan> {}

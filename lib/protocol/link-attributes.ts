import {
  bool,
  choice,
  clearable,
  createOnly,
  field,
  filterableLink,
  hexOctets,
  inside,
  linkAddress,
  clearableLinkIndex,
  linkIndex,
  linkName,
  linkNameOf,
  LONGEST_ALTERNATIVE_NAME,
  list,
  masked,
  holdsOthers,
  longerThan,
  nameOfLink,
  readOnly,
  s32,
  struct,
  text,
  u16,
  u32,
  uint32,
  uint64,
  unterminatedText,
  type StructValues,
} from '../codec';
import { familyFields, type FamilyFields } from './link-families';
import { linkHeaderFields } from './link-header';
import { namespaceReference } from './namespace-reference';

/** Attributes of `ifinfomsg` messages. */
export const IFLA = {
  ADDRESS: 1,
  BROADCAST: 2,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  QDISC: 6,
  STATS: 7,
  MASTER: 10,
  TXQLEN: 13,
  MAP: 14,
  OPERSTATE: 16,
  LINKMODE: 17,
  LINKINFO: 18,
  NET_NS_PID: 19,
  IFALIAS: 20,
  STATS64: 23,
  AF_SPEC: 26,
  GROUP: 27,
  NET_NS_FD: 28,
  EXT_MASK: 29,
  PROMISCUITY: 30,
  NUM_TX_QUEUES: 31,
  NUM_RX_QUEUES: 32,
  CARRIER: 33,
  PHYS_PORT_ID: 34,
  CARRIER_CHANGES: 35,
  PHYS_SWITCH_ID: 36,
  LINK_NETNSID: 37,
  PHYS_PORT_NAME: 38,
  PROTO_DOWN: 39,
  GSO_MAX_SEGS: 40,
  GSO_MAX_SIZE: 41,
  PAD: 42,
  XDP: 43,
  NEW_NETNSID: 45,
  TARGET_NETNSID: 46,
  CARRIER_UP_COUNT: 47,
  CARRIER_DOWN_COUNT: 48,
  NEW_IFINDEX: 49,
  MIN_MTU: 50,
  MAX_MTU: 51,
  PROP_LIST: 52,
  ALT_IFNAME: 53,
  PERM_ADDRESS: 54,
  PROTO_DOWN_REASON: 55,
  PARENT_DEV_NAME: 56,
  PARENT_DEV_BUS_NAME: 57,
  GRO_MAX_SIZE: 58,
  TSO_MAX_SIZE: 59,
  TSO_MAX_SEGS: 60,
  ALLMULTI: 61,
  DEVLINK_PORT: 62,
  GSO_IPV4_MAX_SIZE: 63,
  GRO_IPV4_MAX_SIZE: 64,
  DPLL_PIN: 65,
  MAX_PACING_OFFLOAD_HORIZON: 66,
  NETNS_IMMUTABLE: 67,
  HEADROOM: 68,
  TAILROOM: 69,
} as const;

/** Attributes of IFLA_LINKINFO. */
export const IFLA_INFO = { KIND: 1, DATA: 2, XSTATS: 3, SLAVE_KIND: 4, SLAVE_DATA: 5 } as const;

/** Attributes of IFLA_PROTO_DOWN_REASON. */
const IFLA_PROTO_DOWN_REASON = { MASK: 1, VALUE: 2 } as const;

const counters = struct({
  /** Packets that were received without an error. */
  receivedPackets: uint64,
  /** Packets that were sent without an error. */
  transmittedPackets: uint64,
  /** Bytes of the packets received. */
  receivedBytes: uint64,
  /** Bytes of the packets sent. */
  transmittedBytes: uint64,
  /** Packets received with an error; the errors of reception below are among them. */
  receiveErrors: uint64,
  /** Packets that could not be sent; the errors of sending below are among them. */
  transmitErrors: uint64,
  /** Packets that were received and dropped, because there was no memory, or nothing to take them. */
  receiveDropped: uint64,
  /** Packets that were dropped on their way out. */
  transmitDropped: uint64,
  /** Multicast packets received. */
  multicast: uint64,
  /** Collisions while sending, on half-duplex Ethernet. */
  collisions: uint64,
  /** Packets received with a wrong length. */
  receiveLengthErrors: uint64,
  /** Packets received that were too long for the buffer. */
  receiveOverErrors: uint64,
  /** Packets received with a wrong checksum. */
  receiveCrcErrors: uint64,
  /** Packets received whose frame was not aligned. */
  receiveFrameErrors: uint64,
  /** Packets that overran the device's queue. */
  receiveFifoErrors: uint64,
  /** Packets that the host had no room for. */
  receiveMissedErrors: uint64,
  /** Sending that was aborted. */
  transmitAbortedErrors: uint64,
  /** Sending without a carrier. */
  transmitCarrierErrors: uint64,
  /** Sending for which the data came too late. */
  transmitFifoErrors: uint64,
  /** Sending without a heartbeat, on old half-duplex Ethernet. */
  transmitHeartbeatErrors: uint64,
  /** Late collisions while sending. */
  transmitWindowErrors: uint64,
  /** Compressed packets received. */
  receiveCompressed: uint64,
  /** Compressed packets sent. */
  transmitCompressed: uint64,
  /** Packets received for which there is no protocol handler. Since 4.6. */
  receiveNoHandler: uint64,
  /** Packets dropped since they were for another host. Since 5.19. */
  receiveOtherHostDropped: uint64,
});

/** Counters of a link. */
export interface LinkStatistics extends StructValues<typeof counters.members> {}

const ownFields = {
  /** Name: at most 15 bytes, no '/', ':' or white space. With a '%d' the kernel numbers it. IFLA_IFNAME. */
  name: linkName(IFLA.IFNAME),
  /**
   * Other names, up to 127 bytes each, since 5.5. They are given when the link is made; later `addAlternativeName` and
   * `deleteAlternativeName` change them. IFLA_PROP_LIST.
   */
  alternativeNames: createOnly(list(IFLA.PROP_LIST, field(IFLA.ALT_IFNAME, linkNameOf(LONGEST_ALTERNATIVE_NAME)))),
  /**
   * Link-layer address: '02:00:00:00:00:01', six octets for all declared kinds. Tunnels of other kinds have an IP
   * address, which a change accepts only together with their `kind`. The length for other links is not known here: the
   * kernel refuses fewer octets (EINVAL), and silently cuts more. IFLA_ADDRESS.
   */
  address: linkAddress(IFLA.ADDRESS),
  /** Link-layer broadcast address, as long as `address`, and checked as that is. IFLA_BROADCAST. */
  broadcast: linkAddress(IFLA.BROADCAST),
  /** The address that the device was made with. IFLA_PERM_ADDRESS, since 5.6. */
  permanentAddress: readOnly(linkAddress(IFLA.PERM_ADDRESS)),
  /**
   * Largest packet in bytes, without the link-layer header. For a new vxlan with an `underlay` the kernel reduces it to
   * what fits; it refuses a change above that. IFLA_MTU.
   */
  mtu: u32(IFLA.MTU),
  /** Smallest MTU that the device takes. IFLA_MIN_MTU. */
  minimumMtu: readOnly(u32(IFLA.MIN_MTU)),
  /** Largest MTU that the device takes, 0 for no limit. IFLA_MAX_MTU. */
  maximumMtu: readOnly(u32(IFLA.MAX_MTU)),
  /**
   * The link below, in its namespace (see `linkNamespaceId`). A new vlan, macvlan, macvtap or ipvlan has to name it. Of the other
   * kinds declared here it is read-only: a veth's is its peer, which requests call `peer`, a vxlan's its `underlay`. IFLA_LINK.
   */
  link: createOnly(linkIndex(IFLA.LINK)),
  /** The name of `link` if that is in this namespace, in lists with `names: true`. */
  linkName: nameOfLink('link', 'linkNamespaceId'),
  /** Id of the namespace that `link` is in; absent if it is this one. Read-only where `link` is. IFLA_LINK_NETNSID. */
  linkNamespaceId: createOnly(s32(IFLA.LINK_NETNSID)),
  /** The bridge, bond, VRF or team that the link is a port of; `null` in changes takes it out. IFLA_MASTER. */
  master: filterableLink(clearableLinkIndex(IFLA.MASTER)),
  /** The name of `master`, in lists with `names: true`. */
  masterName: nameOfLink('master'),
  /** Packets that the transmit queue holds. IFLA_TXQLEN. */
  transmitQueueLength: u32(IFLA.TXQLEN),
  /** Name of the root queueing discipline. IFLA_QDISC. */
  qdisc: readOnly(text(IFLA.QDISC, 15)),
  /** Number of the group that the link is in, 0 by default. IFLA_GROUP. */
  group: u32(IFLA.GROUP),
  /** A description, at most 255 bytes; `null` clears it. IFLA_IFALIAS. */
  alias: clearable(unterminatedText(IFLA.IFALIAS, 255), ''),
  /** State by RFC 2863. IFLA_OPERSTATE. */
  operationalState: readOnly(
    choice(IFLA.OPERSTATE, {
      unknown: 0,
      'not-present': 1,
      down: 2,
      'lower-layer-down': 3,
      testing: 4,
      dormant: 5,
      up: 6,
    }),
  ),
  /** Whether user space decides when the link goes from dormant to up. IFLA_LINKMODE. */
  linkMode: choice(IFLA.LINKMODE, { default: 0, dormant: 1 }),
  /** Whether there is a carrier; setting it works for devices that let user space do so. IFLA_CARRIER. */
  carrier: bool(IFLA.CARRIER),
  /** How often the carrier came and went. IFLA_CARRIER_CHANGES. */
  carrierChanges: readOnly(u32(IFLA.CARRIER_CHANGES)),
  /** How often the carrier came. IFLA_CARRIER_UP_COUNT, since 4.16. */
  carrierUpCount: readOnly(u32(IFLA.CARRIER_UP_COUNT)),
  /** How often the carrier went. IFLA_CARRIER_DOWN_COUNT, since 4.16. */
  carrierDownCount: readOnly(u32(IFLA.CARRIER_DOWN_COUNT)),
  /** How many users have asked for promiscuous mode. IFLA_PROMISCUITY. */
  promiscuity: readOnly(u32(IFLA.PROMISCUITY)),
  /** How many users have asked for all multicast packets. IFLA_ALLMULTI, since 6.0. */
  allMulticastCount: readOnly(u32(IFLA.ALLMULTI)),
  /** Held down by a protocol. IFLA_PROTO_DOWN. */
  protocolDown: bool(IFLA.PROTO_DOWN),
  /**
   * The reasons for `protocolDown`, one bit each, whose meaning user space decides; `protocolDown` stays set while
   * there are any. `{ value, mask }` changes the bits of the mask only. IFLA_PROTO_DOWN_REASON, since 5.9.
   */
  protocolDownReason: inside(
    [IFLA.PROTO_DOWN_REASON],
    masked(IFLA_PROTO_DOWN_REASON.VALUE, IFLA_PROTO_DOWN_REASON.MASK, uint32, undefined, { isMaskedOnly: true }),
    holdsOthers(Object.values(IFLA_PROTO_DOWN_REASON), {
      [IFLA_PROTO_DOWN_REASON.VALUE]: longerThan(uint32.size),
      [IFLA_PROTO_DOWN_REASON.MASK]: longerThan(uint32.size),
    }),
  ),
  /** Transmit queues. Chosen at creation. IFLA_NUM_TX_QUEUES. */
  transmitQueues: createOnly(u32(IFLA.NUM_TX_QUEUES)),
  /** Receive queues. Chosen at creation. IFLA_NUM_RX_QUEUES. */
  receiveQueues: createOnly(u32(IFLA.NUM_RX_QUEUES)),
  /** Largest generic segmentation offload packet, in bytes. IFLA_GSO_MAX_SIZE. */
  gsoMaxSize: u32(IFLA.GSO_MAX_SIZE),
  /** Most segments of one such packet. IFLA_GSO_MAX_SEGS. */
  gsoMaxSegments: u32(IFLA.GSO_MAX_SEGS),
  /** Largest packet that generic receive offload builds, in bytes. IFLA_GRO_MAX_SIZE, since 5.19. */
  groMaxSize: u32(IFLA.GRO_MAX_SIZE),
  /** The same for IPv4. IFLA_GSO_IPV4_MAX_SIZE, since 6.3. */
  gsoIpv4MaxSize: u32(IFLA.GSO_IPV4_MAX_SIZE),
  /** The same for IPv4. IFLA_GRO_IPV4_MAX_SIZE, since 6.3. */
  groIpv4MaxSize: u32(IFLA.GRO_IPV4_MAX_SIZE),
  /** Largest packet that the device segments itself, in bytes. IFLA_TSO_MAX_SIZE, since 5.19. */
  tsoMaxSize: readOnly(u32(IFLA.TSO_MAX_SIZE)),
  /** Most segments of one such packet. IFLA_TSO_MAX_SEGS, since 5.19. */
  tsoMaxSegments: readOnly(u32(IFLA.TSO_MAX_SEGS)),
  /**
   * Name of the device that this one is a function of, on its bus. Chosen at creation, for the kinds that are made on one, as
   * wwan is. IFLA_PARENT_DEV_NAME, since 5.14.
   */
  parentDevice: createOnly(text(IFLA.PARENT_DEV_NAME, 255)),
  /** That bus: 'pci', 'virtio'. IFLA_PARENT_DEV_BUS_NAME, since 5.14. */
  parentBus: readOnly(text(IFLA.PARENT_DEV_BUS_NAME, 255)),
  /** Name of the physical port. IFLA_PHYS_PORT_NAME. */
  physicalPortName: readOnly(text(IFLA.PHYS_PORT_NAME, 255)),
  /** Id of the physical port, as hexadecimal octets: functions that share one have the same. IFLA_PHYS_PORT_ID. */
  physicalPortId: readOnly(hexOctets(IFLA.PHYS_PORT_ID)),
  /** Id of the switch that the port belongs to, as hexadecimal octets. IFLA_PHYS_SWITCH_ID. */
  physicalSwitchId: readOnly(hexOctets(IFLA.PHYS_SWITCH_ID)),
  /** The link cannot change its namespace. IFLA_NETNS_IMMUTABLE, since 6.15. */
  namespaceImmutable: readOnly(bool(IFLA.NETNS_IMMUTABLE)),
  /** Bytes that the device needs free before a packet. IFLA_HEADROOM, since 6.15. */
  headroom: readOnly(u16(IFLA.HEADROOM)),
  /** Bytes that the device needs free after a packet. IFLA_TAILROOM, since 6.15. */
  tailroom: readOnly(u16(IFLA.TAILROOM)),
  /** Of the event that a link moved away: the id of the namespace that it moved to. IFLA_NEW_NETNSID, since 4.15. */
  newNamespaceId: readOnly(s32(IFLA.NEW_NETNSID)),
  /** Of the same event: the index that it has there, where it is another one. IFLA_NEW_IFINDEX, since 4.16. */
  newIndex: readOnly(u32(IFLA.NEW_IFINDEX)),
  /** Counters, in packets and bytes; only where asked for. IFLA_STATS64. */
  statistics: readOnly(field<LinkStatistics, unknown>(IFLA.STATS64, counters)),
  /** The network namespace that the link is made in or moved to. IFLA_NET_NS_FD, IFLA_NET_NS_PID. */
  namespace: namespaceReference(IFLA.NET_NS_FD, IFLA.NET_NS_PID),
} as const;

/**
 * The fields of every link. Fields declared in another file keep their descriptions through the type that they have
 * there.
 */
export const linkFields: typeof linkHeaderFields & typeof ownFields & FamilyFields = {
  ...linkHeaderFields,
  ...ownFields,
  ...familyFields(IFLA.AF_SPEC),
};

/** Attributes that repeat others, or have no use here; they are not listed as unknown. */
export const ignoredLinkAttributes = [
  IFLA.STATS,
  IFLA.MAP,
  IFLA.PAD,
  IFLA.XDP,
  IFLA.DEVLINK_PORT,
  IFLA.DPLL_PIN,
  IFLA.MAX_PACING_OFFLOAD_HORIZON,
];

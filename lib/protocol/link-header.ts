import {
  checkInteger,
  choiceOf,
  createOnly,
  linkIndexType,
  member,
  memberStates,
  memberSwitch,
  pad,
  readOnlyMember,
  struct,
  uint16,
  uint32,
  uint8,
  type ConstantField,
  type Field,
  type LinkReference,
  type LinkSlot,
} from '../codec';

/** Flags of a link (IFF_*), by iproute2's words. */
export const linkFlags = {
  up: 0x1,
  broadcast: 0x2,
  debug: 0x4,
  loopback: 0x8,
  'point-to-point': 0x10,
  'no-trailers': 0x20,
  running: 0x40,
  'no-arp': 0x80,
  promiscuous: 0x100,
  'all-multicast': 0x200,
  master: 0x400,
  slave: 0x800,
  multicast: 0x1000,
  'port-select': 0x2000,
  'auto-media': 0x4000,
  dynamic: 0x8000,
  'lower-up': 0x10000,
  dormant: 0x20000,
  echo: 0x40000,
} as const;

/** Types of link layers (ARPHRD_*), by iproute2's words. */
export const linkTypes = {
  none: 0xfffe,
  ether: 1,
  infiniband: 32,
  ppp: 512,
  ipip: 768,
  tunnel6: 769,
  loopback: 772,
  sit: 776,
  gre: 778,
  can: 280,
  netlink: 824,
  '6lowpan': 825,
  vsockmon: 826,
  gre6: 823,
  ieee802154: 804,
} as const;

/** `struct ifinfomsg`. */
export const ifinfomsg = struct({
  family: uint8,
  pad: pad(1),
  type: choiceOf(linkTypes, uint16),
  index: linkIndexType,
  flags: uint32,
  change: uint32,
});

const indexMember = member(ifinfomsg, 'index');

function linkSwitches(ofRequests: boolean) {
  const linkSwitch = (bit: number, { isInverted = false } = {}) =>
    memberSwitch(ifinfomsg, 'flags', 'change', bit, { isInverted, ofRequests });
  return {
    /** Whether the link is up, administratively. IFF_UP. */
    up: linkSwitch(linkFlags.up),
    /** Whether it receives packets that are for other hosts, too. IFF_PROMISC. */
    promiscuous: linkSwitch(linkFlags.promiscuous),
    /** Whether it takes part in multicast. IFF_MULTICAST. */
    multicast: linkSwitch(linkFlags.multicast),
    /** Whether it receives all multicast packets. IFF_ALLMULTI. */
    allMulticast: linkSwitch(linkFlags['all-multicast']),
    /** Whether addresses are resolved (ARP, neighbor discovery); on by default. IFF_NOARP, inverted. */
    arp: linkSwitch(linkFlags['no-arp'], { isInverted: true }),
  } as const;
}

/** Properties from the header of a link's message. */
export const linkHeaderFields = {
  /** The link's number in its namespace; the next free one by default. It is chosen when the link is made. */
  index: createOnly<Field<number> & ConstantField>({
    ...indexMember,
    encode(writer, value) {
      checkInteger(value, 0, 0x7fffffff);
      indexMember.encode(writer, value);
    },
  }),
  /** The link layer: 'ether', 'loopback' ... ARPHRD_*. */
  linkType: readOnlyMember(ifinfomsg, 'type'),
  /** All flags of the link, by their words. */
  flags: memberStates(ifinfomsg, 'flags', linkFlags),
  ...linkSwitches(false),
} as const;

/** The properties from the header that requests can change. */
export const changedSwitches = linkSwitches(true);

/** How a request names the link that it is about. */
export function ofDevice(device: LinkReference | LinkSlot): { index: LinkReference } {
  // The encoder of indexes knows slots as well.
  return { index: device as LinkReference };
}

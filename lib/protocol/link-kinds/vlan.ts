import {
  between,
  choice,
  createOnly,
  field,
  list,
  maskedSwitches,
  uint16,
  uint16be,
  uint32,
  wholeStruct,
} from '../../codec';
import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';

/** Attributes of a VLAN's IFLA_INFO_DATA. */
const IFLA_VLAN = { ID: 1, FLAGS: 2, EGRESS_QOS: 3, INGRESS_QOS: 4, PROTOCOL: 5 } as const;

const IFLA_VLAN_QOS = { MAPPING: 1 } as const;

/** Priority code points of tags have three bits. */
const priorityCodePoint = between(uint32, 0, 7);

const flags = maskedSwitches(IFLA_VLAN.FLAGS, {
  /** Whether packets are passed on without their tag; on by default. VLAN_FLAG_REORDER_HDR. */
  reorderHeader: 0x1,
  /** Whether the VLAN is announced to switches by GVRP; off by default. VLAN_FLAG_GVRP. */
  gvrp: 0x2,
  /** Whether the link may be up while its trunk is down; off by default. VLAN_FLAG_LOOSE_BINDING. */
  looseBinding: 0x4,
  /** Whether the VLAN is announced to switches by MVRP; off by default. VLAN_FLAG_MVRP. */
  mvrp: 0x8,
  /**
   * Whether the carrier is that of the ports of the VLAN, where the trunk is a bridge that filters by VLAN; off by default.
   * VLAN_FLAG_BRIDGE_BINDING, since 5.2.
   */
  bridgeBinding: 0x10,
});

/** A mapping of one priority to another. */
export interface VlanPriorityMapping {
  /** The priority of a packet. */
  from: number;
  /** The priority that it gets. */
  to: number;
}

const ownFields = {
  /** VLAN identifier, 0 to 4094. Has to be given when a link is made. IFLA_VLAN_ID. */
  id: createOnly(field(IFLA_VLAN.ID, between(uint16, 0, 4094))),
  /** The kind of tag: '802.1q' (customer tag, by default) or that of service providers. IFLA_VLAN_PROTOCOL. */
  protocol: createOnly(choice(IFLA_VLAN.PROTOCOL, { '802.1q': 0x8100, '802.1ad': 0x88a8 }, uint16be)),
  /**
   * The priority of received packets (`to`, SO_PRIORITY) for that of their tag (`from`, 0 to 7); 0 without a mapping.
   * Mappings that a change leaves out stay: `to: 0` clears one. IFLA_VLAN_INGRESS_QOS.
   */
  ingressQosMap: list(
    IFLA_VLAN.INGRESS_QOS,
    field<VlanPriorityMapping>(IFLA_VLAN_QOS.MAPPING, wholeStruct({ from: priorityCodePoint, to: uint32 })),
  ),
  /**
   * The priority in the tag of sent packets (`to`, 0 to 7) for their own priority (`from`, SO_PRIORITY); 0 without a
   * mapping. Mappings that a change leaves out stay: `to: 0` clears one. IFLA_VLAN_EGRESS_QOS.
   */
  egressQosMap: list(
    IFLA_VLAN.EGRESS_QOS,
    field<VlanPriorityMapping>(IFLA_VLAN_QOS.MAPPING, wholeStruct({ from: uint32, to: priorityCodePoint })),
  ),
} as const;

// Spread fields lose their descriptions, unless their own type keeps them.
const fields: typeof ownFields & typeof flags = { ...ownFields, ...flags };
const declared = linkKind('vlan', fields, { hasLink: true, wanted: [['id']] });

/** A VLAN (IEEE 802.1Q) on its trunk, which `link` names: packets that have its tag. */
export const vlan: typeof declared = {
  ...declared,
  data: {
    ...declared.data,
    // If all flags are off the kernel does not report them; a request without them would leave them as they are.
    decodeTo(row, ...place) {
      for (const flag of Object.keys(flags)) row.set(flag, false);
      declared.data.decodeTo(row, ...place);
    },
  },
};

/** A VLAN to be made, on its trunk. Needs `link`, the trunk, and `id`. */
export interface VlanOptions extends OptionsOfKind<typeof vlan> {}

/** A VLAN as the kernel describes it. */
export interface Vlan extends StateOfKind<typeof vlan> {}

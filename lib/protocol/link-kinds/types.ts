import type { CreateOnly, LinkChangesOfEveryKind, LinkCommon, LinkCommonOptions } from '../link-types';
import type { Bond, BondAggregation, BondOptions } from './bond';
import type { BondPort, BondPortOptions } from './bond-port';
import type { Bridge, BridgeOptions, BridgeSwitches, BridgeSwitchesOptions } from './bridge';
import type { BridgePort, BridgePortOptions } from './bridge-port';
import type { linkKinds, portKinds } from './index';
import type { Ipvlan, IpvlanOptions } from './ipvlan';
import type {
  AddedSourceAddress,
  DeletedSourceAddress,
  Macvlan,
  MacvlanOptions,
  Macvtap,
  MacvtapOptions,
  SourceAddresses,
} from './macvlan';
import type { Dummy, DummyOptions, Ifb, IfbOptions } from './plain';
import type { Veth, VethOptions } from './veth';
import type { Vlan, VlanOptions, VlanPriorityMapping } from './vlan';
import type { Vrf, VrfOptions } from './vrf';
import type { VrfPort, VrfPortOptions } from './vrf-port';
import type { Vxlan, VxlanOptions, VxlanPortRange, VxlanReservedBits } from './vxlan';

export type { Bridge, BridgeOptions, BridgePort, BridgePortOptions, Dummy, DummyOptions, Ifb, IfbOptions };
export type { AddedSourceAddress, BondAggregation, BridgeSwitches, BridgeSwitchesOptions, DeletedSourceAddress };
export type { SourceAddresses, VlanPriorityMapping, VxlanPortRange, VxlanReservedBits };
export type { Bond, BondOptions, BondPort, BondPortOptions, Macvlan, MacvlanOptions, Macvtap, MacvtapOptions };
export type {
  Ipvlan,
  IpvlanOptions,
  Veth,
  VethOptions,
  Vlan,
  VlanOptions,
  Vrf,
  VrfOptions,
  VrfPort,
  VrfPortOptions,
  Vxlan,
  VxlanOptions,
};

/** The types of each kind: for a link to be made, and for an existing one. */
interface TypesOfKinds {
  bond: [BondOptions, Bond];
  bridge: [BridgeOptions, Bridge];
  dummy: [DummyOptions, Dummy];
  ifb: [IfbOptions, Ifb];
  ipvlan: [IpvlanOptions, Ipvlan];
  macvlan: [MacvlanOptions, Macvlan];
  macvtap: [MacvtapOptions, Macvtap];
  veth: [VethOptions, Veth];
  vlan: [VlanOptions, Vlan];
  vrf: [VrfOptions, Vrf];
  vxlan: [VxlanOptions, Vxlan];
}

/** The types of a link as a port, of each kind of master: for requests, and in rows. */
interface TypesOfPorts {
  /**
   * The link as a port of a bond. A bond takes only links that are down: with this property, even if it is `{}`, `up`
   * is set after `master`. IFLA_INFO_SLAVE_DATA.
   */
  bondPort: [BondPortOptions, BondPort];
  /** The link as a port of a bridge. IFLA_INFO_SLAVE_DATA. */
  bridgePort: [BridgePortOptions, BridgePort];
  /**
   * The link as a port of a VRF. The kernel only reports it: it is ignored for a new link, and a change does not have
   * it. IFLA_INFO_SLAVE_DATA.
   */
  vrfPort: [VrfPortOptions, VrfPort];
}

/** The word of a kind of link that has a declaration. */
export type LinkKindName = keyof typeof linkKinds;
type Ports = Pick<TypesOfPorts, `${keyof typeof portKinds}Port`>;

type KnownOptions = TypesOfKinds[LinkKindName][0];
type KnownLink = TypesOfKinds[LinkKindName][1];

/** Properties of kinds that not every link has. */
type OwnNames<One, Common> = One extends unknown ? Exclude<keyof One, keyof Common | 'kind'> : never;
type OwnOptionNames = OwnNames<KnownOptions, LinkCommonOptions>;
type OwnNamesOfLinks = OwnNames<KnownLink, LinkCommon>;

/** Options of a link as a port: at most one, that of its master's kind. */
export type LinkPortOptions = { [P in keyof Ports]?: Ports[P][0] | undefined } & {
  /** The link as a port of a master whose kind has no declaration here. */
  masterPort?: MasterPort | undefined;
};

/** Properties of a link as a port of its master. */
export type LinkPortState = { [P in keyof Ports]?: Ports[P][1] } & {
  /** The link as a port of a master whose kind has no declaration here. */
  masterPort?: MasterPort;
};

/** A link as a port of a master whose kind has no declaration here. */
export interface MasterPort {
  /** The kind of its master: 'team'. IFLA_INFO_SLAVE_KIND. */
  kind: string;
  /**
   * The port's attributes, as bytes in the kernel's form. Without them this is ignored for a new link, and refused in a
   * change, which would change nothing. IFLA_INFO_SLAVE_DATA.
   */
  data?: Uint8Array | undefined;
}

/** A link to be made of a kind that has no declaration here. */
export interface OtherLinkOptions extends LinkCommonOptions, OfOtherKind, Absent<OwnOptionNames> {}

interface OfOtherKind {
  /** What kind of link it is. IFLA_INFO_KIND. */
  kind: string;
  /** What only this kind has, as the kernel has it. IFLA_INFO_DATA. */
  data?: Uint8Array | undefined;
}

/** A link of a kind that has no declaration here. */
export interface OtherLink extends LinkCommon, Absent<OwnNamesOfLinks> {
  /** What kind of link it is. IFLA_INFO_KIND. */
  kind: string;
  /** What only this kind has, as the kernel has it. IFLA_INFO_DATA. */
  data?: Uint8Array;
}

/** A link without a kind: a physical device, or loopback. */
export interface PhysicalLink extends LinkCommon {
  kind?: undefined;
}

/** Other kinds have these properties, so that TypeScript can distinguish the kinds. */
type Absent<Names extends PropertyKey> = Partial<Record<Names, undefined>>;

/** A link to be made, with the options of its `kind`. */
export type LinkOptions = KnownOptions | OtherLinkOptions;

/** Changes of a link. Options of its kind need `kind`. */
export type LinkChanges =
  { [Kind in LinkKindName]: LinkChangesOf<Kind> }[LinkKindName] | OtherLinkChanges | LinkCommonChanges;

/** Changes of a link of a kind: `LinkChangesOf<'bridge'>`. */
export type LinkChangesOf<Kind extends LinkKindName> = LinkChangesOfEveryKind &
  Omit<TypesOfKinds[Kind][0], keyof LinkCommonOptions | CreateOnly<(typeof linkKinds)[Kind]['data']['fields']>>;

/** Changes of a link of a kind that has no declaration here. */
export interface OtherLinkChanges extends LinkChangesOfEveryKind, OfOtherKind, Absent<OwnOptionNames> {}

/** Changes of options that every link has. */
export interface LinkCommonChanges extends LinkChangesOfEveryKind {
  kind?: undefined;
}

/** A link of a kind that has a declaration: `LinkOf<'bridge'>` is {@link Bridge}. */
export type LinkOf<Kind extends LinkKindName> = TypesOfKinds[Kind][1];

/**
 * A link as the kernel describes it, with the properties of its `kind`. After `link.kind === 'vxlan'` the properties of
 * a vxlan link can be used. But TypeScript does not accept the link as a {@link Vxlan} then, since a link of a kind
 * that this library does not know may have any word as its kind. For that use `list({ kind: 'vxlan' })`, or a guard
 * `(link: Link): link is Vxlan => link.kind === 'vxlan'`.
 */
export type Link = KnownLink | OtherLink | PhysicalLink;

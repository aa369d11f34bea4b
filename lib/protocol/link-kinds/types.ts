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

/** The types of each kind: of a link to be made, and of one that is there. */
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
   * The link as a port of a bond. A bond takes only links that are down: beside this property, be it `{}`, `up` comes after `master`.
   * IFLA_INFO_SLAVE_DATA.
   */
  bondPort: [BondPortOptions, BondPort];
  /** The link as a port of a bridge. IFLA_INFO_SLAVE_DATA. */
  bridgePort: [BridgePortOptions, BridgePort];
  /** The link as a port of a VRF. The kernel only reports it: a new link passes over it, and a change has none. IFLA_INFO_SLAVE_DATA. */
  vrfPort: [VrfPortOptions, VrfPort];
}

/** The word of a kind of link that has a declaration. */
export type LinkKindName = keyof typeof linkKinds;
type Ports = Pick<TypesOfPorts, `${keyof typeof portKinds}Port`>;

type KnownOptions = TypesOfKinds[LinkKindName][0];
type KnownLink = TypesOfKinds[LinkKindName][1];

/** Those of the properties of kinds that not every link has. */
type OwnNames<One, Common> = One extends unknown ? Exclude<keyof One, keyof Common | 'kind'> : never;
type OwnOptionNames = OwnNames<KnownOptions, LinkCommonOptions>;
type OwnNamesOfLinks = OwnNames<KnownLink, LinkCommon>;

/** What requests may say of a link as a port. One at most is given: that of its master's kind. */
export type LinkPortOptions = { [P in keyof Ports]?: Ports[P][0] | undefined } & {
  /** The link as a port of a master whose kind has no declaration here. */
  masterPort?: MasterPort | undefined;
};

/** What a master says of a link as its port. */
export type LinkPortState = { [P in keyof Ports]?: Ports[P][1] } & {
  /** The link as a port of a master whose kind has no declaration here. */
  masterPort?: MasterPort;
};

/** A link as a port of a master whose kind has no declaration here. */
export interface MasterPort {
  /** The kind of its master: 'team'. IFLA_INFO_SLAVE_KIND. */
  kind: string;
  /**
   * What the port has, as the kernel has it. Without it a new link passes over all of this, and a change, which would say nothing,
   * is refused. IFLA_INFO_SLAVE_DATA.
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

/** A link to be made: what every link has, and what its `kind` has. */
export type LinkOptions = KnownOptions | OtherLinkOptions;

/** Changes of a link. What only its kind has is changed together with `kind`, which says which that is. */
export type LinkChanges =
  { [Kind in LinkKindName]: LinkChangesOf<Kind> }[LinkKindName] | OtherLinkChanges | LinkCommonChanges;

/** Changes of a link of a kind: `LinkChangesOf<'bridge'>`. */
export type LinkChangesOf<Kind extends LinkKindName> = LinkChangesOfEveryKind &
  Omit<TypesOfKinds[Kind][0], keyof LinkCommonOptions | CreateOnly<(typeof linkKinds)[Kind]['data']['fields']>>;

/** Changes of a link of a kind that has no declaration here. */
export interface OtherLinkChanges extends LinkChangesOfEveryKind, OfOtherKind, Absent<OwnOptionNames> {}

/** Changes of what every link has. */
export interface LinkCommonChanges extends LinkChangesOfEveryKind {
  kind?: undefined;
}

/** A link of a kind that has a declaration: `LinkOf<'bridge'>` is {@link Bridge}. */
export type LinkOf<Kind extends LinkKindName> = TypesOfKinds[Kind][1];

/**
 * A link as the kernel describes it; `kind` tells what else it has. Behind `link.kind === 'vxlan'` the properties of a vxlan link
 * are there. As a value of its own type, {@link Vxlan}, TypeScript does not take it then, since kinds that this library does not know may
 * have any word: `list({ kind: 'vxlan' })` gives those, and so does a function `(link: Link): link is Vxlan => link.kind === 'vxlan'`.
 */
export type Link = KnownLink | OtherLink | PhysicalLink;

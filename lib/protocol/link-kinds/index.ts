/* eslint-disable @typescript-eslint/no-require-imports -- a kind is loaded when a link of it is first met */
import { whenNeeded } from '../../when-needed';
import type * as Bond from './bond';
import type * as BondPort from './bond-port';
import type * as Bridge from './bridge';
import type * as BridgePort from './bridge-port';
import type * as Ipvlan from './ipvlan';
import type * as Macvlan from './macvlan';
import type * as Plain from './plain';
import type * as Veth from './veth';
import type * as Vlan from './vlan';
import type * as Vrf from './vrf';
import type * as VrfPort from './vrf-port';
import type * as Vxlan from './vxlan';

/** Every kind of link that has a declaration. Its types stand in types.ts. */
export const linkKinds = whenNeeded({
  bond: () => (require('./bond') as typeof Bond).bond,
  bridge: () => (require('./bridge') as typeof Bridge).bridge,
  dummy: () => (require('./plain') as typeof Plain).dummy,
  ifb: () => (require('./plain') as typeof Plain).ifb,
  ipvlan: () => (require('./ipvlan') as typeof Ipvlan).ipvlan,
  macvlan: () => (require('./macvlan') as typeof Macvlan).macvlan,
  macvtap: () => (require('./macvlan') as typeof Macvlan).macvtap,
  veth: () => (require('./veth') as typeof Veth).veth,
  vlan: () => (require('./vlan') as typeof Vlan).vlan,
  vrf: () => (require('./vrf') as typeof Vrf).vrf,
  vxlan: () => (require('./vxlan') as typeof Vxlan).vxlan,
});

/** Every kind of port, by the kind of its master: those of a bridge are the property `bridgePort` of a link. */
export const portKinds = whenNeeded({
  bond: () => (require('./bond-port') as typeof BondPort).bondPort,
  bridge: () => (require('./bridge-port') as typeof BridgePort).bridgePort,
  vrf: () => (require('./vrf-port') as typeof VrfPort).vrfPort,
});

/** Kinds of which the kernel does not answer what it made (NLM_F_ECHO): their drivers have told all listeners of it before. */
const withoutEcho: ReadonlySet<string> = new Set(['vxlan']);

/** Whether the kernel is known to answer what it made of a kind. */
export function isEchoedKind(kind: string): boolean {
  return Object.hasOwn(linkKinds, kind) && !withoutEcho.has(kind);
}

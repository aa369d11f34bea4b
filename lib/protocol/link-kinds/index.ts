import { bond } from './bond';
import { bondPort } from './bond-port';
import { bridge } from './bridge';
import { bridgePort } from './bridge-port';
import { ipvlan } from './ipvlan';
import { macvlan, macvtap } from './macvlan';
import { dummy, ifb } from './plain';
import { veth } from './veth';
import { vlan } from './vlan';
import { vrf } from './vrf';
import { vrfPort } from './vrf-port';
import { vxlan } from './vxlan';

/** Every kind of link that has a declaration. Its types stand in types.ts. */
export const linkKinds = { bond, bridge, dummy, ifb, ipvlan, macvlan, macvtap, veth, vlan, vrf, vxlan } as const;

/** Every kind of port, by the kind of its master: those of a bridge are the property `bridgePort` of a link. */
export const portKinds = { bond: bondPort, bridge: bridgePort, vrf: vrfPort } as const;

/** Kinds of which the kernel does not answer what it made (NLM_F_ECHO): their drivers have told all listeners of it before. */
const withoutEcho: ReadonlySet<string> = new Set(['vxlan']);

/** Whether the kernel is known to answer what it made of a kind. */
export function isEchoedKind(kind: string): boolean {
  return Object.hasOwn(linkKinds, kind) && !withoutEcho.has(kind);
}

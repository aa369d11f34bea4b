import { bridge } from './bridge';
import { bridgePort } from './bridge-port';
import { dummy, ifb } from './plain';
import { veth } from './veth';

/** Every kind of link that has a declaration. Its types stand in types.ts. */
export const linkKinds = { bridge, dummy, ifb, veth } as const;

/** Every kind of port, by the kind of its master: those of a bridge are the property `bridgePort` of a link. */
export const portKinds = { bridge: bridgePort } as const;

import { bridge } from './bridge';
import { bridgePort } from './bridge-port';
import { dummy, ifb } from './plain';
import { veth } from './veth';

/** Every kind of link that has a declaration. */
export const linkKinds = { bridge, dummy, ifb, veth } as const;

/** Every kind of port, by the kind of its master. */
export const portKinds = { bridge: bridgePort } as const;

import { choice, readOnly, uint32 } from '../../codec';
import { linkKind } from '../link-kind';
import type { PortOptionsOfKind, PortStateOfKind } from '../link-types';
import { routeTables } from '../rtnetlink';

/** Attributes of a VRF port's IFLA_INFO_SLAVE_DATA. */
const IFLA_VRF_PORT = { TABLE: 1 } as const;

/** A link as port of a VRF. */
export const vrfPort = linkKind('vrf', {
  /** The routing table of its VRF. IFLA_VRF_PORT_TABLE. */
  table: readOnly(choice(IFLA_VRF_PORT.TABLE, routeTables, uint32)),
});

/** Options of a link as a port of a VRF. */
export interface VrfPortOptions extends PortOptionsOfKind<typeof vrfPort> {}

/** A port of a VRF as the kernel describes it. */
export interface VrfPort extends PortStateOfKind<typeof vrfPort> {}

import { between, choice, createOnly, uint32 } from '../../codec';
import { linkKind } from '../link-kind';
import type { OptionsOfKind, StateOfKind } from '../link-types';
import { routeTables } from '../rtnetlink';

/** Attributes of a VRF's IFLA_INFO_DATA. */
const IFLA_VRF = { TABLE: 1 } as const;

/** Virtual routing and forwarding: its ports use a routing table of their own. */
export const vrf = linkKind(
  'vrf',
  {
    /** The routing table, 1 to 2^32 - 1. Has to be given when a link is made. IFLA_VRF_TABLE. */
    table: createOnly(choice(IFLA_VRF.TABLE, routeTables, between(uint32, 1, 0xffffffff))),
  },
  { wanted: [['table']] },
);

/** A VRF to be made: its ports use a routing table of their own. Needs `table`. */
export interface VrfOptions extends OptionsOfKind<typeof vrf> {}

/** A VRF as the kernel describes it. */
export interface Vrf extends StateOfKind<typeof vrf> {}

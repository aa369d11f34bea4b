import { createOnly } from '../../codec';
import { linkKind } from '../link-kind';
import { linkPeer } from '../link-peer';
import type { OptionsOfKind, StateOfKind } from '../link-types';

const VETH_INFO = { PEER: 1 } as const;

/** Two links, each the other's wire. */
export const veth = linkKind('veth', {
  /**
   * The other end; the kernel chooses its name by default. It is made with this one, but not listed with it: for a
   * listed pair `add({ ...one, peer: other })` makes both again, and `add([one, other])` would make two pairs.
   * VETH_INFO_PEER.
   */
  peer: createOnly(linkPeer(VETH_INFO.PEER)),
});

/** A pair to be made: two links, each the other's wire. */
export interface VethOptions extends OptionsOfKind<typeof veth> {}

/** One end of a pair as the kernel describes it. */
export interface Veth extends StateOfKind<typeof veth> {}

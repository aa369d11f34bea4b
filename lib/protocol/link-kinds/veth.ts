import { linkKind } from '../link-kind';
import { linkPeer } from '../link-peer';

const VETH_INFO = { PEER: 1 } as const;

/** Two links, each the other's wire. */
export const veth = linkKind('veth', {
  /** The other end; the kernel names it if this does not. VETH_INFO_PEER. */
  peer: linkPeer(VETH_INFO.PEER),
});

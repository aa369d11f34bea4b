import { constant, field, hostOrder, message, text, uint32be, type RowOf, type Source } from '../../../codec';
import { NETLINK, type Query, type Topic } from '../../netlink';
import { nfgenmsg } from '../netfilter';
import { NFT_MSG, NFTABLES, nftablesQuery } from './nftables';

const NFTA_GEN = { ID: 1, PROC_PID: 2, PROC_NAME: 3 } as const;
const TASK_COMM_LEN = 16;

const fields = {
  /** The number of the change that made it. NFTA_GEN_ID. */
  id: constant(field(NFTA_GEN.ID, uint32be), 0),
  /** The process that made it, of several threads the one; absent of a state that was there before. NFTA_GEN_PROC_PID. */
  pid: field(NFTA_GEN.PROC_PID, uint32be),
  /** The name of that, or of its thread. NFTA_GEN_PROC_NAME. */
  program: text(NFTA_GEN.PROC_NAME, TASK_COMM_LEN - 1),
} as const;

const generation = message(nfgenmsg, fields);

/** A state of the packet rules of a namespace: each change of them makes another one. */
export interface NftGeneration extends RowOf<typeof fields> {}

/** NFNLGRP_NFTABLES. */
const GROUP = 7;

/** What the kernel tells of each change: among all that came and went, the state that it made. */
export const generationTopic: Topic<NftGeneration> = {
  protocol: NETLINK.NETFILTER,
  groups: [GROUP],
  decode: (type: number, source: Source, start: number, end: number) =>
    type === ((NFTABLES << 8) | NFT_MSG.NEWGEN) ? generation.decode(source, start, end) : undefined,
};

/** Asks for the port of the socket that asks: the kernel sends the answer there, whatever the question is. */
export function getPort(): Query<number> {
  const decode: Query<number>['decode'] = ({ view }, start) => view.getUint32(start - PORT_BEFORE_PAYLOAD, hostOrder);
  return nftablesQuery('GETGEN', { ...generation, decode }, { values: {} });
}

/** `nlmsg_pid` is the last member of the netlink header. */
const PORT_BEFORE_PAYLOAD = 4;

/** Asks for the state of now. */
export function getGeneration(): Query<NftGeneration> {
  return nftablesQuery('GETGEN', generation, { values: {} });
}

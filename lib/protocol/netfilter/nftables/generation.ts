import { field, message, text, uint32be, type RowOf } from '../../../codec';
import type { Query } from '../../netlink';
import { netfilterQuery, nfgenmsg } from '../netfilter';
import { NFT_MSG, NFTABLES } from './nftables';

const NFTA_GEN = { ID: 1, PROC_PID: 2, PROC_NAME: 3 } as const;
const TASK_COMM_LEN = 16;

const fields = {
  /** The number of the change that made it. NFTA_GEN_ID. */
  id: field(NFTA_GEN.ID, uint32be),
  /** The process that made it. NFTA_GEN_PROC_PID. */
  pid: field(NFTA_GEN.PROC_PID, uint32be),
  /** The name of that. NFTA_GEN_PROC_NAME. */
  program: text(NFTA_GEN.PROC_NAME, TASK_COMM_LEN - 1),
} as const;

const generation = message(nfgenmsg, fields);

/** A state of the packet rules of a namespace: each change of them makes another one. */
export interface NftGeneration extends RowOf<typeof fields> {}

/** Asks for the state of now. */
export function getGeneration(): Query<NftGeneration> {
  return netfilterQuery(NFTABLES, generation, { name: 'NFT_MSG_GETGEN', command: NFT_MSG.GETGEN, values: {} });
}

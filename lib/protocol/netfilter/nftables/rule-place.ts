import type { NftFamily } from '../netfilter';
import type { NftRequest } from './nftables';

/** Where a rule is to be, and what all rules there have in common. */
export interface RulePlace {
  readonly family: NftFamily;
  readonly table: string;
  readonly chain: string;
  readonly of: NftRequest['of'];
  readonly subject: () => string;
  /** How their messages begin, once one was written. */
  beginning?: Uint8Array;
}

/** Rules come one behind the other, and what a batch of ten thousand keeps for each counts. */
let last: RulePlace | undefined;

/** A place, which is the same object as long as no other one is asked for. */
export function placeOf(family: NftFamily, table: string, chain: string): RulePlace {
  if (last?.family === family && last.table === table && last.chain === chain) return last;
  const subject = () => `rule of chain '${family} ${table} ${chain}'`;
  return (last = { family, table, chain, of: { family, name: table }, subject });
}

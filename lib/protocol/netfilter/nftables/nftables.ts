import type { Fields } from '../../../codec';
import { at } from '../../../errors';
import type { Query, Request } from '../../netlink';
import {
  batchLimits,
  netfilterQuery,
  netfilterRequest,
  NFNL_SUBSYS,
  type Command,
  type NetfilterMessage,
} from '../netfilter';
import { checkNftName } from './names';

/** The number of nf_tables among the parts of netfilter. */
export const NFTABLES = NFNL_SUBSYS.NFTABLES;

/** Types of nf_tables messages. */
export const NFT_MSG = {
  ...{
    NEWTABLE: 0,
    GETTABLE: 1,
    DELTABLE: 2,
    NEWCHAIN: 3,
    GETCHAIN: 4,
    DELCHAIN: 5,
    NEWRULE: 6,
    GETRULE: 7,
    DELRULE: 8,
  },
  ...{ NEWSET: 9, GETSET: 10, DELSET: 11, NEWSETELEM: 12, GETSETELEM: 13, DELSETELEM: 14, NEWGEN: 15, GETGEN: 16 },
  ...{ NEWOBJ: 18, GETOBJ: 19, DELOBJ: 20, GETOBJ_RESET: 21, NEWFLOWTABLE: 22, GETFLOWTABLE: 23, DELFLOWTABLE: 24 },
  ...{ GETRULE_RESET: 25, GETSETELEM_RESET: 33 },
} as const;

/** Which message of nf_tables is sent: 'NEWTABLE'. */
export type NftMessage = keyof typeof NFT_MSG;

type RequestOptions<F extends Fields> = Omit<Command<F>, 'name' | 'command'>;

/** A request of nf_tables, and the table that it is about: another socket may own that. */
export interface NftRequest extends Request {
  readonly of?: { readonly family?: unknown; readonly name?: unknown };
}

/** A request of nf_tables. */
export function nftablesRequest<F extends Fields>(
  what: NftMessage,
  message: NetfilterMessage<F>,
  options: RequestOptions<F>,
): NftRequest {
  const { family, name, table = name } = options.values as { family?: unknown; table?: unknown; name?: unknown };
  return {
    ...netfilterRequest(NFTABLES, message, { name: `NFT_MSG_${what}`, command: NFT_MSG[what], ...options }),
    of: { family, name: table },
  };
}

/** A query of nf_tables, by the fields of a message; `decode` reads an answer in place of the message's own. */
export function nftablesQuery<F extends Fields, Row>(
  what: NftMessage,
  message: NetfilterMessage<F> & { decode: Query<Row>['decode'] },
  options: RequestOptions<F>,
): Query<Row> {
  return netfilterQuery(NFTABLES, message, { name: `NFT_MSG_${what}`, command: NFT_MSG[what], ...options });
}

/** Throws unless a value can be the name of what rules stand in. */
export function checkContainer(name: unknown): void {
  at('name', () => {
    checkNftName(name);
  });
}

/** What stands around the messages of an nf_tables batch. */
export const nftablesBatch = batchLimits(NFTABLES);

/** The same, refused with ERESTART if the packet rules are of another generation. */
export function nftablesBatchOf(generation: number): typeof nftablesBatch {
  return batchLimits(NFTABLES, generation);
}

let lastSetId = 0;

/** A number for a set that is made, which no other set of the same batch has: it is found by that until it has a name. */
export function nextSetId(): number {
  lastSetId = (lastSetId % 0x7fffffff) + 1;
  return lastSetId;
}

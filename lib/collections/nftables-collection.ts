/* eslint-disable @typescript-eslint/no-require-imports -- loaded when the kernel refused something */
import { ERRNO } from '../errno';
import { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { nftablesBatch, type NftRequest } from '../protocol/netfilter/nftables/nftables';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { asked } from '../transport/trip';
import { whenNeeded } from '../when-needed';
import { Collection } from './collection';
import type * as Refusals from './nftables-refusals';

const loaded = whenNeeded({ refusals: () => require('./nftables-refusals') as typeof Refusals });

/** Where packet rules are changed: in a namespace, over the socket of all, or over one that owns tables. */
export interface NftHandle extends Pick<NamespaceHandle, 'where' | 'transport' | 'exclusive'> {
  /** The port of the socket that owns the tables that are made over it. */
  readonly port?: number;
}

/** What the collections of packet rules have in common: the kernel takes changes in batches alone, of one thing as well. */
export abstract class NftCollection extends Collection<NftHandle> {
  /** Sends what a verb asks for, all or nothing. */
  protected send(requests: () => readonly NftRequest[]): Promise<void> {
    return asked(() => sendBatch(this.handle.transport, requests(), this.handle.port));
  }
}

/** Sends changes, all or none. Rejects with the error of the first that was refused, which names the owner of the table if that is the reason. */
export function sendBatch(
  transport: NetlinkTransport,
  requests: readonly NftRequest[],
  port: number | undefined,
  limits = nftablesBatch,
): Promise<void> {
  return orTold(transport.sendWhole(requests, limits), (error) =>
    loaded.refusals.toldOfOwner(error, requests, transport, port),
  );
}

async function orTold(sent: Promise<void>, tell: (error: NetlinkError) => Promise<NetlinkError>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof NetlinkError) || !mayBeOfOwner(error)) throw error;
    throw await tell(error);
  }
}

/** Without CAP_NET_ADMIN the kernel refuses the beginning of a batch. */
function mayBeOfOwner({ errno, request, syscall }: NetlinkError): boolean {
  if (syscall !== undefined || request === nftablesBatch.begin.name) return false;
  return errno === ERRNO.EPERM || (errno === ERRNO.EOPNOTSUPP && request === 'NFT_MSG_NEWTABLE');
}

/** For `catch`: what another program deleted meanwhile is not there any more. */
export function unlessGone(error: unknown): undefined {
  if (error instanceof NetlinkError && error.errno === ERRNO.ENOENT) return undefined;
  throw error;
}

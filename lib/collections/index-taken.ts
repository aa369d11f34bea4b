import { NetlinkError, retold } from '../errors';
import { getIdentity, type LinkOptions } from '../protocol/link';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { peerOf } from './link-creation';

/**
 * For `catch` of the creation of a link with an index, or of a pair: names the property that exists already, which the
 * kernel does not point at: an index, or the peer's name. The kernel reports EEXIST for the first end's index, as it does
 * for a name, and EBUSY for that of the peer, which it makes first.
 */
export function namingTaken(
  options: LinkOptions,
  transport: NetlinkTransport,
  peerPlace: NetlinkTransport,
): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof NetlinkError) || error.property !== undefined) throw error;
    const property =
      error.code === 'EBUSY'
        ? busyIndex(options)
        : ((await takenPeerName(error.code, options, peerPlace)) ??
          (await existingIndex(error.code, options, transport)));
    if (property === undefined || (property === 'index' && options.index === undefined)) throw error;
    throw retold(error, { property, hint: undefined });
  };
}

function busyIndex(options: LinkOptions): string {
  return peerOf(options)?.index === undefined ? 'index' : 'peer.index';
}

/** The kernel makes the peer first. */
async function takenPeerName(code: string, options: LinkOptions, place: NetlinkTransport): Promise<string | undefined> {
  const name = peerOf(options)?.name;
  if (code !== 'EEXIST' || name === undefined) return undefined;
  const [found] = await place.query(getIdentity(name)).catch(() => []);
  return found && 'peer.name';
}

async function existingIndex(
  code: string,
  { index }: LinkOptions,
  transport: NetlinkTransport,
): Promise<string | undefined> {
  if (code !== 'EEXIST' || index === undefined) return undefined;
  const [found] = await transport.query(getIdentity(index)).catch(() => []);
  return found && 'index';
}

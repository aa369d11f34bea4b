import { NetlinkError, retold } from '../errors';
import { getIdentity, type LinkOptions } from '../protocol/link';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { peerOf } from './link-creation';

/**
 * For `catch` of the creation of a link, or a pair, with an index: names the property with the index that is taken,
 * which the kernel does not point at. The kernel reports EEXIST for the first end's index, as it does for a name, and
 * EBUSY for that of the peer, which it makes first.
 */
export function namingIndex(options: LinkOptions, transport: NetlinkTransport): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof NetlinkError) || error.property !== undefined) throw error;
    const property = error.code === 'EBUSY' ? busyIndex(options) : await existingIndex(error.code, options, transport);
    if (property === undefined) throw error;
    throw retold(error, { property, hint: undefined });
  };
}

function busyIndex(options: LinkOptions): string {
  return peerOf(options)?.index === undefined ? 'index' : 'peer.index';
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

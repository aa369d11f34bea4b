import { NetlinkError, retold } from '../errors';
import { getIdentity, isWholeName, type LinkOptions } from '../protocol/link';
import type { Hint } from '../protocol/netlink';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { peerOf } from './link-creation';

/**
 * For `catch` of the creation of a link: names the property that exists already, which the kernel does not point at: an index, the name or the
 * peer's name. The kernel reports EEXIST for the first end's index, as it does for a name, and EBUSY for that of the peer, which it makes
 * first.
 */
export function namingTaken(
  options: LinkOptions,
  transport: NetlinkTransport,
  peerPlace: NetlinkTransport,
): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof NetlinkError) || error.property !== undefined) throw error;
    const found = error.code === 'EBUSY' ? busyIndex(options) : await taken(error, options, transport, peerPlace);
    if (found === undefined || (found.property === 'index' && options.index === undefined)) throw error;
    throw retold(error, { property: found.property, hint: found.text });
  };
}

function busyIndex(options: LinkOptions): Hint {
  return { property: peerOf(options)?.index === undefined ? 'index' : 'peer.index', text: 'another link has it' };
}

/** The kernel makes the peer first. */
async function taken(
  { code, kernelMessage, namespace }: NetlinkError,
  options: LinkOptions,
  transport: NetlinkTransport,
  peerPlace: NetlinkTransport,
): Promise<Hint | undefined> {
  if (code !== 'EEXIST' || kernelMessage !== undefined) return undefined;
  const { name, index } = options;
  const peerName = peerOf(options)?.name;
  const isThere = async (place: NetlinkTransport, device: string | number) =>
    (await place.query(getIdentity(device)).catch(() => [])).length > 0;
  const has = (device: string, { where }: NetlinkTransport) =>
    `${where.inode === namespace?.inode ? 'there is' : `${where.text} has`} a link '${device}' already`;
  if (isWholeName(peerName) && (await isThere(peerPlace, peerName)))
    return { property: 'peer.name', text: has(peerName, peerPlace) };
  if (index !== undefined && (await isThere(transport, index)))
    return { property: 'index', text: 'another link has it' };
  if (isWholeName(name) && (await isThere(transport, name))) return { property: 'name', text: has(name, transport) };
  const isSame = name !== undefined && name === peerName && transport === peerPlace;
  return isSame ? { property: 'peer.name', text: 'both ends would have this name' } : undefined;
}

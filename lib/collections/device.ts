import type { LinkReference } from '../codec';
import { ERRNO } from '../errno';
import { NetlinkError } from '../errors';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { getLink, linkSubject, type Link, type LinkDetails, type LinkIdentity } from '../protocol/link';

/** One link by name, alternative name or index; rejects with ENODEV if there is no such link. */
export async function getOne(
  transport: NetlinkTransport,
  device: LinkReference,
  details: LinkDetails = {},
): Promise<Link> {
  const [link] = await transport.query(getLink(device, details));
  if (link === undefined) {
    throw new NetlinkError({
      errno: ERRNO.ENODEV,
      reason: 'there is no such link',
      request: 'RTM_GETLINK',
      where: transport.where,
      subject: linkSubject(device),
      property: 'device',
    });
  }
  return link;
}

/** The link that is meant by a name, an index, or what `add` resolved with. */
export function referenceOf(device: LinkReference | LinkIdentity): LinkReference {
  // A value without an index is refused later, with an error about the value itself.
  return typeof device === 'object' && device !== null && 'index' in device ? device.index : device;
}

/** For `catch`: ignores failures with this code. */
export function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if ((error as Partial<NetlinkError>).code !== code) throw error;
  };
}

import type { LinkReference } from '../codec';
import { NetlinkError } from '../errors';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { getLink, subjectOf, type Link, type LinkDetails, type LinkIdentity } from '../protocol/link';

const ENODEV = 19;

/** One link by name, alternative name or index; rejects with ENODEV if there is none. */
export async function getOne(
  transport: NetlinkTransport,
  device: LinkReference,
  details: LinkDetails = {},
): Promise<Link> {
  const [link] = await transport.query(getLink(device, details));
  if (link === undefined) {
    throw new NetlinkError({
      errno: ENODEV,
      request: 'RTM_GETLINK',
      where: transport.where,
      subject: subjectOf(device),
      property: 'device',
    });
  }
  return link;
}

/** The link that is meant by a name, an index, or what `add` resolved with. */
export function referenceOf(device: LinkReference | LinkIdentity): LinkReference {
  // What has no index is refused as what it is.
  return typeof device === 'object' && device !== null && 'index' in device ? device.index : device;
}

/** For `catch`: passes over a failure of this code. */
export function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if ((error as Partial<NetlinkError>).code !== code) throw error;
  };
}

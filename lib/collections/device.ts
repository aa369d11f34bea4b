import { LONGEST_LINK_NAME, type LinkReference } from '../codec';
import { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { getLink, subjectOf, type Link } from '../protocol/link';

const ENODEV = 19;

/**
 * Runs a verb on a link. Indexes and names are used as they are, without a look-up; an alternative name that is too long
 * to be a name costs one.
 */
export async function withDevice<Device extends LinkReference | null | undefined, Result>(
  handle: NamespaceHandle,
  device: Device,
  verb: (device: Device | number) => Promise<Result>,
): Promise<Result> {
  if (!isLongName(device)) return await verb(device);
  const { index } = await getOne(handle.transport, device);
  return await verb(index);
}

/** As {@link withDevice}, for options that may name a device, a master and a way. */
export async function withDevices<Options extends object | undefined, Result>(
  handle: NamespaceHandle,
  options: Options,
  verb: (options: Options) => Promise<Result>,
): Promise<Result> {
  const long = Object.entries(options ?? {}).filter(([name, value]) => linkProperties.has(name) && isLongName(value));
  if (long.length === 0) return await verb(options);
  const found = await Promise.all(long.map(([, device]) => getOne(handle.transport, device as string)));
  const indexes = Object.fromEntries(long.map(([name], at) => [name, found[at]?.index]));
  return await verb({ ...options, ...indexes });
}

const linkProperties = new Set(['device', 'master', 'link', 'via']);

/** Whether a link is called by an alternative name that is too long to be a name. */
export function isLongName(device: unknown): device is string {
  return typeof device === 'string' && Buffer.byteLength(device) > LONGEST_LINK_NAME;
}

/** One link by name, alternative name or index; rejects with ENODEV if there is none. */
export async function getOne(transport: NetlinkTransport, device: LinkReference, statistics?: boolean): Promise<Link> {
  const [link] = await transport.query(getLink(device, { statistics }));
  if (link === undefined) {
    throw new NetlinkError({
      errno: ENODEV,
      request: 'RTM_GETLINK',
      where: transport.where,
      subject: subjectOf(device),
    });
  }
  return link;
}

/** For `catch`: passes over a failure of this code. */
export function ignoring(code: string): (error: unknown) => void {
  return (error) => {
    if ((error as Partial<NetlinkError>).code !== code) throw error;
  };
}

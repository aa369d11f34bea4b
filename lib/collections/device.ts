import { LONGEST_LINK_NAME, type LinkReference } from '../codec';
import { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { getLink, subjectOf, type Link } from '../protocol/link';

const ENODEV = 19;

/**
 * Runs a verb on a link. Indexes and names are used as they are, without a look-up; an alternative name that is too long
 * to be a name costs one. What is thrown rejects.
 */
export function withDevice<Device extends LinkReference | null | undefined, Result>(
  handle: NamespaceHandle,
  device: Device,
  verb: (device: Device | number) => Promise<Result>,
): Promise<Result> {
  return rejecting(() => onDevice(handle, device, verb));
}

/** As {@link withDevice}, for options that may name a device, a master and a way. */
export function withDevices<Options extends object | undefined, Result>(
  handle: NamespaceHandle,
  options: Options,
  verb: (options: Options) => Promise<Result>,
): Promise<Result> {
  return rejecting(() => onDevices(handle, options, verb));
}

/** As an async function would, but without one more promise. */
function rejecting<Result>(verb: () => Promise<Result>): Promise<Result> {
  try {
    return verb();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/** As {@link withDevice}, inside a verb that takes care of what is thrown. */
export function onDevice<Device extends LinkReference | null | undefined, Result>(
  handle: NamespaceHandle,
  device: Device,
  verb: (device: Device | number) => Promise<Result>,
): Promise<Result> {
  return isLongName(device) ? getOne(handle.transport, device).then(({ index }) => verb(index)) : verb(device);
}

/** As {@link withDevices}, inside a verb that takes care of what is thrown. */
export function onDevices<Options extends object | undefined, Result>(
  handle: NamespaceHandle,
  options: Options,
  verb: (options: Options) => Promise<Result>,
): Promise<Result> {
  return hasLongName(options ?? {}) ? lookUp(handle, options, verb) : verb(options);
}

type Linked = Partial<Record<(typeof linkProperties)[number], unknown>>;

/** Whether options call a link by an alternative name that is too long to be a name. */
export function hasLongName({ device, master, link, via }: Linked): boolean {
  return isLongName(device) || isLongName(master) || isLongName(link) || isLongName(via);
}

/** Options with an index in place of each long name, so that the rest can be checked before those are looked up. */
export function withoutLongNames<Options extends object>(options: Options): Options {
  if (!hasLongName(options)) return options;
  const given = options as Record<string, unknown>;
  const long = linkProperties.filter((name) => isLongName(given[name]));
  return { ...options, ...Object.fromEntries(long.map((name) => [name, 1])) };
}

async function lookUp<Options extends object | undefined, Result>(
  handle: NamespaceHandle,
  options: Options,
  verb: (options: Options) => Promise<Result>,
): Promise<Result> {
  const given = options as Record<string, unknown>;
  const long = linkProperties.filter((name) => isLongName(given[name]));
  const found = await Promise.all(long.map((name) => getOne(handle.transport, given[name] as string)));
  const indexes = Object.fromEntries(long.map((name, at) => [name, found[at]?.index]));
  return await verb({ ...options, ...indexes });
}

const linkProperties = ['device', 'master', 'link', 'via'] as const;

/** Whether a link is called by an alternative name that is too long to be a name. */
export function isLongName(device: unknown): device is string {
  if (typeof device !== 'string' || device.length <= LONGEST_LINK_NAME / MOST_BYTES_PER_UNIT) return false;
  return Buffer.byteLength(device) > LONGEST_LINK_NAME;
}

/** UTF-8 takes no more for one unit of a string. */
const MOST_BYTES_PER_UNIT = 3;

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
export function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if ((error as Partial<NetlinkError>).code !== code) throw error;
  };
}

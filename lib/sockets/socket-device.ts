import type { LinkReference } from '../codec';
import { NamespaceError, NetlinkError, show } from '../errors';
import { getLink } from '../protocol/link';
import type { NamespaceHandle } from '../namespace/handle';

/** Where the device of a socket was named, and what would have set it. */
export interface DeviceUse {
  syscall: 'setsockopt' | 'bind';
  /** The option that names it; undefined where it is the zone of an address. */
  property?: string | undefined;
}

/**
 * The index of a socket's device inside the namespace. Rejects with a NamespaceError, ENODEV, if there is none: SO_BINDTOIFINDEX takes any
 * number, and the socket then receives nothing.
 */
export async function deviceIndex(handle: NamespaceHandle, device: LinkReference, use: DeviceUse): Promise<number> {
  try {
    const [link] = await handle.transport.query(getLink(device));
    return link!.index;
  } catch (error) {
    if (!(error instanceof NetlinkError) || error.code !== 'ENODEV') throw error;
    throw new NamespaceError({ errno: error.errno, where: handle.where, subject: `device ${show(device)}`, ...use });
  }
}

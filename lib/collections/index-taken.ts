import { NetlinkError } from '../errors';
import { getIdentity } from '../protocol/link';
import type { NetlinkTransport } from '../transport/netlink-transport';

/**
 * For `catch` of the creation of a link with an index: names `index` where that is what exists already. The kernel says EEXIST of a
 * name as well, and points at neither.
 */
export function namingIndex(transport: NetlinkTransport, index: number): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof NetlinkError) || error.code !== 'EEXIST' || error.property !== undefined) throw error;
    const [found] = await transport.query(getIdentity(index)).catch(() => []);
    if (found === undefined) throw error;
    const { errno, request, namespace: where, subject, kernelMessage } = error;
    throw new NetlinkError({ errno, request, where, subject, kernelMessage, property: 'index' });
  };
}

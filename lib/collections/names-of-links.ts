import { listLinkNames } from '../protocol/link';
import type { NetlinkTransport } from '../transport/netlink-transport';

/** The names of all links, by their indexes. */
export async function namesOfLinks(transport: NetlinkTransport): Promise<ReadonlyMap<number, string>> {
  const links = await transport.list(listLinkNames());
  return new Map(links.map(({ index, name }) => [index, name]));
}

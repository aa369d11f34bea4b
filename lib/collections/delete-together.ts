import { checkSomeLink, type LinkReference } from '../codec';
import { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { packages } from '../packages';
import { changeLink, deleteGroup, getGroup, subjectOf, type LinkIdentity, type LinkInGroup } from '../protocol/link';
import { eachElement } from '../transport/slices';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { referenceOf } from './device';
import { allOf, ofElement } from './elements';

/** Far above the groups that people number. */
const FIRST_FREE_GROUP = 0x80000000;
const EOPNOTSUPP = 95;

/**
 * Deletes links together, all or none. One that is deleted alone waits for an RCU grace period, which takes a thousand times
 * as long as the rest; the kernel deletes a group of links with one such wait. So they are put into a group that nobody
 * has, by chance: one of two thousand million.
 */
export function deleteTogether(
  handle: NamespaceHandle,
  devices: readonly (LinkReference | LinkIdentity)[],
): Promise<void> {
  const references = devices.map(referenceOf);
  return handle.exclusive('links.delete', async (transport) => {
    const rest = eachElement(references.length, (index) => {
      checkSomeLink(references[index]!);
    });
    if (rest !== undefined) await rest;
    if (references.length === 0) return;
    const links = await allOf(references.length, (index) => find(transport, references[index]!), { internal: true });
    checkKinds(transport, links, references);
    await deleteLinks(transport, links, references);
  });
}

async function find(transport: NetlinkTransport, device: LinkReference): Promise<LinkInGroup> {
  const [link] = await transport.query(getGroup(device));
  return link!;
}

/** Throws if one is a link that cannot be deleted. */
function checkKinds(
  transport: NetlinkTransport,
  links: readonly LinkInGroup[],
  references: readonly LinkReference[],
): void {
  const errors = links.flatMap(({ kind }, element) => {
    if (kind !== undefined) return [];
    const subject = subjectOf(references[element]);
    const { where } = transport;
    return [{ element, error: new NetlinkError({ errno: EOPNOTSUPP, request: 'RTM_DELLINK', subject, where }) }];
  });
  if (errors.length > 0) throw ofElement(errors);
}

async function deleteLinks(
  transport: NetlinkTransport,
  links: readonly LinkInGroup[],
  references: readonly LinkReference[],
): Promise<void> {
  const group = packages.crypto.randomInt(FIRST_FREE_GROUP, 0x100000000);
  try {
    await transport.sendAll(links.length, (index) => ({
      ...changeLink(links[index]!.index, { group }),
      subject: subjectOf(references[index]),
    }));
    await transport.send(deleteGroup(group));
  } catch (error) {
    const back = (index: number) => changeLink(links[index]!.index, { group: links[index]!.group });
    await transport.sendAll(links.length, back).catch(() => undefined);
    throw error;
  }
}

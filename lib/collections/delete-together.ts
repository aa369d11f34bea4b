import { checkSomeLink, type LinkReference } from '../codec';
import { ERRNO } from '../errno';
import { NetlinkError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { packages } from '../packages';
import { changeLink, deleteGroup, getGroup, linkSubject, type LinkIdentity, type LinkInGroup } from '../protocol/link';
import { eachElement } from '../transport/slices';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { referenceOf } from './device';
import { allOf, ofElement } from './elements';

/** Far above the groups that people use. */
const FIRST_FREE_GROUP = 0x80000000;

/**
 * Deletes links together, all or none. A link that is deleted alone waits for an RCU grace period, which takes a
 * thousand times as long as the rest; a group of links is deleted with one such wait. So the links are moved into a
 * group of their own first, whose number is random (one of two thousand million), so that nothing else is in it.
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

/** Throws if a link among them cannot be deleted. */
function checkKinds(
  transport: NetlinkTransport,
  links: readonly LinkInGroup[],
  references: readonly LinkReference[],
): void {
  const errors = links.flatMap(({ kind }, element) => {
    if (kind !== undefined) return [];
    const subject = linkSubject(references[element]);
    const { where } = transport;
    return [{ element, error: new NetlinkError({ errno: ERRNO.EOPNOTSUPP, request: 'RTM_DELLINK', subject, where }) }];
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
      subject: linkSubject(references[index]),
    }));
    await transport.send(deleteGroup(group));
  } catch (error) {
    const back = (index: number) => changeLink(links[index]!.index, { group: links[index]!.group });
    await transport.sendAll(links.length, back).catch(() => undefined);
    throw error;
  }
}

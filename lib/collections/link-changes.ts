import { LinkSlot, type LinkReference } from '../codec';
import { changeLink, isWholeName, linkSubject, type LinkChanges } from '../protocol/link';
import { requireBridge } from '../protocol/link-masters';
import type { Request } from '../protocol/netlink';
import type { Call, Step } from '../transport/call';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { chosenIndex } from './chosen-index';
import { behind, inMessages, isOfPort, isQuietWithToken } from './link-order';
import { namesOf } from './properties';

/** Whether the kernel does the whole change in one message, in one namespace. */
export function isOneMessage(changes: LinkChanges): boolean {
  const { namespace, addressGenerationMode } = changes;
  return (
    namespace === undefined && addressGenerationMode === undefined && !isOfPort(changes) && !isQuietWithToken(changes)
  );
}

/**
 * The requests of a change. Options of a bridge's port are sent after the kernel was asked whether the link is a port.
 */
export function changeRequests(device: LinkReference | LinkSlot, change: LinkChanges, newIndex?: number): Request[] {
  const request = changeLink(device, change, { newIndex });
  return change.bridgePort === undefined ? [request] : [requireBridge(device, request.subject), request];
}

/** The call that changes a link: one message where the kernel does everything in the right order. */
export function linkChange(
  device: LinkReference,
  changes: LinkChanges,
  here: NetlinkTransport,
  target: NetlinkTransport,
): Call<void> {
  const link = typeof device === 'string' ? new LinkSlot(device) : device;
  const isMoved = target !== here;
  const [first, ...others] = inMessages(changes, isMoved ? behind.move : behind.change);
  const steps: Step[] = [];
  const push = (at: NetlinkTransport, reference: LinkReference | LinkSlot, change: LinkChanges, newIndex?: number) => {
    const requests = changeRequests(reference, change, newIndex).map((request) => ({
      ...request,
      subject: linkSubject(device),
    }));
    for (const request of requests)
      steps.push({ at, request, changes: request === requests.at(-1) ? namesOf(change) : [] });
  };
  if (!isMoved || others.length === 0) {
    for (const change of [first, ...others]) if (namesOf(change).length > 0) push(here, link, change);
  } else {
    // In the other namespace the link may get another index. Without a new name it keeps its own, or does not move.
    const name = changes.name ?? (typeof device === 'string' ? device : undefined);
    const newIndex = isWholeName(name) ? undefined : chosenIndex();
    push(here, link, first, newIndex);
    const moved = newIndex ?? new LinkSlot(name);
    for (const change of others) push(target, moved, change);
  }
  return { steps, places: [target], result: () => undefined };
}

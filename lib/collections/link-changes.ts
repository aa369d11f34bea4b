import { LinkSlot, type LinkReference } from '../codec';
import { changeLink, isWholeName, subjectOf, type LinkChanges } from '../protocol/link';
import type { Call, Step } from '../transport/call';
import type { NetlinkTransport } from '../transport/netlink-transport';
import { chosenIndex } from './chosen-index';
import { namesOf, pick, without } from './properties';

/** Whether the kernel does all in one message, and in one namespace. */
export function isOneMessage({ namespace, addressGenerationMode, port }: LinkChanges): boolean {
  return namespace === undefined && addressGenerationMode === undefined && port === undefined;
}

/** The call that changes a link: in one message where the kernel does all in the right order. */
export function linkChange(
  device: LinkReference,
  changes: LinkChanges,
  here: NetlinkTransport,
  target: NetlinkTransport,
): Call<void> {
  const link = typeof device === 'string' ? new LinkSlot(device) : device;
  const isMoved = target !== here;
  const [first, ...others] = isMoved ? partsOfMove(changes) : partsOfChange(changes);
  const steps: Step[] = [];
  const push = (at: NetlinkTransport, reference: LinkReference | LinkSlot, change: LinkChanges, newIndex?: number) => {
    const request = { ...changeLink(reference, change, { newIndex }), subject: subjectOf(device) };
    steps.push({ at, request, changes: namesOf(change) });
  };
  if (!isMoved || others.length === 0) {
    for (const change of [first!, ...others]) push(here, link, change);
  } else {
    // Over there the link may have another index, and a name that only the kernel knows.
    const newIndex = isWholeName(changes.name) ? undefined : chosenIndex();
    push(here, link, first!, newIndex);
    const moved = newIndex ?? new LinkSlot(changes.name);
    for (const change of others) push(target, moved, change);
  }
  return { steps, places: [target], result: () => undefined };
}

/** `addressGenerationMode` works before `up`, `port` behind `master`, and both before the link is up and its port forwards. */
function partsOfChange(changes: LinkChanges): LinkChanges[] {
  const { addressGenerationMode, port } = changes;
  if (addressGenerationMode === undefined && port === undefined) return [changes];
  if (addressGenerationMode === undefined)
    return parts(without(changes, ['port', 'up']), pick(changes, ['port', 'up']));
  return partsOfMove(changes);
}

/** Master and port options are of the namespace that a link moves to, so they follow the move. */
function partsOfMove(changes: LinkChanges): LinkChanges[] {
  const { addressGenerationMode, port, master } = changes;
  if (addressGenerationMode === undefined && port === undefined && master === undefined) return [changes];
  const first = without(changes, ['master', 'port', 'up']);
  if (port === undefined) return parts(first, pick(changes, ['master', 'up']));
  return parts(first, pick(changes, ['master']), pick(changes, ['port', 'up']));
}

function parts(...all: (LinkChanges | undefined)[]): LinkChanges[] {
  const kept = all.filter((change) => change !== undefined && namesOf(change).length > 0);
  return kept as LinkChanges[];
}

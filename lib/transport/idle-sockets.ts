import type { Handle } from '../native';
import { native } from './runtime';

/** Who has a netlink socket, and can give it away. */
interface Owner {
  takeSocket(): Handle | undefined;
}

/** Of the sockets that nobody uses, so many stay open at most: those that were used last. */
const MOST_IDLE = 256;
/** So many of the others are closed together: a thread of the addon wakes up for them. */
const CLOSED_TOGETHER = 16;
/** A socket is closed when it has not been used for one or two of these. */
const IDLE_MS = 1000;

/** The owners of sockets that nobody uses, and in which turn of the timer that began; the oldest first. */
const idle = new Map<Owner, number>();
let turn = 0;
let timer: NodeJS.Timeout | undefined;

// A namespace that is open takes one descriptor; its socket is a second one. To open a socket anew costs some tens of
// microseconds, to keep one for each of thousands of namespaces as many descriptors.

/** The owner's socket is about to be used, or is gone. */
export function inUse(owner: Owner): void {
  idle.delete(owner);
}

/** Nothing is under way on the owner's socket any more: it will be closed, unless {@link inUse} comes first. */
export function unused(owner: Owner): void {
  idle.delete(owner);
  idle.set(owner, turn);
  if (idle.size > MOST_IDLE) closeFirst(CLOSED_TOGETHER);
  timer ??= setTimeout(closeAged, IDLE_MS).unref();
}

function closeAged(): void {
  turn++;
  let aged = 0;
  for (const since of idle.values()) {
    if (turn - since < 2) break;
    aged++;
  }
  closeFirst(aged);
  timer = idle.size === 0 ? undefined : setTimeout(closeAged, IDLE_MS).unref();
}

/** Closes the sockets of so many of the owners, those that have not used theirs for longest. */
function closeFirst(count: number): void {
  const sockets: Handle[] = [];
  let left = count;
  for (const owner of idle.keys()) {
    if (left-- === 0) break;
    idle.delete(owner);
    const socket = owner.takeSocket();
    if (socket !== undefined) sockets.push(socket);
  }
  if (sockets.length > 0) native().closeNetlinks(Float64Array.from(sockets));
}

/** How many sockets are open that nobody uses. */
export function idleSockets(): number {
  return idle.size;
}

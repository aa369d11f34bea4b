/** Who has a netlink socket. */
interface Owner {
  closeSocket(): void;
}

/** Of the sockets that nobody uses, so many stay open at most: those that were used last. */
const MOST_IDLE = 256;
/** A socket is closed when it has not been used for one or two of these. */
const IDLE_MS = 1000;
/** To close one takes the kernel some 10 us, for which the event loop waits. */
const CLOSED_IN_TURN = 64;

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
  if (idle.size > MOST_IDLE) closeOldest();
  timer ??= setTimeout(closeAged, IDLE_MS).unref();
}

function closeOldest(): void {
  for (const owner of idle.keys()) {
    close(owner);
    return;
  }
}

function closeAged(): void {
  turn++;
  closeSomeAged();
}

function closeSomeAged(): void {
  let left = CLOSED_IN_TURN;
  for (const [owner, since] of idle) {
    if (turn - since < 2) break;
    if (left-- === 0) {
      timer = setTimeout(closeSomeAged).unref();
      return;
    }
    close(owner);
  }
  timer = idle.size === 0 ? undefined : setTimeout(closeAged, IDLE_MS).unref();
}

function close(owner: Owner): void {
  idle.delete(owner);
  owner.closeSocket();
}

/** How many sockets are open that nobody uses. */
export function idleSockets(): number {
  return idle.size;
}

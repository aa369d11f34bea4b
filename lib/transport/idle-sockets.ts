/** An owner of a netlink socket. */
interface Owner {
  closeSocket(): void;
}

/** At most so many unused sockets stay open: those used last. */
const MOST_IDLE = 256;
/** A socket is closed when it has not been used for one or two of these. */
const IDLE_MS = 1000;
/** Closing one takes the kernel some 10 us, for which the event loop waits. */
const CLOSED_IN_TURN = 64;

/** The owners of unused sockets, with the turn of the timer in which they became unused; the oldest first. */
const idle = new Map<Owner, number>();
let turn = 0;
let timer: NodeJS.Timeout | undefined;

// An open namespace takes one descriptor; its socket is a second one. Opening a socket again costs some tens of
// microseconds; keeping one for each of thousands of namespaces costs as many descriptors.

/** The owner's socket is about to be used, or is gone. */
export function inUse(owner: Owner): void {
  idle.delete(owner);
}

/** No operation uses the owner's socket any more: it will be closed, unless {@link inUse} is called first. */
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

/** The number of open, unused sockets. */
export function idleSockets(): number {
  return idle.size;
}

/** Netlink speaks in the host's byte order: the last argument of DataView's accessors. */
export const hostOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

import { endianness } from 'node:os';

/** Netlink speaks in the host's byte order: the last argument of DataView's accessors. */
export const hostOrder = endianness() === 'LE';

import fs from 'node:fs';

import type { Capability } from '../capabilities';
import { hostOrder, type LinkReference } from '../codec';
import { NamespaceError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { native, takeId, type Outcome } from '../transport/runtime';
import { deviceIndex } from './socket-device';

/** Types of sockets. */
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;

/** An option of a socket, set before it is bound. */
export interface SocketOption {
  level: number;
  name: number;
  value: Uint8Array;
  /** What it is called in errors: "device 'eth0'". */
  subject: string;
  /** The property that says so, if there is one. */
  property?: string | undefined;
  /** The capability that setting it needs. */
  needs?: Capability;
  /** The value is the index of this link, which has to be there: setting the option would not tell. */
  device?: LinkReference;
}

/** A socket to open, in the kernel's numbers. */
export interface SocketRequest {
  family: number;
  type: number;
  protocol?: number;
  options?: readonly SocketOption[];
  /** A sockaddr to bind to. */
  address?: Uint8Array | undefined;
  /** A sockaddr to connect to, for sockets that connect without waiting. */
  peer?: Uint8Array | undefined;
  /** The error of a bind(2) or connect(2) that fails; a NamespaceError by default. */
  addressError?: (errno: number) => Error | Promise<Error>;
}

/** A socket that the addon holds until it is taken. If it is not, it is closed when this environment ends. */
export class HeldSocket {
  constructor(private readonly id: number) {}

  /** The descriptor, non-blocking; the caller owns it from then on. Can be called once. */
  take(): number {
    const fd = native().lendSocket(this.id);
    native().giveSocket(this.id);
    return fd;
  }

  /** Gives the descriptor to an object of Node that owns it from then on, unless `own` throws. */
  adopt<Owner>(own: (fd: number) => Owner): Owner {
    const fd = native().lendSocket(this.id);
    try {
      return own(fd);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    } finally {
      native().giveSocket(this.id);
    }
  }

  /** Closes it. */
  discard(): void {
    native().close(this.id);
  }
}

/**
 * Opens a socket inside a namespace, to which it belongs for good, and which it keeps alive. Rejects with a
 * NamespaceError.
 */
export async function openSocketInside(handle: NamespaceHandle, request: SocketRequest): Promise<HeldSocket> {
  const { family, type, protocol = 0, options: given = [], address, peer, addressError } = request;
  const options = given.some(({ device }) => device !== undefined) ? await withIndexes(handle, given) : given;
  const records = options.length === 0 ? undefined : encodeOptions(options);
  const id = takeId();
  const outcome = await handle.attempt(
    (addon, _, namespace) => {
      addon.openSocket(id, namespace, family, type, protocol, records, address, peer);
    },
    undefined,
    id,
  );
  const { errno, call: syscall = 'unknown' } = outcome;
  if (errno === 0) return new HeldSocket(id);
  if ((syscall === 'bind' || syscall === 'connect') && addressError !== undefined) throw await addressError(errno);
  const { subject, property, needs } =
    syscall === 'setsockopt' ? (options[optionsSet(outcome)] ?? NO_OPTION) : NO_OPTION;
  throw new NamespaceError({ errno, syscall, where: handle.where, subject, property, needs });
}

const NO_OPTION: Partial<SocketOption> = {};

/** Replaces devices by their indexes. */
function withIndexes(handle: NamespaceHandle, options: readonly SocketOption[]): Promise<SocketOption[]> {
  return Promise.all(options.map((option) => withIndex(handle, option)));
}

async function withIndex(handle: NamespaceHandle, option: SocketOption): Promise<SocketOption> {
  const { device, property } = option;
  if (device === undefined) return option;
  const index = await deviceIndex(handle, device, { syscall: 'setsockopt', property });
  return { ...option, value: new Uint8Array(Uint32Array.of(index).buffer) };
}

function encodeOptions(options: readonly SocketOption[]): Uint8Array {
  const pieces = options.flatMap(({ level, name, value }) => {
    const header = new DataView(new ArrayBuffer(12));
    header.setInt32(0, level, hostOrder);
    header.setInt32(4, name, hostOrder);
    header.setUint32(8, value.length, hostOrder);
    return [new Uint8Array(header.buffer), value];
  });
  return Buffer.concat(pieces);
}

function optionsSet({ data }: Outcome): number {
  return data === undefined ? Infinity : new DataView(data).getUint32(0, hostOrder);
}

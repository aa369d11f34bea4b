import { hostOrder, type Writer } from '../../lib/codec';
import type { Query, Request } from '../../lib/protocol/netlink';
import type { OpenedSocket, SocketSource } from '../../lib/transport/request-socket';
import { inNamespace } from '../../lib/where';
import { ascii, attribute, u32 } from './bytes';
import type { Sent } from './native-double';

// What tests of the transport send, and get for an answer, where the addon is a double.

/** The handle of the socket that {@link opened} answers with. */
export const SOCKET = 77;
const MSG = 1;
const OFFS = 2;
/** The kernel's own words. */
export const words = (text: string) => attribute(MSG, ascii(`${text}\0`));
/** Where it found the mistake. */
export const place = (offset: number) => attribute(OFFS, u32(offset));

/** A namespace whose sockets tests play. */
export type PlayedSource = SocketSource & { open: jest.Mock<OpenedSocket> };

export function playedSource(): PlayedSource {
  return {
    number: 5,
    keep: jest.fn(),
    onClose: jest.fn(() => () => undefined),
    release: jest.fn(),
    where: inNamespace('blue'),
    open: jest.fn(() => opened()),
  };
}

/** A socket that is opened. */
export function opened(socket = SOCKET): OpenedSocket {
  return { socket, opened: Promise.resolve() };
}

/** A socket that is not opened after all, in one of the next turns. */
export function notOpened(error: Error): OpenedSocket {
  const failing = new Promise((_resolve, reject) => setImmediate(reject, error));
  return { socket: SOCKET, opened: failing };
}

/** A request whose payload is one u32. */
export function request(value = 0, more: Partial<Request> = {}): Request {
  const encode = (writer: Writer) => {
    writer.uint32(value);
  };
  return { name: 'RTM_TEST', type: 16, flags: 0, encode, ...more };
}

/** A query whose replies are u32s. */
export function query(more: Partial<Query<number>> = {}): Query<number> {
  return { ...request(0, more), decode: (from, start) => from.view.getUint32(start, hostOrder), ...more };
}

export const sequencesOf = (...batches: Sent[]) =>
  batches.flatMap(({ messages }) => messages.map(({ sequence }) => sequence));

/** How calls ended, in their order. */
export async function endings(calls: Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as { code: string }).code));
}

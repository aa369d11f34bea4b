import type { Handle } from '../../lib/native';
import { native, operate, type Outcome } from '../../lib/transport/runtime';
import { hostOrder, sourceOf } from '../../lib/codec';
import { bytes, u32 } from './bytes';

/** What a test asks the addon for, without the library around it: messages made by hand, and what the kernel says to them. */

/** NETLINK_NETFILTER, NETLINK_GENERIC. */
export const netfilter = 12;
export const generic = 16;

/** A namespace without a name, and a netlink socket in it. Gone with the block that holds it. */
export interface Place extends Disposable {
  readonly namespace: Handle;
  readonly fd: number;
  readonly socket: Handle;
}

export async function scratchPlace(protocol: number): Promise<Place> {
  const [namespace = 0, fd = 0] = values(
    await operate((addon, id) => {
      addon.createNamespace(id, undefined, undefined);
    }),
  );
  const [socket = 0] = values(
    await operate((addon, id) => {
      addon.openNetlink(id, namespace, protocol, true);
    }),
  );
  const close = () => {
    native().closeNetlink(socket);
    native().close(namespace);
  };
  return { namespace, fd, socket, [Symbol.dispose]: close };
}

/** What an operation that did not fail gives. */
export function values(outcome: Outcome): readonly number[] {
  expect(outcome).toMatchObject({ errno: 0 });
  return outcome.values;
}

/** A message that came, and what is behind its header. */
export interface Answer {
  type: number;
  sequence: number;
  payload: Uint8Array;
}

/** Sends messages; resolves with the answers. */
export async function send(
  socket: Handle,
  messages: readonly Uint8Array[],
  { fixups, notes }: { fixups?: readonly Uint8Array[]; notes?: readonly Uint8Array[] } = {},
): Promise<Answer[]> {
  const together = (records?: readonly Uint8Array[]) => (records === undefined ? undefined : bytes(...records));
  const outcome = await operate((addon, id) => {
    addon.send(id, socket, bytes(...messages), together(fixups), together(notes));
  });
  values(outcome);
  return answers(outcome.data);
}

export function answers(data: ArrayBuffer | undefined): Answer[] {
  const { view } = sourceOf(new Uint8Array(data ?? new ArrayBuffer(0)));
  const found: Answer[] = [];
  for (let at = 0; at < view.byteLength;) {
    const length = view.getUint32(at, hostOrder);
    const [type, sequence] = [view.getUint16(at + 4, hostOrder), view.getUint32(at + 8, hostOrder)];
    found.push({ type, sequence, payload: new Uint8Array(view.buffer, at + 16, length - 16) });
    at += (length + 3) & ~3;
  }
  return found;
}

/** Errors among answers, by the sequence numbers of their requests. */
export function errorsOf(found: readonly Answer[]): Record<number, number> {
  const errors = found.filter(({ type }) => type === 2);
  return Object.fromEntries(
    errors.map(({ sequence, payload }) => [sequence, -sourceOf(payload).view.getInt32(0, hostOrder)]),
  );
}

/** A note: see GROUP_SIZE in lib/native.ts. */
export function note(
  message: number,
  fields: { group?: number; flags?: number; slot?: number; attribute?: number; header?: number },
): Uint8Array {
  const { group = 0, flags = 0, slot = 0, attribute = 0, header = 16 } = fields;
  return bytes(...[message, group, flags, slot, attribute, header].map(u32));
}

/** A fixup of a message's type: see FIXUP_TYPE in lib/native.ts. */
export function typeFixup(message: number, slot: number): Uint8Array {
  return bytes(u32(message), u32(message + 4), u32(2), u32(slot), new Uint8Array(16));
}

import { hostOrder, sourceOf } from '../../lib/codec';
import type { Handle, NativeCallbacks, NativeRuntime, NativeValues } from '../../lib/native';
import { bytes, u16, u32, type Piece } from './bytes';

/** A message that the library sent. */
export interface SentMessage {
  type: number;
  flags: number;
  sequence: number;
  payload: Uint8Array;
}

/** One call of `send` or `dump`. */
export interface Sent {
  id: number;
  socket: Handle;
  bytes: Uint8Array;
  fixups: Uint8Array | undefined;
  messages: SentMessage[];
}

/** One call of `subscribe`. */
export interface Subscribed {
  id: number;
  namespace: Handle;
  protocol: number;
  groups: number[];
}

/** How an operation of the addon ends; success without data unless said otherwise. */
export interface Ending {
  errno?: number;
  call?: string;
  data?: Uint8Array;
  values?: NativeValues;
}

/** The operations that tests play. */
type Played = 'send' | 'dump' | 'subscribe' | 'resume' | 'keepAlive' | 'cancel' | 'closeNetlink' | 'close';

/**
 * A double of the addon: it records what it is asked for, and the test plays the kernel. Give it to the library with
 * support/mocked-native, whose `startRuntime` calls {@link connect}.
 */
export class NativeDouble implements Pick<NativeRuntime, Played> {
  sends: Sent[] = [];
  dumps: (Sent & { window: number })[] = [];
  subscriptions: Subscribed[] = [];
  resumed: number[] = [];
  keptAlive: [id: number, keep: boolean][] = [];
  cancelled: number[] = [];
  closed: Handle[] = [];
  private callbacks: NativeCallbacks | undefined;

  /** The addon that the library gets: whatever else it asks for fails the test. */
  connect(callbacks: NativeCallbacks): NativeRuntime {
    this.callbacks = callbacks;
    return new Proxy<Partial<NativeRuntime>>(this, {
      get: (target, name) => (name in target ? target[name as keyof NativeRuntime] : unexpected),
    }) as NativeRuntime;
  }

  forget(): void {
    this.sends = [];
    this.dumps = [];
    this.subscriptions = [];
    this.resumed = [];
    this.keptAlive = [];
    this.cancelled = [];
    this.closed = [];
  }

  /** The n-th batch that was sent, once it was. */
  async sent(index: number): Promise<Sent> {
    return await eventually(() => this.sends[index]);
  }

  /** The n-th dump, once it was asked for. */
  async dumped(index: number): Promise<Sent> {
    return await eventually(() => this.dumps[index]);
  }

  /** The n-th subscription, once it was asked for. */
  async subscribed(index: number): Promise<Subscribed> {
    return await eventually(() => this.subscriptions[index]);
  }

  settle({ id }: { id: number }, { errno = 0, call, data, values }: Ending = {}): void {
    this.callbacks?.settled(id, errno, call, data && ownBuffer(data), ...(values ?? []));
  }

  chunk({ id }: { id: number }, ...messages: Uint8Array[]): void {
    this.callbacks?.chunk(id, ownBuffer(bytes(...messages)));
  }

  send(id: number, socket: Handle, requests: Uint8Array, fixups: Uint8Array | undefined): void {
    this.sends.push({ id, socket, bytes: requests.slice(), fixups: fixups?.slice(), messages: messagesOf(requests) });
  }

  dump(
    id: number,
    socket: Handle,
    request: Uint8Array,
    fixups: Uint8Array | undefined,
    _groups: Uint8Array | undefined,
    window: number,
  ): void {
    const sent = { id, socket, bytes: request.slice(), fixups: fixups?.slice(), messages: messagesOf(request) };
    this.dumps.push({ ...sent, window });
  }

  subscribe(id: number, namespace: Handle, protocol: number, groups: Int32Array): void {
    this.subscriptions.push({ id, namespace, protocol, groups: [...groups] });
  }

  resume(id: number): void {
    this.resumed.push(id);
  }

  cancel(id: number): void {
    this.cancelled.push(id);
  }

  closeNetlink(socket: Handle): void {
    this.closed.push(socket);
  }

  close(handle: Handle): void {
    this.closed.push(handle);
  }

  keepAlive(id: number, keep: boolean): void {
    this.keptAlive.push([id, keep]);
  }
}

function unexpected(): never {
  throw new Error('this operation is not expected of the double');
}

/** What `look` finds, once that is something; turns of the event loop pass meanwhile. */
async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (let turn = 0; turn < 100; turn++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
  throw new Error('what was waited for did not happen');
}

function ownBuffer(content: Uint8Array): ArrayBuffer {
  return Uint8Array.from(content).buffer;
}

function messagesOf(content: Uint8Array): SentMessage[] {
  const { view } = sourceOf(content);
  const messages: SentMessage[] = [];
  for (let at = 0; at < content.length;) {
    const length = view.getUint32(at, hostOrder);
    messages.push({
      type: view.getUint16(at + 4, hostOrder),
      flags: view.getUint16(at + 6, hostOrder),
      sequence: view.getUint32(at + 8, hostOrder),
      payload: content.slice(at + 16, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** A netlink message, padded. */
export function message(type: number, flags: number, sequence: number, ...payload: Piece[]): Uint8Array {
  const content = bytes(...payload);
  const padding = new Uint8Array(-content.length & 3);
  return bytes(u32(16 + content.length), u16(type), u16(flags), u32(sequence), u32(0), content, padding);
}

const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const CAPPED = 0x100;
const ACK_TLVS = 0x200;

/** NLMSG_ERROR that repeats the request's header alone; with attributes if there are any. */
export function cappedError(sequence: number, errno: number, ...attributes: Uint8Array[]): Uint8Array {
  const flags = CAPPED | (attributes.length > 0 ? ACK_TLVS : 0);
  // The header tells the length of the request, which is not there.
  const echo = bytes(u32(1000), u16(16), u16(5), u32(sequence), u32(0));
  return message(NLMSG_ERROR, flags, sequence, u32(-errno >>> 0), echo, ...attributes);
}

/** NLMSG_ERROR that repeats the whole request. */
export function fullError(request: SentMessage, errno: number, ...attributes: Uint8Array[]): Uint8Array {
  const flags = attributes.length > 0 ? ACK_TLVS : 0;
  const echo = message(request.type, request.flags, request.sequence, request.payload);
  return message(NLMSG_ERROR, flags, request.sequence, u32(-errno >>> 0), echo, ...attributes);
}

/** NLMSG_DONE; `errno` undefined leaves out even that. */
export function done(sequence: number, errno?: number, ...attributes: Uint8Array[]): Uint8Array {
  const flags = 2 | (attributes.length > 0 ? ACK_TLVS : 0);
  return message(NLMSG_DONE, flags, sequence, errno === undefined ? [] : u32(-errno >>> 0), ...attributes);
}

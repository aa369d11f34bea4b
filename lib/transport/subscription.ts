import { sourceOf } from '../codec';
import type { Handle, NativeRuntime } from '../native';
import type { NetlinkEvent } from '../protocol/events';
import { NLMSG, type Topic } from '../protocol/netlink';
import { eachMessage } from './messages';
import { native, type Outcome } from './runtime';

/** Runs an operation of the addon on the namespace to listen in. Rejects with a NamespaceError. */
export type OperationOnNamespace = (
  start: (addon: NativeRuntime, id: number, namespace: Handle) => void,
  chunk: (data: ArrayBuffer, id: number) => void,
) => Promise<Outcome>;

/** An event, or at its place the word that events were lost: what is known has to be asked for again. */
export type News<Event = NetlinkEvent> = Event | Resync;

/** Events were lost. What is asked of the kernel after this is newer than the loss. */
export interface Resync {
  subject: 'resync';
}

/** A listener of a subscription. */
export interface Listener<Event = NetlinkEvent> {
  /**
   * What happened, in the kernel's order. More is told when this returns or what it returns resolves; until then it waits in
   * a queue of bounded size, and what does not fit is lost, which comes as a {@link Resync}.
   */
  tell(news: News<Event>[]): void | Promise<void>;
  /** The subscription ended by itself: it could not be opened, or its socket failed. */
  fail(error: unknown): void;
}

/** Listens to the kernel's events about a topic in a namespace, from {@link inForce} to {@link close}. */
export class Subscription<Event> {
  /** Resolves when nothing is missed any more: to ask for what there is from here on is to know all. Never rejects. */
  readonly inForce: Promise<void>;
  private closed = false;
  private operation = 0;

  constructor(
    run: OperationOnNamespace,
    topic: Topic<Event>,
    private readonly listener: Listener<Event>,
  ) {
    const groups = Int32Array.from(topic.groups);
    let begun: () => void;
    this.inForce = new Promise((resolve) => {
      begun = resolve;
    });
    const ended = run(
      (addon, id, namespace) => {
        this.operation = id;
        // Closed while the namespace's handle was waited for: the addon ends it as soon as it has begun.
        addon.subscribe(id, namespace, topic.protocol, groups);
        if (this.closed) addon.cancel(id);
      },
      (data, id) => {
        if (this.closed) return;
        if (data.byteLength === 0) begun();
        this.tell(newsOf(topic, data), id);
      },
    );
    ended.then(undefined, (error: unknown) => {
      if (!this.closed) listener.fail(error);
      this.closed = true;
    });
  }

  /** Stops listening, at once. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.operation !== 0) native().cancel(this.operation);
  }

  private tell(news: News<Event>[], id: number): void {
    const next = () => {
      if (!this.closed) native().resume(id);
    };
    const told = news.length === 0 ? undefined : this.listener.tell(news);
    if (told === undefined) next();
    else void told.finally(next);
  }
}

/** The news in a chunk. An event that cannot be decoded counts as lost. */
function newsOf<Event>({ decode }: Topic<Event>, data: ArrayBuffer): News<Event>[] {
  const source = sourceOf(data);
  const news: News<Event>[] = [];
  eachMessage(source, ({ type, flags, start, end }) => {
    if (type === NLMSG.OVERRUN) news.push({ subject: 'resync' });
    if (type < NLMSG.MIN_TYPE) return;
    let event: Event | undefined;
    try {
      event = decode(type, source, start, end, flags);
    } catch {
      news.push({ subject: 'resync' });
    }
    if (event !== undefined) news.push(event);
  });
  return news;
}

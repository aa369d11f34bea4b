import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, checkSignal, type Checks } from '../options';
import type { Topic } from '../protocol/netlink';
import { Subscription, type News, type Resync } from '../transport/subscription';

/** How long to listen. */
export interface WatchOptions {
  /** Ends it: what is being waited for rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Events were lost at this place: list again what is to be known. */
export interface LostEvents {
  /** 'lost': the kernel or the queue of this process had no room for some. */
  event: 'lost';
}

/**
 * What happens, in the kernel's order, from when `watch` resolved: `for await (const event of events)`. Leaving the loop,
 * `return()` and `await using` end it.
 */
export interface EventStream<Event> extends AsyncGenerator<Event | LostEvents, void, undefined> {
  /** Ends it, as leaving its loop does. */
  return(): Promise<IteratorResult<Event | LostEvents, void>>;
}

const checks: Checks<WatchOptions> = { signal: checkSignal };

/** Streams that somebody may have forgotten: their sockets are closed. */
const forgotten = new FinalizationRegistry<() => void>((close) => {
  close();
});

/** Listens to the kernel's events about a topic, and resolves when nothing is missed any more. */
export async function watch<Event extends object>(
  handle: NamespaceHandle,
  topic: Topic<Event>,
  options: WatchOptions = {},
  owner?: object,
): Promise<EventStream<Event>> {
  const { signal } = checkedOptions(options, checks, '{ signal }');
  signal?.throwIfAborted();
  handle.checkOpen();
  const queue = new EventQueue<Event>();
  const subscription = new Subscription<Event>((start, chunk) => handle.use(start, chunk), topic, queue.listener);
  const end = (reason?: { error: unknown }) => {
    stopListening();
    signal?.removeEventListener('abort', onAbort);
    subscription.close();
    queue.end(reason);
  };
  const onAbort = () => {
    end({ error: signal?.reason });
  };
  const stopListening = handle.onClose((error) => {
    end({ error });
  });
  signal?.addEventListener('abort', onAbort);
  queue.onFailure = () => {
    end();
  };
  await Promise.race([subscription.inForce, queue.ended]);
  if (queue.reason !== undefined) throw queue.reason.error;
  return streamOf(queue, end, owner);
}

/** Events between the subscription, which waits while there are any, and who reads them. */
class EventQueue<Event> {
  private news: (Event | LostEvents)[] = [];
  private next = 0;
  private isOver = false;
  reason: { error: unknown } | undefined;
  onFailure: () => void = () => undefined;
  private wake: () => void = () => undefined;
  private consumed: () => void = () => undefined;
  private over: () => void = () => undefined;
  /** Resolves when it is over. */
  readonly ended = new Promise<void>((resolve) => {
    this.over = resolve;
  });

  readonly listener = {
    tell: (news: News<Event>[]): Promise<void> => {
      this.news = news.map((one) => (isLoss(one) ? { event: 'lost' } : one));
      this.next = 0;
      this.wake();
      return new Promise((resolve) => {
        this.consumed = resolve;
      });
    },
    fail: (error: unknown): void => {
      this.reason ??= { error };
      this.onFailure();
    },
  };

  /** The next event; undefined when it is over. */
  async take(): Promise<Event | LostEvents | undefined> {
    for (;;) {
      if (this.next < this.news.length) return this.news[this.next++];
      if (this.isOver) break;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        // More is told only when this is read.
        this.consumed();
      });
    }
    const { reason } = this;
    this.reason = undefined;
    if (reason !== undefined) throw reason.error;
    return undefined;
  }

  end(reason: { error: unknown } | undefined): void {
    if (this.isOver) return;
    this.isOver = true;
    this.reason ??= reason;
    this.news = [];
    this.next = 0;
    this.consumed();
    this.over();
    this.wake();
  }
}

function isLoss<Event>(one: News<Event>): one is Resync {
  return (one as Partial<Resync>).subject === 'resync';
}

function streamOf<Event>(
  queue: EventQueue<Event>,
  end: (reason?: { error: unknown }) => void,
  owner: object | undefined,
): EventStream<Event> {
  let last: Promise<unknown> = Promise.resolve();
  async function next(): Promise<IteratorResult<Event | LostEvents, void>> {
    const value = await queue.take();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }
  const close = () => {
    end();
  };
  const stream: EventStream<Event> = {
    next() {
      // As in generators, a call waits for the one before.
      const taken = last.then(next);
      last = taken.catch(() => undefined);
      keeps.set(taken, this);
      return taken;
    },
    return() {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    throw(error) {
      end();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is what the caller throws
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
  forgotten.register(stream, close);
  if (owner !== undefined) keeps.set(stream, owner);
  return stream;
}

/**
 * What holds what from being collected: a stream its owner, and what is waited for its stream, also where the program has only that promise.
 */
const keeps = new WeakMap<object, object>();

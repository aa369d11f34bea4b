import type { NamespaceError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { topicOf, type NetlinkEvent, type Subject } from '../protocol/events';
import { Subscription, type Listener, type News, type OperationOnNamespace } from '../transport/subscription';

/** The subjects that waits need. */
const SUBJECTS: readonly Subject[] = ['link', 'port', 'address', 'namespaceId'];

/**
 * The subscription that all waits in a namespace share: it begins with the first and ends with the last. Listeners are
 * called for each chunk of events, and must return quickly.
 */
export class SharedEvents {
  private readonly listeners = new Set<Listener>();
  private subscription: Subscription<NetlinkEvent> | undefined;

  constructor(private readonly run: OperationOnNamespace) {}

  /**
   * Adds a listener, which gets all events from when the promise resolves. If that fails, `fail` of the listener is
   * called.
   */
  listen(listener: Listener): Promise<void> {
    this.listeners.add(listener);
    this.subscription ??= new Subscription(this.run, topicOf(SUBJECTS), {
      tell: (news) => {
        this.tell(news);
      },
      fail: (error) => {
        this.fail(error);
      },
    });
    return this.subscription.inForce;
  }

  unlisten(listener: Listener): void {
    if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
    this.subscription?.close();
    this.subscription = undefined;
  }

  /** Ends all waits, because the namespace is closed. */
  close(error: NamespaceError): void {
    this.subscription?.close();
    this.fail(error);
  }

  private tell(news: News[]): void {
    for (const listener of [...this.listeners]) void listener.tell(news);
  }

  private fail(error: unknown): void {
    this.subscription = undefined;
    const listeners = [...this.listeners];
    this.listeners.clear();
    for (const listener of listeners) listener.fail(error);
  }
}

const eventsOfHandles = new WeakMap<NamespaceHandle, SharedEvents>();

/** The events that all waits in a namespace share, until its handle is closed. Throws a NamespaceError if it is. */
export function sharedEventsOf(handle: NamespaceHandle): SharedEvents {
  handle.checkOpen();
  const known = eventsOfHandles.get(handle);
  if (known !== undefined) return known;
  const events = new SharedEvents((start, chunk) => handle.use(start, chunk));
  eventsOfHandles.set(handle, events);
  handle.onClose((error) => {
    events.close(error);
  });
  return events;
}

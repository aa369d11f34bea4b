import { checkInteger } from '../codec';
import { WaitError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions, checkSignal, type Checks } from '../options';
import type { News } from '../transport/subscription';
import { sharedEventsOf } from './shared-events';

/** How long to wait. */
export interface WaitOptions {
  /** Gives up: the wait rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which the wait rejects with a {@link WaitError}, ETIMEDOUT; forever by default. */
  timeout?: number | undefined;
}

/** Something to wait for. */
export interface Condition<Result> {
  /** What is awaited, for errors: "link 'eth0' to be up". */
  readonly awaited: string;
  /** Whether it may have come with this event. */
  isNear(event: News): boolean;
  /** Asks the kernel; answers with what came, or undefined as long as it has not. What it throws ends the wait. */
  look(): Promise<{ came: Result } | undefined>;
  /** The state that was seen last, for errors: "down". */
  lastState(): string;
}

const LONGEST_TIMEOUT = 0x7fffffff;

/** How options of a wait are checked. */
export const waitOptions: Checks<WaitOptions> = {
  signal: checkSignal,
  timeout(value) {
    checkInteger(value, 1, LONGEST_TIMEOUT);
  },
};

/**
 * Waits for a condition: listens, then looks at the present state, and looks again after each event that may bring it and
 * after each loss of events. So it is the kernel's present state that decides, and events only say when to look.
 */
export async function waitFor<Result>(
  handle: NamespaceHandle,
  condition: Condition<Result>,
  options: WaitOptions = {},
): Promise<Result> {
  const { signal, timeout } = checkedOptions(options, waitOptions);
  signal?.throwIfAborted();
  const events = sharedEventsOf(handle);
  return await new Promise<Result>((resolve, reject) => {
    let ended = false;
    let looking = false;
    let isNear = false;

    const end = (settle: () => void) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      events.unlisten(listener);
      settle();
    };
    const fail = (error: unknown) => {
      end(() => {
        // A signal's reason may be anything.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      });
    };
    const look = async () => {
      isNear = true;
      if (looking) return;
      looking = true;
      // Events that come while it looks are seen by the next look.
      while (isNear && !ended) {
        isNear = false;
        const found = await condition.look();
        if (found === undefined) continue;
        end(() => {
          resolve(found.came);
        });
      }
      looking = false;
    };
    const lookOrFail = () => {
      look().catch(fail);
    };
    const onAbort = () => {
      fail(signal?.reason);
    };
    const listener = {
      tell(news: News[]) {
        if (news.some((event) => event.subject === 'resync' || condition.isNear(event))) lookOrFail();
      },
      fail,
    };

    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            const text = `${condition.lastState()} after ${String(timeout)} ms`;
            fail(new WaitError({ code: 'ETIMEDOUT', text, awaited: condition.awaited, where: handle.where }));
          }, timeout);
    signal?.addEventListener('abort', onAbort);
    void events.listen(listener).then(lookOrFail);
  });
}

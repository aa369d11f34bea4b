import { ledOut, WaitError } from '../errors';
import type { NamespaceHandle } from '../namespace/handle';
import { checkedOptions } from '../options';
import type { News } from '../transport/subscription';
import type { Where } from '../where';
import { sharedEventsOf } from './shared-events';
import { waitOptions, type WaitOptions } from './wait-options';

export type { WaitOptions } from './wait-options';

/** A condition to wait for. */
export interface Condition<Result> {
  /** Describes the condition in errors: "link 'eth0' to be up". */
  readonly awaited: string;
  /** Whether the condition may be met after this event. */
  isNear(event: News): boolean;
  /**
   * Asks the kernel; resolves with the result, or with undefined while the condition is not met. A rejection ends the
   * wait.
   */
  look(): Promise<{ came: Result } | undefined>;
  /** The namespace that errors are about, where it is another than the one that is listened to. */
  readonly where?: Where;
  /** The state that was seen last, for errors: "down". */
  lastState(): string;
}

/**
 * Waits for a condition: listens for events, then looks at the present state, and again after each event that may
 * matter and after each loss of events. So the kernel's present state decides; events only say when to look.
 */
export async function waitFor<Result>(
  handle: NamespaceHandle,
  condition: Condition<Result>,
  options: WaitOptions = {},
): Promise<Result> {
  const { signal, timeout } = checkedOptions(options, waitOptions, '{ timeout: 5000 }');
  signal?.throwIfAborted();
  const events = sharedEventsOf(handle);
  const ended = new Promise<Result>((resolve, reject) => {
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
      // An event that arrives during a look causes another look.
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
            const { awaited, where = handle.where } = condition;
            fail(new WaitError({ code: 'ETIMEDOUT', text, awaited, where }));
          }, timeout);
    signal?.addEventListener('abort', onAbort);
    void events.listen(listener).then(lookOrFail);
  });
  return await ledOut(ended);
}

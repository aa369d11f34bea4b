import { checkInteger } from '../codec';
import { checkSignal, type Checks } from '../options';

/** How long to wait. */
export interface WaitOptions {
  /** Gives up: the wait rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which the wait rejects with a {@link WaitError}, ETIMEDOUT; forever by default. */
  timeout?: number | undefined;
}

const LONGEST_TIMEOUT = 0x7fffffff;

/** How options of a wait are checked. */
export const waitOptions: Checks<WaitOptions> = {
  signal: checkSignal,
  timeout(value) {
    checkInteger(value, 1, LONGEST_TIMEOUT);
  },
};

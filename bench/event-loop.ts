import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How late a timer of 1 ms came round while something was going on, in milliseconds. The millisecond itself is in the
 * figures: an idle loop shows a little more than 1.
 */
export interface EventLoopDelay {
  max: number;
  /** The 99.9th percentile. */
  p999: number;
  /**
   * The most that the loop's thread ran between two ticks: what the loop did itself. The rest of a delay is the machine's, which
   * did not let it run.
   */
  busy: number;
}

/** Watches the event loop while some work goes on. */
export async function eventLoopDelay(work: () => Promise<unknown>): Promise<EventLoopDelay> {
  const clock = openSync('/proc/thread-self/schedstat', 'r');
  const delays: number[] = [];
  let busy = 0;
  let last = performance.now();
  let ran = ranFor(clock);
  const tick = () => {
    const now = performance.now();
    const running = ranFor(clock);
    delays.push(now - last);
    busy = Math.max(busy, running - ran);
    [last, ran] = [now, running];
  };
  const timer = setInterval(tick, 1);
  try {
    await work();
    tick();
  } finally {
    clearInterval(timer);
    closeSync(clock);
  }
  delays.sort((one, other) => one - other);
  return { max: delays.at(-1)!, p999: delays[Math.ceil(delays.length * 0.999) - 1]!, busy };
}

const text = Buffer.alloc(64);

/** For how many milliseconds the thread has run. */
function ranFor(clock: number): number {
  const size = readSync(clock, text, 0, text.length, 0);
  return Number.parseInt(text.toString('latin1', 0, size), 10) / 1e6;
}

/** What an idle event loop shows: the timer's own delay and the noise of the machine. */
export function idleEventLoopDelay(): Promise<EventLoopDelay> {
  return eventLoopDelay(() => sleep(IDLE_MS));
}

const IDLE_MS = 400;

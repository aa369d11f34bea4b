import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How late a timer of 1 ms came round while something was going on, in milliseconds. The millisecond itself is in the
 * figures: an idle loop shows a little more than 1.
 */
export interface EventLoopDelay {
  max: number;
  /** The 99.9th percentile. */
  p999: number;
}

/** Watches the event loop while some work goes on. */
export async function eventLoopDelay(work: () => Promise<unknown>): Promise<EventLoopDelay> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return { max: delay.max / 1e6, p999: delay.percentile(99.9) / 1e6 };
}

/** What an idle event loop shows: the timer's own delay and the noise of the machine. */
export function idleEventLoopDelay(): Promise<EventLoopDelay> {
  return eventLoopDelay(() => sleep(IDLE_MS));
}

const IDLE_MS = 400;

import { closeSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { percentile } from './statistics';

/**
 * How late a timer of 1 ms came round while something was going on, in milliseconds. The millisecond itself is in the
 * figures: an idle loop shows a little more than 1.
 */
export interface EventLoopDelay {
  /** How often the timer came round. */
  samples: number;
  delay: Spread;
  /** At most so much of it was the loop's own doing: without what its thread waited for a processor. */
  own: Spread;
  /** At most so much of that was not the collection of garbage. */
  withoutGarbage: Spread;
}

export interface Spread {
  /** The 99.9th percentile. */
  p999: number;
  max: number;
}

/** From one time that the timer came round to the next. Milliseconds. */
interface Sample {
  start: number;
  delay: number;
  own: number;
}

/** Watches the event loop while something goes on, as often as is wanted, and tells what it saw in all. */
export interface EventLoopWatch {
  during(work: () => Promise<unknown>): Promise<void>;
  found(): EventLoopDelay;
}

export function watchOfEventLoop(): EventLoopWatch {
  const samples: Sample[] = [];
  const collections: PerformanceEntry[] = [];
  return {
    async during(work) {
      const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
      observer.observe({ entryTypes: ['gc'] });
      try {
        samples.push(...(await samplesOf(work)));
        await sleep(GATHERING_MS);
      } finally {
        observer.disconnect();
      }
    },
    found() {
      const withoutGarbage = samples.map((sample) => ownWithoutGarbage(sample, collections));
      return {
        samples: samples.length,
        delay: spreadOf(samples.map(({ delay }) => delay)),
        own: spreadOf(samples.map(({ own }) => own)),
        withoutGarbage: spreadOf(withoutGarbage),
      };
    },
  };
}

/** Node tells of collections a little later. */
const GATHERING_MS = 20;

async function samplesOf(work: () => Promise<unknown>): Promise<Sample[]> {
  const samples: Sample[] = [];
  const clock = openSync('/proc/thread-self/schedstat', 'r');
  let last = { time: performance.now(), ...threadTimes(clock) };
  const tick = () => {
    const now = { time: performance.now(), ...threadTimes(clock) };
    const delay = now.time - last.time;
    const own = Math.min(delay - (now.waited - last.waited), now.ran - last.ran + UNACCOUNTED_MS, delay);
    samples.push({ start: last.time, delay, own: Math.max(own, 0) });
    last = now;
  };
  const timer = setInterval(tick, 1);
  try {
    await work();
    tick();
  } finally {
    clearInterval(timer);
    closeSync(clock);
  }
  return samples;
}

/** The kernel adds to a running thread's time at its own ticks, of which the slowest have this length. */
const UNACCOUNTED_MS = 4;
const text = Buffer.alloc(64);

/** For how many milliseconds the thread has run, and for how many it was ready to run and had no processor. */
function threadTimes(clock: number): { ran: number; waited: number } {
  const size = readSync(clock, text, 0, text.length, 0);
  const [ran = 0, waited = 0] = text.toString('latin1', 0, size).split(' ').map(Number);
  return { ran: ran / 1e6, waited: waited / 1e6 };
}

function ownWithoutGarbage({ start, delay, own }: Sample, collections: PerformanceEntry[]): number {
  const end = start + delay;
  let collecting = 0;
  for (const { startTime, duration } of collections) {
    collecting += Math.max(0, Math.min(end, startTime + duration) - Math.max(start, startTime));
  }
  // A collection may have waited for a processor as well, which is not to be taken off twice.
  return Math.max(0, Math.min(own, delay - collecting));
}

function spreadOf(values: number[]): Spread {
  return { p999: percentile(values, 99.9), max: Math.max(...values) };
}

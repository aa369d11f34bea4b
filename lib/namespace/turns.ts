import { now } from '../clock';
import { SLICE_MS } from '../transport/slices';

/** So many are begun at once: a caller that awaits each before the next never waits for a turn. */
const FREE = 4;

let underWay = 0;
const waiting: (() => void)[] = [];

/**
 * Runs a task of which hundreds are often started at once. A few, about a slice's worth, are begun in each turn of the
 * event loop, in order.
 */
export function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  return underWay >= FREE || waiting.length > 0 ? turn().then(() => begin(work)) : begin(work);
}

function begin<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = work();
  underWay++;
  result.then(ended, ended);
  return result;
}

function ended(): void {
  underWay--;
}

function turn(): Promise<void> {
  if (waiting.length === 0) setImmediate(slice);
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

function slice(): void {
  letIn(now() + SLICE_MS);
}

/** A task that is admitted begins before the next one is. */
function letIn(until: number): void {
  waiting.shift()?.();
  if (waiting.length === 0) return;
  queueMicrotask(() => {
    if (now() < until) letIn(until);
    else setImmediate(slice);
  });
}

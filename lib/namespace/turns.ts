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
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (underWay >= FREE || waiting.length > 0) await turn();
  const result = work();
  underWay++;
  try {
    // The only one that awaits it: otherwise the stacks of errors would end here.
    return await result;
  } finally {
    underWay--;
  }
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

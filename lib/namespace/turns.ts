import { now } from '../clock';
import { SLICE_MS } from '../transport/slices';

/** So many are begun at once: whoever does one after the other never waits for a turn. */
const FREE = 4;

let underWay = 0;
const waiting: (() => void)[] = [];

/**
 * Does something that is often asked for by the hundred at once, of which a slice's worth is then begun in each turn of the
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

/** Whoever is let in begins before the next one is. */
function letIn(until: number): void {
  waiting.shift()?.();
  if (waiting.length === 0) return;
  queueMicrotask(() => {
    if (now() < until) letIn(until);
    else setImmediate(slice);
  });
}

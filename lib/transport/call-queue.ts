/**
 * A queue for the calls on one namespace. Most work is passed to the addon at once, which keeps the order. Work that
 * takes several turns of the event loop holds the queue, and later work waits in it.
 */
export class CallQueue {
  /** Waiting work; the latest is last. */
  private arrived: (() => void)[] = [];
  /**
   * Earlier waiting work, in reverse order. Removing the first element of an array would move all others, which may be
   * thousands.
   */
  private waiting: (() => void)[] = [];
  private isHeld = false;
  private isPassing = false;

  /** Whether work would run now. */
  get isFree(): boolean {
    return !this.isHeld && !this.isPassing;
  }

  /** Runs work now, or as soon as all earlier work has been passed on. */
  enter(work: () => void): void {
    if (this.isFree) work();
    else this.arrived.push(work);
  }

  /** As {@link enter}, but later work waits until this work calls `pass`, once. */
  hold(work: (pass: () => void) => void): void {
    this.enter(() => {
      this.isHeld = true;
      work(() => {
        this.pass();
      });
    });
  }

  private pass(): void {
    this.isHeld = false;
    // `pass` may be called by waiting work itself: the loop continues, and does not nest.
    if (this.isPassing) return;
    this.isPassing = true;
    try {
      while (!this.isHeld) {
        const work = this.first();
        if (work === undefined) break;
        work();
      }
    } finally {
      this.isPassing = false;
    }
  }

  /** Removes the work that has waited longest. */
  private first(): (() => void) | undefined {
    if (this.waiting.length === 0) {
      this.waiting = this.arrived.reverse();
      this.arrived = [];
    }
    return this.waiting.pop();
  }
}

/**
 * Runs work when it is first in all of several queues, in each of which it takes its place now. Later work waits until
 * this work calls `pass`, once.
 */
export function holdAll(queues: readonly CallQueue[], work: (pass: () => void) => void): void {
  const all = [...new Set(queues)];
  const passes: (() => void)[] = [];
  for (const queue of all) {
    queue.hold((pass) => {
      passes.push(pass);
      if (passes.length < all.length) return;
      work(() => {
        for (const each of passes) each();
      });
    });
  }
}

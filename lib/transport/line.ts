/**
 * What is asked of one namespace, in the order in which it was asked. Most work is handed to the addon as soon as it is asked for,
 * which keeps the order. Work that takes several turns of the event loop holds the line, and what comes later waits behind it.
 */
export class Line {
  /** What came last is last. */
  private arrived: (() => void)[] = [];
  /** What came before that; the first is last. To take the first of an array moves all others, which may be thousands. */
  private waiting: (() => void)[] = [];
  private isHeld = false;
  private isPassing = false;

  /** Whether work would be done now. */
  get isFree(): boolean {
    return !this.isHeld && !this.isPassing;
  }

  /** Does some work now, or as soon as all that came before is handed over. */
  enter(work: () => void): void {
    if (this.isFree) work();
    else this.arrived.push(work);
  }

  /** As {@link enter}; what comes later waits until the work lets it pass, once. */
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
    // What lets it pass may be waiting work itself: the loop goes on, and does not nest.
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

  /** Takes what has waited longest. */
  private first(): (() => void) | undefined {
    if (this.waiting.length === 0) {
      this.waiting = this.arrived.reverse();
      this.arrived = [];
    }
    return this.waiting.pop();
  }
}

/**
 * Does some work when its turn has come in all of several lines, in each of which it takes its place now. What comes later waits
 * until the work lets it pass, once.
 */
export function holdAll(lines: readonly Line[], work: (pass: () => void) => void): void {
  const all = [...new Set(lines)];
  const passes: (() => void)[] = [];
  for (const line of all) {
    line.hold((pass) => {
      passes.push(pass);
      if (passes.length < all.length) return;
      work(() => {
        for (const each of passes) each();
      });
    });
  }
}

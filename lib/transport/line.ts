/**
 * What is asked of one namespace, in the order in which it was asked. Most work is handed to the addon as soon as it is asked for,
 * which keeps the order. Work that takes several turns of the event loop holds the line, and what comes later waits behind it.
 */
export class Line {
  private readonly waiting: (() => void)[] = [];
  private isHeld = false;

  /** Whether work would be done now. */
  get isFree(): boolean {
    return !this.isHeld;
  }

  /** Does some work now, or as soon as all that came before is handed over. */
  enter(work: () => void): void {
    if (this.isHeld) this.waiting.push(work);
    else work();
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
    while (!this.isHeld && this.waiting.length > 0) this.waiting.shift()!();
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

/** Does some work now, or as soon as all that came before in any of the lines is handed over. */
export function enterAll(lines: readonly Line[], work: () => void): void {
  if (lines.every(({ isFree }) => isFree)) {
    work();
    return;
  }
  holdAll(lines, (pass) => {
    work();
    pass();
  });
}

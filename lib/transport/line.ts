/**
 * What goes out in the order in which it was asked for, though some of it takes turns of the event loop to be put together:
 * whoever holds the line is waited for.
 */
export class Line {
  private readonly waiting: (() => void)[] = [];
  private isHeld = false;

  /** Does some work now, or as soon as all that came before is out. */
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

  /** Resolves when all that came before is out; undefined if it is. */
  turn(): Promise<void> | undefined {
    return this.isHeld ? new Promise((resolve) => this.waiting.push(resolve)) : undefined;
  }

  private pass(): void {
    this.isHeld = false;
    while (!this.isHeld && this.waiting.length > 0) this.waiting.shift()!();
  }
}

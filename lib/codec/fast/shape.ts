import { blank } from './blank';

/** The result of setting a property: the index of its value, and the next shape. */
interface Step {
  readonly shape: Shape;
  readonly at: number;
}

/**
 * Beyond this number the shapes of a declaration are forgotten. The kernel's messages have a few; more come only from
 * other senders.
 */
const MOST_SHAPES = 1024;

/** The names of properties in their order: a node of a tree whose branches are the next names. */
class Shape {
  private readonly steps = new Map<string, Step>();
  private lastName: string | undefined;
  private lastStep: Step | undefined;
  private make: (() => object) | undefined;

  constructor(
    readonly names: readonly string[],
    private readonly rows: Rows,
  ) {}

  /** The step for a property. It is mostly the same as the last time. */
  step(name: string): Step {
    if (name === this.lastName) return this.lastStep!;
    let step = this.steps.get(name);
    if (step === undefined) {
      step = this.newStep(name);
      this.steps.set(name, step);
    }
    this.lastName = name;
    this.lastStep = step;
    return step;
  }

  /** An object of this shape, to be filled. */
  blank(): object {
    this.make ??= blank(this.names.length);
    return this.make();
  }

  private newStep(name: string): Step {
    const known = this.names.indexOf(name);
    if (known >= 0) return { shape: this, at: known };
    this.rows.count();
    return { shape: new Shape([...this.names, name], this.rows), at: this.names.length };
  }
}

/** The properties of an object that is being decoded. What was set last counts; the order is that of the first time. */
export class Row {
  private shape: Shape;
  private readonly values: unknown[] = [];

  constructor(private readonly rows: Rows) {
    this.shape = rows.root;
  }

  set(name: string, value: unknown): void {
    const { shape, at } = this.shape.step(name);
    this.values[at] = value;
    this.shape = shape;
  }

  get(name: string): unknown {
    const at = this.shape.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  /** An object with the properties. The row is given back: it is empty, and another may take it. */
  toObject(): object {
    return this.addTo(this.shape.blank());
  }

  /** Sets the properties of an object that is there, and gives the row back. */
  addTo(target: object): object {
    const { names } = this.shape;
    for (let at = 0; at < names.length; at++) (target as Record<string, unknown>)[names[at]!] = this.values[at];
    this.shape = this.rows.root;
    this.rows.giveBack(this);
    return target;
  }
}

/** The rows of one declaration: their shapes, and unused rows. */
export class Rows {
  root = new Shape([], this);
  private shapes = 0;
  private readonly spare: Row[] = [];

  /** An empty row: a new one, or one that was given back. */
  take(): Row {
    return this.spare.pop() ?? new Row(this);
  }

  giveBack(row: Row): void {
    this.spare.push(row);
  }

  /** Notes a new shape. */
  count(): void {
    if (++this.shapes <= MOST_SHAPES) return;
    this.shapes = 0;
    this.root = new Shape([], this);
  }
}

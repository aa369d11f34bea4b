import { blank } from './blank';

/** What setting a property leads to: where its value is kept, and the shape with it. */
interface Step {
  readonly shape: Shape;
  readonly at: number;
}

/** Shapes are forgotten when there are more: messages are made by the kernel, which uses a few dozen, or by somebody else. */
const MOST_SHAPES = 4096;
let shapes = 0;

/** The names of properties in their order, as a place in a tree whose branches are the next names. */
class Shape {
  private readonly steps = new Map<string, Step>();
  private lastName: string | undefined;
  private lastStep: Step | undefined;
  private make: (() => object) | undefined;

  constructor(readonly names: readonly string[]) {}

  /** Where a property leads. It mostly is the one that it was the last time. */
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
    if (++shapes > MOST_SHAPES) {
      shapes = 0;
      root = new Shape([]);
    }
    return { shape: new Shape([...this.names, name]), at: this.names.length };
  }
}

let root = new Shape([]);

/** The properties of an object that is being decoded. What was set last counts; the order is that of the first time. */
export class Row {
  private shape = root;
  private readonly values: unknown[] = [];

  set(name: string, value: unknown): void {
    const { shape, at } = this.shape.step(name);
    this.values[at] = value;
    this.shape = shape;
  }

  get(name: string): unknown {
    const at = this.shape.names.indexOf(name);
    return at < 0 ? undefined : this.values[at];
  }

  /** An object with the properties. */
  toObject(): object {
    return this.addTo(this.shape.blank());
  }

  /** Sets the properties of an object that is there. */
  addTo(target: object): object {
    const { names } = this.shape;
    for (let at = 0; at < names.length; at++) (target as Record<string, unknown>)[names[at]!] = this.values[at];
    return target;
  }

  /** Forgets the properties; the values are overwritten by the next ones. */
  clear(): void {
    this.shape = root;
  }
}

const spare: Row[] = [];

/** An empty row: a new one, or one that was given back. */
export function takeRow(): Row {
  return spare.pop() ?? new Row();
}

/** Gives a row back that nobody uses any more. */
export function returnRow(row: Row): void {
  row.clear();
  spare.push(row);
}

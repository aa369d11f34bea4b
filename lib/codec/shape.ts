// V8 gives objects that have the same properties in the same order one description (a shape, or hidden class) and keeps
// their values side by side. That is lost if many properties are added by computed names, as a table does it: from the
// thirteenth on an object is a hash table, five times as large. An object of 48 properties takes 8.8 us to fill so, and 1.7
// if it is a copy of one that has them all already. So: a template for each shape, from the text that V8 makes shapes of
// (JSON), and copies of it.

type Copier = (template: object) => object;

/** A copy of an object is fast where V8 has met at most four shapes: 30 ns, else 5 us. So there are many such places. */
const copiers: readonly Copier[] = [
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
  (template) => ({ ...template }),
];
/** For the shapes that come when each of these places has met as many as it should. */
const copyAny: Copier = (template) => ({ ...template });
const SHAPES_OF_COPIER = 4;

/** Of a shape for which there was a place. */
interface Maker {
  copy: Copier;
  template: object;
}

const makers = new Map<string, Maker>();

/** The text of an object with these properties. */
function textOf(names: readonly string[]): string {
  return `{${names.map((name) => `${JSON.stringify(name)}:null`).join()}}`;
}

function makerOf(names: readonly string[]): Maker {
  const text = textOf(names);
  const known = makers.get(text);
  if (known !== undefined) return known;
  const copy = copiers[Math.floor(makers.size / SHAPES_OF_COPIER)];
  const maker = { copy: copy ?? copyAny, template: JSON.parse(text) as object };
  if (copy !== undefined) makers.set(text, maker);
  return maker;
}

/** So many properties fit an object that begins empty. */
const FEW = 12;

/** Makes objects that have, or for a few are going to have, these properties in this order. Each is to be filled. */
export function blank(names: readonly string[]): () => object {
  if (names.length <= FEW) return () => ({});
  const { copy, template } = makerOf(names);
  return () => copy(template);
}

/** Makes copies of an object, whose properties they share; undefined where that would be slow. */
export function copies(of: object): (() => object) | undefined {
  const names = Object.keys(of);
  const { copy } = makerOf(names);
  if (copy === copyAny) return undefined;
  const template = Object.assign(JSON.parse(textOf(names)) as object, of);
  return () => copy(template);
}

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
    this.make ??= blank(this.names);
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

import type { NftFamily } from '../../netfilter';
import type { Expression } from '../expressions';
import type { Named } from '../selectors';
import type { FieldTaken } from '../selectors/family';
import { fieldOf } from '../selectors/field';
import { canChange } from '../selectors/changes';
import type { Load, Need, Selector, Step } from '../selectors/selector';
import { isMovedAsNumber, takingShift } from '../selectors/shifts';
import type { ReadSet } from '../sets/read-content';
import type { MapData } from '../sets/set-content';
import { numberIn, type ValueType } from '../values/value-type';
import { selectorsOf, unnamedOf, wordsOf, type Operand } from './operand';
import { mayHavePorts, Protocols } from './protocols';
import { shortOf } from './rule-writer';

type PayloadLoad = Extract<Load, { kind: 'payload' }>;

/** A field, and what was done to its value. */
export interface Meant extends Named {
  /** What was done besides taking its bits. */
  readonly rest: readonly Step[];
  /** Whether its bits are still where they were loaded, with others to their right. */
  readonly isPlaced: boolean;
}

/** A comparison that may only make sure of a protocol, until something is asked that needs it. */
interface Held {
  readonly need: Need;
  readonly statement: unknown;
}

/** What is known of a rule besides its expressions. */
interface Surroundings {
  /** A set without a name, with keys of these types; undefined for a set with a name. */
  setNamed(name: string, types: readonly ValueType[]): ReadSet | undefined;
  /** The kind of the objects that a map gives, as the kernel numbers them. */
  objectsIn(name: string): number | undefined;
  /** What a map with a name gives; undefined where that is not known. */
  dataIn(name: string): MapData | undefined;
  /** A statement of expressions that have no words, with the sets without names that they look something up in. */
  rawOf(expressions: readonly Expression[]): unknown;
}

/** The statements of a rule, as they are found among its expressions. */
export class RuleReader {
  readonly statements: unknown[] = [];
  readonly protocols: Protocols;
  /** By their numbers among those of four bytes. */
  private registers: (Operand | undefined)[] = [];
  /** Registers that were loaded, and not used since, a bit each. */
  private unused = 0;
  /** Whether a register was loaded again before it was used. */
  private isOverwritten = false;
  private held: Held[] = [];
  /** Where the expressions begin of which no statement was made yet. */
  private begin = 0;
  private index = -1;

  constructor(
    readonly family: NftFamily,
    private readonly expressions: readonly Expression[],
    private readonly surroundings: Surroundings,
  ) {
    this.protocols = new Protocols(family);
  }

  /** The next expression. */
  next(): Expression | undefined {
    return this.expressions[++this.index];
  }

  /** The one after it, which a statement may be made of as well. */
  peek(): Expression | undefined {
    return this.expressions[this.index + 1];
  }

  /** Notes what is put into a register. */
  keep(register: number | undefined, operand: Operand): void {
    if (register === undefined) return;
    const short = shortOf(register);
    const bit = 1 << short;
    this.isOverwritten ||= (this.unused & bit) !== 0;
    this.unused |= bit;
    this.registers[short] = operand;
  }

  /** A set without a name, with keys of these types; undefined for a set with a name. */
  setNamed(name: string, types: readonly ValueType[]): ReadSet | undefined {
    return this.surroundings.setNamed(name, types);
  }

  /** The kind of the objects that a map gives, as the kernel numbers them. */
  objectsIn(name: string): number | undefined {
    return this.surroundings.objectsIn(name);
  }

  /** What a map with a name gives; undefined where that is not known. */
  dataIn(name: string): MapData | undefined {
    return this.surroundings.dataIn(name);
  }

  /** What lies from a register on, one behind the other, and in front of another register. Another expression does not find it any more. */
  operandsFrom(register: number | undefined, end = Number.POSITIVE_INFINITY): Operand[] {
    const found: Operand[] = [];
    if (register === undefined) return found;
    let position = shortOf(register);
    while (position < end) {
      const next = this.operand(position);
      if (next === undefined) break;
      this.registers[position] = undefined;
      found.push(next);
      position += wordsOf(next);
    }
    return found;
  }

  /** What a register holds, which is used herewith. */
  operand(register: number | undefined): Operand | undefined {
    if (register === undefined) return undefined;
    const short = shortOf(register);
    this.unused &= ~(1 << short);
    return this.registers[short];
  }

  /** What a register holds, which may be used or not. */
  peekOperand(register: number | undefined): Operand | undefined {
    return register === undefined ? undefined : this.registers[shortOf(register)];
  }

  /** What is loaded. */
  loaded(load: Load): Operand {
    return { load, named: selectorsOf(load, this) };
  }

  /** The fields that lie from a register on; undefined if one of them has no words. */
  fieldsFrom(register: number | undefined, end?: number): FieldTaken[] | undefined {
    const fields = this.operandsFrom(register, end).map((operand) => this.fieldIn(operand));
    if (!fields.every((one) => one?.isPlaced === false)) return undefined;
    return fields.map((named) => ({ field: fieldOf(named!), selector: named!.selector }));
  }

  /** The selector that an operand means, by its bits and by the protocols that are known; undefined if there is none. */
  selectorOf({ named = [], steps }: Operand): Meant | undefined {
    if (steps === undefined) {
      const found = this.knownAmong(named, isWhole);
      return found && wholeOf(found);
    }
    const found = this.knownAmong(named, (selector) => restOf(selector, steps) !== undefined);
    return found && { ...found, ...restOf(found.selector, steps)! };
  }

  /** The field that an operand is, with what was done to its value; undefined if it has no words. */
  fieldIn(operand: Operand): (Named & Pick<Meant, 'isPlaced'>) | undefined {
    const meant = this.selectorOf(operand) ?? meantUnnamed(operand);
    if (meant === undefined || meant.rest.length === 0) return meant;
    const { rest: steps, isPlaced, selector } = meant;
    if (isPlaced || !canChange(selector) || !steps.every((step) => isMovedRight(selector, step))) return undefined;
    return { ...meant, selector: { ...selector, steps } };
  }

  /** The one of several fields whose protocols packets are known to have, and first of all one that needs any. */
  knownAmong(all: readonly Named[], isFit: (selector: Selector) => boolean = () => true): Named | undefined {
    let found: Named | undefined;
    // A loop, since lists have many.
    for (const named of all) {
      const { selector } = named;
      if (!isFit(selector) || !this.isKnown(selector.needs) || !this.hasPortsFor(selector)) continue;
      if (selector.needs.length > 0) return named;
      found ??= named;
    }
    return found;
  }

  /** Ports of any protocol are not meant of one that has none: what nft asks of an ICMP type and its code at once looks like a port. */
  private hasPortsFor({ load, needs }: Selector): boolean {
    if (load.kind !== 'payload' || load.base !== 'transport' || needs.length > 0) return true;
    const held = this.held.findLast(({ need }) => need.layer === 'transport')?.need;
    return mayHavePorts(held?.layer === 'transport' ? held.protocol : this.protocols.transport);
  }

  private isKnown(needs: readonly Need[]): boolean {
    return needs.every((need) => this.protocols.has(need) || this.held.some((held) => isSame(held.need, need)));
  }

  /** Which of some protocols of the network layer packets are known to have. */
  networkOf<Protocol extends 'ip' | 'ip6'>(protocols: readonly Protocol[]): Protocol | undefined {
    return protocols.find((protocol) => this.isKnown([{ layer: 'network', protocol }]));
  }

  /** Selectors that lie behind one another in what is loaded. */
  split(load: PayloadLoad): { named: Named; offset: number }[] | undefined {
    const parts: { named: Named; offset: number }[] = [];
    const { offset = 0, length = 0 } = load;
    for (let at = 0; at < length;) {
      const part = this.partAt({ ...load, offset: offset + at }, length - at);
      if (part === undefined) return undefined;
      parts.push({ named: part, offset: at });
      at += part.selector.type.size;
    }
    return parts;
  }

  private partAt(load: PayloadLoad, most: number): Named | undefined {
    for (let length = most; length > 0; length--) {
      const found = this.selectorOf(this.loaded({ ...load, length }));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The address whose first bytes are loaded. */
  prefixOf(load: PayloadLoad): (Named & { length: number }) | undefined {
    for (const length of [4, 16]) {
      const found = this.selectorOf(this.loaded({ ...load, length }));
      if (found?.selector.type.hasPrefixes === true && load.length! < length) return { ...found, length: load.length! };
    }
    return undefined;
  }

  /** Adds a comparison that may go without saying. */
  hold(need: Need, statement: unknown): void {
    this.held.push({ need, statement });
    this.begin = this.index + 1;
  }

  /** Adds a statement that asks for things which need protocols, or for none. It has to stand for all expressions since the last one. */
  add(statement: unknown, needs: readonly Need[] = []): void {
    if (this.unused !== 0 || this.isOverwritten) this.addRaw();
    else this.push(statement, needs);
  }

  private push(statement: unknown, needs: readonly Need[]): void {
    const { held } = this;
    // Most statements need nothing that is not known.
    if (held.length > 0 || !needs.every((need) => this.protocols.has(need))) this.pushHeld(needs);
    this.statements.push(statement);
    this.begin = this.index + 1;
    this.forget();
  }

  /** Adds what was held back, but for what goes without saying where something is asked that needs it. */
  private pushHeld(needs: readonly Need[]): void {
    const { held } = this;
    const missing = needs.filter(
      (need, index) => !this.protocols.has(need) && index === needs.findIndex((one) => isSame(one, need)),
    );
    const implied = held.slice(held.length - missing.length);
    const isImplied =
      implied.length === missing.length && implied.every(({ need }, index) => isSame(need, missing[index]!));
    for (const { statement: explicit, need } of isImplied ? held.slice(0, held.length - missing.length) : held) {
      this.statements.push(explicit);
      this.protocols.learn(need);
    }
    for (const need of missing) this.protocols.learn(need);
    this.held = [];
  }

  private forget(): void {
    if (this.registers.length > 0) this.registers = [];
    this.unused = 0;
    this.isOverwritten = false;
  }

  /** Adds the expressions since the last statement as they are. */
  addRaw(): void {
    const expressions = this.expressions.slice(this.begin, this.index + 1);
    this.forget();
    if (expressions.length > 0) this.push(this.surroundings.rawOf(expressions), []);
  }

  /** The end of the rule. */
  end(): void {
    if (this.begin < this.expressions.length) {
      this.index = this.expressions.length - 1;
      this.addRaw();
    }
    for (const { statement } of this.held) this.statements.push(statement);
    this.held = [];
  }
}

/** Whether bits are moved as those of such a value are: of a number in the order of the network, nft 1.0.6 leaves it in that of the host. */
function isMovedRight(selector: Selector, step: Step): boolean {
  return step.mask !== undefined || (step.isNumber === true) === isMovedAsNumber(selector);
}

function isWhole({ bits }: Selector): boolean {
  return bits === undefined;
}

/** Fields to which nothing was done, once they were asked for. */
const whole = new WeakMap<Named, Meant>();

function wholeOf(named: Named): Meant {
  let meant = whole.get(named);
  if (meant === undefined) whole.set(named, (meant = { ...named, rest: [], isPlaced: false }));
  return meant;
}

/** What is left of the steps that were done to a value, behind those that take the bits of a field; undefined if these are other ones. */
function restOf(selector: Selector, steps: readonly Step[]): Omit<Meant, keyof Named> | undefined {
  const { bits, type } = selector;
  if (bits === undefined) return { rest: steps, isPlaced: false };
  const [first, second] = steps;
  if (first?.mask === undefined || first.xor !== undefined || numberIn(first.mask, false) !== bits.mask)
    return undefined;
  const taking = takingShift(selector);
  const isMoved = second?.mask === undefined && second?.to === taking?.to && second?.shift === taking?.shift;
  if (taking !== undefined && isMoved && isMovedRight(selector, second!))
    return { rest: steps.slice(2), isPlaced: false };
  return { rest: steps.slice(1), isPlaced: bits.shift > 0 || first.mask.length !== type.size };
}

function meantUnnamed(operand: Operand): Meant | undefined {
  const found = unnamedOf(operand);
  return found && { ...found, rest: operand.steps ?? [], isPlaced: false };
}

function isSame(one: Need, other: Need): boolean {
  return one.layer === other.layer && one.protocol === other.protocol;
}

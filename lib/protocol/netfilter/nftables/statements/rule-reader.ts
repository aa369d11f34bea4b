import type { NftFamily } from '../../netfilter';
import type { Expression } from '../expressions';
import { everySelector, type Named } from '../selectors';
import type { Load, Need } from '../selectors/selector';
import { numberIn, type ValueType } from '../values/value-type';
import { Protocols } from './protocols';
import { FIRST_SHORT } from './rule-writer';

/** What a register holds. */
export interface Operand {
  /** What may have been loaded: which, the protocols tell, or the bits that are meant. */
  readonly named?: readonly Named[];
  readonly load?: Load;
  readonly mask?: Uint8Array;
  readonly isSwapped?: boolean;
  readonly shift?: number;
  readonly bytes?: Uint8Array;
}

type PayloadLoad = Extract<Load, { kind: 'payload' }>;

let byLoad: Map<string, Named[]> | undefined;

function keyOf(load: Load): string {
  // In a fixed order, and with how many there are, so that one that has others besides is another one.
  const { kind, base, offset, length, key, direction } = load as Partial<Record<string, unknown>>;
  return [kind, base, offset, length, key, direction, Object.keys(load).length].join();
}

/** The selectors that load this. */
function selectorsOf(load: Load): readonly Named[] {
  if (byLoad === undefined) {
    byLoad = new Map();
    for (const { path, selector } of everySelector()) {
      for (const one of [selector, selector.byNumber]) {
        if (one === undefined) continue;
        const key = keyOf(one.load);
        byLoad.set(key, [...(byLoad.get(key) ?? []), { path, selector: one }]);
      }
    }
  }
  return byLoad.get(keyOf(load)) ?? [];
}

/** A comparison that may only make sure of a protocol, until something is asked that needs it. */
interface Held {
  readonly need: Need;
  readonly statement: unknown;
}

/** What is known of a rule besides its expressions. */
interface Surroundings {
  /** The elements of a set without a name, as values of these types; undefined for a set with a name. */
  setNamed(name: string, types: readonly ValueType[]): unknown;
  /** A statement of expressions that have no words, with the sets without names that they look something up in. */
  rawOf(expressions: readonly Expression[]): unknown;
}

/** The statements of a rule, as they are found among its expressions. */
export class RuleReader {
  readonly statements: unknown[] = [];
  readonly protocols: Protocols;
  private readonly registers = new Map<number, Operand>();
  /** Registers that were loaded, and not used since. */
  private readonly unused = new Set<number>();
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
    this.isOverwritten ||= this.unused.has(register);
    this.unused.add(register);
    this.registers.set(register, operand);
  }

  /** The elements of a set without a name, as values of these types; undefined for a set with a name. */
  setNamed(name: string, types: readonly ValueType[]): unknown {
    return this.surroundings.setNamed(name, types);
  }

  /** What lies from a register on, one behind the other. */
  operandsFrom(register: number | undefined): Operand[] {
    const first = this.operand(register);
    if (first === undefined) return [];
    const found = [first];
    let position = FIRST_SHORT + wordsOf(first);
    for (let next = this.operand(position); next !== undefined; next = this.operand(position)) {
      found.push(next);
      position += wordsOf(next);
    }
    return found;
  }

  /** What a register holds, which is used herewith. */
  operand(register: number | undefined): Operand | undefined {
    if (register === undefined) return undefined;
    this.unused.delete(register);
    return this.registers.get(register);
  }

  /** What is loaded. */
  loaded(load: Load): Operand {
    return { load, named: selectorsOf(load) };
  }

  /** The selector that an operand means, by its bits and by the protocols that are known; undefined if there is none. */
  selectorOf({ named = [], mask, shift }: Operand): (Named & { hasMask: boolean }) | undefined {
    const isFit = ({ selector: { bits } }: Named) => {
      if (bits === undefined) return shift === undefined;
      return mask !== undefined && numberIn(mask, false) === bits.mask && (shift === undefined || shift === bits.shift);
    };
    const fit = named.filter(isFit);
    const sure = fit.filter(({ selector }) => this.isKnown(selector.needs));
    const found = sure.find(({ selector }) => selector.needs.length > 0) ?? sure[0];
    return found && { ...found, hasMask: mask !== undefined && found.selector.bits === undefined };
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
      const found = this.selectorOf({ named: selectorsOf({ ...load, length }) });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The address whose first bytes are loaded. */
  prefixOf(load: PayloadLoad): (Named & { length: number }) | undefined {
    for (const length of [4, 16]) {
      const found = this.selectorOf({ named: selectorsOf({ ...load, length }) });
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
    if (this.unused.size > 0 || this.isOverwritten) this.addRaw();
    else this.push(statement, needs);
  }

  private push(statement: unknown, needs: readonly Need[] = []): void {
    const { held } = this;
    const missing = needs.filter((need) => !this.protocols.has(need));
    const implied = held.slice(held.length - missing.length);
    const isImplied =
      implied.length === missing.length && implied.every(({ need }, index) => isSame(need, missing[index]!));
    for (const { statement: explicit, need } of isImplied ? held.slice(0, held.length - missing.length) : held) {
      this.statements.push(explicit);
      this.protocols.learn(need);
    }
    for (const need of missing) this.protocols.learn(need);
    this.held = [];
    this.statements.push(statement);
    this.begin = this.index + 1;
    this.forget();
  }

  private forget(): void {
    this.registers.clear();
    this.unused.clear();
    this.isOverwritten = false;
  }

  /** Adds the expressions since the last statement as they are. */
  addRaw(): void {
    const expressions = this.expressions.slice(this.begin, this.index + 1);
    this.forget();
    if (expressions.length > 0) this.push(this.surroundings.rawOf(expressions));
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

/** Registers of four bytes that an operand takes. */
function wordsOf({ named = [] }: Operand): number {
  return Math.ceil((named[0]?.selector.type.size ?? 4) / 4);
}

function isSame(one: Need, other: Need): boolean {
  return one.layer === other.layer && one.protocol === other.protocol;
}

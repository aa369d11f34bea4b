import type { NftFamily } from '../../netfilter';
import { comparison, sharedExpression, type Expression } from '../expressions';
import { nextSetId } from '../nftables';
import type { Need } from '../selectors/selector';
import type { SetContent } from '../sets/set-content';
import { checkOf, Protocols } from './protocols';
import type { NftRawSet } from './statement';

/** A set of a rule's own, without a name. */
export interface AnonymousSet {
  readonly id: number;
  readonly name: string;
  /** The index of the statement that looks something up in it. */
  readonly statement: number;
  readonly set: SetContent | { readonly raw: NftRawSet };
}

/** The register that most go through. */
export const REGISTER = 1;
/** The kernel's registers of four bytes (NFT_REG32_00). The first four are also register 1. */
export const FIRST_SHORT = 8;

/** Puts a value into a register. */
export function immediate(into: number, value: Uint8Array): Expression {
  return { kind: 'immediate', into, value: { value } };
}

/** The expressions that make sure of a protocol, in each family. */
const checks = new WeakMap<Need, Map<NftFamily, readonly [Expression, Expression]>>();

function checkFor(family: NftFamily, need: Need): readonly [Expression, Expression] {
  const known = checks.get(need) ?? new Map<NftFamily, readonly [Expression, Expression]>();
  checks.set(need, known);
  const found = known.get(family);
  if (found !== undefined) return found;
  const { load, value } = checkOf(family, need);
  const made = [sharedExpression({ ...load, into: REGISTER }), comparison('eq', value)] as const;
  known.set(family, made);
  return made;
}

/** The expressions of a rule, as they come together. */
export class RuleWriter {
  readonly expressions: Expression[] = [];
  readonly sets: AnonymousSet[] = [];
  /** For each statement the index of its first expression. */
  readonly starts: number[] = [];
  readonly protocols: Protocols;
  /** Where the next comparison that makes sure of a protocol belongs: in front of what the statement has put into registers. */
  private nextCheck = 0;

  constructor(readonly family: NftFamily) {
    this.protocols = new Protocols(family);
  }

  /** What is added from now on is of the next statement. */
  beginStatement(): void {
    this.starts.push(this.expressions.length);
    this.nextCheck = this.expressions.length;
  }

  add(expression: Expression): void {
    this.expressions.push(expression);
  }

  /** Makes sure of protocols, in front of all that the statement has put into registers, one of which this takes. */
  need(needs: readonly Need[]): void {
    const { protocols, family } = this;
    for (const need of needs) {
      if (!protocols.isMissing(need)) continue;
      const [load, compare] = checkFor(family, need);
      if (this.nextCheck === this.expressions.length) this.expressions.push(load, compare);
      else this.expressions.splice(this.nextCheck, 0, load, compare);
      this.nextCheck += 2;
      protocols.learn(need);
    }
  }

  /** Adds a set without a name, and returns what a look-up in it says. */
  addSet(set: AnonymousSet['set'], prefix: '__set' | '__map' | '__objmap'): { set: string; setId: number } {
    const id = nextSetId();
    const name = `${prefix}%d`;
    this.sets.push({ id, name, statement: this.starts.length - 1, set });
    return { set: name, setId: id };
  }
}

/** The registers for values that are looked up together, one behind the other, from one of the kernel's registers of 16 bytes on. */
export function registersOf(sizes: readonly number[], first = REGISTER): number[] {
  let at = 0;
  return sizes.map((size) => {
    const register = at === 0 ? first : shortOf(first) + at;
    at += Math.ceil(size / 4);
    return register;
  });
}

const LAST_LONG = 4;
const SHORT_IN_LONG = 4;

/** The first register of four bytes of one of 16 bytes. */
export function shortOf(register: number): number {
  return register > LAST_LONG ? register : FIRST_SHORT + (register - REGISTER) * SHORT_IN_LONG;
}

import type { NftFamily } from '../../netfilter';
import type { Expression } from '../expressions';
import { nextSetId } from '../nftables';
import type { Need, Selector } from '../selectors/selector';
import type { SetContent } from '../sets/set-content';
import { Protocols } from './protocols';
import type { NftRawSet } from './statement';

/** A set of a rule's own, without a name. */
export interface AnonymousSet {
  readonly id: number;
  readonly name: string;
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

/** The expressions of a rule, as they come together. */
export class RuleWriter {
  readonly expressions: Expression[] = [];
  readonly sets: AnonymousSet[] = [];
  readonly protocols: Protocols;

  constructor(readonly family: NftFamily) {
    this.protocols = new Protocols(family);
  }

  add(...expressions: readonly Expression[]): void {
    this.expressions.push(...expressions);
  }

  /** Makes sure of protocols. */
  need(needs: readonly Need[]): void {
    for (const need of this.protocols.missing(needs)) {
      const { load, value } = this.protocols.checkFor(need);
      this.add({ ...load, into: REGISTER });
      this.add({ kind: 'cmp', from: REGISTER, operation: 'eq', value: { value } });
      this.protocols.learn(need);
    }
  }

  /** Puts what a selector means into a register; fewer bytes of it, if only the first of them are meant. */
  load({ load, needs }: Selector, into = REGISTER, length?: number): void {
    this.need(needs);
    this.add({ ...load, into, ...(length !== undefined && { length }) });
  }

  /** Adds a set without a name, and returns what a look-up in it says. */
  addSet(set: AnonymousSet['set'], prefix: '__set' | '__map'): { set: string; setId: number } {
    const id = nextSetId();
    const name = `${prefix}%d`;
    this.sets.push({ id, name, set });
    return { set: name, setId: id };
  }
}

/** The registers for values that are looked up together, one behind the other. */
export function registersOf(sizes: readonly number[]): number[] {
  let at = 0;
  return sizes.map((size) => {
    const register = at === 0 ? REGISTER : FIRST_SHORT + at;
    at += Math.ceil(size / 4);
    return register;
  });
}

import type { Named } from '../selectors';
import { fieldOf } from '../selectors/field';
import type { Need } from '../selectors/selector';
import type { ReadElement } from '../sets/read-content';
import { hasHostOrder } from '../values/order';
import type { ValueType } from '../values/value-type';
import { placedType } from './loading';
import type { RuleReader } from './rule-reader';

// What a rule looks up in sets and maps, as it is read.

/** What is looked up: a field, or several whose values lie one behind the other. */
export interface LookedUp {
  readonly named: readonly Named[];
  /** As callers say it. */
  readonly key: unknown;
  /** The types of the keys that it is looked up among. */
  readonly types: readonly ValueType[];
  readonly needs: readonly Need[];
  /** Whether its numbers are in the order of the network, as among ranges; undefined if they would be anyway. */
  readonly isAmongRanges: boolean | undefined;
}

/** What lies in registers from one on, to be looked up; undefined if there are no words for it. */
export function lookedUp(reader: RuleReader, register: number | undefined): LookedUp | undefined {
  const operands = reader.operandsFrom(register);
  const fields = operands.map((operand) => reader.fieldIn(operand));
  if (fields.length === 0 || !fields.every((one) => one !== undefined)) return undefined;
  const named: readonly Named[] = fields;
  // The bits of one field alone are looked up where they were loaded, unless they were moved.
  if (fields.length > 1 && fields.some(({ isPlaced }) => isPlaced)) return undefined;
  const types = fields.map(({ selector, isPlaced }) => (isPlaced ? placedType(selector) : selector.type));
  const turned = new Set<boolean>();
  for (const [index, { isSwapped = false }] of operands.entries()) {
    if (hasHostOrder(types[index]!)) turned.add(isSwapped);
    else if (isSwapped) return undefined;
  }
  if (turned.size > 1) return undefined;
  return {
    ...{ named, types, key: named.length === 1 ? fieldOf(named[0]!) : named.map(fieldOf) },
    needs: named.flatMap(({ selector }) => selector.needs),
    isAmongRanges: [...turned][0],
  };
}

/** A set as callers say it: by its name, or with its elements. */
export type FoundSet =
  | { readonly name: { readonly set: string; readonly interval?: true }; readonly elements?: undefined }
  | { readonly elements: readonly ReadElement[] };

/** The set that something is looked up in; undefined if there are no words for it. */
export function foundSet(reader: RuleReader, set: string, { types, isAmongRanges }: LookedUp): FoundSet | undefined {
  const found = reader.setNamed(set, types);
  if (found === undefined) return { name: { set, ...(isAmongRanges === true && { interval: true }) } };
  const { elements, isInterval } = found;
  if (elements === undefined || (isAmongRanges !== undefined && isAmongRanges !== isInterval)) return undefined;
  return { elements };
}

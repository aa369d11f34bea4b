import type { Load, Selector } from './selector';

/** One of the selectors of a family. */
export interface Selected {
  readonly selector: Selector;
  /** Which result it is. */
  readonly result: string;
  /** What it is called where it is a field, if that is another name. */
  readonly fieldResult?: string;
  /** What tells it from others that give the same. */
  readonly parameters: object;
}

/** What is in the registers that a selector takes something from. */
export interface Taken {
  /** The fields that are there, one behind the other; undefined if they have no words. */
  fieldsFrom(register: number | undefined): readonly FieldTaken[] | undefined;
}

/** A field that another selector takes. */
export interface FieldTaken {
  readonly field: unknown;
  readonly selector: Selector;
}

/** The selector of another field that a parameter names. */
export type SelectorOf = (field: unknown) => Selector;

/** Selectors that have parameters beside what is asked: `{ fib: { by: ['source'], addressType: 'local' } }`. */
export interface SelectorFamily<Parameters extends object = object, Results extends object = object> {
  /** For types alone. */
  readonly types?: { parameters: Parameters; results: Results };
  /** What tells which one is meant. */
  readonly parameters: readonly string[];
  /** What can be asked for, by its names. */
  readonly results: readonly string[];
  /** The selector for a result. Throws for parameters that are wrong. */
  select(result: string, parameters: Record<string, unknown>, selectorOf: SelectorOf): Selector;
  /** The one that is loaded; undefined if it has no words. */
  read(load: Load, taken: Taken): Selected | undefined;
}

export function isFamily(one: object): one is SelectorFamily {
  return Array.isArray((one as { results?: unknown }).results);
}

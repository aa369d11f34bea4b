import { wrongType, wrongValue } from '../errors';
import type { Fields, Names } from './attributes';

// Which properties of a request can stand beside which: marks in its declaration, in place of a check for each family.

/** Marks a field that no request has together with certain others. */
export function apartFrom<F extends object>(of: F, ...others: readonly string[]): F {
  return { ...of, apart: others };
}

/** Marks a field that says nothing in a request without a certain other one. */
export function needing<F extends object>(of: F, other: string): F {
  return { ...of, needs: other };
}

/** Throws if properties cannot stand together. With `only` those that it does not name count as absent. */
export type TogetherCheck = (values: Readonly<Record<string, unknown>>, only: Names | undefined) => void;

/** Derives the check from a declaration; a mark that names no field of it is refused. */
export function togetherCheck(fields: Fields): TogetherCheck {
  const rules = Object.entries(fields).flatMap(([name, { apart = [], needs }]) => {
    for (const one of [...apart, ...(needs === undefined ? [] : [needs])]) {
      if (!(one in fields))
        throw new Error(`${name} is declared to go with ${one} or without it, which is not declared`);
    }
    return apart.length === 0 && needs === undefined ? [] : [{ name, apart, needs }];
  });
  return (values, only) => {
    const isKnown = (name: string) => only === undefined || only.has(name);
    const isGiven = (name: string) => isKnown(name) && values[name] !== undefined && values[name] !== false;
    for (const { name, apart, needs } of rules) {
      if (!isGiven(name)) continue;
      const wrong = apart.find(isGiven);
      if (wrong !== undefined) throw wrongValue(`cannot be combined with ${wrong}`, name);
      if (needs !== undefined && isKnown(needs) && !isGiven(needs)) throw wrongType(`needs ${needs}`, name);
    }
  };
}

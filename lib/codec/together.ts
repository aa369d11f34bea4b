import { wrongType, wrongValue } from '../errors';
import type { Fields, Names } from './attributes';

// Which properties of a request go together: marks in its declaration, in place of a check for each family.

/** Marks a field that excludes certain others in a request. */
export function apartFrom<F extends object>(of: F, ...others: readonly string[]): F {
  return { ...of, apart: others };
}

/** Marks a field that has no effect in a request without a certain other one, or one of several. */
export function needing<F extends object>(of: F, ...others: readonly [string, ...string[]]): F {
  return { ...of, needs: others };
}

type Values = Readonly<Record<string, unknown>>;

/** Throws if properties do not go together. With `only`, properties not in it count as absent. */
export type TogetherCheck = (values: Values, only: Names | undefined) => void;

/** Derives the check from a declaration; a mark that names no field of it is refused. */
export function togetherCheck(fields: Fields): TogetherCheck {
  const rules = rulesOf(fields);
  return (values, only) => {
    const isKnown = (name: string) => only === undefined || only.has(name);
    const isGiven = (name: string) => isKnown(name) && isSaid(fields, values, name);
    for (const { name, apart, needs } of rules) {
      if (!isGiven(name)) continue;
      const wrong = apart.find(isGiven);
      if (wrong !== undefined) throw wrongValue(`cannot be combined with ${wrong}`, name);
      if (needs.length > 0 && needs.every(isKnown) && !needs.some(isGiven)) {
        throw wrongType(`needs ${listed(needs)}`, name);
      }
    }
  };
}

/**
 * Removes from rows what a request could not contain beside the rest: kernels keep and report properties without
 * effect. So a listed row can be given back.
 */
export function withoutIdle<Row extends object>(fields: Fields): (row: Row) => Row {
  const rules = rulesOf(fields);
  return (row) => {
    for (let left: object = row; ;) {
      const isGiven = (name: string) => isSaid(fields, left as Values, name);
      const idle = rules.filter(
        ({ name, apart, needs }) =>
          isGiven(name) && (apart.some(isGiven) || (needs.length > 0 && !needs.some(isGiven))),
      );
      if (idle.length === 0) return left as Row;
      // A property that another needs may be removed itself; the next round handles that.
      const isIdle = (name: string) => idle.some((one) => one.name === name);
      left = Object.fromEntries(Object.entries(left).filter(([name]) => !isIdle(name)));
    }
  };
}

interface Rule {
  readonly name: string;
  readonly apart: readonly string[];
  readonly needs: readonly string[];
}

function rulesOf(fields: Fields): Rule[] {
  return Object.entries(fields).flatMap(([name, { apart = [], needs = [] }]) => {
    for (const one of [...apart, ...needs]) {
      if (!(one in fields))
        throw new Error(`${name} is declared to go with ${one} or without it, which is not declared`);
    }
    return apart.length === 0 && needs.length === 0 ? [] : [{ name, apart, needs }];
  });
}

function isSaid(fields: Fields, values: Values, name: string): boolean {
  const value = values[name];
  return value !== undefined && value !== false && value !== fields[name]!.none;
}

/** 'a', 'a or b', 'a, b or c'. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
}

import { wrongType, wrongValue } from '../errors';
import type { Fields, Names } from './attributes';

// Which properties of a request can stand beside which: marks in its declaration, in place of a check for each family.

/** Marks a field that no request has together with certain others. */
export function apartFrom<F extends object>(of: F, ...others: readonly string[]): F {
  return { ...of, apart: others };
}

/** Marks a field that says nothing in a request without a certain other one, or one of several. */
export function needing<F extends object>(of: F, ...others: readonly [string, ...string[]]): F {
  return { ...of, needs: others };
}

type Values = Readonly<Record<string, unknown>>;

/** Throws if properties cannot stand together. With `only` those that it does not name count as absent. */
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
 * Makes rows without what could not stand beside the rest in a request: kernels keep and tell what has no effect. So what was listed can
 * be given back.
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
      // What one needs may be idle itself: then it is in the next turn.
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

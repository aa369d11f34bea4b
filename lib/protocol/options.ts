import { at, show, wrongType } from '../errors';
import { unknownName } from '../unknown-name';

/** Throws unless a value can be that of a property. */
export type Check = (value: unknown) => void;

/** Throws unless each property of an object is one of some, and its value, where it has one, passes the check. */
export function checkProperties(given: object, checks: ReadonlyMap<string, Check>, reason?: string): void {
  for (const [name, value] of Object.entries(given)) {
    const check = checks.get(name);
    if (check === undefined) throw unknownName(name, checks.keys(), reason);
    if (value === undefined) continue;
    at(name, () => {
      check(value);
    });
  }
}

/** Throws unless each of the options of a verb is known, and passes its check. */
export function checkOptions<Options extends object>(options: Options, checks: Record<keyof Options, Check>): void {
  checkProperties(options, new Map(Object.entries(checks)));
}

/** Throws unless a value is true or false. */
export function checkSwitch(value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
}

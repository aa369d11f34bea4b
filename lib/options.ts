import { at, checkArgument, show, wrongType } from './errors';
import { ownCopy } from './once';
import { unknownName } from './unknown-name';

/** Throws unless a value is valid for a property. */
export type Check = (value: unknown) => void;

/** A check of each of the options of a verb. */
export type Checks<Options> = Readonly<Record<keyof Options, Check>>;

/**
 * Throws unless all options of a verb are known, and each value, where there is one, passes its check. `reason`
 * continues the sentence about an unknown one; with `listed` the known ones are listed after it.
 */
export function checkOptions<Options extends object>(
  options: Options,
  checks: Checks<Options>,
  reason?: string,
  listed?: string,
): void {
  for (const name in options) {
    if (!Object.hasOwn(options, name)) continue;
    if (!Object.hasOwn(checks, name))
      throw unknownName(name, Object.keys(checks), reason, listed === undefined ? {} : { listed });
    const value: unknown = options[name];
    if (value === undefined) continue;
    at(name, () => {
      checks[name](value);
    });
  }
}

/**
 * A copy of the options of a verb, each of which is read once. Throws unless they are an object, all are known, and
 * each value that is present passes its check. Objects inside them are not copied: a signal, the options of Node.
 */
export function checkedOptions<Options extends object>(
  given: Options,
  checks: Checks<Options>,
  example?: string,
): Options {
  checkArgument('options', given, example);
  const options = ownCopy(given) as Options;
  checkOptions(options, checks);
  return options;
}

/** For an option that is checked where it is used, because its validity depends on others. */
export const whenRead: Check = () => undefined;

/** Throws unless a value is true or false. */
export function checkSwitch(value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
}

/** Throws unless a value is a function. */
export function checkFunction(value: unknown): void {
  if (typeof value !== 'function') throw wrongType(`must be a function, not ${show(value)}`);
}

/** Throws unless a value can be used as an AbortSignal. */
export function checkSignal(value: unknown): void {
  if (typeof (value as Partial<AbortSignal> | null)?.addEventListener === 'function') return;
  throw wrongType(`must be an AbortSignal, not ${show(value)}`);
}

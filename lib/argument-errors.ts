import { inspect } from 'node:util';

/** Node's words for what is wrong with an argument. */
export type ArgumentCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE' | 'ERR_OUT_OF_RANGE';

/** An argument error that names the property: a TypeError for a wrong kind of value, a RangeError for a wrong value. */
export type ArgumentError = (TypeError | RangeError) & { code: ArgumentCode; property?: string };

/** The parts of an argument error's message. The property gains names as the error passes through enclosing objects. */
interface Reason {
  /** It continues the sentence that the property's name begins. */
  text: string;
  /** The name of an argument as a whole; an element of an array has an index instead. */
  isWhole: boolean;
}

/** The key under which an argument error has its {@link Reason}; the same in another copy of this file. */
const REASON = Symbol.for('rtnetlink.reason');

/** "is of the wrong kind"; `reason` continues the sentence that the property's name begins. */
export function wrongType(reason: string, property?: string): ArgumentError {
  return argumentError(new TypeError(''), 'ERR_INVALID_ARG_TYPE', reason, property);
}

/** "is of the right kind but not allowed". */
export function wrongValue(reason: string, property?: string): ArgumentError {
  return argumentError(new RangeError(''), 'ERR_INVALID_ARG_VALUE', reason, property);
}

/** "is too small, or too large". */
export function outOfRange(reason: string, property?: string): ArgumentError {
  return argumentError(new RangeError(''), 'ERR_OUT_OF_RANGE', reason, property);
}

function argumentError(error: Error, code: ArgumentCode, text: string, property: string | undefined): ArgumentError {
  const made = Object.assign(error, { code });
  Object.defineProperty(made, REASON, { value: { text, isWhole: false } satisfies Reason });
  place(made, text, property);
  return made;
}

/** The error of an argument as a whole. As an element of an array it has no name. */
export function wrongWhole(reason: string, argument: string): ArgumentError {
  const error = wrongType(reason, argument);
  reasonOf(error)!.isWhole = true;
  return error;
}

/** Throws unless a property is an object that can have properties. */
export function checkObject(property: string, value: unknown): asserts value is object {
  if (!isObject(value)) throw wrongType(notObject(value), property);
}

/**
 * As {@link checkObject}, for an argument as a whole; the message contains the example, such as "{ device: 'eth0' }".
 */
export function checkArgument(argument: string, value: unknown, example?: string): asserts value is object {
  if (!isObject(value)) throw wrongWhole(notObject(value, example), argument);
}

/** Throws unless a value is an object that can have properties. */
export function checkIsObject(value: unknown): asserts value is object {
  if (!isObject(value)) throw wrongType(notObject(value));
}

/**
 * Whether a value can be options: not an array, Map or the like, whose entries are not properties and would be ignored.
 */
export function isObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  return (
    Object.getPrototypeOf(value) === Object.prototype || Object.prototype.toString.call(value) === '[object Object]'
  );
}

/** Array.isArray, which throws a specific error for a Proxy that was revoked. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    throw wrongType('must not be a Proxy that was revoked');
  }
}

function notObject(value: unknown, example?: string): string {
  return `must be an object${example === undefined ? '' : ` such as ${example}`}, not ${show(value)}`;
}

/** Runs a check of a property, and adds the property's name to the argument error that it throws. */
export function at<Result>(property: string, check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    throw within(property, error);
  }
}

/** Adds the name of the enclosing property to an argument error; returns other errors as they are. */
export function within(property: string, error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  const argument = error as ArgumentError;
  // An element of an array has an index, and no name.
  place(argument, reason.text, reason.isWhole ? property : placeIn(property, argument.property));
  reason.isWhole = false;
  return error;
}

/** As {@link within}, for an error about an element of an array. */
export function withinElement(index: number, error: unknown): unknown {
  return within(`[${String(index)}]`, error);
}

/** A property inside another one, or inside an element: 'group[0].weight'. */
export function placeIn(property: string, inner: string | undefined): string {
  if (inner === undefined) return property;
  return inner.startsWith('[') ? `${property}${inner}` : `${property}.${inner}`;
}

function place(error: ArgumentError, reason: string, property: string | undefined): void {
  if (property !== undefined) error.property = property;
  error.message = property === undefined ? reason : `${property}: ${reason}`;
}

function reasonOf(error: unknown): Reason | undefined {
  return error instanceof Error ? (error as { [REASON]?: Reason })[REASON] : undefined;
}

/** A value as it is shown in an argument error: quoted, and shortened if it is long. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

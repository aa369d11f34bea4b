import { inspect } from 'node:util';

/** Node's words for what is wrong with an argument. */
export type ArgumentCode = 'ERR_INVALID_ARG_TYPE' | 'ERR_INVALID_ARG_VALUE' | 'ERR_OUT_OF_RANGE';

/** An argument error that names the property: a TypeError for a wrong kind of value, a RangeError for a wrong value. */
export type ArgumentError = (TypeError | RangeError) & ArgumentPlace;

/** What an argument error has besides what every error has. */
export interface ArgumentPlace {
  /** Node's word: 'ERR_INVALID_ARG_TYPE' of a TypeError, 'ERR_OUT_OF_RANGE' or 'ERR_INVALID_ARG_VALUE' of a RangeError. */
  code: ArgumentCode;
  /** The property that is wrong, with those that enclose it: 'peer.mtu', of an array '[17].gateway'. Undefined where it has no name. */
  property?: string | undefined;
}

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
  return argumentError(TypeError, 'ERR_INVALID_ARG_TYPE', reason, property);
}

/** "is of the right kind but not allowed". */
export function wrongValue(reason: string, property?: string): ArgumentError {
  return argumentError(RangeError, 'ERR_INVALID_ARG_VALUE', reason, property);
}

/** "is too small, or too large". */
export function outOfRange(reason: string, property?: string): ArgumentError {
  return argumentError(RangeError, 'ERR_OUT_OF_RANGE', reason, property);
}

/** As many frames as lead out of the library from wherever it refuses something. */
const DEEPEST = 40;

/** Has the errors that are made before the function is called which this returns show the caller of the library, who is far below. */
export function deepenStacks(): () => void {
  const { stackTraceLimit } = Error;
  // Switched off, or deep enough; and not to be changed with --frozen-intrinsics.
  if (!(stackTraceLimit > 0 && stackTraceLimit < DEEPEST)) return () => undefined;
  Reflect.set(Error, 'stackTraceLimit', DEEPEST);
  return () => {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  };
}

function argumentError(
  Made: typeof TypeError | typeof RangeError,
  code: ArgumentCode,
  text: string,
  property: string | undefined,
): ArgumentError {
  const restore = deepenStacks();
  const made = Object.assign(new Made(''), { code });
  restore();
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

/** How other errors that have a place get it: the name of an enclosing property, or the index of an element. */
const retellers = new WeakMap<object, (place: string | number) => unknown>();

/** Has {@link within} and {@link withinElement} replace an error by another one that has the place. */
export function tellPlaceBy(error: Error, retell: (place: string | number) => unknown): void {
  retellers.set(error, retell);
}

function placedAgain(error: unknown, place: string | number): unknown {
  const retell = typeof error === 'object' && error !== null ? retellers.get(error) : undefined;
  return retell === undefined ? error : retell(place);
}

/**
 * Adds the name of the enclosing property to an argument error, or to an error that {@link tellPlaceBy} knows; returns other errors as
 * they are.
 */
export function within(property: string, error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return placedAgain(error, property);
  const argument = error as ArgumentError;
  // An element of an array has an index, and no name.
  place(argument, reason.text, reason.isWhole ? property : placeIn(property, argument.property));
  reason.isWhole = false;
  return error;
}

/** Gives an argument error another place, where what is written has other names than what the caller gave. */
export function relocated(error: unknown, placeOf: (property: string) => string): unknown {
  const reason = reasonOf(error);
  const { property } = (error ?? {}) as ArgumentPlace;
  if (reason !== undefined && property !== undefined) place(error as ArgumentError, reason.text, placeOf(property));
  return error;
}

/** As {@link within}, for an error about an element of an array. */
export function withinElement(index: number, error: unknown): unknown {
  return reasonOf(error) === undefined ? placedAgain(error, index) : within(`[${String(index)}]`, error);
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

/** Whether an error is one that tells of an argument. */
export function isArgumentError(error: unknown): error is ArgumentError {
  return reasonOf(error) !== undefined;
}

function reasonOf(error: unknown): Reason | undefined {
  return error instanceof Error ? (error as { [REASON]?: Reason })[REASON] : undefined;
}

/** A value as it is shown in an argument error: quoted, and shortened if it is long. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

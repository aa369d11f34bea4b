import { checkArgument, isObject } from './errors';

/**
 * A copy of options, each property of which is read once: no getter, proxy or later change can split a request. Objects
 * and arrays in it are copied as well; instances of classes (a NetworkNamespace, bytes) are not. A value that is not an
 * object is returned, and refused by its check.
 */
export function readOnce<Options>(options: Options): Options {
  return isObject(options) || Array.isArray(options) ? (copyOf(options) as Options) : options;
}

/**
 * As {@link readOnce}, for an argument whose properties become those of a request: throws unless it is an object;
 * `example` shows one.
 */
export function optionsOnce<Options extends object>(options: Options, example: string): Options {
  checkArgument('options', options, example);
  return readOnce(options);
}

/** As {@link readOnce}, for values that may be instances of a class: a NetworkNamespace or `{ pid }`. */
export function plainOnce<Value>(value: Value): Value {
  return copied(value) as Value;
}

function copyOf(value: object): object {
  if (Array.isArray(value)) {
    const array: unknown[] = [];
    // A hole becomes undefined, which is refused: `map` would keep it. `Array.from` takes four times as long.
    for (let index = 0, { length } = value; index < length; index++) array.push(copied(value[index]));
    return array;
  }
  const copy = ownCopy(value);
  for (const name in copy) {
    const part = copy[name];
    if (typeof part === 'object' && part !== null) copy[name] = copied(part);
  }
  return copy;
}

/**
 * A shallow copy of an object, each property of which is read once. Inherited properties count as well, since options may be made with
 * Object.create, and so do the getters of a class.
 */
export function ownCopy(value: object): Record<string, unknown> {
  let prototype = prototypeOf(value);
  if (prototype === Object.prototype) return { ...value };
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = (value as Record<string, unknown>)[name];
  // The last of the chain is Object.prototype, which may be that of another realm.
  for (let next; prototype !== null && (next = prototypeOf(prototype)) !== null; prototype = next) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (property.get !== undefined && !Object.hasOwn(copy, name)) copy[name] = (value as typeof copy)[name];
  }
  return copy;
}

const prototypeOf = Object.getPrototypeOf as (value: object) => object | null;

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) || isPlain(value) ? copyOf(value) : value;
}

/** Whether a value is a plain object, of any realm. */
function isPlain(value: object): boolean {
  const prototype = prototypeOf(value);
  return prototype === null || prototypeOf(prototype) === null;
}

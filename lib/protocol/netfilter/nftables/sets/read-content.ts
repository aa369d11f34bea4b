import type { Data } from '../expressions/data';
import type { ValueType } from '../values/value-type';
import { compareOrder, isEnd, orderOf } from './element-order';
import { paddedSize, prefixBetween } from '../values/composed-types';
import { inNetworkOrder } from '../values/order';
import type { ElementValues } from './messages';
import type { KernelSet } from './set';
import { ANY } from './set-content';
import { OPEN } from './user-data';

/** A key in words, and the element that has it. */
export interface ReadElement {
  readonly key: unknown;
  readonly data: Data | undefined;
  readonly element: ElementValues;
  /** Whether it is a range that goes to the last value. */
  readonly isOpen?: boolean;
}

/** Whether an element has nothing but its key, and what a map gives for it. */
export function hasKeyAndData({ expression, expressions, timeout, userData }: ElementValues): boolean {
  if (expression !== undefined || expressions !== undefined || timeout !== undefined) return false;
  return userData === undefined || Buffer.compare(userData, OPEN) === 0;
}

/** Whether elements of a set have statements of their own. */
export function hasStatements({ expression, expressions }: Pick<KernelSet, 'expression' | 'expressions'>): boolean {
  return expression !== undefined || expressions !== undefined;
}

/** A set without a name, as a rule has it. */
export interface ReadSet {
  /** In words; undefined if there are none for all that they have: comments, time-outs, counters. */
  readonly elements: readonly ReadElement[] | undefined;
  readonly isInterval: boolean;
}

/** The elements of a set in words: values, ranges, prefixes. */
export function readElements(
  types: readonly ValueType[],
  elements: readonly ElementValues[],
  isInterval: boolean,
): ReadElement[] {
  const order = orderOf(types, isInterval);
  const sorted = elements
    .map((element) => ({ element, at: order(element) }))
    .sort((one, other) => compareOrder(one.at, other.at))
    .map(({ element }) => element);
  return sorted.flatMap((_, index) => readElement(types, sorted, index, isInterval) ?? []);
}

/** One of some elements in words, which are in the order of {@link orderOf}; undefined for the end of a range. */
export function readElement(
  types: readonly ValueType[],
  sorted: readonly ElementValues[],
  index: number,
  isInterval: boolean,
): ReadElement | undefined {
  const element = sorted[index]!;
  const { data } = element;
  const bytes = element.key?.value;
  if (bytes === undefined) return { key: ANY, data, element };
  if (types.length > 1) return { key: keysTogether(types, element, isInterval), data, element };
  const type = types[0]!;
  if (!isInterval) return { key: type.format(bytes), data, element };
  if (isEnd(element)) return undefined;
  const next = sorted[index + 1]?.key?.value;
  const last = next === undefined ? bytes.map(() => 0xff) : before(next);
  return { key: rangeIn(type, bytes, last), data, element, isOpen: next === undefined };
}

/** The number before one. */
function before(bytes: Uint8Array): Uint8Array {
  const previous = bytes.slice();
  for (let index = previous.length - 1; index >= 0; index--) {
    previous[index] = (previous[index]! - 1) & 0xff;
    if (previous[index] !== 0xff) break;
  }
  return previous;
}

/** What lies from one value to another, both in the order of the network. */
function rangeIn(type: ValueType, first: Uint8Array, last: Uint8Array): unknown {
  const format = (bytes: Uint8Array) => type.format(inNetworkOrder(type, bytes));
  if (Buffer.compare(first, last) === 0) return format(first);
  if (type.hasPrefixes === true) {
    const length = prefixBetween(first, last);
    if (length !== undefined) return `${String(format(first))}/${String(length)}`;
  }
  if (isBeginning(type, first, last)) return `${String(format(first))}*`;
  return { from: format(first), to: format(last) };
}

/** Whether all texts that begin alike are meant: 'eth*'. */
function isBeginning({ isText }: ValueType, first: Uint8Array, last: Uint8Array): boolean {
  const length = first.indexOf(0);
  return isText === true && length > 0 && last.every((byte, at) => byte === (at < length ? first[at] : 0xff));
}

/** One value, or several that stand together. */
export function valuesTogether(types: readonly ValueType[], bytes: Uint8Array): unknown {
  if (types.length === 1) return types[0]!.format(bytes);
  let position = 0;
  return types.map((type) => {
    const value = type.format(bytes.slice(position, position + type.size));
    position += paddedSize(type.size);
    return value;
  });
}

function keysTogether(types: readonly ValueType[], { key, keyEnd }: ElementValues, isInterval: boolean): unknown {
  const first = key?.value;
  if (first === undefined) return ANY;
  let position = 0;
  return types.map((type) => {
    const slice = (bytes: Uint8Array) => bytes.slice(position, position + type.size);
    const [from, to] = [slice(first), slice(keyEnd?.value ?? first)];
    position += paddedSize(type.size);
    return isInterval ? rangeIn(type, from, to) : type.format(from);
  });
}

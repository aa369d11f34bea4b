import type { Data } from '../expressions/data';
import { numberIn, type ValueType } from '../values/value-type';
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
  if (types.length > 1) {
    const sorted = anyLast([...elements].sort((one, other) => Buffer.compare(bytesIn(one), bytesIn(other))));
    return sorted.map((element) => ({
      ...{ key: keysTogether(types, element, isInterval), data: element.data, element },
    }));
  }
  const type = types[0]!;
  return isInterval
    ? readIntervals(type, elements)
    : anyLast(inTurn(type, elements)).map((element) => readOne(type, element));
}

/** So many bytes of a key, and behind them the place of one of so many elements, are a number without loss. */
const MOST_BYTES = 4;
const MOST_ELEMENTS = 2 ** 21;

/** The kernel lists elements in an order of its own. */
function inTurn(type: ValueType, elements: readonly ElementValues[]): ElementValues[] {
  const order = ({ key }: ElementValues) => inNetworkOrder(type, key?.value ?? new Uint8Array(0));
  if (type.size > MOST_BYTES || elements.length > MOST_ELEMENTS)
    return [...elements].sort((one, other) => Buffer.compare(order(one), order(other)));
  // As numbers, each with the place of its element behind it, which takes a tenth of the time.
  const numbers = Float64Array.from(elements, (element, at) => numberIn(order(element), false) * MOST_ELEMENTS + at);
  return Array.from(numbers.sort(), (number) => elements[number % MOST_ELEMENTS]!);
}

/** The element for all that no other one has comes last, as in nft. It has no key, and is the first of sorted ones. */
function anyLast(sorted: ElementValues[]): ElementValues[] {
  return sorted[0] !== undefined && sorted[0].key?.value === undefined ? [...sorted.slice(1), sorted[0]] : sorted;
}

function bytesIn({ key }: ElementValues): Uint8Array {
  return key?.value ?? new Uint8Array(0);
}

function readOne(type: ValueType, element: ElementValues): ReadElement {
  const bytes = element.key?.value;
  return { key: bytes === undefined ? ANY : type.format(bytes), data: element.data, element };
}

function readIntervals(type: ValueType, elements: readonly ElementValues[]): ReadElement[] {
  const sorted = elements
    .filter(({ key }) => key?.value !== undefined)
    .sort(
      (one, other) => Buffer.compare(one.key!.value!, other.key!.value!) || Number(isEnd(other)) - Number(isEnd(one)),
    );
  const found: ReadElement[] = [];
  for (const [index, element] of sorted.entries()) {
    if (isEnd(element)) continue;
    const first = element.key!.value!;
    const next = sorted[index + 1]?.key?.value;
    const last = next === undefined ? first.map(() => 0xff) : before(next);
    found.push({ key: rangeIn(type, first, last), data: element.data, element, isOpen: next === undefined });
  }
  for (const element of elements) {
    if (element.key?.value === undefined) found.push({ key: ANY, data: element.data, element });
  }
  return found;
}

function isEnd({ flags }: ElementValues): boolean {
  return flags?.includes('end') === true;
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

import { eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, within, withinElement, wrongType, wrongValue } from '../../../../errors';
import type { Data } from '../expressions/data';
import { behindOneAnother } from '../values/composed-types';
import { inNetworkOrder } from '../values/order';
import { parseLeadingBits, type ValueType } from '../values/value-type';

/** What a map gives: a type, several that stand together, or verdicts. */
export type MapData = ValueType | readonly ValueType[] | 'verdict';

/** The types of what a map gives. */
export function typesOfData(data: MapData): readonly ValueType[] {
  if (data === 'verdict') return [];
  return Array.isArray(data) ? (data as readonly ValueType[]) : [data as ValueType];
}

/** The key of what is for all that no other element has. */
export const ANY = '*';

/** An element of a set, as a user says it. */
export interface SetElementValue {
  key: unknown;
  /** What a map gives for it. */
  data?: Data | undefined;
  /** The object that a map gives for it. */
  object?: string | undefined;
  [more: string]: unknown;
}

/** An element of a set, as the kernel has it. */
export interface KernelElement {
  key?: Uint8Array | undefined;
  /** The last key of a range, of values that stand together. */
  keyEnd?: Uint8Array | undefined;
  data?: Data | undefined;
  object?: string | undefined;
  /** Whether a range ends before it. */
  isEnd?: boolean;
  /** Whether it is a range that goes to the last value, and so has no end. */
  isOpen?: boolean;
  /** The element that it was made of. */
  from?: SetElementValue;
}

/** What is in a set. */
export interface SetContent {
  readonly types: readonly ValueType[];
  readonly isInterval: boolean;
  readonly elements: readonly KernelElement[];
  /** What a map gives: a type, several that stand together, or verdicts. */
  readonly data?: MapData | undefined;
  /** The kind of the objects that a map gives, as the kernel numbers them. */
  readonly objectType?: number | undefined;
}

/** The first and the last of some keys. */
interface Keys {
  first: Uint8Array;
  last: Uint8Array;
  isRange: boolean;
}

/** The keys that a value stands for: itself, a range, or all with a prefix. */
function keysOf(type: ValueType, value: unknown): Keys {
  if (isObject(value) && !isArray(value)) {
    const { from, to } = value as { from?: unknown; to?: unknown };
    const first = at('from', () => type.parse(from));
    const last = at('to', () => type.parse(to));
    if (Buffer.compare(inNetworkOrder(type, first), inNetworkOrder(type, last)) > 0) {
      throw wrongValue(`must not be less than 'from', as ${show(to)} is`, 'to');
    }
    return { first, last, isRange: true };
  }
  if (isBeginning(type, value)) {
    const first = type.parse(value.slice(0, -1));
    const length = Buffer.byteLength(value) - 1;
    return { first, last: first.map((byte, index) => (index < length ? byte : 0xff)), isRange: true };
  }
  if (isPrefixOf(type, value)) {
    const { bytes, length } = parseLeadingBits(type, value);
    const last = bytes.map((byte, index) => byte | (0xff >> Math.min(8, Math.max(0, length - index * 8))));
    return { first: bytes, last, isRange: length < bytes.length * 8 };
  }
  const bytes = type.parse(value);
  return { first: bytes, last: bytes, isRange: false };
}

/** Whether a value stands for all with a prefix. */
function isPrefixOf(type: ValueType | undefined, value: unknown): value is string {
  return type?.hasPrefixes === true && typeof value === 'string' && value.includes('/');
}

/** Whether a value stands for all texts that begin so. */
function isBeginning(type: ValueType | undefined, value: unknown): value is string {
  return type?.isText === true && typeof value === 'string' && value.length > 1 && value.endsWith('*');
}

/** Whether a set needs intervals for a key. */
export function isRange(types: readonly ValueType[], key: unknown): boolean {
  if (key === ANY) return false;
  const values = types.length > 1 && isArray(key) ? key : [key];
  return values.some((value, index) => {
    if (typeof value !== 'string') return isObject(value) && !isArray(value);
    return isPrefixOf(types[index], value) || isBeginning(types[index], value);
  });
}

/** The content of a set for values; one of intervals, if one of them is a range or that is said. */
export function setOf(
  types: readonly ValueType[],
  values: readonly SetElementValue[],
  {
    data,
    objectType,
    isInterval = false,
  }: { data?: MapData | undefined; objectType?: number; isInterval?: boolean } = {},
): SetContent {
  const interval = isInterval || values.some(({ key }) => isRange(types, key));
  const elements = types.length > 1 ? together(types, values, interval) : alone(types[0]!, values, interval);
  return { types, isInterval: interval, elements, data, objectType };
}

/** Keys of several values, one behind the other. */
function together(types: readonly ValueType[], values: readonly SetElementValue[], interval: boolean): KernelElement[] {
  const elements: KernelElement[] = [];
  eachElementOf(values, (value: SetElementValue) => {
    elements.push(oneTogether(types, value, interval));
  });
  return elements;
}

function oneTogether(types: readonly ValueType[], value: SetElementValue, interval: boolean): KernelElement {
  const { key } = value;
  if (key === ANY) return everyOther(value);
  if (!isArray(key) || key.length !== types.length) {
    const names = types.map(({ name }) => name).join(', ');
    throw wrongType(`must be an array of ${String(types.length)} values (${names}), not ${show(key)}`, 'key');
  }
  const keys = key.map((one: unknown, index) => {
    try {
      return keysOf(types[index]!, one);
    } catch (error) {
      throw within('key', withinElement(index, error));
    }
  });
  const endsOf = (end: 'first' | 'last') =>
    behindOneAnother(keys.map((one, index) => (interval ? inNetworkOrder(types[index]!, one[end]) : one[end])));
  const element = { ...everyOther(value), key: endsOf('first') };
  return interval ? { ...element, keyEnd: endsOf('last') } : element;
}

/** The element that a key means: of a range where it begins. */
export function elementWith(types: readonly ValueType[], key: unknown, interval: boolean): KernelElement {
  if (types.length > 1 || key === ANY) return oneTogether(types, { key }, interval);
  const type = types[0]!;
  const { first } = at('key', () => keysOf(type, key));
  return { key: interval ? inNetworkOrder(type, first) : first };
}

/** The element for all that no other one has. */
function everyOther(value: SetElementValue): KernelElement {
  return { data: value.data, object: value.object, from: value };
}

function alone(type: ValueType, values: readonly SetElementValue[], interval: boolean): KernelElement[] {
  const elements: KernelElement[] = [];
  const inTurn: (Keys & { value: SetElementValue })[] = [];
  eachElementOf(values, (value: SetElementValue) => {
    if (value.key === ANY) {
      elements.push(everyOther(value));
      return;
    }
    const { first, last, isRange: isOfMany } = at('key', () => keysOf(type, value.key));
    if (!interval) elements.push({ key: first, data: value.data, object: value.object, from: value });
    else
      inTurn.push({
        ...{ first: inNetworkOrder(type, first), last: inNetworkOrder(type, last), isRange: isOfMany },
        value,
      });
  });
  if (!interval) return elements;
  inTurn.sort((one, other) => Buffer.compare(one.first, other.first));
  if (inTurn.length > 0 && inTurn[0]!.first.some((byte) => byte !== 0)) {
    elements.push({ key: new Uint8Array(type.size), isEnd: true });
  }
  inTurn.forEach(({ first, last, value }, index) => {
    const next = inTurn[index + 1];
    if (next !== undefined && Buffer.compare(last, next.first) >= 0) {
      throw wrongValue(`must not overlap: ${show(value.key)} and ${show(next.value.key)} do`);
    }
    const behind = following(last);
    elements.push({ ...everyOther(value), key: first, ...(behind === undefined && { isOpen: true }) });
    if (behind !== undefined) elements.push({ key: behind, isEnd: true });
  });
  return elements;
}

/** The number after one; undefined after the last. */
export function following(bytes: Uint8Array): Uint8Array | undefined {
  const next = bytes.slice();
  for (let index = next.length - 1; index >= 0; index--) {
    next[index] = (next[index]! + 1) & 0xff;
    if (next[index] !== 0) return next;
  }
  return undefined;
}

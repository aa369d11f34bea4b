import { eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, within, withinElement, wrongType, wrongValue } from '../../../../errors';
import type { Data } from '../expressions/data';
import { behindOneAnother } from '../values/composed-types';
import { inNetworkOrder } from '../values/order';
import { parseLeadingBits, type ValueType } from '../values/value-type';

/** An element of a set, as a user says it. */
export interface SetElementValue {
  key: unknown;
  /** What a map gives for it. */
  data?: Data | undefined;
  [more: string]: unknown;
}

/** An element of a set, as the kernel has it. */
export interface KernelElement {
  key?: Uint8Array | undefined;
  /** The last key of a range, of values that stand together. */
  keyEnd?: Uint8Array | undefined;
  data?: Data | undefined;
  /** Whether a range ends before it. */
  isEnd?: boolean;
  /** The element that it was made of. */
  from?: SetElementValue;
}

/** What is in a set. */
export interface SetContent {
  readonly types: readonly ValueType[];
  readonly isInterval: boolean;
  readonly elements: readonly KernelElement[];
  /** What a map gives: a type, or verdicts. */
  readonly data?: ValueType | 'verdict' | undefined;
}

/** The first and the last of some keys, in the order of the network. */
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
  if (type.hasPrefixes === true && typeof value === 'string' && value.includes('/')) {
    const { bytes, length } = parseLeadingBits(type, value);
    const last = bytes.map((byte, index) => byte | (0xff >> Math.min(8, Math.max(0, length - index * 8))));
    return { first: bytes, last, isRange: length < bytes.length * 8 };
  }
  const bytes = type.parse(value);
  if (!beginsOnly(type, value)) return { first: bytes, last: bytes, isRange: false };
  const length = bytes.indexOf(0) - 1;
  return { first: bytes.fill(0, length), last: bytes.slice().fill(0xff, length), isRange: true };
}

/** Whether a value is the beginning of texts: 'eth*'. */
function beginsOnly({ isText }: ValueType, value: unknown): boolean {
  return isText === true && typeof value === 'string' && value.length > 1 && value.endsWith('*');
}

/** Whether a set needs intervals for a key. */
export function isRange(types: readonly ValueType[], key: unknown): boolean {
  const values = types.length > 1 && isArray(key) ? key : [key];
  return values.some(
    (value, index) =>
      (isObject(value) && !isArray(value)) ||
      beginsOnly(types[index]!, value) ||
      (types[index]?.hasPrefixes === true && typeof value === 'string' && value.includes('/')),
  );
}

/** The content of a set for values; one of intervals, if one of them is a range or that is said. */
export function setOf(
  types: readonly ValueType[],
  values: readonly SetElementValue[],
  { data, isInterval = false }: { data?: ValueType | 'verdict' | undefined; isInterval?: boolean } = {},
): SetContent {
  const interval = isInterval || values.some(({ key }) => isRange(types, key));
  const elements = types.length > 1 ? together(types, values, interval) : alone(types[0]!, values, interval);
  return { types, isInterval: interval, elements, data };
}

/** Keys of several values, one behind the other. */
function together(types: readonly ValueType[], values: readonly SetElementValue[], interval: boolean): KernelElement[] {
  const elements: KernelElement[] = [];
  eachElementOf(values, (value: SetElementValue) => {
    const { key } = value;
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
    const element = { key: behindOneAnother(keys.map(({ first }) => first)), data: value.data, from: value };
    elements.push(interval ? { ...element, keyEnd: behindOneAnother(keys.map(({ last }) => last)) } : element);
  });
  return elements;
}

function alone(type: ValueType, values: readonly SetElementValue[], interval: boolean): KernelElement[] {
  const elements: KernelElement[] = [];
  const inTurn: (Keys & { value: SetElementValue })[] = [];
  eachElementOf(values, (value: SetElementValue) => {
    const { first, last, isRange: isOfMany } = at('key', () => keysOf(type, value.key));
    if (!interval) elements.push({ key: first, data: value.data, from: value });
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
    elements.push({ key: first, data: value.data, from: value });
    const behind = following(last);
    if (behind !== undefined) elements.push({ key: behind, isEnd: true });
  });
  return elements;
}

/** The number after one; undefined after the last. */
function following(bytes: Uint8Array): Uint8Array | undefined {
  const next = bytes.slice();
  for (let index = next.length - 1; index >= 0; index--) {
    next[index] = (next[index]! + 1) & 0xff;
    if (next[index] !== 0) return next;
  }
  return undefined;
}

import type { ExpressionOf } from '../expressions';
import type { Named } from '../selectors';
import { maskIn } from '../selectors/changes';
import { placeOf } from '../selectors/field';
import type { Selector, Step } from '../selectors/selector';
import { bytesOf, interfaceName, numberIn, type ValueType } from '../values/value-type';
import { unnamedOf, type Operand } from './operand';
import type { Meant, RuleReader } from './rule-reader';
import { hasHostOrder, inNetworkOrder, maskOf } from '../values/order';
import { sizeOf } from '../selectors/shifts';

/** A match of a test at its place: { match: { ip: { source: ... } } }. */
export function matchOf(named: Named, test: unknown): object {
  return { match: placeOf(named, test) };
}

/** Bits that are where they were loaded, as bytes of their type. */
function fromPlace({ type, bits }: Selector, bytes: Uint8Array): Uint8Array | undefined {
  const number = numberIn(bytes, false) / 2 ** bits!.shift;
  return Number.isInteger(number) ? bytesOf(number, type.size, false) : undefined;
}

/** The value of a selector in the bytes that were loaded. */
function valueIn(selector: Selector, bytes: Uint8Array, isSwapped = false): unknown {
  if (bytes.length !== sizeOf(selector)) return undefined;
  const { type, bits, steps } = selector;
  if (bits !== undefined && steps === undefined) {
    const value = fromPlace(selector, bytes);
    return value && type.format(value);
  }
  return type.format(isSwapped ? inNetworkOrder(type, bytes) : bytes);
}

const isEvery = (bytes: Uint8Array, byte: number) => bytes.every((one) => one === byte);

const comparisons = { lt: 'lessThan', lte: 'atMost', gt: 'greaterThan', gte: 'atLeast' } as const;

/** A test of the bits that a mask keeps; undefined if something else was done to the value. */
export function withMask(type: ValueType, steps: readonly Step[] = [], test: unknown): unknown {
  if (steps.length === 0) return test;
  const step = maskIn(steps);
  if (step?.mask.length !== type.size || step.xor !== undefined || steps.length > 1) return undefined;
  return { mask: type.format(step.mask), value: test };
}

/** Reads a comparison; false if it cannot be told by a match. */
export function readCompare(reader: RuleReader, expression: ExpressionOf<'cmp'>): boolean {
  const { operation } = expression;
  const bytes = expression.value?.value;
  const operand = reader.operand(expression.from);
  if (bytes === undefined || operand?.load === undefined) return false;
  const isNot = operation === 'neq';
  if (isNot || operation === 'eq') {
    const meant = reader.selectorOf(operand);
    if (meant !== undefined) return readEqual(reader, meant, { operand, bytes, isNot });
    const isWhole = operand.steps === undefined;
    if (isWhole && (readPrefix(reader, operand, bytes, isNot) || (!isNot && readSeveral(reader, operand, bytes))))
      return true;
    const unnamed = unnamedOf(operand);
    const as = { rest: operand.steps ?? [], isPlaced: false };
    return unnamed !== undefined && readEqual(reader, { ...unnamed, ...as }, { operand, bytes, isNot });
  }
  const named = reader.fieldIn(operand);
  if (named === undefined || typeof operation !== 'string') return false;
  const { type, steps, needs } = named.selector;
  if (hasHostOrder(type) !== (operand.isSwapped === true)) return false;
  const value = valueIn(named.selector, bytes, true);
  const next = reader.peek();
  if (operation === 'gte' && next?.kind === 'cmp' && next.operation === 'lte' && next.from === expression.from) {
    const to = next.value?.value && valueIn(named.selector, next.value.value, true);
    const range = value === undefined || to === undefined ? undefined : withMask(type, steps, { from: value, to });
    if (range === undefined) return false;
    reader.next();
    reader.add(matchOf(named, range), needs);
    return true;
  }
  const test = value === undefined ? undefined : withMask(type, steps, { [comparisons[operation]]: value });
  if (test === undefined) return false;
  reader.add(matchOf(named, test), needs);
  return true;
}

interface Equal {
  operand: Operand;
  bytes: Uint8Array;
  isNot: boolean;
}

function readEqual(reader: RuleReader, named: Meant, { operand, bytes, isNot }: Equal): boolean {
  const { selector, rest } = named;
  const { type, needs } = selector;
  const denied = (test: unknown) => (isNot ? { not: test } : test);
  if (operand.isSwapped === true) return false;
  if (rest.length > 0) {
    const [step] = rest;
    if (rest.length > 1 || step?.mask === undefined || step.xor !== undefined) return false;
    const [mask, value] = named.isPlaced
      ? [step.mask, bytes].map((one) => fromPlace(selector, one))
      : [step.mask, bytes];
    const test = mask && value && maskedTest(type, mask, value, isNot);
    if (test === undefined) return false;
    reader.add(matchOf(named, test), needs);
    return true;
  }
  if (type.hasPrefixes === true && bytes.length < type.size) {
    reader.add(matchOf(named, denied(prefixIn(type, bytes))), needs);
    return true;
  }
  if (type.isText === true && bytes.length < type.size) {
    const end = bytes.indexOf(0);
    if (end === 0 || (end > 0 && !isEvery(bytes.subarray(end), 0))) return false;
    // iptables compares a name and the zero behind it, nft all sixteen bytes; without a zero only the beginning is compared.
    const name = interfaceName.format(bytes);
    if (end > 0 && name.endsWith('*')) return false;
    reader.add(matchOf(named, denied(end > 0 ? name : `${name}*`)), needs);
    return true;
  }
  const value = valueIn(selector, bytes);
  // A link that is called 'a*' has no words: with them all would be meant whose names begin so.
  if (value === undefined || (type.isText === true && (value as string).endsWith('*'))) return false;
  const test = denied(type.isFlags === true ? { equals: value } : value);
  const told = isNot ? undefined : selector.tells?.(bytes, reader.family);
  if (told?.isCheck === true) {
    reader.hold(told.need, matchOf(named, test));
    return true;
  }
  reader.add(matchOf(named, test), needs);
  if (told !== undefined) reader.protocols.learn(told.need);
  return true;
}

function maskedTest(type: ValueType, mask: Uint8Array, bytes: Uint8Array, isNot: boolean): unknown {
  if (mask.length !== type.size || bytes.length !== type.size) return undefined;
  if (type.hasPrefixes === true) {
    const length = prefixLength(mask);
    if (length === undefined) {
      const test = { mask: type.format(mask), value: type.format(bytes) };
      return isNot ? { not: test } : test;
    }
    const text = `${String(type.format(bytes))}/${String(length)}`;
    return isNot ? { not: text } : text;
  }
  if (type.isFlags === true && isEvery(bytes, 0) && !isEvery(mask, 0))
    return isNot ? type.format(mask) : { not: type.format(mask) };
  const test = { mask: type.format(mask), value: type.format(bytes) };
  return isNot ? { not: test } : test;
}

function prefixLength(mask: Uint8Array): number | undefined {
  const bits = mask.length * 8;
  for (let length = 0; length <= bits; length++) {
    if (Buffer.compare(maskOf(length, mask.length), mask) === 0) return length;
  }
  return undefined;
}

function readPrefix(reader: RuleReader, { load }: Operand, bytes: Uint8Array, isNot: boolean): boolean {
  if (load?.kind !== 'payload') return false;
  const found = reader.prefixOf(load);
  if (bytes.length !== found?.length) return false;
  const text = prefixIn(found.selector.type, bytes);
  reader.add(matchOf(found, isNot ? { not: text } : text), found.selector.needs);
  return true;
}

/** All addresses that begin with these bytes. */
function prefixIn(type: ValueType, bytes: Uint8Array): string {
  const whole = new Uint8Array(type.size);
  whole.set(bytes);
  return `${String(type.format(whole))}/${String(bytes.length * 8)}`;
}

/** What nft asks of several fields at once, each by itself. */
function readSeveral(reader: RuleReader, { load }: Operand, bytes: Uint8Array): boolean {
  if (load?.kind !== 'payload') return false;
  const parts = reader.split(load);
  if (parts === undefined) return false;
  for (const { named, offset } of parts) {
    const { type, needs } = named.selector;
    const value = type.format(bytes.slice(offset, offset + type.size));
    reader.add(matchOf(named, type.isFlags === true ? { equals: value } : value), needs);
  }
  return true;
}

/** Reads a range that something is not in. */
export function readRange(reader: RuleReader, { from, operation, first, last }: ExpressionOf<'range'>): boolean {
  const operand = reader.operand(from);
  const named = operand && reader.fieldIn(operand);
  if (named === undefined || first?.value === undefined || last?.value === undefined) return false;
  const { type, steps, needs } = named.selector;
  if (hasHostOrder(type) !== (operand!.isSwapped === true)) return false;
  const range = { from: valueIn(named.selector, first.value, true), to: valueIn(named.selector, last.value, true) };
  const test = withMask(type, steps, range);
  if (test === undefined) return false;
  reader.add(matchOf(named, operation === 'neq' ? { not: test } : test), needs);
  return true;
}

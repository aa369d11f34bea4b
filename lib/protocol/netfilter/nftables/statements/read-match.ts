import type { ExpressionOf } from '../expressions';
import type { Named } from '../selectors';
import { placeOf } from '../selectors/field';
import type { Selector } from '../selectors/selector';
import { bytesOf, interfaceName, numberIn, type ValueType } from '../values/value-type';
import { unnamedOf, type Operand } from './operand';
import type { RuleReader } from './rule-reader';
import { hasHostOrder, inNetworkOrder, maskOf } from '../values/order';
import { sizeOf } from './loading';

/** A match of a test at its place: { match: { ip: { source: ... } } }. */
export function matchOf(named: Named, test: unknown): object {
  return { match: placeOf(named, test) };
}

/** The value of a selector in the bytes that were loaded. */
function valueIn(selector: Selector, bytes: Uint8Array, isSwapped = false): unknown {
  if (bytes.length !== sizeOf(selector)) return undefined;
  const { type, bits } = selector;
  if (bits !== undefined) {
    const number = numberIn(bytes, false) / 2 ** bits.shift;
    return Number.isInteger(number) ? type.format(bytesOf(number, type.size, false)) : undefined;
  }
  return type.format(isSwapped ? inNetworkOrder(type, bytes) : bytes);
}

const isEvery = (bytes: Uint8Array, byte: number) => bytes.every((one) => one === byte);

const comparisons = { lt: 'lessThan', lte: 'atMost', gt: 'greaterThan', gte: 'atLeast' } as const;

/** Reads a comparison; false if it cannot be told by a match. */
export function readCompare(reader: RuleReader, expression: ExpressionOf<'cmp'>): boolean {
  const { operation } = expression;
  const bytes = expression.value?.value;
  const operand = reader.operand(expression.from);
  if (bytes === undefined || operand?.load === undefined) return false;
  const { load } = operand;
  const isNot = operation === 'neq';
  if (isNot || operation === 'eq') {
    const named = reader.selectorOf(operand);
    if (named !== undefined) return readEqual(reader, named, { operand, bytes, isNot });
    if (load.kind !== 'payload' || operand.mask !== undefined) return false;
    if (readPrefix(reader, operand, bytes, isNot) || (!isNot && readSeveral(reader, operand, bytes))) return true;
    const unnamed = unnamedWith(operand);
    return unnamed !== undefined && readEqual(reader, unnamed, { operand, bytes, isNot });
  }
  const named = reader.selectorOf(operand) ?? unnamedWith(operand);
  if (named === undefined || named.hasMask || typeof operation !== 'string') return false;
  if (hasHostOrder(named.selector.type) !== (operand.isSwapped === true)) return false;
  const value = valueIn(named.selector, bytes, true);
  const next = reader.peek();
  if (operation === 'gte' && next?.kind === 'cmp' && next.operation === 'lte' && next.from === expression.from) {
    const to = next.value?.value && valueIn(named.selector, next.value.value, true);
    if (value === undefined || to === undefined) return false;
    reader.next();
    reader.add(matchOf(named, { from: value, to }), named.selector.needs);
    return true;
  }
  if (value === undefined) return false;
  reader.add(matchOf(named, { [comparisons[operation]]: value }), named.selector.needs);
  return true;
}

/** Bytes that have no name. */
function unnamedWith(operand: Operand): (Named & { hasMask: boolean }) | undefined {
  const unnamed = unnamedOf(operand);
  return unnamed && { ...unnamed, hasMask: false };
}

interface Equal {
  operand: Operand;
  bytes: Uint8Array;
  isNot: boolean;
}

function readEqual(reader: RuleReader, named: Named & { hasMask: boolean }, { operand, bytes, isNot }: Equal): boolean {
  const { selector, hasMask } = named;
  const { type, needs } = selector;
  const denied = (test: unknown) => (isNot ? { not: test } : test);
  if (operand.isSwapped === true) return false;
  if (hasMask) {
    const test = maskedTest(type, operand.mask!, bytes, isNot);
    if (test === undefined) return false;
    reader.add(matchOf(named, test), needs);
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
  const whole = new Uint8Array(found.selector.type.size);
  whole.set(bytes);
  const text = `${String(found.selector.type.format(whole))}/${String(bytes.length * 8)}`;
  reader.add(matchOf(found, isNot ? { not: text } : text), found.selector.needs);
  return true;
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
  const named = operand && reader.selectorOf(operand);
  if (named === undefined || named.hasMask || first?.value === undefined || last?.value === undefined) return false;
  if (hasHostOrder(named.selector.type) !== (operand!.isSwapped === true)) return false;
  const range = { from: valueIn(named.selector, first.value, true), to: valueIn(named.selector, last.value, true) };
  reader.add(matchOf(named, operation === 'neq' ? { not: range } : range), named.selector.needs);
  return true;
}

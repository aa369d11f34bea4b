import { eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import { comparison, type Expression } from '../expressions';
import { canChange } from '../selectors/changes';
import type { Selector } from '../selectors/selector';
import { setOf, type SetElementValue } from '../sets/set-content';
import { inNetworkOrder, maskOf } from '../values/order';
import { parseLeadingBits, type ValueType } from '../values/value-type';
import { bitwise, loadMasked, loadWhole, placed, placedType, toNetworkOrder } from './loading';
import { REGISTER, type RuleWriter } from './rule-writer';

const comparisons = { lessThan: 'lt', atMost: 'lte', greaterThan: 'gt', atLeast: 'gte' } as const;
type Comparison = keyof typeof comparisons;

const forms = ['not', 'from', 'set', 'equals', 'mask', ...Object.keys(comparisons)];

/** Writes what compares a selector with a test. */
export function writeTest(writer: RuleWriter, selector: Selector, test: unknown, isNot = false): void {
  if (isObject(test) && !isArray(test) && 'not' in test) {
    if (isNot) throw wrongValue('must not be denied twice: { not: { not: ... } }', 'not');
    checkOnly(test, ['not']);
    at('not', () => {
      writeTest(writer, selector, test.not, true);
    });
    return;
  }
  const { byNumber } = selector;
  if (byNumber !== undefined && isByNumber(test)) writePositive(writer, byNumber, test, isNot);
  else writePositive(writer, selector, test, isNot);
}

/** Whether a test of something that has a name and a number is of its number. */
export function isByNumber(test: unknown): boolean {
  if (isArray(test)) return test.length > 0 && test.every(isByNumber);
  if (!isObject(test)) return typeof test === 'number';
  return ['from', 'equals', 'mask', ...Object.keys(comparisons)].some(
    (name) => typeof (test as Record<string, unknown>)[name] === 'number',
  );
}

function checkOnly(test: object, names: readonly string[]): void {
  const other = Object.keys(test).find((name) => !names.includes(name));
  if (other !== undefined) throw wrongValue(`cannot stand beside ${names.join(', ')}`, other);
}

function writePositive(writer: RuleWriter, selector: Selector, test: unknown, isNot: boolean): void {
  const { type } = selector;
  if (isArray(test) && (type.isFlags !== true || test.some(isArray))) {
    writeLookUp(writer, selector, test, isNot);
  } else if (isObject(test) && !isArray(test)) {
    writeForm(writer, selector, test as Record<string, unknown>, isNot);
  } else if (type.isFlags === true) {
    if (isArray(test) && test.length === 0)
      throw wrongValue('must have one of the flags at least; { equals: [] } is for none');
    writeBits(writer, selector, { mask: test, isAny: true }, isNot);
  } else if (type.hasPrefixes === true && typeof test === 'string' && test.includes('/')) {
    writePrefix(writer, selector, test, isNot);
  } else {
    writeEqual(writer, selector, test, isNot);
  }
}

function writeForm(writer: RuleWriter, selector: Selector, test: Record<string, unknown>, isNot: boolean): void {
  const { type } = selector;
  const form = forms.find((name) => name in test);
  switch (form) {
    case 'from':
      checkOnly(test, ['from', 'to']);
      writeRange(writer, selector, test, isNot);
      return;
    case 'set':
      checkOnly(test, ['set', 'interval']);
      if (typeof test.set !== 'string') throw wrongType(`must be the name of a set, not ${show(test.set)}`, 'set');
      loadWhole(writer, selector);
      if (isOfRanges(test)) toNetworkOrder(writer, selector.type);
      lookUp(writer, { set: test.set }, isNot);
      return;
    case 'equals':
      checkOnly(test, ['equals']);
      at('equals', () => {
        writeEqual(writer, selector, test.equals, isNot);
      });
      return;
    case 'mask':
      checkOnly(test, ['mask', 'value']);
      if (selector.steps !== undefined) throw wrongValue('must not stand in another one', 'mask');
      if (isTest(type, test.value)) {
        writeAmongBits(writer, selector, test, isNot);
        return;
      }
      writeBits(writer, selector, { mask: test.mask, value: test.value, isAny: false }, isNot);
      return;
    case undefined:
      throw wrongType(`must be a value, an array, or an object with one of ${forms.join(', ')}, not ${show(test)}`);
    default:
      checkOnly(test, [form]);
      if (isNot) throw wrongValue(`cannot be denied: say its contrary`, form);
      writeComparison(writer, selector, form as Comparison, test[form]);
  }
}

function compare(writer: RuleWriter, operation: 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte', value: Uint8Array): void {
  writer.add(comparison(operation, value));
}

function writeEqual(writer: RuleWriter, selector: Selector, value: unknown, isNot: boolean): void {
  const { type } = selector;
  const bytes = type.parse(value);
  loadMasked(writer, selector);
  compare(writer, isNot ? 'neq' : 'eq', type.isText === true ? beginningOf(bytes) : placed(selector, bytes));
}

/** A name that ends with '*' is compared up to there. */
function beginningOf(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return bytes[end - 1] === '*'.charCodeAt(0) ? bytes.slice(0, end - 1) : bytes;
}

function writePrefix(writer: RuleWriter, selector: Selector, text: string, isNot: boolean): void {
  const { bytes, length } = parseLeadingBits(selector.type, text);
  const mask = maskOf(length, bytes.length);
  if (length > 0 && length % 8 === 0 && selector.steps === undefined) {
    const whole = length / 8;
    loadMasked(writer, selector, REGISTER, selector.load.kind === 'payload' ? whole : undefined);
    compare(writer, isNot ? 'neq' : 'eq', bytes.slice(0, whole));
    return;
  }
  loadMasked(writer, selector);
  if (length < bytes.length * 8) writer.add(bitwise(mask));
  compare(writer, isNot ? 'neq' : 'eq', bytes);
}

/** Whether bits are to be in a range, among several and so on. */
export function isTest(type: ValueType, value: unknown): boolean {
  return isArray(value) ? type.isFlags !== true || value.some(isArray) : isObject(value);
}

/** Some bits of a value, of which something is asked that a whole value can be asked as well. */
function writeAmongBits(
  writer: RuleWriter,
  selector: Selector,
  { mask, value }: Record<string, unknown>,
  isNot: boolean,
): void {
  if (!canChange(selector))
    throw wrongValue('cannot stand here: the bits of this field are not where they are loaded', 'mask');
  const bits = at('mask', () => selector.type.parse(mask));
  at('value', () => {
    writePositive(writer, { ...selector, steps: [{ mask: bits }] }, value, isNot);
  });
}

interface Bits {
  mask: unknown;
  value?: unknown;
  /** Whether any of the bits is enough. */
  isAny: boolean;
}

function writeBits(writer: RuleWriter, selector: Selector, { mask, value, isAny }: Bits, isNot: boolean): void {
  const { type } = selector;
  const maskBytes = isAny ? type.parse(mask) : at('mask', () => type.parse(mask));
  const bytes = isAny ? new Uint8Array(type.size) : at('value', () => type.parse(value));
  const isMoved = selector.bits !== undefined && canChange(selector);
  if (isMoved) loadWhole(writer, selector);
  else loadMasked(writer, selector);
  const [kept, wanted] = [maskBytes, bytes].map((one) => (isMoved ? one : placed(selector, one))) as [
    Uint8Array,
    Uint8Array,
  ];
  writer.add(bitwise(kept));
  compare(writer, isAny !== isNot ? 'neq' : 'eq', wanted);
}

function writeComparison(writer: RuleWriter, selector: Selector, form: Comparison, value: unknown): void {
  const bytes = at(form, () => selector.type.parse(value));
  loadMasked(writer, selector);
  toNetworkOrder(writer, selector.type);
  compare(writer, comparisons[form], inNetworkOrder(selector.type, placed(selector, bytes)));
}

function writeRange(writer: RuleWriter, selector: Selector, test: Record<string, unknown>, isNot: boolean): void {
  const { type } = selector;
  const [first, last] = (['from', 'to'] as const).map((end) =>
    inNetworkOrder(
      type,
      placed(
        selector,
        at(end, () => type.parse(test[end])),
      ),
    ),
  ) as [Uint8Array, Uint8Array];
  if (Buffer.compare(first, last) > 0) throw wrongValue(`must not be less than 'from', as ${show(test.to)} is`, 'to');
  loadMasked(writer, selector);
  toNetworkOrder(writer, type);
  if (isNot) {
    writer.add({ kind: 'range', from: REGISTER, operation: 'neq', first: { value: first }, last: { value: last } });
    return;
  }
  compare(writer, 'gte', first);
  compare(writer, 'lte', last);
}

/** One of several values: a set without a name. */
function writeLookUp(writer: RuleWriter, selector: Selector, values: readonly unknown[], isNot: boolean): void {
  if (values.length === 0) throw wrongValue('must have an element: nothing is one of none');
  const elements: SetElementValue[] = [];
  eachElementOf(values, (value: unknown) => {
    elements.push({ key: value });
  });
  const set = setOf([placedType(selector)], elements);
  loadMasked(writer, selector);
  if (set.isInterval) toNetworkOrder(writer, selector.type);
  lookUp(writer, writer.addSet(set, '__set'), isNot);
}

/** Whether a set with a name is said to have ranges. */
export function isOfRanges({ interval = false }: { interval?: unknown }): boolean {
  if (typeof interval !== 'boolean') throw wrongType(`must be true or false, not ${show(interval)}`, 'interval');
  return interval;
}

/** Asks whether what is in the first register is in a set. */
export function lookUp(writer: RuleWriter, set: { set: string; setId?: number }, isNot: boolean): void {
  writer.add({ kind: 'lookup', ...set, from: REGISTER, ...(isNot && { flags: ['invert'] }) } as Expression);
}

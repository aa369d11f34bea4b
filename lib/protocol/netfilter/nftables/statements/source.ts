import { at, isArray, isObject, wrongValue } from '../../../../errors';
import { canChange } from '../selectors/changes';
import { fieldOf, namedOf } from '../selectors/field';
import { selectors, type Named } from '../selectors';
import { isSelector, type Need, type Selector } from '../selectors/selector';
import type { ValueType } from '../values/value-type';
import { checkNames } from './kind';
import { loadWhole, toNetworkOrder } from './loading';
import { foundSet } from './looked-up';
import { mapLookedUp } from './maps';
import type { Operand } from './operand';
import type { RuleReader } from './rule-reader';
import { immediate, REGISTER, type RuleWriter } from './rule-writer';

// Values that are written somewhere: constants, fields, fields with some bits changed, and what maps give.

/** Puts a value of a type into a register. */
export function writeSource(writer: RuleWriter, type: ValueType, given: unknown, into = REGISTER): void {
  if (isObject(given) && !isArray(given) && 'map' in given) {
    checkNames(given, ['map']);
    at('map', () => {
      writeMap(writer, type, given.map, into);
    });
  } else if (isField(given)) {
    loadFor(writer, type, namedOf(given), into);
  } else {
    writer.add(immediate(into, type.parse(given)));
  }
}

/** Whether a value is not itself meant, but that of a field. */
export function isField(given: unknown): boolean {
  if (typeof given !== 'string') return isObject(given) && !isArray(given);
  return Object.hasOwn(selectors, given) && isSelector(selectors[given]!);
}

/** Whether the value of one field means the same in another, but for the order of its bytes. */
function isAlike(type: ValueType, selector: Selector): boolean {
  const { type: source, isAsIs, bits } = selector;
  if (isAsIs === true) return type.isText !== true;
  const isSame = source.size === type.size && source.isText === type.isText;
  return isSame && (bits === undefined || canChange(selector));
}

/** Whether the order of bytes of one field is another one than that of what is written. */
export function isOtherOrder(type: ValueType, { type: source }: Selector): boolean {
  return source.isHost !== type.isHost && source.size > 1 && type.isText !== true;
}

function checkAlike(type: ValueType, { path, selector }: Named): void {
  if (isAlike(type, selector)) return;
  const kind = `a field of type ${type.name}`;
  throw wrongValue(`must be a value, or ${kind}, not ${path.join('.')}, which is of ${selector.type.name}`);
}

function loadFor(writer: RuleWriter, type: ValueType, named: Named, into: number): void {
  checkAlike(type, named);
  const { selector } = named;
  if (selector.isAsIs === true && !isOtherOrder(type, selector) && selector.type.size === type.size)
    throw wrongValue('has no meaning here: the bytes have the size and the order of what is written', 'asIs');
  loadWhole(writer, selector, into);
  if (isOtherOrder(type, selector) && selector.isAsIs !== true)
    toNetworkOrder(writer, { ...selector.type, isHost: true }, into);
}

function writeMap(writer: RuleWriter, type: ValueType, map: unknown, into: number): void {
  const parse = (value: unknown) => ({ data: { value: type.parse(value) } });
  const found = mapLookedUp(
    writer,
    map,
    { name: 'data', parse, data: type.rangeOf !== undefined ? type : (type.parts ?? type) },
    into,
  );
  writer.add({ kind: 'lookup', ...found, from: into, into });
}

/** A value that is written, as callers say it. */
export interface ReadSource {
  readonly value: unknown;
  readonly needs: readonly Need[];
}

/** What is in a register, as a value of a type; undefined if there are no words for it. */
export function readSource(reader: RuleReader, register: number | undefined, type: ValueType): ReadSource | undefined {
  const operand = reader.operand(register);
  if (operand === undefined) return undefined;
  const { bytes, map } = operand;
  if (bytes !== undefined) return bytes.length === type.size ? { value: type.format(bytes), needs: [] } : undefined;
  if (map === undefined) return readField(reader, operand, type);
  const { key, needs } = map.what;
  const found = foundSet(reader, map.set, map.what);
  if (found === undefined) return undefined;
  if (found.elements === undefined) return { value: { map: { key, ...found.name } }, needs };
  const elements = found.elements.map(({ key: of, data }) => ({
    key: of,
    data: data?.value && dataOf(type, data.value),
  }));
  if (elements.some(({ data }) => data === undefined)) return undefined;
  return { value: { map: { key, elements } }, needs };
}

/** What a map gives, in words; undefined if it is more or less than a value of the type has. */
function dataOf(type: ValueType, bytes: Uint8Array): unknown {
  return bytes.length === type.size ? type.format(bytes) : undefined;
}

function readField(reader: RuleReader, operand: Operand, type: ValueType): ReadSource | undefined {
  const field = reader.fieldIn(operand);
  if (field === undefined || (field.isPlaced && field.selector.bits !== undefined)) return undefined;
  const isOther = isOtherOrder(type, field.selector);
  const { isSwapped = false } = operand;
  const isAsIs = !isSwapped && (isOther ? type.isHost : field.selector.type.size !== type.size);
  const selector = isAsIs ? { ...field.selector, isAsIs } : field.selector;
  if ((isSwapped && !isOther) || !isAlike(type, selector)) return undefined;
  return { value: fieldOf({ ...field, selector }), needs: selector.needs };
}

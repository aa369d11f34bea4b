import { eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Named } from '../selectors';
import { fieldOf, namedOf, onlyOne } from '../selectors/field';
import type { Selector } from '../selectors/selector';
import { setOf, type SetElementValue } from '../sets/set-content';
import type { ValueType } from '../values/value-type';
import { lookUp } from './comparison';
import { checkNames, type Read, type StatementKinds } from './kind';
import { loadMasked, loadTogether, placedType } from './loading';
import type { Operand } from './operand';
import { matchOf } from './read-match';
import { REGISTER, type RuleWriter } from './rule-writer';
import { formatVerdict } from './verdicts';

/** Several values together, and the sets that they are looked up in. */
export function writeConcatenation(writer: RuleWriter, match: object): void {
  checkNames(match, ['concatenation', 'in']);
  const { concatenation, in: given } = match as { concatenation: unknown; in: unknown };
  const selectors = at('concatenation', () => fieldsOf(concatenation));
  at('in', () => {
    writeIn(writer, selectors, given, false);
  });
}

function writeIn(writer: RuleWriter, selectors: readonly Selector[], given: unknown, isNot: boolean): void {
  if (isArray(given)) {
    const values: SetElementValue[] = [];
    eachElementOf(given, (key: unknown) => {
      values.push({ key });
    });
    const set = setOf(
      selectors.map(({ type }) => type),
      values,
    );
    loadTogether(writer, selectors);
    lookUp(writer, writer.addSet(set, '__set'), isNot);
    return;
  }
  if (!isObject(given)) throw wrongType(`must be an array, { set: 'name' } or { not: ... }, not ${show(given)}`);
  const [name, value] = onlyOne(given);
  if (name === 'not' && !isNot) {
    at('not', () => {
      writeIn(writer, selectors, value, true);
    });
  } else if (name === 'set' && typeof value === 'string') {
    loadTogether(writer, selectors);
    lookUp(writer, { set: value }, isNot);
  } else {
    throw wrongType(`must be an array, { set: 'name' } or { not: ... }, not ${show(given)}`);
  }
}

/** The selectors of one field, or of several. */
export function fieldsOf(given: unknown): Selector[] {
  if (!isArray(given)) return [namedOf(given).selector];
  const selectors: Selector[] = [];
  eachElementOf(given, (field: unknown) => {
    selectors.push(namedOf(field).selector);
  });
  if (selectors.length < 2) throw wrongValue('must have two fields at least');
  if (selectors.some(({ takes }) => takes !== undefined)) throw wrongValue('must not have a hash among others');
  return selectors;
}

/** What the keys of a set without a name are, by which these fields are looked up. */
export function keyTypesOf(selectors: readonly Selector[]): ValueType[] {
  return selectors.length === 1 ? [placedType(selectors[0]!)] : selectors.map(({ type }) => type);
}

/** Loads what is looked up in a map without a name. */
export function loadKeys(writer: RuleWriter, selectors: readonly Selector[], into = REGISTER): void {
  if (selectors.length === 1) loadMasked(writer, selectors[0]!, into);
  else loadTogether(writer, selectors, into);
}

const readLookUp: Read<'lookup'> = (reader, { set, from, into, flags = [] }) => {
  const operands = reader.operandsFrom(from);
  const fields = operands.map((operand) => reader.selectorOf(operand));
  if (fields.length === 0 || set === undefined) return false;
  if (!fields.every((one) => one !== undefined && !one.hasMask)) return false;
  const named = fields as Named[];
  const isAlone = named.length === 1;
  const types = named.map(({ selector }, index) => typeOfKey(selector, operands[index]!));
  const needs = named.flatMap(({ selector }) => selector.needs);
  const key = isAlone ? fieldOf(named[0]!) : named.map(fieldOf);
  if (into !== undefined && into !== 0) {
    reader.keep(into, { map: { set, key, types, needs } });
    return true;
  }
  const elements = reader.setNamed(set, types);
  if (into === 0) {
    const verdicts = elements?.map(({ key: of, data }) => ({ key: of, verdict: formatVerdict(data) }));
    reader.add({ verdictMap: { key, ...(verdicts === undefined ? { set } : { elements: verdicts }) } }, needs);
    return true;
  }
  const found = elements === undefined ? { set } : elements.map(({ key: of }) => of);
  const test = flags.length > 0 ? { not: found } : found;
  const alone = named[0]!;
  const place = elements === undefined ? { ...alone, path: alone.fieldPath ?? alone.path } : alone;
  reader.add(isAlone ? matchOf(place, test) : { match: { concatenation: key, in: test } }, needs);
  return true;
};

/** The type of the keys that something is looked up by: its bits are where they were loaded, unless they were moved. */
export function typeOfKey(selector: Selector, { shift }: Operand): ValueType {
  return shift === undefined ? placedType(selector) : selector.type;
}

/** What is looked up in sets and maps. */
export const lookUps = { read: { lookup: readLookUp } } satisfies StatementKinds;

import { eachElementOf } from '../../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import { namedOf, onlyOne } from '../selectors/field';
import type { Selector } from '../selectors/selector';
import { setOf, type SetElementValue } from '../sets/set-content';
import type { ValueType } from '../values/value-type';
import { isOfRanges, lookUp } from './comparison';
import { checkNames, type Read, type StatementKinds } from './kind';
import { loadMasked, loadTogether, placedType, toNetworkOrder } from './loading';
import { foundSet, lookedUp } from './looked-up';
import { matchOf, withMask } from './read-match';
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
    loadTogether(writer, selectors, REGISTER, set.isInterval);
    lookUp(writer, writer.addSet(set, '__set'), isNot);
    return;
  }
  if (!isObject(given)) throw wrongType(`must be an array, { set: 'name' } or { not: ... }, not ${show(given)}`);
  if ('set' in given && typeof given.set === 'string') {
    checkNames(given, ['set', 'interval']);
    loadTogether(writer, selectors, REGISTER, isOfRanges(given as object & { interval?: unknown }));
    lookUp(writer, { set: given.set }, isNot);
    return;
  }
  const [name, value] = onlyOne(given);
  if (name === 'not' && !isNot) {
    at('not', () => {
      writeIn(writer, selectors, value, true);
    });
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
  return selectors;
}

/** What the keys of a set without a name are, by which these fields are looked up. */
export function keyTypesOf(selectors: readonly Selector[]): ValueType[] {
  return selectors.length === 1 ? [placedType(selectors[0]!)] : selectors.map(({ type }) => type);
}

/** Loads what is looked up in a map without a name. */
export function loadKeys(
  writer: RuleWriter,
  selectors: readonly Selector[],
  into: number,
  isAmongRanges: boolean,
): void {
  if (selectors.length > 1) {
    loadTogether(writer, selectors, into, isAmongRanges);
    return;
  }
  loadMasked(writer, selectors[0]!, into);
  if (isAmongRanges) toNetworkOrder(writer, selectors[0]!.type, into);
}

const readLookUp: Read<'lookup'> = (reader, { set, from, into, flags = [] }) => {
  const what = lookedUp(reader, from);
  if (what === undefined || set === undefined) return false;
  if (into !== undefined && into !== 0) {
    reader.keep(into, { map: { set, what } });
    return true;
  }
  const { key, named, needs } = what;
  const found = foundSet(reader, set, what);
  if (found === undefined) return false;
  const { elements } = found;
  if (into === 0) {
    const verdicts = elements?.map(({ key: of, data }) => ({ key: of, verdict: formatVerdict(data) }));
    reader.add({ verdictMap: { key, ...(found.elements === undefined ? found.name : { elements: verdicts }) } }, needs);
    return true;
  }
  const among = found.elements === undefined ? found.name : found.elements.map(({ key: of }) => of);
  const isNot = flags.length > 0;
  if (named.length > 1) {
    reader.add({ match: { concatenation: key, in: isNot ? { not: among } : among } }, needs);
    return true;
  }
  const alone = named[0]!;
  const test = withMask(alone.selector.type, alone.selector.steps, among);
  if (test === undefined) return false;
  const place = elements === undefined ? { ...alone, path: alone.fieldPath ?? alone.path } : alone;
  reader.add(matchOf(place, isNot ? { not: test } : test), needs);
  return true;
};

/** What is looked up in sets and maps. */
export const lookUps = { read: { lookup: readLookUp } } satisfies StatementKinds;

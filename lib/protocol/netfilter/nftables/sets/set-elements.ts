import { eachElementOf } from '../../../../codec';
import {
  at,
  checkIsObject,
  isArray,
  relocated,
  show,
  within,
  withinElement,
  wrongType,
  wrongValue,
} from '../../../../errors';
import type { Expression } from '../expressions';
import type { Data } from '../expressions/data';
import { millisecondsOf, secondsOf } from '../objects/fields';
import { readStatements, writeStatements } from '../statements';
import { RuleWriter } from '../statements/rule-writer';
import type { NftStatement, NftVerdict } from '../statements/statement';
import { checkedVerdict, formatVerdict } from '../statements/verdicts';
import { keptBytes, keptRow } from '../user-data';
import { behindOneAnother } from '../values/composed-types';
import type { ValueType } from '../values/value-type';
import { elementValues, type ElementValues } from './messages';
import { readElement, readElements, valuesTogether, type ReadElement } from './read-content';
import { elementWith, isRange, setOf, typesOfData, type SetElementValue } from './set-content';
import type { NftElementOptions } from './set-options';
import type { SetTypes } from './set-types';
import { OPEN } from './user-data';

const elementNames: ReadonlySet<string> = new Set([
  ...['key', 'data', 'verdict', 'object', 'timeout', 'expires', 'comment', 'userData', 'statements'],
]);

/** Elements as the kernel has them; with `byKey` alone, those are meant that have these keys. */
export function elementsOf(set: SetTypes, elements: unknown, byKey = false): ElementValues[] {
  const values: SetElementValue[] = [];
  eachElementOf(elements, (element: NftElementOptions) => {
    checkElement(set, element);
    if (byKey) values.push({ key: element.key });
    else
      values.push({
        key: element.key,
        ...givenBy(set, element),
        own: isPlain(element) ? undefined : ownOf(element),
        isKept: element.userData !== undefined,
      });
  });
  const content = setOf(set.keys, values, { data: set.data, isInterval: set.isInterval });
  return content.elements.map((element) => {
    const values = elementValues(element);
    const own = element.from?.own as Partial<ElementValues> | undefined;
    if (own === undefined) return values;
    // What nft keeps of a range without an end stands behind the comment.
    const { userData } = element.from!.isKept === true ? own : { userData: joined(own.userData, values.userData) };
    return { ...values, ...own, userData };
  });
}

function joined(one: Uint8Array | undefined, other: Uint8Array | undefined): Uint8Array | undefined {
  return one !== undefined && other !== undefined ? Uint8Array.from([...one, ...other]) : (one ?? other);
}

function checkElement(set: SetTypes, element: NftElementOptions): void {
  checkIsObject(element);
  for (const name in element) {
    if (!elementNames.has(name))
      throw wrongValue(`is no property of an element: there are ${[...elementNames].join(', ')}`, name);
  }
  if (!set.isInterval && isRange(set.keys, element.key)) {
    throw wrongValue("must be one value: ranges and prefixes need a set with flags: ['interval']", 'key');
  }
}

/** What elements are looked up by, each by itself: of a range where it begins. */
export function keysAt(set: SetTypes, elements: unknown): ElementValues[] {
  const keys: ElementValues[] = [];
  at('elements', () => {
    eachElementOf(elements, (element: NftElementOptions) => {
      checkElement(set, element);
      keys.push(elementValues(elementWith(set.keys, element.key, set.isInterval)));
    });
  });
  return keys;
}

/** Whether an element has nothing besides its key and what a map gives for it. */
function isPlain({ timeout, expires, comment, userData, statements }: NftElementOptions): boolean {
  return (
    timeout === undefined &&
    expires === undefined &&
    comment === undefined &&
    userData === undefined &&
    statements === undefined
  );
}

function ownOf({ timeout, expires, comment, userData, statements }: NftElementOptions): Partial<ElementValues> {
  return {
    timeout: milliseconds(timeout, 'timeout'),
    expiration: milliseconds(expires, 'expires'),
    userData: keptBytes({ comment, userData }),
    ...(statements !== undefined && expressionsOf(statements)),
  };
}

/** A number of seconds that may be absent as one of milliseconds. */
export function milliseconds(seconds: unknown, property: string): number | undefined {
  return seconds === undefined ? undefined : at(property, () => millisecondsOf(seconds));
}

/** Expressions that an element can have of its own. */
const stateful: readonly unknown[] = ['counter', 'limit', 'quota', 'connlimit', 'last'];

/** What is done for each element of a set, as the kernel has it: one, or several. */
export function expressionsOf(statements: unknown): { expression?: Expression; expressions?: Expression[] } {
  if (!isArray(statements)) throw wrongType(`must be an array of statements, not ${show(statements)}`, 'statements');
  const writer = new RuleWriter('inet');
  writeStatements(writer, statements);
  const { expressions } = writer;
  if (expressions.length !== statements.length || !expressions.every(({ kind }) => stateful.includes(kind))) {
    throw wrongValue(
      'must count or limit, as counter, limit and quota do: an element cannot have others',
      'statements',
    );
  }
  if (expressions.length === 0) return {};
  return expressions.length === 1 ? { expression: expressions[0]! } : { expressions };
}

const noSets = { read: () => undefined, raw: () => undefined };

/** The same in words. */
export function statementsIn({
  expression,
  expressions = expression === undefined ? [] : [expression],
}: {
  expression?: Expression | undefined;
  expressions?: readonly Expression[] | undefined;
}): NftStatement[] | undefined {
  return expressions.length === 0 ? undefined : (readStatements('inet', expressions, noSets) as NftStatement[]);
}

/** What a map gives for an element. */
function givenBy(set: SetTypes, element: NftElementOptions): Pick<SetElementValue, 'data' | 'object'> {
  return set.objectType === undefined ? { data: dataOf(set, element) } : { object: objectOf(element) };
}

function objectOf({ object, data, verdict }: NftElementOptions): string {
  if (data !== undefined) throw wrongValue("has no meaning in a map of objects: say 'object'", 'data');
  if (verdict !== undefined) throw wrongValue("has no meaning in a map of objects: say 'object'", 'verdict');
  if (typeof object !== 'string') throw wrongType(`must be the name of an object, not ${show(object)}`, 'object');
  return object;
}

function dataOf({ data: type }: SetTypes, { data, verdict, object }: NftElementOptions): Data | undefined {
  if (object !== undefined) throw wrongValue('has no meaning: this is no map of objects', 'object');
  if (type === 'verdict') {
    if (data !== undefined) throw wrongValue("has no meaning in a map of verdicts: say 'verdict'", 'data');
    return at('verdict', () => checkedVerdict(verdict));
  }
  if (verdict !== undefined) throw wrongValue('has no meaning: this is no map of verdicts', 'verdict');
  if (type === undefined) {
    if (data !== undefined) throw wrongValue('has no meaning: this is no map', 'data');
    return undefined;
  }
  return { value: at('data', () => valueOf(typesOfData(type), data)) };
}

function valueOf(types: readonly ValueType[], data: unknown): Uint8Array {
  if (types.length === 1) return types[0]!.parse(data);
  if (!isArray(data) || data.length !== types.length) {
    const names = types.map(({ name }) => name).join(', ');
    throw wrongType(`must be an array of ${String(types.length)} values (${names}), not ${show(data)}`);
  }
  const parts = data.map((one: unknown, index) => {
    try {
      return types[index]!.parse(one);
    } catch (error) {
      throw withinElement(index, error);
    }
  });
  return behindOneAnother(parts);
}

/** A few elements in words, in the order of their keys. */
export function elementRows(of: SetTypes, elements: readonly ElementValues[]): NftElementOptions[] {
  return readElements(of.keys, elements, of.isInterval).map(rowOf(of));
}

/** What makes a row of one of some elements, which are in the order of their keys; undefined for the end of a range. */
export function rowAt(
  of: SetTypes,
  sorted: readonly ElementValues[],
): (index: number) => NftElementOptions | undefined {
  const row = rowOf(of);
  return (index) => {
    const read = readElement(of.keys, sorted, index, of.isInterval);
    return read && row(read);
  };
}

function rowOf(of: SetTypes): (read: ReadElement) => NftElementOptions {
  const dataTypes = of.data === undefined ? [] : typesOfData(of.data);
  return ({ key, data, element, isOpen = false }) => {
    // One by one, since sets are large.
    const row: NftElementOptions = { key };
    if (of.data === 'verdict') row.verdict = formatVerdict(data) as NftVerdict;
    else if (data?.value !== undefined && dataTypes.length > 0)
      row.data = valuesTogether(dataTypes, data.value) as NonNullable<NftElementOptions['data']>;
    if (element.object !== undefined) row.object = element.object;
    if (element.timeout !== undefined) row.timeout = secondsOf(element.timeout);
    if (element.expiration !== undefined) row.expires = secondsOf(element.expiration);
    if (element.userData !== undefined || isOpen)
      Object.assign(row, keptRow(element.userData, isOpen ? { behind: OPEN } : {}));
    if (element.expression !== undefined || element.expressions !== undefined) row.statements = statementsIn(element)!;
    return row;
  };
}

const INDEX = /^elements\[(\d+)\]/;

/** As {@link elementsOf}, of the property `elements`, or of those of it that begin at an index. */
export function elementsAt(set: SetTypes, elements: unknown, byKey = false, first = 0): ElementValues[] {
  try {
    return elementsOf(set, elements, byKey);
  } catch (error) {
    throw relocated(within('elements', error), (property) =>
      property.replace(INDEX, (_, index) => `elements[${String(first + Number(index))}]`),
    );
  }
}

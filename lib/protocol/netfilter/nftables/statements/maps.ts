import { eachElementOf } from '../../../../codec';
import { at, checkIsObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Data } from '../expressions/data';
import { setOf, type MapData, type SetElementValue } from '../sets/set-content';
import { isOfRanges } from './comparison';
import { checkNames } from './kind';
import { loadTogether } from './loading';
import { fieldsOf, keyTypesOf, loadKeys } from './look-ups';
import { REGISTER, type RuleWriter } from './rule-writer';

/** What the elements of a map without a name give. */
export interface Given {
  /** What callers call it. */
  readonly name: 'data' | 'verdict' | 'object';
  /** Throws for what is none. */
  parse(value: unknown): { data: Data } | { object: string };
  readonly data?: MapData;
  /** The kind of objects, as the kernel numbers them. */
  readonly objectType?: number;
}

/** Loads what is looked up in a map, and returns that: by its name, or with its elements. */
export function mapLookedUp(
  writer: RuleWriter,
  map: unknown,
  given: Given,
  into = REGISTER,
): { set: string; setId?: number } {
  checkIsObject(map);
  checkNames(map, ['key', 'set', 'interval', 'elements']);
  const { key, set, elements } = map as Record<string, unknown>;
  const fields = at('key', () => fieldsOf(key));
  if (set === undefined && elements === undefined) throw wrongType("must be given, or 'elements'", 'set');
  if (set !== undefined && elements !== undefined)
    throw wrongValue("cannot stand beside 'set': a map has a name, or elements", 'elements');
  if (set !== undefined) {
    if (typeof set !== 'string') throw wrongType(`must be the name of a map, not ${show(set)}`, 'set');
    loadTogether(writer, fields, into, isOfRanges(map));
    return { set };
  }
  if ('interval' in map && map.interval !== undefined)
    throw wrongValue("has no meaning beside 'elements', which tell whether they are ranges", 'interval');
  const values: SetElementValue[] = [];
  at('elements', () => {
    eachElementOf(elements, (element: Record<string, unknown>) => {
      checkIsObject(element);
      checkNames(element, ['key', given.name]);
      values.push({ key: element.key, ...at(given.name, () => given.parse(element[given.name])) });
    });
  });
  const { data, objectType } = given;
  const content = setOf(keyTypesOf(fields), values, { data, objectType });
  loadKeys(writer, fields, into, content.isInterval);
  return writer.addSet(content, objectType === undefined ? '__map' : '__objmap');
}

import { at, isArray, isObject, show, wrongType } from '../../../../errors';
import { objectTypes } from '../objects/kinds';
import { onlyOne } from '../selectors/field';
import type { Read, StatementKinds } from './kind';
import { foundSet, lookedUp } from './looked-up';
import { mapLookedUp } from './maps';
import { REGISTER, type RuleWriter } from './rule-writer';

/** Where a rule says which object it refers to, by the object's kind. nft's words: `counter name`, `ct helper set`. */
const places = {
  counter: ['counter'],
  quota: ['quota'],
  limit: ['limit'],
  ctCount: ['ctCount'],
  synproxy: ['synproxy'],
  ctHelper: ['set', 'ct', 'helper'],
  ctTimeout: ['set', 'ct', 'timeout'],
  ctExpectation: ['set', 'ct', 'expectation'],
  secmark: ['set', 'secmark'],
} as const satisfies Partial<Record<keyof typeof objectTypes, readonly string[]>>;

type ReferredKind = keyof typeof places;

/** The references by the statement that they are. */
const byStatement = new Map<string, [kind: ReferredKind, behind: readonly string[]][]>();
for (const [kind, [first, ...behind]] of Object.entries(places) as unknown as [ReferredKind, string[]][]) {
  byStatement.set(first!, [...(byStatement.get(first!) ?? []), [kind, behind]]);
}

/** Statements that can be references alone. */
export const referenceNames: readonly string[] = [...byStatement.keys()];

/** Writes a statement if it refers to an object; false if it is another one. */
export function writeReference(writer: RuleWriter, name: string, value: unknown): boolean {
  for (const [kind, behind] of byStatement.get(name) ?? []) {
    const given = valueAt(behind, value);
    if (!isReference(given)) continue;
    at(places[kind].join('.'), () => {
      if (typeof given === 'string') writer.add({ kind: 'objref', type: objectTypes[kind], name: given });
      else writeMap(writer, objectTypes[kind], given);
    });
    return true;
  }
  return false;
}

/** What stands at a path in a statement; undefined if something else does. */
function valueAt(path: readonly string[], value: unknown): unknown {
  let inner = value;
  for (const step of path) {
    if (!isObject(inner) || isArray(inner)) return undefined;
    const [only, behind] = onlyOne(inner);
    if (only !== step) return undefined;
    inner = behind;
  }
  return inner;
}

function isReference(given: unknown): given is string | object {
  return typeof given === 'string' || (isObject(given) && !isArray(given) && 'key' in given);
}

/** An object by a value of the packet. */
function writeMap(writer: RuleWriter, objectType: number, map: object): void {
  writer.add({ kind: 'objref', ...mapLookedUp(writer, map, { name: 'object', parse, objectType }), from: REGISTER });
}

function parse(object: unknown): { object: string } {
  if (typeof object !== 'string') throw wrongType(`must be the name of an object, not ${show(object)}`);
  return { object };
}

function statementOf(kind: ReferredKind, value: unknown): unknown {
  return places[kind].reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

const readObject: Read<'objref'> = (reader, { type, name, from, set }) => {
  if (set === undefined) {
    const kind = kindOf(type);
    if (kind === undefined || name === undefined) return false;
    reader.add(statementOf(kind, name));
    return true;
  }
  // Only the set tells of which kind its objects are.
  const kind = kindOf(reader.objectsIn(set));
  const what = kind && lookedUp(reader, from);
  const found = what && foundSet(reader, set, what);
  if (kind === undefined || what === undefined || found === undefined) return false;
  const { key, needs } = what;
  const objects = found.elements?.map(({ key: of, element: { object } }) => ({ key: of, object }));
  const map = { key, ...(found.elements === undefined ? found.name : { elements: objects }) };
  reader.add(statementOf(kind, map), needs);
  return true;
};

function kindOf(type: number | undefined): ReferredKind | undefined {
  return (Object.keys(places) as ReferredKind[]).find((kind) => objectTypes[kind] === type);
}

/** References to objects of all kinds. They are written before other statements of their names: see {@link writeReference}. */
export const references = { read: { objref: readObject } } satisfies StatementKinds;

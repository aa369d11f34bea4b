import ts from 'typescript';

import { isDeclaredHere, type Editor } from './editor';

/** An object that callers write: the options of a family, or of one kind of link. */
export interface Written {
  /** As tests name it: 'LinkOptions of bridge'. */
  title: string;
  type: string;
  /** The word that tells the kinds of a union apart. */
  kind: string | undefined;
  properties: ts.Symbol[];
}

/** How types are called of which callers write objects. */
const WRITTEN = /(Options|Changes|Filter|Lookup|Selector|Flush|Key|Place|Condition)$/;

/** Every object that the exported types let callers write, of a union each member that a `kind` tells from the others. */
export function writtenTypes({ checker, exports }: Editor): Written[] {
  return exports
    .filter(({ name }) => WRITTEN.test(name))
    .flatMap((symbol) => membersOf(checker, symbol).map((type) => writtenType(checker, symbol.name, type)))
    .filter(({ properties }) => properties.length > 0);
}

/** None of a union whose members no `kind` tells apart: an editor cannot know which is meant. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Type[] {
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  if ((type.aliasTypeArguments ?? []).length > 0) return [];
  if (!type.isUnion()) return isObject(type) ? [type] : [];
  return type.types.filter((member) => isObject(member) && kindOf(checker, member) !== undefined);
}

function writtenType(checker: ts.TypeChecker, name: string, type: ts.Type): Written {
  const kind = kindOf(checker, type);
  const properties = checker
    .getPropertiesOfType(type)
    .filter((one) => one.name !== 'kind' && isDeclaredHere(one) && !isNeverGiven(checker, one));
  return { title: kind === undefined ? name : `${name} of ${kind}`, type: name, kind, properties };
}

/** A property that a type has only to forbid it. */
function isNeverGiven(checker: ts.TypeChecker, property: ts.Symbol): boolean {
  return (checker.getTypeOfSymbol(property).flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)) !== 0;
}

/** A declaration of a constant of a type with some of its properties, in one line. */
export function literalOf({ type, kind }: Written, properties: string[]): string {
  const entries = [...(kind === undefined ? [] : [`kind: '${kind}'`]), ...properties];
  return `use<rtnetlink.${type}>({ ${entries.join(', ')} });`;
}

/** A value that the property may have: by one that fits anything, no editor could tell which member of a union is meant. */
export function valueOf({ type, kind }: Written, property: string): string {
  const member = kind === undefined ? `rtnetlink.${type}` : `Extract<rtnetlink.${type}, { kind: '${kind}' }>`;
  return `of<${member}, '${property}'>()`;
}

/** What stands in front of the lines. */
export const PREAMBLE =
  "import type * as rtnetlink from 'rtnetlink'; declare function use<T>(value: T): void; " +
  'declare function of<T, K extends keyof T>(): NonNullable<T[K]>;\n';

/** What is inside the properties of objects, with where it is: 'RouteOptions: metrics.mtu'. */
export function innerProperties({ checker }: Editor, written: Written[]): Map<string, ts.Symbol> {
  const found = new Map<string, ts.Symbol>();
  const seen = new Set<ts.Type>();
  const visit = (path: string, property: ts.Symbol) => {
    for (const type of objectsIn(checker, checker.getTypeOfSymbol(property))) {
      if (seen.has(type) || type.isClass()) continue;
      seen.add(type);
      for (const inner of checker.getPropertiesOfType(type).filter(isDeclaredHere)) {
        found.set(`${path}.${inner.name}`, inner);
        visit(`${path}.${inner.name}`, inner);
      }
    }
  };
  for (const { title, properties } of written) for (const one of properties) visit(`${title}: ${one.name}`, one);
  return found;
}

function objectsIn(checker: ts.TypeChecker, type: ts.Type): ts.Type[] {
  if (type.isUnion()) return type.types.flatMap((member) => objectsIn(checker, member));
  if (checker.isArrayType(type)) return objectsIn(checker, checker.getTypeArguments(type as ts.TypeReference)[0]!);
  return isObject(type) ? [type] : [];
}

function isObject(type: ts.Type): boolean {
  return (
    (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 && type.getCallSignatures().length === 0
  );
}

function kindOf(checker: ts.TypeChecker, type: ts.Type): string | undefined {
  const kind = type.getProperty('kind');
  const word = kind && checker.getTypeOfSymbol(kind);
  return word?.isStringLiteral() === true ? word.value : undefined;
}

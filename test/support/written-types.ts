import ts from 'typescript';

import { isDeclaredHere, type Editor } from './editor';

/** An object that callers write: the options of a family, or of one kind of link. */
export interface Written {
  /** As tests name it: 'LinkOptions of bridge'. */
  title: string;
  /** The name under which its type is exported. */
  type: string;
  /** The word that tells the kinds of a union apart. */
  kind: string | undefined;
  /** All that can be given, but for a `kind` that is a word. */
  properties: ts.Symbol[];
}

/** Objects of the library's own types, with the way to the first place that has each: 'LinkCollection.add(options).peer'. */
export type Found = ReadonlyMap<ts.Type, string>;

/** The types of all objects that exported functions, and methods of what they give, take; and of those that they give. */
export function objectTypes(editor: Editor): { taken: Found; given: Found } {
  return new Walk(editor);
}

/** Follows what is exported from signature to signature. Objects that have methods are followed themselves. */
class Walk {
  readonly taken = new Map<ts.Type, string>();
  readonly given = new Map<ts.Type, string>();
  private readonly callable = new Set<ts.Type>();

  constructor(private readonly editor: Editor) {
    for (const { name, type } of this.editor.exportedValues()) this.callablesIn(name, type);
    // Errors are given by no signature.
    for (const { name, type } of this.editor.exportedTypes()) if (type.isClass()) this.give(name, type);
  }

  /** What can be called on a type: itself, and what it has. */
  private callablesIn(path: string, type: ts.Type): void {
    const { checker } = this.editor;
    if (this.callable.has(type)) return;
    this.callable.add(type);
    if (type.isUnionOrIntersection()) for (const member of type.types) this.callablesIn(path, member);
    for (const argument of checker.getTypeArguments(type as ts.TypeReference)) this.callablesIn(path, argument);
    for (const signature of type.getCallSignatures()) this.signature(path, signature);
    if (!isObject(type)) return;
    for (const property of checker.getPropertiesOfType(type)) {
      if (!isDeclaredHere(property) || isHidden(property)) continue;
      this.callablesIn(`${path}.${property.name}`, checker.getTypeOfSymbol(property));
    }
  }

  private signature(path: string, signature: ts.Signature): void {
    const { checker } = this.editor;
    for (const parameter of signature.getParameters()) {
      if (isDeclaredHere(parameter)) this.take(`${path}(${parameter.name})`, checker.getTypeOfSymbol(parameter));
    }
    const returned = signature.getReturnType();
    this.callablesIn(`${path}()`, returned);
    this.give(`${path}()`, returned);
  }

  private take(path: string, type: ts.Type): void {
    this.collect(this.taken, path, type);
  }

  private give(path: string, type: ts.Type): void {
    this.collect(this.given, path, type);
  }

  private collect(found: Map<ts.Type, string>, path: string, type: ts.Type): void {
    const { checker } = this.editor;
    if (type.isUnion()) {
      for (const member of type.types) this.collect(found, path, member);
      return;
    }
    for (const argument of checker.getTypeArguments(type as ts.TypeReference)) this.collect(found, path, argument);
    if (!isObject(type) || found.has(type) || !isOwn(checker, type)) return;
    const properties = checker.getPropertiesOfType(type);
    if (properties.some((one) => (one.flags & ts.SymbolFlags.Method) !== 0)) return;
    found.set(type, path);
    for (const property of properties.filter(isDeclaredHere)) {
      this.collect(found, `${path}.${property.name}`, checker.getTypeOfSymbol(property));
    }
  }
}

/** Those of the types that no exported name stands for, nor several of them, with the way to each. */
export function namelessTypes(editor: Editor, found: Found): string[] {
  const exported = new Set(editor.exports);
  const isNamed = (type: ts.Type): boolean =>
    exported.has(type.aliasSymbol ?? type.symbol) ||
    (type.isIntersection() && type.types.some((one) => isNamed(one) || !isOwn(editor.checker, one)));
  return [...found].filter(([type]) => !isNamed(type)).map(([, path]) => path);
}

/** Every object that callers write by an exported name, of a union each member that a `kind` tells from the others. */
export function writtenTypes(editor: Editor, found: Found): Written[] {
  const { checker } = editor;
  const taken = new Set([...found.keys()].flatMap((type) => (type.isIntersection() ? [type, ...type.types] : [type])));
  return editor
    .exportedTypes()
    .flatMap(({ name, type }) => membersOf(checker, type).map((member) => ({ name, type: member })))
    .filter(({ type }) => taken.has(type) && !checker.getPropertiesOfType(type).some(isSymbol))
    .map(({ name, type }) => writtenType(checker, name, type));
}

/** None of a union whose members no `kind` tells apart: an editor cannot know which is meant. */
function membersOf(checker: ts.TypeChecker, type: ts.Type): ts.Type[] {
  if (!type.isUnion()) return isObject(type) ? [type] : [];
  return type.types.filter((member) => isObject(member) && kindOf(checker, member) !== undefined);
}

function writtenType(checker: ts.TypeChecker, name: string, type: ts.Type): Written {
  const kind = kindOf(checker, type);
  const properties = checker
    .getPropertiesOfType(type)
    .filter((one) => (one.name !== 'kind' || kind === undefined) && !isNeverGiven(checker, one));
  return { title: kind === undefined ? name : `${name} of ${kind}`, type: name, kind, properties };
}

/** Objects that have symbols come from the library. */
function isSymbol({ name }: ts.Symbol): boolean {
  return name.startsWith('__@');
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

/** The properties of types that have no description, each as the way there: 'createNamespace().routes.list().metrics.mtu'. */
export function undescribed({ checker }: Editor, found: Found): string[] {
  return [...found].flatMap(([type, path]) =>
    checker
      .getPropertiesOfType(type)
      // Of what is made of other types alone nobody knows where it is declared.
      .filter((one) => (one.declarations === undefined || isDeclaredHere(one)) && !isNeverGiven(checker, one))
      .filter((one) => one.getDocumentationComment(checker).length === 0)
      .map(({ name }) => `${path}.${name}`),
  );
}

/**
 * Properties of a type whose description tells a default without saying that it is that of a new row, each with the sentence: what is
 * declared in the type itself is left out.
 */
export function defaultsOfAnything({ checker }: Editor, { name, type }: { name: string; type: ts.Type }): string[] {
  const inherited = checker
    .getPropertiesOfType(type)
    .filter(({ declarations = [] }) => !declarations.some(({ parent }) => ts.isInterfaceDeclaration(parent)));
  return inherited.flatMap((property) =>
    ts
      .displayPartsToString(property.getDocumentationComment(checker))
      .split(/(?<=\.)\s/)
      .filter((sentence) => /by default|kernel chooses/.test(sentence) && !/\b(new|added|requests?)\b/.test(sentence))
      .map((sentence) => `${name}.${property.name}: ${sentence}`),
  );
}

/** The names of exported types that have no description. */
export function undescribedTypes(editor: Editor): string[] {
  return editor.exports
    .filter(({ flags }) => (flags & ts.SymbolFlags.Type) !== 0)
    .filter((symbol) => symbol.getDocumentationComment(editor.checker).length === 0)
    .map(({ name }) => name);
}

function isObject(type: ts.Type): boolean {
  return (
    (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 && type.getCallSignatures().length === 0
  );
}

/** Whether a type is the library's, or has properties that are. */
function isOwn(checker: ts.TypeChecker, type: ts.Type): boolean {
  return checker.getPropertiesOfType(type).some(isDeclaredHere);
}

function isHidden(symbol: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return symbol.declarations?.some((one) => (ts.getCombinedModifierFlags(one) & hidden) !== 0) ?? false;
}

function kindOf(checker: ts.TypeChecker, type: ts.Type): string | undefined {
  const kind = type.getProperty('kind');
  const word = kind && checker.getTypeOfSymbol(kind);
  return word?.isStringLiteral() === true ? word.value : undefined;
}

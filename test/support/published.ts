import ts from 'typescript';

import { isOurs, type Editor } from './editor';

/** Where nothing is that callers see: the addon's face, requests and batches, handles. */
const INTERNAL_FILES = /\/dist\/(transport\/|native\.d\.ts|namespace\/handle\.d\.ts)/;
/** What these files have that callers see nevertheless. */
const PUBLIC_NAMES = new Set(['NamespaceIdentity']);

/**
 * What callers can reach from the exported types though it is marked `@internal`, or declared where only internal things
 * are; each as the way there: 'NetworkNamespace.handle'.
 */
export function internalsReached({ checker, exports }: Editor): string[] {
  const found = new Set<string>();
  const seen = new Set<ts.Type>();

  function visitSymbol(path: string, symbol: ts.Symbol): void {
    const declarations = symbol.declarations ?? [];
    if (declarations.some((one) => !isOurs(one.getSourceFile().fileName) || isHidden(one))) return;
    if (symbol.getJsDocTags(checker).some(({ name }) => name === 'internal')) found.add(path);
    else visitType(path, checker.getTypeOfSymbol(symbol));
  }

  function visitType(path: string, type: ts.Type): void {
    if (seen.has(type)) return;
    seen.add(type);
    const symbol = type.aliasSymbol ?? type.getSymbol();
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
    if (INTERNAL_FILES.test(file) && !PUBLIC_NAMES.has(symbol!.name)) {
      found.add(`${path}: ${symbol!.name}`);
      return;
    }
    if (type.isUnionOrIntersection()) for (const member of type.types) visitType(path, member);
    if ((type.flags & ts.TypeFlags.Object) === 0) return;
    for (const argument of checker.getTypeArguments(type as ts.TypeReference)) visitType(path, argument);
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      if (!isOurs(signature.getDeclaration()?.getSourceFile().fileName ?? '')) continue;
      for (const parameter of signature.getParameters()) visitType(`${path}()`, checker.getTypeOfSymbol(parameter));
      visitType(`${path}()`, signature.getReturnType());
    }
    for (const property of checker.getPropertiesOfType(type)) visitSymbol(`${path}.${property.name}`, property);
  }

  for (const symbol of exports) {
    if ((symbol.flags & ts.SymbolFlags.Value) !== 0) visitType(symbol.name, checker.getTypeOfSymbol(symbol));
    if ((symbol.flags & ts.SymbolFlags.Type) !== 0) visitType(symbol.name, checker.getDeclaredTypeOfSymbol(symbol));
  }
  return [...found];
}

function isHidden(declaration: ts.Declaration): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(declaration) & hidden) !== 0;
}

// typedoc-words.mjs: has TypeDoc show the words of an enumeration, 'up' | 'down', and the members of a union, in place of the declaration that the type
// is made from.

import { Converter, ReflectionKind } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.TypeAlias)) return;
    const symbol = context.getSymbolFromReflection(reflection);
    const type = symbol && context.checker.getDeclaredTypeOfSymbol(symbol);
    if (type?.isUnion() !== true || type.aliasTypeArguments !== undefined) return;
    // Without its own name, or the type would be shown as a reference to itself.
    const { aliasSymbol } = type;
    type.aliasSymbol = undefined;
    const shown = context.converter.convertType(context.withScope(reflection), type);
    type.aliasSymbol = aliasSymbol;
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, () => {
      reflection.type = shown;
    });
  });
}

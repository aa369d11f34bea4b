import { isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Expression, ExpressionOf } from '../expressions';
import type { RuleWriter } from './rule-writer';
import type { NftRawSet } from './statement';

/** What a list gave without words for it. */
export function writeRaw(
  writer: RuleWriter,
  { expressions, sets = [] }: { expressions: unknown; sets?: unknown },
): void {
  if (!isArray(expressions)) throw wrongType(`must be an array, not ${show(expressions)}`, 'expressions');
  if (!isArray(sets)) throw wrongType(`must be an array, not ${show(sets)}`, 'sets');
  for (const [index, expression] of (expressions as Expression[]).entries()) {
    if (!isObject(expression))
      throw wrongType(
        `must be an expression as lists have it, not ${show(expression)}`,
        `expressions[${String(index)}]`,
      );
    if ('unknownKindAttributes' in expression)
      throw wrongValue(
        `has a ${String(expression.kind)} with attributes that this library does not know`,
        'expressions',
      );
    const set = (sets as NftRawSet[]).find(
      ({ name }) => looksUp(expression) && name === (expression as { set?: string }).set,
    );
    const of = set && writer.addSet({ raw: set }, prefixOf(set.name));
    writer.add({ ...expression, ...of } as Expression);
  }
}

/** Whether an expression may look something up in a set without a name. */
function looksUp({ kind }: Expression): boolean {
  return kind === 'lookup' || kind === 'objref';
}

function prefixOf(name: string): '__map' | '__objmap' | '__set' {
  return (['__map', '__objmap'] as const).find((prefix) => name.startsWith(prefix)) ?? '__set';
}

/** A statement of expressions that have no words. */
export function rawOf(expressions: readonly Expression[], setOf: (name: string) => NftRawSet | undefined): object {
  const sets = expressions.flatMap((expression) => {
    const { set } = expression as Partial<ExpressionOf<'lookup'>>;
    return looksUp(expression) && set !== undefined ? (setOf(set) ?? []) : [];
  });
  // Copies, one by one, since many rules have the same objects, and one has some twice.
  const own = expressions.map((expression) => asWritten(structuredClone(expression)));
  return { expressions: own, ...(sets.length > 0 && { sets }) };
}

/** An expression as the kernel takes it, which tells more of some than it takes. */
function asWritten(expression: Expression): Expression {
  switch (expression.kind) {
    case 'exthdr': {
      const { flags, offset, length, ...rest } = expression as ExpressionOf<'exthdr'>;
      if ('from' in expression) return { ...rest, offset, length };
      return 'into' in expression ? { ...rest, flags, offset, length } : rest;
    }
    case 'osf': {
      const { flags = [], ...rest } = expression as ExpressionOf<'osf'>;
      return { ...rest, ...(flags.length > 0 && { flags }) };
    }
    case 'dynset':
      return dynsetAsWritten(expression as ExpressionOf<'dynset'>);
    default:
      return expression;
  }
}

/** Of a set without timeouts it tells one of 0; of several statements for each element it does not tell the flag that they need. */
export function dynsetAsWritten({ timeout = 0, flags = [], expressions, ...rest }: ExpressionOf<'dynset'>): Expression {
  const all = [...flags, ...(expressions === undefined || flags.includes('expression') ? [] : ['expression' as const])];
  return {
    ...rest,
    ...(timeout > 0 && { timeout }),
    ...(all.length > 0 && { flags: all }),
    ...(expressions !== undefined && { expressions }),
  };
}

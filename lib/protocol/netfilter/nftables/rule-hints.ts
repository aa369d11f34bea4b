import { ERRNO } from '../../../errno';
import type { Hint } from '../../netlink';
import type { NftFamily } from '../netfilter';
import type { Expression, ExpressionOf } from './expressions';
import type { Data } from './expressions/data';
import { objectTypes } from './objects/kinds';

/** What a rule that the kernel refuses is made of. */
export interface Refused {
  readonly family: NftFamily;
  readonly table: string;
  readonly expressions: readonly Expression[];
  /** For each statement the index of its first expression. */
  readonly starts: readonly number[];
}

const PLACE = /^expressions\[(\d+)\]/;

/** The statement that an expression was made for: 'statements[1]'. Other properties stay as they are. */
export function placeOfStatement(starts: readonly number[], property: string | undefined): string | undefined {
  const index = PLACE.exec(property ?? '')?.[1];
  if (index === undefined) return property === 'expressions' ? 'statements' : property;
  const statement = starts.findLastIndex((start) => start <= Number(index));
  return `statements[${String(statement)}]`;
}

/** Where a wrong value stands that was found when an expression was written: 'statements[1].quota.bytes'. */
export function placeOfValue(starts: readonly number[], statements: readonly unknown[], property: string): string {
  const match = PLACE.exec(property);
  if (match === null) return property;
  const index = Number(match[1]);
  const number = starts.findLastIndex((start) => start <= index);
  const place = `statements[${String(number)}]`;
  const inner = property.slice(match[0].length);
  const statement = statements[number];
  if (typeof statement !== 'object' || statement === null) return place;
  if ('expressions' in statement) return `${place}.expressions[${String(index - starts[number]!)}]${inner}`;
  const [name = '', value] = Object.entries(statement)[0] ?? [];
  const isThere = typeof value === 'object' && value !== null && inner.slice(1) in value;
  return `${place}.${name}${isThere ? inner : ''}`;
}

/** What is wrong with a statement that the kernel refuses, by the property that {@link placeOfStatement} made. */
export function hintOfStatement(rule: Refused, errno: number, property: string | undefined): Hint | undefined {
  const { family } = rule;
  const index = /^statements\[(\d+)\]$/.exec(property ?? '')?.[1];
  if (index === undefined) {
    if (errno === ERRNO.EMLINK) return { text: 'its jumps lead back to this chain, or through more than 16' };
    return errno === ERRNO.EOPNOTSUPP ? hintOfPlace(rule) : undefined;
  }
  const expressions = rule.expressions.slice(rule.starts[Number(index)], rule.starts[Number(index) + 1]);
  for (const one of expressions) {
    const text = reasonFor(rule, one, errno);
    if (text !== undefined) return { text };
  }
  if (errno !== ERRNO.EOPNOTSUPP && errno !== ERRNO.ENOENT) return undefined;
  const { kind, key } = (expressions.findLast(({ kind: one }) => !common.has(one)) ?? {}) as {
    kind?: string;
    key?: unknown;
  };
  if (kind === undefined) return undefined;
  const what = typeof key === 'string' ? `${kind} ${key}` : kind;
  return { text: `this kernel has no '${what}' for tables of '${family}'` };
}

/** Expressions that every kernel has. */
const common: ReadonlySet<string | undefined> = new Set([
  'cmp',
  'bitwise',
  'byteorder',
  'range',
  'lookup',
  'immediate',
]);

/** Bytes of which every kernel moves the bits. */
const LONGEST_SHIFT = 4;

/** What may be wrong with one expression. */
function reasonFor({ family, table }: Refused, expression: Expression, errno: number): string | undefined {
  const where = `in table '${family} ${table}'`;
  switch (expression.kind) {
    case 'lookup': {
      const { set, setId, into } = expression as ExpressionOf<'lookup'>;
      if (setId !== undefined) return undefined;
      if (errno === ERRNO.ENOENT) return `there is no ${into === undefined ? 'set' : 'map'} '${String(set)}' ${where}`;
      if (errno === ERRNO.EINVAL && into !== undefined)
        return `'${String(set)}' is no map of ${into === 0 ? 'verdicts' : 'values'}`;
      return undefined;
    }
    case 'dynset': {
      const { set } = expression as ExpressionOf<'dynset'>;
      if (errno === ERRNO.ENOENT) return `there is no set '${String(set)}' ${where}`;
      return errno === ERRNO.EOPNOTSUPP ? hintOfUpdate(expression as ExpressionOf<'dynset'>) : undefined;
    }
    case 'bitwise': {
      const { operation, length = 0 } = expression as ExpressionOf<'bitwise'>;
      const isLong = (operation === 'lshift' || operation === 'rshift') && length > LONGEST_SHIFT;
      // Debian's 6.12 refuses it, 6.18 does not.
      if (errno !== ERRNO.EOPNOTSUPP || !isLong) return undefined;
      return `this kernel may not move the bits of values of ${String(length)} bytes`;
    }
    case 'flow_offload': {
      const { flowtable } = expression as ExpressionOf<'flow_offload'>;
      return errno === ERRNO.ENOENT
        ? `there is no flowtable '${String(flowtable)}' ${where}, or this kernel has none`
        : undefined;
    }
    case 'objref': {
      const { name, type } = expression as ExpressionOf<'objref'>;
      if (errno !== ERRNO.ENOENT || name === undefined) return undefined;
      const kind = Object.entries(objectTypes).find(([, number]) => number === type)?.[0] ?? 'object';
      return `there is no ${kind} '${name}' ${where}`;
    }
    case 'immediate':
      return hintOfVerdict((expression as ExpressionOf<'immediate'>).value, where, errno);
    case 'nat': {
      const { family: ofNat } = expression as ExpressionOf<'nat'>;
      const isOther = errno === ERRNO.EOPNOTSUPP && family !== 'inet' && ofNat !== family;
      return isOther ? `in a table of '${family}' addresses are of '${family}'` : undefined;
    }
    case 'log':
      return errno === ERRNO.EINVAL ? "'group' goes neither with 'level' nor with 'flags'" : undefined;
    case 'ct':
      return errno === ERRNO.EPROTO ? `this kernel tracks no connections of '${family}'` : undefined;
    default:
      return undefined;
  }
}

/** What the set has to be that a rule updates. */
function hintOfUpdate({ set, timeout, expression, expressions = [] }: ExpressionOf<'dynset'>): string {
  const flags = timeout === undefined ? "['dynamic']" : "['dynamic', 'timeout']";
  const needed = `the set '${String(set)}' has to have flags: ${flags}`;
  const counts = [expression, ...expressions].some((one) => (one as Expression | undefined)?.kind === 'connlimit');
  return counts ? `${needed}, and no time-outs` : needed;
}

/** What may be wrong with a verdict. */
export function hintOfVerdict(data: Data | undefined, where: string, errno: number): string | undefined {
  const chain = data?.verdict?.chain;
  if (chain === undefined) return undefined;
  if (errno === ERRNO.ENOENT) return `there is no chain '${chain}' ${where}`;
  return errno === ERRNO.EOPNOTSUPP ? `'${chain}' is a base chain, to which no rule leads` : undefined;
}

/** Expressions that the kernel takes in some base chains alone. */
const places: Partial<Record<Expression['kind'] & string, (expression: Expression) => string>> = {
  masq: () => "'masquerade' is for chains of type 'nat' at postrouting",
  redir: () => "'redirect' is for chains of type 'nat' at prerouting and output",
  nat: (expression) =>
    (expression as ExpressionOf<'nat'>).type === 'snat'
      ? "'snat' is for chains of type 'nat' at postrouting and input"
      : "'dnat' is for chains of type 'nat' at prerouting and output",
  reject: () => "'reject' is for chains at prerouting, input, forward and output, and for ingress",
};

/** Of statements that have no place in a chain, or in one that leads to it, the kernel says nothing. */
function hintOfPlace({ expressions, starts }: Refused): Hint | undefined {
  const index = expressions.findIndex(({ kind }) => kind !== undefined && Object.hasOwn(places, kind));
  if (index < 0)
    return { text: 'one of its statements, or of those that it leads to, is not for chains of this type and hook' };
  const text = places[expressions[index]!.kind as 'masq']!(expressions[index]!);
  return { property: placeOfStatement(starts, `expressions[${String(index)}]`), text };
}

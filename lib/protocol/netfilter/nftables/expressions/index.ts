import {
  attributes,
  attributesOfKinds,
  attributesOf,
  bits,
  choice,
  field,
  list,
  nested,
  repeated,
  templated,
  text,
  uint32be,
  uint64be,
  useTemplate,
  variants,
  type Field,
  type Source,
  type Template,
  type Type,
} from '../../../../codec';
import { actions } from './actions';
import { loads } from './loads';
import { operations } from './operations';
import { nftName } from '../names';

const NFTA_LIST_ELEM = 1;
const NFTA_EXPR = { NAME: 1, DATA: 2 } as const;
const NFTA_DYNSET = {
  SET_NAME: 1,
  SET_ID: 2,
  OP: 3,
  SREG_KEY: 4,
  SREG_DATA: 5,
  TIMEOUT: 6,
  EXPR: 7,
  PAD: 8,
  FLAGS: 9,
  EXPRESSIONS: 10,
} as const;
const LONGEST_KIND = 31;

/** An expression inside another. Its type is that of all kinds, of which the outer one is one. */
const inner: Type<unknown, unknown> = {
  encode(writer, value) {
    expression.encode(writer, value as Expression);
  },
  decode: (source, start, end) => expression.decode(source, start, end),
};

const dynset = attributes(
  {
    set: nftName(NFTA_DYNSET.SET_NAME),
    setId: field(NFTA_DYNSET.SET_ID, uint32be),
    operation: choice(NFTA_DYNSET.OP, { add: 0, update: 1, delete: 2 }, uint32be),
    key: field(NFTA_DYNSET.SREG_KEY, uint32be),
    with: field(NFTA_DYNSET.SREG_DATA, uint32be),
    timeout: field(NFTA_DYNSET.TIMEOUT, uint64be),
    flags: bits(NFTA_DYNSET.FLAGS, { invert: 1, expression: 2 }, uint32be),
    expression: nested(NFTA_DYNSET.EXPR, inner),
    expressions: list(NFTA_DYNSET.EXPRESSIONS, nested(NFTA_LIST_ELEM, inner)),
  },
  [NFTA_DYNSET.PAD],
);

const kinds = variants({
  kind: text(NFTA_EXPR.NAME, LONGEST_KIND),
  data: NFTA_EXPR.DATA,
  kinds: { ...loads, ...operations, ...actions, dynset },
});

const expression = attributesOfKinds({}, kinds);

type InputOf<F> = F extends { encode(writer: never, values: infer Input): void } ? Input : never;

/** What a rule does, one behind the other, in the kernel's words. A statement of a user is one of them, or several. */
export type Expression = InputOf<typeof expression>;

/** Those of one kind. */
export type ExpressionOf<Kind> = Extract<Expression, { kind: Kind }>;

/** Which element of a list a byte is in: '[2]'. */
export function elementAt(source: Source, start: number, end: number, offset: number): string | undefined {
  const index = attributesOf(source, start, end).findIndex((one) => offset < one.end);
  return index < 0 ? undefined : `[${String(index)}]`;
}

/** An expression that many rules have, which is encoded once. It must not be changed any more. */
export function sharedExpression(one: Expression): Expression {
  return useTemplate(one, {});
}

type Comparison = ExpressionOf<'cmp'>['operation'];
/** For each operation, by the length of the value. */
const comparisons = new Map<Comparison, Template[]>();

/** A comparison of register 1 with a value. Those of one length are encoded alike, but for the value itself. */
export function comparison(operation: Comparison, value: Uint8Array): Expression {
  let templates = comparisons.get(operation);
  if (templates === undefined) comparisons.set(operation, (templates = []));
  const template = (templates[value.length] ??= {});
  return useTemplate({ kind: 'cmp', from: 1, operation, value: { value } }, template, value);
}

const item = templated(nested(NFTA_LIST_ELEM, expression));

/** Several expressions. */
export function expressionList(number: number): Field<Expression[], readonly Expression[]> {
  return { ...list(number, item), locate: elementAt };
}

/** Of these no part gets into a statement: bytes are put in words. */
const inWords: readonly unknown[] = ['cmp', 'immediate', 'bitwise'];

function mayBeShared(one: Expression): boolean {
  if (inWords.includes(one.kind)) return true;
  return Object.values(one).every((value) => typeof value !== 'object');
}

/** The expressions of a rule, of which those that many rules have are the same objects: they must not be changed. */
export function sharedExpressionList(number: number): Field<Expression[], readonly Expression[]> {
  return { ...list(number, { ...item, decode: repeated(item.decode, mayBeShared) }), locate: elementAt };
}

/** An expression that a set has for its elements. */
export const expressionField = (number: number): Field<Expression, Expression> => nested(number, expression);

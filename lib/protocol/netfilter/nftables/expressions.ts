import {
  attributes,
  attributesOfKinds,
  field,
  list,
  nested,
  text,
  uint64be,
  variants,
  type Field,
} from '../../../codec';

const NFTA_LIST_ELEM = 1;
const NFTA_EXPR = { NAME: 1, DATA: 2 } as const;
const NFTA_COUNTER = { BYTES: 1, PACKETS: 2 } as const;
const LONGEST_KIND = 31;

/** What a rule does, one behind the other, in the kernel's words. A statement of a user is one of them, or several. */
const expressions = variants({
  kind: text(NFTA_EXPR.NAME, LONGEST_KIND),
  data: NFTA_EXPR.DATA,
  kinds: {
    counter: attributes({
      bytes: field(NFTA_COUNTER.BYTES, uint64be),
      packets: field(NFTA_COUNTER.PACKETS, uint64be),
    }),
    masq: attributes({}),
  },
});

const expression = attributesOfKinds({}, expressions);

type ExpressionOf<F> = F extends { encode(writer: never, values: infer Input): void } ? Input : never;

/** One of them. */
export type Expression = ExpressionOf<typeof expression>;

/** The expressions of a rule. */
export function expressionList(number: number): Field<unknown, readonly Expression[]> {
  return list(number, nested(NFTA_LIST_ELEM, expression));
}

import { wrongValue } from '../../../../errors';
import { nearestOf } from '../../../../unknown-name';
import { sharedExpression, type Expression, type ExpressionOf } from '../expressions';
import type { RuleReader } from './rule-reader';
import type { RuleWriter } from './rule-writer';

/** Writes a statement, given what stands under its name. */
export type Write = (writer: RuleWriter, value: unknown) => void;

/** Reads an expression; false if there are no words for it. */
export type Read<Kind extends Expression['kind']> = (reader: RuleReader, expression: ExpressionOf<Kind>) => boolean;

/** Statements that have something in common, both ways. */
export interface StatementKinds {
  /** Those with a value, by their names: `{ limit: ... }`. */
  readonly write?: Readonly<Record<string, Write>>;
  /** Those that are a word alone: 'log'. */
  readonly writeWord?: Readonly<Record<string, (writer: RuleWriter) => void>>;
  /** The expressions that they are found by. */
  readonly read?: Partial<Record<Expression['kind'] & string, (reader: RuleReader, expression: never) => boolean>>;
}

/** Writes words that each stand for one expression, the same in every rule. */
export function wordsOf<Word extends string>(
  expressions: Readonly<Record<Word, Expression>>,
): Readonly<Record<Word, (writer: RuleWriter) => void>> {
  const entries = Object.entries<Expression>(expressions).map(([word, expression]) => {
    const shared = sharedExpression(expression);
    const write = (writer: RuleWriter) => {
      writer.add(shared);
    };
    return [word, write];
  });
  return Object.fromEntries(entries) as Record<Word, (writer: RuleWriter) => void>;
}

/** Throws for a property that a value does not have. */
export function checkNames(value: object, names: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownWord('is no property here', unknown, names);
}

/** What to say of a word that is none of those that there are. */
export function unknownWord(what: string, given: string, known: readonly string[]): Error {
  const nearest = nearestOf(given, known);
  return wrongValue(
    `${what}: ${nearest === undefined ? `there are ${known.join(', ')}` : `did you mean '${nearest}'?`}`,
    given,
  );
}

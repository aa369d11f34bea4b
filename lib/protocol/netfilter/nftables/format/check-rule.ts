import { returnWriter, takeWriter } from '../../../../codec';
import {
  isArgumentError,
  isArray,
  isObject,
  outOfRange,
  show,
  wrongType,
  wrongValue,
  type ArgumentError,
} from '../../../../errors';
import { newRule } from '../rule';
import type { NftRuleText } from '../rule-text-options';
import type { NftStatement } from '../statements/statement';

/** Throws for what the kernel would not be sent, as adding it would. What has no words is passed over: a list may tell more than can be written. */
export function checkRule({ family, statements, comment }: NftRuleText): void {
  if (comment !== undefined && typeof comment !== 'string')
    throw wrongType(`must be a text, not ${show(comment)}`, 'comment');
  const inWords = isArray(statements) ? statements.map((one) => (isRaw(one) ? 'continue' : one)) : statements;
  try {
    encode(family, inWords);
  } catch (error) {
    throw inStatement(error, family, inWords);
  }
}

function isRaw(statement: unknown): boolean {
  if (!isObject(statement)) return false;
  const { expressions } = statement as { expressions?: unknown };
  return isArray(expressions) && expressions.every(isObject);
}

function encode(family: NftRuleText['family'], statements: readonly NftStatement[]): void {
  const requests = newRule({ family, table: 'table', chain: 'chain', statements });
  const writer = takeWriter();
  try {
    for (const request of requests) request.encode(writer);
  } finally {
    returnWriter(writer);
  }
}

const made = { ERR_INVALID_ARG_TYPE: wrongType, ERR_INVALID_ARG_VALUE: wrongValue, ERR_OUT_OF_RANGE: outOfRange };

/** An error about one of the kernel's expressions, at the statement that it is of. */
function inStatement(error: unknown, family: NftRuleText['family'], statements: readonly NftStatement[]): unknown {
  const { property = '', message, code } = (isArgumentError(error) ? error : {}) as Partial<ArgumentError>;
  const [whole, inner] = /^expressions\[\d+\](?:\.(.*))?$/.exec(property) ?? [];
  if (whole === undefined) return error;
  const index = statements.findIndex((_, last) => !isEncoded(family, statements.slice(0, last + 1)));
  const statement = statements[index];
  const name = isObject(statement) ? Object.keys(statement)[0] : undefined;
  const place = [`statements[${String(index)}]`, name, inner].filter((part) => part !== undefined).join('.');
  return made[code!](message!.slice(property.length + ': '.length), place);
}

function isEncoded(family: NftRuleText['family'], statements: readonly NftStatement[]): boolean {
  try {
    encode(family, statements);
    return true;
  } catch {
    return false;
  }
}

import { at, checkObject, isObject, wrongValue } from '../../../../errors';
import type { Expression, ExpressionOf } from '../expressions';
import { fieldOf, namedOf, onlyOne, selectorAt } from '../selectors/field';
import type { Load, Selector } from '../selectors/selector';
import { loadWhole } from './comparison';
import type { StatementKinds, Write } from './kind';
import { matchOf } from './read-match';
import type { RuleReader } from './rule-reader';
import { immediate, REGISTER } from './rule-writer';

const settable = ['mark', 'priority', 'packetType', 'ct.mark', 'ct.zone'];

const writeSet: Write = (writer, value) => {
  checkObject('set', value);
  let [name, given] = onlyOne(value);
  if (name === 'ct' && isObject(given)) {
    const [inner, innerGiven] = onlyOne(given);
    [name, given] = [`ct.${inner}`, innerGiven];
  }
  if (!settable.includes(name)) throw wrongValue(`cannot be set: what can be is ${settable.join(', ')}`, name);
  const selector = selectorAt(name.split('.')) as Selector;
  at(name, () => {
    if (typeof given === 'number' || selector.type.name === 'pkt_type')
      writer.add(immediate(REGISTER, selector.type.parse(given)));
    else loadWhole(writer, namedOf(given).selector);
  });
  writer.add({ ...selector.load, from: REGISTER } as Expression);
};

function isLoad(expression: Expression): boolean {
  return 'into' in expression && expression.into !== undefined && !('from' in expression);
}

function load(reader: RuleReader, expression: Expression): boolean {
  const { into, ...rest } = expression as { into?: number } & Load;
  reader.keep(into, reader.loaded(rest));
  return true;
}

/** Something is loaded, or written from a register. */
const readField = (reader: RuleReader, expression: ExpressionOf<'meta' | 'ct'>): boolean => {
  if (isLoad(expression)) return load(reader, expression);
  const { from, ...rest } = expression;
  const named = reader.selectorOf(reader.loaded(rest));
  const operand = reader.operand(from);
  if (named === undefined || operand === undefined) return false;
  const { path, selector } = named;
  let value: unknown;
  let needs: Selector['needs'] = [];
  if (operand.bytes !== undefined) {
    value = selector.type.format(operand.bytes);
  } else {
    const source = reader.selectorOf(operand);
    if (source === undefined || source.hasMask) return false;
    value = fieldOf(source.path);
    ({ needs } = source.selector);
  }
  const { match } = matchOf(path, value) as { match: unknown };
  reader.add({ set: match }, needs);
  return true;
};

/** What is put into registers, and written from there to packets and connections. */
export const fieldWrites = {
  write: { set: writeSet },
  read: {
    payload: (reader: RuleReader, expression: ExpressionOf<'payload'>) =>
      isLoad(expression) && load(reader, expression),
    meta: readField,
    ct: readField,
    rt: load,
    socket: load,
  },
} satisfies StatementKinds;

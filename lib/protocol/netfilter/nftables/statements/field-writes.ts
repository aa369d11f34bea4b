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
    else loadWhole(writer, sourceFor(selector, given));
  });
  writer.add({ ...selector.load, from: REGISTER } as Expression);
};

/** Whether the bytes of one field mean the same number in another. */
function isAlike({ type }: Selector, { type: source, bits }: Selector): boolean {
  return source.size === type.size && source.isHost === type.isHost && bits === undefined;
}

/** The selector of a field whose value is written. */
function sourceFor(selector: Selector, field: unknown): Selector {
  const { path, selector: source } = namedOf(field);
  if (!isAlike(selector, source)) {
    const kind = `a field of type ${selector.type.name}`;
    throw wrongValue(`must be a number, or ${kind}, not ${path.join('.')}, which is of ${source.type.name}`);
  }
  return source;
}

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
    if (source === undefined || source.hasMask || !isAlike(selector, source.selector)) return false;
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

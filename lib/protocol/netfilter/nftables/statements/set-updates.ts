import { eachElementOf } from '../../../../codec';
import { at, checkIsObject, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import { millisecondsOf, secondsOf } from '../objects/fields';
import { namedOf, onlyOne } from '../selectors/field';
import type { Selector } from '../selectors/selector';
import { counter } from './counter';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';
import { loadTogether } from './loading';
import { fieldsOf } from './look-ups';
import { rates } from './rates';
import { RuleReader } from './rule-reader';
import { REGISTER, RuleWriter, shortOf } from './rule-writer';
import { readSource, writeSource } from './source';

// Elements of sets that packets add, update and delete.

const BYTES_OF_REGISTER = 16;

/** The register for what a map gets for a key, behind those of the key. */
function dataRegister(fields: readonly Selector[]): number {
  const size = fields.reduce((sum, { type }) => sum + Math.ceil(type.size / 4) * 4, 0);
  return REGISTER + Math.ceil(size / BYTES_OF_REGISTER);
}

function writeUpdate(operation: 'add' | 'update' | 'delete'): Write {
  return (writer, value) => {
    checkIsObject(value);
    checkNames(value, ['set', 'key', 'data', 'timeout', 'statements']);
    const { set, key, data, timeout, statements } = value as Record<string, unknown>;
    if (typeof set !== 'string') throw wrongType(`must be the name of a set, not ${show(set)}`, 'set');
    const fields = at('key', () => fieldsOf(key));
    const given = statements === undefined ? [] : at('statements', () => expressionsOf(writer, statements));
    if (data !== undefined) writer.need(at('data', () => fieldIn(data)).needs);
    loadTogether(writer, fields);
    const register = dataRegister(fields);
    if (data !== undefined) {
      at('data', () => {
        writeSource(writer, fieldIn(data).type, data, register);
      });
    }
    writer.add({
      ...{ kind: 'dynset', set, operation, key: REGISTER },
      ...(data !== undefined && { with: register }),
      ...(timeout !== undefined && { timeout: at('timeout', () => millisecondsOf(timeout)) }),
      ...(given.length === 1 && { expression: given[0] }),
      ...(given.length > 1 && { expressions: given, flags: ['expression'] }),
    } as Expression);
  };
}

/** The field whose value a map gets. A constant has no type here. */
function fieldIn(data: unknown): Selector {
  if (isObject(data) && !isArray(data) && 'map' in data)
    throw wrongValue('must be a field: what another map gives has no type here');
  return namedOf(isObject(data) && !isArray(data) && 'of' in data ? data.of : data).selector;
}

/** What an element can have of its own. */
const ofElements: readonly StatementKinds[] = [counter, rates];

function expressionsOf(writer: RuleWriter, statements: unknown): readonly Expression[] {
  const inner = new RuleWriter(writer.family);
  eachElementOf(statements, (statement: unknown) => {
    const [name, value] = isObject(statement) ? onlyOne(statement) : [String(statement), undefined];
    const kind = ofElements.find(({ write, writeWord }) => (value === undefined ? writeWord : write)?.[name]);
    if (kind === undefined)
      throw wrongValue("must be of those that an element can have: 'counter', limit, quota, ctCount", name);
    if (value === undefined) kind.writeWord![name]!(inner);
    else
      at(name, () => {
        kind.write![name]!(inner, value);
      });
  });
  return inner.expressions;
}

const noSurroundings = { setNamed: () => undefined, objectsIn: () => undefined, rawOf: () => undefined };

/** Statements of an element in words; undefined if there are none for one of them. */
function statementsIn(reader: RuleReader, expressions: readonly Expression[]): readonly unknown[] | undefined {
  const inner = new RuleReader(reader.family, expressions, noSurroundings);
  for (let expression = inner.next(); expression !== undefined; expression = inner.next()) {
    const name = expression.kind as 'counter';
    const kind = ofElements.find(({ read }) => read?.[name]);
    if (kind?.read?.[name]?.(inner, expression as never) !== true) return undefined;
  }
  return inner.statements;
}

const readUpdate: Read<'dynset'> = (reader, expression) => {
  const { set, operation, key, with: register, timeout = 0, expressions, expression: one } = expression;
  const flags = expression.flags ?? [];
  if (set === undefined || typeof operation !== 'string' || flags.some((flag) => flag !== 'expression')) return false;
  const given = (expressions ?? (one === undefined ? [] : [one])) as Expression[];
  const statements = statementsIn(reader, given);
  const data = register === undefined ? undefined : dataIn(reader, register);
  const fields = reader.fieldsFrom(key, register === undefined ? undefined : shortOf(register));
  if (fields === undefined || fields.length === 0 || statements === undefined) return false;
  if (
    register !== undefined &&
    (data === undefined || register !== dataRegister(fields.map(({ selector }) => selector)))
  )
    return false;
  const update = {
    ...{ set, key: fields.length === 1 ? fields[0]!.field : fields.map(({ field }) => field) },
    ...(data !== undefined && { data: data.value }),
    ...(timeout > 0 && { timeout: secondsOf(timeout) }),
    ...(statements.length > 0 && { statements }),
  };
  reader.add({ [operation]: update }, [...(data?.needs ?? []), ...fields.flatMap(({ selector }) => selector.needs)]);
  return true;
};

/** The field whose value a map gets. */
function dataIn(reader: RuleReader, register: number) {
  const operand = reader.peekOperand(register);
  const { load, named } = operand ?? {};
  const selector = load && named && reader.selectorOf({ load, named })?.selector;
  return selector && readSource(reader, register, selector.type);
}

/** What packets do to the elements of sets. */
export const setUpdates = {
  write: { add: writeUpdate('add'), update: writeUpdate('update'), delete: writeUpdate('delete') },
  read: { dynset: readUpdate },
} satisfies StatementKinds;

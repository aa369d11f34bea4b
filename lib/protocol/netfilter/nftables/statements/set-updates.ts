import { eachElementOf } from '../../../../codec';
import { at, checkIsObject, isArray, isObject, show, wrongType, wrongValue } from '../../../../errors';
import type { Expression } from '../expressions';
import { millisecondsOf, secondsOf } from '../objects/fields';
import { namedOf, onlyOne } from '../selectors/field';
import type { Selector } from '../selectors/selector';
import { typesOfData } from '../sets/set-content';
import { paddedSize, togetherOf } from '../values/composed-types';
import { namesOf, typesNamed } from '../values/type-names';
import type { ValueType } from '../values/value-type';
import { counter } from './counter';
import { checkNames, type Read, type StatementKinds, type Write } from './kind';
import { loadTogether } from './loading';
import { fieldsOf } from './look-ups';
import { rates } from './rates';
import { RuleReader } from './rule-reader';
import { immediate, REGISTER, registersOf, RuleWriter, shortOf } from './rule-writer';
import { isField, readSource, writeSource, type ReadSource } from './source';

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
    const own = statements === undefined ? [] : at('statements', () => expressionsOf(writer, statements));
    const given = data === undefined ? undefined : at('data', () => dataOf(data));
    if (given !== undefined) writer.need(given.needs);
    loadTogether(writer, fields);
    const register = dataRegister(fields);
    if (given !== undefined) {
      at('data', () => {
        given.write(writer, register);
      });
    }
    writer.add({
      ...{ kind: 'dynset', set, operation, key: REGISTER },
      ...(data !== undefined && { with: register }),
      ...(timeout !== undefined && { timeout: at('timeout', () => millisecondsOf(timeout)) }),
      ...(own.length === 1 && { expression: own[0] }),
      ...(own.length > 1 && { expressions: own, flags: ['expression'] }),
    } as Expression);
  };
}

/** What a map gets for a key. */
interface UpdateData {
  readonly needs: Selector['needs'];
  write(writer: RuleWriter, register: number): void;
}

function dataOf(data: unknown): UpdateData {
  const constant = constantOf(data);
  if (constant !== undefined) {
    const { type, value } = constant;
    const bytes = at('value', () => type.parse(value));
    return {
      needs: [],
      write(writer, register) {
        for (const [part, into] of partsOf(type, bytes, register)) writer.add(immediate(into, part));
      },
    };
  }
  const { type, needs } = fieldIn(data);
  return {
    needs,
    write(writer, register) {
      writeSource(writer, type, data, register);
    },
  };
}

/** The parts of a value, each with its register. */
function partsOf({ size, parts }: ValueType, bytes: Uint8Array, register: number): [Uint8Array, number][] {
  const sizes = parts?.map((part) => part.size) ?? [size];
  let begin = 0;
  return registersOf(sizes, register).map((into, index) => {
    const part = bytes.subarray(begin, begin + sizes[index]!);
    begin += paddedSize(part.length);
    return [part, into];
  });
}

/** A constant, which says of which type it is; undefined for a field. */
export function constantOf(data: unknown): { type: ValueType; value: unknown } | undefined {
  if (!isObject(data) || !('type' in data)) return undefined;
  checkNames(data, ['type', 'value']);
  const { type, value } = data as { type: unknown; value?: unknown };
  const types = at('type', () => typesNamed(type));
  return { type: types.length === 1 ? types[0]! : togetherOf(types), value };
}

/** The field whose value a map gets. */
function fieldIn(data: unknown): Selector {
  if (isObject(data) ? 'value' in data : !isField(data))
    throw wrongValue(`must be a field, or say its type, as { type: 'mark', value: 5 } does, not ${show(data)}`);
  if (isObject(data) && !isArray(data) && 'map' in data)
    throw wrongValue('must be a field: what another map gives has no type here');
  return namedOf(data).selector;
}

/** What an element can have of its own. */
const ofElements: readonly StatementKinds[] = [counter, rates];

function expressionsOf(writer: RuleWriter, statements: unknown): readonly Expression[] {
  const inner = new RuleWriter(writer.family);
  eachElementOf(statements, (statement: unknown) => {
    const [name, value] = isObject(statement) ? onlyOne(statement) : [String(statement), undefined];
    const kind = ofElements.find(({ write, writeWord }) =>
      Object.hasOwn((value === undefined ? writeWord : write) ?? {}, name),
    );
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

const noSurroundings = {
  setNamed: () => undefined,
  objectsIn: () => undefined,
  dataIn: () => undefined,
  rawOf: () => undefined,
};

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
  const data = register === undefined ? undefined : dataIn(reader, register, set);
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

/** The field whose value a map gets, or the constant. */
function dataIn(reader: RuleReader, register: number, map: string): ReadSource | undefined {
  const operand = reader.peekOperand(register);
  if (operand?.bytes !== undefined) return constantIn(reader, register, map);
  const field = operand?.load && reader.fieldIn(operand);
  return field && readSource(reader, register, field.selector.type);
}

/** A constant is of the type that the map says; undefined where that has no words. */
function constantIn(reader: RuleReader, register: number, map: string): ReadSource | undefined {
  const data = reader.dataIn(map);
  if (data === undefined || data === 'verdict') return undefined;
  const types = typesOfData(data);
  // Ranges have no words here.
  if (types[0]?.rangeOf !== undefined) return undefined;
  const parts = reader.operandsFrom(register).map(({ bytes }) => bytes);
  const isWhole = parts.length === types.length && parts.every((part, index) => part?.length === types[index]!.size);
  if (!isWhole) return undefined;
  const values = types.map((type, index) => type.format(parts[index]!));
  return { value: { type: namesOf(types), value: types.length === 1 ? values[0] : values }, needs: [] };
}

/** What packets do to the elements of sets. */
export const setUpdates = {
  write: { add: writeUpdate('add'), update: writeUpdate('update'), delete: writeUpdate('delete') },
  read: { dynset: readUpdate },
} satisfies StatementKinds;

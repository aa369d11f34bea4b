import { at, checkIsObject, wrongValue } from '../../../../errors';
import type { Expression, ExpressionOf } from '../expressions';
import { placeOf, saidOf } from '../selectors/field';
import type { Load, Selector } from '../selectors/selector';
import type { StatementKinds, Write } from './kind';
import { placedType } from './loading';
import { operandOf } from './operand';
import { readPayloadWrite, writePayload } from './payload-writes';
import { readReset } from './option-resets';
import type { RuleReader } from './rule-reader';
import { REGISTER } from './rule-writer';
import { readSource, writeSource } from './source';

/** What the kernel lets a rule write, by the expression that does it. */
const settable: Partial<Record<NonNullable<Load['kind']>, readonly unknown[]>> = {
  meta: ['mark', 'priority', 'pkttype', 'nftrace', 'broute', 'secmark'],
  ct: ['mark', 'zone', 'labels', 'event', 'secmark'],
};

const WRITABLE =
  'mark, priority, packetType, trace, broute, ct.mark, ct.zone, ct.labels, ct.event, ' +
  'fields of headers and options of TCP';

function isSettable({ load }: Selector): boolean {
  if (load.kind === 'payload') return true;
  if (load.kind === 'exthdr') return load.of === 'tcpOption' && load.flags?.includes('present') !== true;
  const { key, direction } = load as { key?: unknown; direction?: unknown };
  return settable[load.kind]?.includes(key) === true && (direction === undefined || key === 'zone');
}

const writeSet: Write = (writer, value) => {
  checkIsObject(value);
  const { value: given, ...named } = saidOf(value);
  const { path, selector } = named;
  if (!isSettable(selector) || (selector.bits !== undefined && selector.load.kind !== 'payload'))
    throw wrongValue(`cannot be set: what can be is ${WRITABLE}`, path.join('.'));
  if (selector.load.kind === 'payload') {
    writePayload(writer, named, given);
    return;
  }
  at(path.join('.'), () => {
    writer.need(selector.needs);
    writeSource(writer, selector.type, given);
  });
  // Of an option that is written the kernel takes no flags.
  const { flags: _, ...load } = selector.load as { flags?: unknown };
  writer.add({ ...load, from: REGISTER });
};

function isLoad(expression: Expression): boolean {
  return 'into' in expression && expression.into !== undefined && !('from' in expression);
}

function load(reader: RuleReader, expression: Expression): boolean {
  const of = expression as { into?: number } & Load;
  reader.keep(of.into, operandOf(of, reader));
  return true;
}

/** Something is loaded, or written from a register. */
const readField = (reader: RuleReader, expression: ExpressionOf<'meta' | 'ct' | 'exthdr'>): boolean => {
  if (isLoad(expression)) return load(reader, expression);
  const { from, ...rest } = expression;
  if (from === undefined) return expression.kind === 'exthdr' && readReset(reader, expression);
  const named = reader.selectorOf(reader.loaded(rest));
  if (named === undefined || !isSettable(named.selector)) return false;
  const { selector } = named;
  const source = readSource(reader, from, placedType(selector));
  if (source === undefined) return false;
  reader.add({ set: placeOf(named, source.value) }, [...selector.needs, ...source.needs]);
  return true;
};

/** What is put into registers, and written from there to packets and connections. */
export const fieldWrites = {
  write: { set: writeSet },
  read: {
    payload: (reader: RuleReader, expression: ExpressionOf<'payload'>) =>
      isLoad(expression) ? load(reader, expression) : readPayloadWrite(reader, expression),
    meta: readField,
    ct: readField,
    exthdr: readField,
    rt: load,
    socket: load,
    fib: load,
    numgen: load,
    hash: load,
    osf: load,
    xfrm: load,
    tunnel: load,
  },
} satisfies StatementKinds;

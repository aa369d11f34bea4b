import { checkIsObject, within, wrongValue } from '../../../../errors';
import { saidOf } from '../selectors/field';
import type { Selector, Step } from '../selectors/selector';
import { numberIn } from '../values/value-type';
import { writeTest } from './comparison';
import type { Read, StatementKinds } from './kind';
import { writeConcatenation } from './look-ups';
import type { Operand } from './operand';
import { readCompare, readRange } from './read-match';
import type { RuleWriter } from './rule-writer';

function writeMatch(writer: RuleWriter, match: unknown): void {
  checkIsObject(match);
  if ('concatenation' in match) {
    writeConcatenation(writer, match);
    return;
  }
  const { path, selector, value } = saidOf(match);
  try {
    if (selector.isWriteOnly === true) throw wrongValue('can be written, and not be asked for');
    writeTest(writer, selector, value);
  } catch (error) {
    throw within(path.join('.'), error);
  }
  learn(writer, selector);
}

/** A comparison with a protocol makes sure of it for what comes behind. */
function learn(writer: RuleWriter, { tells }: Selector): void {
  if (tells === undefined) return;
  const last = writer.expressions.at(-1);
  const before = writer.expressions.at(-2);
  if (last?.kind !== 'cmp' || last.operation !== 'eq' || before?.kind === 'bitwise') return;
  const told = tells(last.value!.value!, writer.family);
  if (told !== undefined) writer.protocols.learn(told.need);
}

const readBitwise: Read<'bitwise'> = (reader, { from, into, mask, xor, operation = 'boolean', by }) => {
  const operand = reader.operand(from);
  const step = stepOf(operation, mask?.value, xor?.value, by?.value);
  if (operand === undefined || step === undefined) return false;
  const { turned, load, isSwapped } = operand;
  if (turned !== undefined && turned.step === undefined && step.mask === undefined) {
    reader.keep(into, { turned: { ...turned, step: { ...step, isNumber: true } } });
    return true;
  }
  if (load === undefined || isSwapped === true) return false;
  reader.keep(into, isClearing(operand, step) ? operand : withStep(operand, step));
  return true;
};

function withStep(operand: Operand, step: Step): Operand {
  return { ...operand, steps: [...(operand.steps ?? []), step] };
}

/** Whether a step only clears the bytes behind a value whose bits were moved. */
function isClearing({ steps = [] }: Operand, { mask, ...step }: Step): boolean {
  if (mask === undefined || ('xor' in step && step.xor !== undefined) || mask.length % 4 === 0) return false;
  return steps.length > 0 && steps.at(-1)!.mask === undefined && mask.every((byte) => byte === 0xff);
}

function stepOf(operation: unknown, mask?: Uint8Array, xor?: Uint8Array, by?: Uint8Array): Step | undefined {
  if (operation === 'boolean') {
    const isTurned = xor?.some((byte) => byte !== 0) === true;
    return mask && { mask, ...(isTurned && { xor }) };
  }
  if (by === undefined || (operation !== 'lshift' && operation !== 'rshift')) return undefined;
  return { shift: numberIn(by, true), to: operation === 'lshift' ? 'left' : 'right' };
}

const readByteOrder: Read<'byteorder'> = (reader, { from, into, operation, length = 0, size = 0 }) => {
  const operand = reader.operand(from);
  if (operation === 'ntoh' && operand?.load !== undefined && operand.isSwapped !== true) {
    reader.keep(into, { turned: { of: operand, length, size } });
    return true;
  }
  if (operation !== 'hton' || operand === undefined) return false;
  const { turned } = operand;
  if (turned?.step !== undefined && turned.length === length && turned.size === size) {
    reader.keep(into, withStep(turned.of, turned.step));
    return true;
  }
  if (operand.load === undefined) return false;
  // nft 1.0.6 turns the one byte of a protocol, which has no order.
  reader.keep(into, length === 1 ? operand : { ...operand, isSwapped: true });
  return true;
};

/** What is asked of packets. */
export const match = {
  write: { match: writeMatch },
  read: { bitwise: readBitwise, byteorder: readByteOrder, cmp: readCompare, range: readRange },
} satisfies StatementKinds;

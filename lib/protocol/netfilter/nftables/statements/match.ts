import { at, checkIsObject, wrongValue } from '../../../../errors';
import { saidOf } from '../selectors/field';
import type { Selector } from '../selectors/selector';
import { numberIn } from '../values/value-type';
import { writeTest } from './comparison';
import type { Read, StatementKinds } from './kind';
import { writeConcatenation } from './look-ups';
import { readCompare, readRange } from './read-match';
import type { RuleWriter } from './rule-writer';

function writeMatch(writer: RuleWriter, match: unknown): void {
  checkIsObject(match);
  if ('concatenation' in match) {
    writeConcatenation(writer, match);
    return;
  }
  const { path, selector, value } = saidOf(match);
  at(path.join('.'), () => {
    if (selector.isWriteOnly === true) throw wrongValue('can be written, and not be asked for');
    writeTest(writer, selector, value);
  });
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
  if (operand?.load === undefined) return false;
  if (operation === 'boolean' && operand.mask === undefined && mask?.value !== undefined) {
    const isChanged = xor?.value?.some((byte) => byte !== 0) === true;
    reader.keep(into, { ...operand, mask: mask.value, ...(isChanged && { xor: xor.value! }) });
    return true;
  }
  if (operation !== 'rshift' || operand.mask === undefined || operand.xor !== undefined || by?.value === undefined)
    return false;
  reader.keep(into, { ...operand, shift: numberIn(by.value, true) });
  return true;
};

const readByteOrder: Read<'byteorder'> = (reader, { from, into, operation }) => {
  const operand = reader.operand(from);
  if (operation !== 'hton' || operand?.load === undefined) return false;
  reader.keep(into, { ...operand, isSwapped: true });
  return true;
};

/** What is asked of packets. */
export const match = {
  write: { match: writeMatch },
  read: { bitwise: readBitwise, byteorder: readByteOrder, cmp: readCompare, range: readRange },
} satisfies StatementKinds;

import { at, checkObject, isObject, show, wrongType } from '../../../../errors';
import { onlyOne, selectorAt } from '../selectors/field';
import { isSelector, type Selector } from '../selectors/selector';
import { numberIn } from '../values/value-type';
import { writeTest } from './comparison';
import type { Read, StatementKinds } from './kind';
import { writeConcatenation } from './look-ups';
import { needIn } from './protocols';
import { readCompare, readRange } from './read-match';
import type { RuleWriter } from './rule-writer';

function writeMatch(writer: RuleWriter, match: unknown): void {
  checkObject('match', match);
  if ('concatenation' in match) {
    writeConcatenation(writer, match);
    return;
  }
  const path: string[] = [];
  let test: unknown = match;
  let selector: Selector | undefined;
  do {
    const [name, inner] = path.length === 0 || isObject(test) ? onlyOne(test as object) : [undefined, undefined];
    if (name === undefined)
      throw wrongType(`must be an object with one of its fields, not ${show(test)}`, path.join('.'));
    path.push(name);
    test = inner;
    const found = selectorAt(path);
    if (isSelector(found)) selector = found;
  } while (selector === undefined);
  at(path.join('.'), () => {
    writeTest(writer, selector, test);
  });
  learn(writer, path);
}

/** A comparison with a protocol makes sure of it for what comes behind. */
function learn(writer: RuleWriter, path: readonly string[]): void {
  const last = writer.expressions.at(-1);
  const before = writer.expressions.at(-2);
  if (last?.kind !== 'cmp' || last.operation !== 'eq' || before?.kind === 'bitwise') return;
  const need = needIn(writer.family, path, last.value!.value!);
  if (need !== undefined) writer.protocols.learn(need);
}

const readBitwise: Read<'bitwise'> = (reader, { from, into, mask, xor, operation = 'boolean', by }) => {
  const operand = reader.operand(from);
  if (operand?.load === undefined) return false;
  if (operation === 'boolean' && operand.mask === undefined && mask?.value !== undefined) {
    if (xor?.value?.some((byte) => byte !== 0) === true) return false;
    reader.keep(into, { ...operand, mask: mask.value });
    return true;
  }
  if (operation !== 'rshift' || operand.mask === undefined || by?.value === undefined) return false;
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

import { sharedExpression, type Expression } from '../expressions';
import { isMovedAsNumber, sizeOf, takingShift, turnedBytes } from '../selectors/shifts';
import type { Selector, Step } from '../selectors/selector';
import { hasHostOrder } from '../values/order';
import { bytesOf, numberIn, type ValueType } from '../values/value-type';
import { REGISTER, registersOf, type RuleWriter } from './rule-writer';

// Fields that are put into registers.

/** What loads a field into the first register, which most rules do. */
const intoFirst = new WeakMap<Selector, Expression>();

function loadIntoFirst(selector: Selector): Expression {
  const known = intoFirst.get(selector);
  if (known !== undefined) return known;
  const made = sharedExpression({ ...selector.load, into: REGISTER });
  intoFirst.set(selector, made);
  return made;
}

/**
 * Loads a field with all bits of its bytes; fewer bytes of it, if only the first of them are meant. What a hash is computed of is put into registers
 * from `free` on.
 */
function load(writer: RuleWriter, selector: Selector, into: number, length?: number, free = into + 1): void {
  writer.need(selector.needs);
  const { takes } = selector;
  if (takes === undefined && into === REGISTER && length === undefined) {
    writer.add(loadIntoFirst(selector));
    return;
  }
  if (takes !== undefined) loadEach(writer, takes, free);
  const of = takes === undefined ? undefined : { from: free };
  writer.add({ ...selector.load, ...of, into, ...(length !== undefined && { length }) });
}

/** Loads what is meant, without bits that are not. */
export function loadMasked(writer: RuleWriter, selector: Selector, into = REGISTER, length?: number): void {
  if (selector.steps !== undefined) {
    loadWhole(writer, selector, into);
    return;
  }
  load(writer, selector, into, length);
  const { bits } = selector;
  if (bits !== undefined) writer.add(bitwise(bytesOf(bits.mask, sizeOf(selector), false), undefined, into));
}

/** Loads a value that is looked up: as it is in a set. */
export function loadWhole(writer: RuleWriter, selector: Selector, into = REGISTER, free?: number): void {
  load(writer, selector, into, undefined, free);
  const { bits, steps = [] } = selector;
  const length = sizeOf(selector);
  if (bits !== undefined) writer.add(bitwise(bytesOf(bits.mask, length, false), undefined, into));
  const taken = takingShift(selector);
  for (const step of taken === undefined ? steps : [taken, ...steps]) {
    if (step.mask === undefined) addMoved(writer, step, length, isMovedAsNumber(selector), into);
    else writer.add(bitwise(step.mask, step.xor, into));
  }
}

/** Loads several values one behind the other, to be looked up together; among ranges each in the order of the network. */
export function loadTogether(
  writer: RuleWriter,
  selectors: readonly Selector[],
  first = REGISTER,
  isAmongRanges = false,
): void {
  for (const { needs } of selectors) writer.need(needs);
  loadEach(writer, selectors, first, isAmongRanges);
}

function loadEach(writer: RuleWriter, selectors: readonly Selector[], first: number, isAmongRanges = false): void {
  const sizes = selectors.map(({ type }) => type.size);
  const registers = registersOf(sizes, first);
  const free = selectors.length === 1 ? undefined : registersOf([...sizes, 0], first).at(-1);
  for (const [index, selector] of selectors.entries()) {
    loadWhole(writer, selector, registers[index], free);
    clearBehind(writer, selector, registers[index]!);
    if (isAmongRanges) toNetworkOrder(writer, selector.type, registers[index]);
  }
}

/** A value as it lies among the bytes that are loaded. */
export function placed(selector: Selector, bytes: Uint8Array): Uint8Array {
  const { bits, steps } = selector;
  return bits === undefined || steps !== undefined
    ? bytes
    : bytesOf(numberIn(bytes, false) * 2 ** bits.shift, sizeOf(selector), false);
}

/** The type of a selector's values as they lie among the bytes that are loaded, as nft has them in sets without a name. */
export function placedType(selector: Selector): ValueType {
  const { type, bits, steps } = selector;
  if (bits === undefined || steps !== undefined) return type;
  return {
    ...type,
    size: sizeOf(selector),
    parse: (value) => placed(selector, type.parse(value)),
    format: (bytes) => type.format(bytesOf(numberIn(bytes, false) / 2 ** bits.shift, type.size, false)),
  };
}

/** Keeps some bits of a register, and turns others. */
export function bitwise(
  mask: Uint8Array,
  xor: Uint8Array = new Uint8Array(mask.length),
  register = REGISTER,
): Expression {
  const { length } = mask;
  return { kind: 'bitwise', from: register, into: register, length, mask: { value: mask }, xor: { value: xor } };
}

/** Moves all bits of a register; of a number in the order of the network as it is in that of the host, which the kernel moves. */
function addMoved(
  writer: RuleWriter,
  { shift, to }: Extract<Step, { mask?: undefined }>,
  length: number,
  isNumber: boolean,
  register: number,
): void {
  const turned = (operation: 'ntoh' | 'hton') => {
    if (isNumber) writer.add({ kind: 'byteorder', from: register, into: register, operation, ...turnedBytes(length) });
  };
  turned('ntoh');
  writer.add(moved(shift, to, length, register));
  turned('hton');
}

/** In a concatenation the bytes behind a value are looked up as well, and bits that were moved may be there. */
function clearBehind(writer: RuleWriter, { type: { size }, steps = [] }: Selector, register: number): void {
  const isMoved = steps.length > 0 && steps.at(-1)!.mask === undefined;
  if (isMoved && size % 4 !== 0) writer.add(bitwise(new Uint8Array(size).fill(0xff), undefined, register));
}

/** Moves all bits of a register. */
function moved(shift: number, to: 'left' | 'right', length: number, register: number): Expression {
  return {
    ...{ kind: 'bitwise', from: register, into: register, length, operation: to === 'left' ? 'lshift' : 'rshift' },
    by: { value: bytesOf(shift, 4, true) },
  };
}

/** Numbers are compared in the order of the network. */
export function toNetworkOrder(writer: RuleWriter, type: ValueType, register = REGISTER): void {
  if (!hasHostOrder(type)) return;
  const { size } = type;
  writer.add({ kind: 'byteorder', from: register, into: register, operation: 'hton', length: size, size });
}

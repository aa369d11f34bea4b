import { checkInteger } from '../../../../codec';
import { at, isArray, isObject, wrongType, wrongValue } from '../../../../errors';
import { fieldOf, namedOf } from '../selectors/field';
import { selectors, type Named } from '../selectors';
import { isSelector, type Need, type Selector } from '../selectors/selector';
import { bytesOf, numberIn, type ValueType } from '../values/value-type';
import { checkNames } from './kind';
import { bitwise, loadWhole, toNetworkOrder } from './loading';
import { foundSet } from './looked-up';
import { mapLookedUp } from './maps';
import type { Operand } from './operand';
import type { RuleReader } from './rule-reader';
import { immediate, REGISTER, type RuleWriter } from './rule-writer';

// Values that are written somewhere: constants, fields, fields with some bits changed, and what maps give.

/** Puts a value of a type into a register. */
export function writeSource(writer: RuleWriter, type: ValueType, given: unknown, into = REGISTER): void {
  if (isObject(given) && !isArray(given) && 'map' in given) {
    checkNames(given, ['map']);
    at('map', () => {
      writeMap(writer, type, given.map, into);
    });
  } else if (isObject(given) && !isArray(given) && 'of' in given) {
    writeChanged(writer, type, given, into);
  } else if (isField(given)) {
    loadFor(writer, type, namedOf(given), into);
  } else {
    writer.add(immediate(into, type.parse(given)));
  }
}

/** Whether a value is not itself meant, but that of a field. */
export function isField(given: unknown): boolean {
  if (typeof given !== 'string') return isObject(given) && !isArray(given);
  return Object.hasOwn(selectors, given) && isSelector(selectors[given]!);
}

/** Whether the bytes of one field mean the same number in another, but for their order. */
function isAlike(type: ValueType, { type: source, bits }: Selector): boolean {
  return source.size === type.size && source.isText === type.isText && bits === undefined;
}

function isTurned(type: ValueType, { type: source }: Selector): boolean {
  return source.isHost !== type.isHost && type.size > 1 && type.isText !== true;
}

function checkAlike(type: ValueType, { path, selector }: Named): void {
  if (isAlike(type, selector)) return;
  const kind = `a field of type ${type.name}`;
  throw wrongValue(`must be a value, or ${kind}, not ${path.join('.')}, which is of ${selector.type.name}`);
}

function loadFor(writer: RuleWriter, type: ValueType, named: Named, into: number): void {
  checkAlike(type, named);
  loadWhole(writer, named.selector, into);
  if (isTurned(type, named.selector)) toNetworkOrder(writer, { ...type, isHost: true }, into);
}

const MOST_OF_NUMBER = 4;

function writeChanged(writer: RuleWriter, type: ValueType, given: object, into: number): void {
  checkNames(given, ['of', 'and', 'or', 'xor']);
  const { of, ...changes } = given as { of: unknown } & Record<string, unknown>;
  const named = at('of', () => namedOf(of));
  at('of', () => {
    checkAlike(type, named);
    if (type.size > MOST_OF_NUMBER || type.isText === true || isTurned(type, named.selector))
      throw wrongValue(`must be a number of at most ${String(MOST_OF_NUMBER)} bytes, in the order of what is written`);
  });
  if (Object.values(changes).every((change) => change === undefined))
    throw wrongType("must have 'and', 'or' or 'xor'; a field alone is said as it is");
  const all = 2 ** (type.size * 8) - 1;
  const bitsAt = (name: string, without: number) => {
    const { [name]: value = without } = changes;
    at(name, () => {
      checkInteger(value, 0, all);
    });
    return BigInt(value as number);
  };
  const [and, or, xor] = [bitsAt('and', all), bitsAt('or', 0), bitsAt('xor', 0)];
  const bytes = (bits: bigint) => bytesOf(Number(bits), type.size, type.isHost);
  loadWhole(writer, named.selector, into);
  writer.add(bitwise(bytes(and & ~or & BigInt(all)), bytes(or ^ xor), into));
}

function writeMap(writer: RuleWriter, type: ValueType, map: unknown, into: number): void {
  const parse = (value: unknown) => ({ data: { value: type.parse(value) } });
  const found = mapLookedUp(
    writer,
    map,
    { name: 'data', parse, data: type.isRange === true ? type : (type.parts ?? type) },
    into,
  );
  writer.add({ kind: 'lookup', ...found, from: into, into });
}

/** A value that is written, as callers say it. */
export interface ReadSource {
  readonly value: unknown;
  readonly needs: readonly Need[];
}

/** What is in a register, as a value of a type; undefined if there are no words for it. */
export function readSource(reader: RuleReader, register: number | undefined, type: ValueType): ReadSource | undefined {
  const operand = reader.operand(register);
  if (operand === undefined) return undefined;
  const { bytes, map } = operand;
  if (bytes !== undefined) return bytes.length === type.size ? { value: type.format(bytes), needs: [] } : undefined;
  if (map === undefined) return readField(reader, operand, type);
  const { key, needs } = map.what;
  const found = foundSet(reader, map.set, map.what);
  if (found === undefined) return undefined;
  if (found.elements === undefined) return { value: { map: { key, ...found.name } }, needs };
  const elements = found.elements.map(({ key: of, data }) => ({
    key: of,
    data: data?.value && dataOf(type, data.value),
  }));
  if (elements.some(({ data }) => data === undefined)) return undefined;
  return { value: { map: { key, elements } }, needs };
}

/** What a map gives, in words; undefined if it is more or less than a value of the type has. */
function dataOf(type: ValueType, bytes: Uint8Array): unknown {
  return bytes.length === type.size ? type.format(bytes) : undefined;
}

function readField(reader: RuleReader, operand: Operand, type: ValueType): ReadSource | undefined {
  const { load, named, mask, xor, isSwapped = false } = operand;
  const plain = reader.selectorOf(operand);
  if (plain?.hasMask === false) {
    const { needs } = plain.selector;
    if (!isAlike(type, plain.selector) || isTurned(type, plain.selector) !== isSwapped) return undefined;
    return { value: fieldOf(plain), needs };
  }
  const changed = load && named && reader.selectorOf({ load, named });
  if (changed === undefined || mask === undefined || isSwapped || type.size > MOST_OF_NUMBER) return undefined;
  const { selector } = changed;
  if (!isAlike(type, selector) || isTurned(type, selector) || mask.length !== type.size) return undefined;
  return { value: { of: fieldOf(changed), ...changesIn(type, mask, xor) }, needs: selector.needs };
}

/** What is done to the bits of a field, in words: those that are kept, set and turned. */
function changesIn(type: ValueType, mask: Uint8Array, xor: Uint8Array = new Uint8Array(mask.length)): object {
  const all = 2n ** BigInt(mask.length * 8) - 1n;
  const [kept, turned] = [mask, xor].map((bytes) => BigInt(numberIn(bytes, type.isHost))) as [bigint, bigint];
  const [set, flipped] = [turned & ~kept & all, turned & kept];
  return {
    ...((kept | set) !== all && { and: Number(kept) }),
    ...(set !== 0n && { or: Number(set) }),
    ...(flipped !== 0n && { xor: Number(flipped) }),
  };
}

import { at, isObject, show, wrongType, wrongValue } from '../errors';
import { longerThan } from './holds-more';
import { checkInteger } from './integers';
import { field, type Field, type FixedType, type Type } from './type';
import { checkMembers } from './whole-struct';

/** Numbers of a type, limited to those from `least` to `most`. */
export function between(carrier: FixedType<number>, least: number, most: number): FixedType<number> {
  return {
    ...carrier,
    encode(writer, value) {
      checkInteger(value, least, most);
      carrier.encode(writer, value);
    },
  };
}

/** Numbers from one to another, both included. */
export interface NumberRange {
  /** The first of them. */
  from: number;
  /** The last of them. */
  to: number;
}

/** Two consecutive numbers, the first and the last of a range. A single number is a range of one. */
export function rangeOf(carrier: FixedType<number>): Type<number | NumberRange> {
  const { size } = carrier;
  return {
    holdsMore: longerThan(2 * size),
    encode(writer, value) {
      const { from, to } = typeof value === 'number' ? { from: value, to: value } : checkedRange(value);
      const isOne = typeof value === 'number';
      const write = (name: string, end: number) => {
        if (isOne) carrier.encode(writer, end);
        else
          at(name, () => {
            carrier.encode(writer, end);
          });
      };
      write('from', from);
      write('to', to);
      if (from > to) throw wrongValue(`must not end before it begins: from ${String(from)} to ${String(to)}`);
    },
    decode(source, start, end) {
      const from = carrier.decode(source, start, end);
      const to = carrier.decode(source, start + size, end);
      return from === to ? from : { from, to };
    },
  };
}

function checkedRange(value: unknown): NumberRange {
  if (!isObject(value)) throw wrongType(`must be a number or { from, to }, not ${show(value)}`);
  checkMembers(value, ['from', 'to']);
  return value as NumberRange;
}

/** The field of a range: a number, or `{ from, to }`. */
export function range(number: number, carrier: FixedType<number>): Field<number | NumberRange> {
  return field(number, rangeOf(carrier));
}

/** The bits of a number that are in the mask. */
export interface Masked {
  /** Which of the bits in `mask` are set. */
  value: number;
  /** The bits that count. */
  mask: number;
}

/**
 * A value in one attribute and its mask in another; a number alone means all of its bits, which are those of `all`.
 * Kernels assume all bits if no mask is sent, unless the value is 0, which then matches everything. Some always need a
 * mask (`isMaskWanted`); some ignore bits outside of the mask (`isMaskedOnly`), which are then refused.
 */
export function masked(
  number: number,
  maskNumber: number,
  carrier: FixedType<number>,
  all = 2 ** (8 * carrier.size) - 1,
  { isMaskWanted = false, isMaskedOnly = false } = {},
): Field<number | Masked> {
  const valueField = field(number, between(carrier, 0, all));
  const maskField = field(maskNumber, between(carrier, 0, all));
  return {
    numbers: [number, maskNumber],
    readOnly: false,
    accumulates: true,
    holdsMore: longerThan(carrier.size),
    encode(writer, given) {
      if (typeof given === 'number') {
        valueField.encode(writer, given);
        if (given === 0 || isMaskWanted) maskField.encode(writer, all);
        return;
      }
      if (!isObject(given)) throw wrongType(`must be a number or { value, mask }, not ${show(given)}`);
      checkMembers(given, ['value', 'mask']);
      at('value', () => {
        valueField.encode(writer, given.value);
      });
      at('mask', () => {
        maskField.encode(writer, given.mask);
      });
      const { value, mask } = given;
      if (isMaskedOnly && (BigInt(value) & ~BigInt(mask)) !== 0n) {
        throw wrongValue(`has bits that mask, ${String(mask)}, leaves out: ${String(value)}`, 'value');
      }
    },
    decode(source, start, end, which, previous) {
      const found = carrier.decode(source, start, end);
      const before = previous as number | Masked | undefined;
      if (which === maskNumber) {
        const value = typeof before === 'number' ? before : 0;
        return found === all ? value : { value, mask: found };
      }
      return typeof before === 'object' ? { value: found, mask: before.mask } : found;
    },
  };
}

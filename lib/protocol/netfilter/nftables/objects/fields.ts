import { checkInteger, uint32be, unless, type Field } from '../../../../codec';
import { outOfRange, show, wrongType } from '../../../../errors';

const MILLISECONDS = 1000;

/** A bit of an attribute of flags, of which only those in `known` have a meaning here. A row has it where it is set. */
export function bitField(number: number, bit: number, known = bit): Field<true | undefined, boolean> {
  return {
    numbers: [number],
    readOnly: false,
    none: false,
    encode(writer, value) {
      checkBoolean(value);
      const start = writer.beginAttribute(number);
      uint32be.encode(writer, value ? bit : 0);
      writer.endAttribute(start);
    },
    decode: (source, start, end) => ((uint32be.decode(source, start, end) & bit) === 0 ? undefined : true),
    holdsMore: (source, start, end) => (uint32be.decode(source, start, end) & ~known) !== 0,
  };
}

export function checkBoolean(value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`);
}

/** A number that is listed where it is not 0. */
export function countField(of: Field<number>): Field<number | undefined, number> {
  return unless(0, of);
}

/** A number of seconds as one of milliseconds. */
export function millisecondsOf(seconds: unknown): number {
  if (typeof seconds !== 'number') throw wrongType(`must be a number of seconds, not ${show(seconds)}`);
  if (!(seconds > 0)) throw outOfRange(`must be a number of seconds above 0, not ${show(seconds)}`);
  const rounded = Math.round(seconds * MILLISECONDS);
  checkInteger(rounded, 1, Number.MAX_SAFE_INTEGER, 'milliseconds');
  return rounded;
}

/** A number of milliseconds as one of seconds. */
export function secondsOf(milliseconds: number): number {
  return milliseconds / MILLISECONDS;
}

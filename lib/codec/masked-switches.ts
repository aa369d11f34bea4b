import { show, wrongType } from '../errors';
import { holdsOtherBits } from './holds-more';
import { uint32 } from './integers';
import type { Field } from './type';
import { allBitsOf, type Words } from './words';

/** The offset of the mask in an attribute with a struct of bits and a mask of valid bits. */
const MASK = 4;

/** A property for each word. */
export type MaskedSwitchFields<W extends Words> = { readonly [K in keyof W]: Field<boolean | undefined, boolean> };

/**
 * Properties that share an attribute, a struct of two numbers. Each is a bit of the first number, and set in the second
 * if it is to be changed. Properties that a request lacks stay as they are.
 */
export function maskedSwitches<const W extends Words>(number: number, words: W): MaskedSwitchFields<W> {
  const fields = Object.entries(words).map(([name, bit]) => [name, maskedSwitch(number, name, bit, words)]);
  return Object.fromEntries(fields) as MaskedSwitchFields<W>;
}

function maskedSwitch(number: number, name: string, bit: number, words: Words): Field<boolean | undefined, boolean> {
  return {
    numbers: [number],
    readOnly: false,
    isPart: true,
    // Its errors have the properties' names: if the kernel points at the attribute, any of them may be meant.
    isTransparent: true,
    encode(writer, value, values = { [name]: value }) {
      check(name, value);
      const given = Object.entries(words).filter(([word]) => (values as Values)[word] !== undefined);
      // The first of them writes all.
      if (given[0]?.[0] !== name) return;
      const attribute = writer.beginAttribute(number);
      writer.uint32(sum(given.filter(([word]) => (values as Values)[word] === true)));
      writer.uint32(sum(given));
      writer.endAttribute(attribute);
    },
    decode(source, start, end) {
      if ((uint32.decode(source, start + MASK, end) & bit) === 0) return undefined;
      return (uint32.decode(source, start, end) & bit) !== 0;
    },
    // Off cannot be distinguished from unknown: the kernel sets all bits of the mask.
    holdsMore: holdsOtherBits(allBitsOf(words), { isMaskExact: false }),
    locate(source, start, end) {
      const mask = uint32.decode(source, start + MASK, end);
      return Object.keys(words).find((word) => (mask & words[word]!) !== 0);
    },
  };
}

function check(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`, name);
}

type Values = Readonly<Record<string, unknown>>;

function sum(words: readonly [string, number][]): number {
  return words.reduce((bits, [, bit]) => bits | bit, 0);
}

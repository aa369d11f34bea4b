import { checkName, nonEmptyText, type Field } from '../../../codec';

/** The longest name of a table and of what is in it, without its NUL (NFT_NAME_MAXLEN - 1). */
const LONGEST_NAME = 255;

/** Throws unless a value can be the name of a table or of what is in it. */
export function checkNftName(value: unknown): asserts value is string {
  checkName(value, LONGEST_NAME);
}

/** The field of such a name. The kernel takes an empty one, which no tool can say. */
export function nftName(number: number): Field<string> {
  return nonEmptyText(number, LONGEST_NAME);
}

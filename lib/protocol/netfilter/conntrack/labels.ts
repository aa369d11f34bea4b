import { checkInteger, checkMembers, eachElementOf, hostOrder, type Field, type Source } from '../../../codec';
import { at, isArray, isObject, show, wrongType, wrongValue } from '../../../errors';
import { CTA } from './ctnetlink';

/** Bits that a connection has room for, as `unsigned long` of the kernel. */
const MOST = 128;
const WORD = 64;

/** Labels that are set and removed, while others stay. */
export interface ConnectionLabelChanges {
  /** Those that it then has. */
  add?: readonly number[] | undefined;
  /** Those that it then lacks. */
  remove?: readonly number[] | undefined;
}

/** Where a bit stands: the kernel has them in words of the host's order. */
function placeOf(bit: number): { byte: number; mask: number } {
  const inWord = (bit % WORD) >> 3;
  const byte = (bit - (bit % WORD)) / 8 + (hostOrder ? inWord : WORD / 8 - 1 - inWord);
  return { byte, mask: 1 << (bit & 7) };
}

function setBits(bytes: Uint8Array, labels: unknown): void {
  eachElementOf(labels, (label: number) => {
    checkInteger(label, 0, MOST - 1);
    const { byte, mask } = placeOf(label);
    bytes[byte]! |= mask;
  });
}

function decode({ bytes }: Source, start: number, end: number): number[] {
  const labels: number[] = [];
  for (let bit = 0; bit < (end - start) * 8; bit++) {
    const { byte, mask } = placeOf(bit);
    if (((bytes[start + byte] ?? 0) & mask) !== 0) labels.push(bit);
  }
  return labels;
}

/** The labels of a connection: the numbers of its bits. A list is all that it then has. */
export const labelsField: Field<readonly number[], readonly number[] | ConnectionLabelChanges> = {
  numbers: [CTA.LABELS],
  readOnly: false,
  names: ['add', 'remove'],
  encode(writer, given) {
    const [bits, mask] = [new Uint8Array(MOST / 8), new Uint8Array(MOST / 8)];
    const isWhole = isArray(given);
    if (isWhole) {
      setBits(bits, given);
      mask.fill(0xff);
    } else {
      if (!isObject(given)) throw wrongType(`must be an array of numbers or { add, remove }, not ${show(given)}`);
      checkMembers(given, ['add', 'remove']);
      const { add = [], remove = [] } = given;
      at('add', () => {
        setBits(bits, add);
      });
      at('remove', () => {
        setBits(mask, remove);
      });
      if (bits.some((byte, index) => (byte & mask[index]!) !== 0))
        throw wrongValue('has labels that add has as well', 'remove');
      for (const [index, byte] of bits.entries()) mask[index]! |= byte;
    }
    for (const [number, bytes] of [
      [CTA.LABELS, bits],
      [CTA.LABELS_MASK, mask],
    ] as const) {
      const start = writer.beginAttribute(number);
      writer.append(bytes);
      writer.endAttribute(start);
    }
  },
  decode,
};

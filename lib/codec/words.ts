import { checkIsObject, show, wrongType, wrongValue } from '../errors';
import { nearestOf, unknownName } from '../unknown-name';
import { holdsOtherBits, longerThan } from './holds-more';
import { checkInteger, uint32, uint8 } from './integers';
import { field, type Field, type FixedType } from './type';

/** Words of an enumeration and their numbers in the kernel. */
export type Words = Readonly<Record<string, number>>;

/** A word of an enumeration; a number that has no word (of a newer kernel) stays a number. */
export type Word<W extends Words> = (keyof W & string) | number;

/** One of several words, carried by a number. */
export function choiceOf<const W extends Words>(words: W, carrier: FixedType<number> = uint8): FixedType<Word<W>> {
  const wordOf = wordsByNumber(words);
  return {
    size: carrier.size,
    encode(writer, value) {
      carrier.encode(writer, numberOf(words, value));
    },
    decode: (source, start, end) => wordOf(carrier.decode(source, start, end)),
  };
}

/** The field of a {@link choiceOf}; one byte wide unless a carrier is named. */
export function choice<const W extends Words>(number: number, words: W, carrier?: FixedType<number>): Field<Word<W>> {
  return field(number, choiceOf(words, carrier));
}

/** Any of several words, each a bit; bits without a word come as one number more. Bits behind the carrier's are kept among the unknown attributes. */
export function bitsOf<const W extends Words>(words: W, carrier: FixedType<number>): FixedType<readonly Word<W>[]> {
  const wordsOf = wordsOfBits(words);
  return {
    size: carrier.size,
    encode(writer, values) {
      carrier.encode(writer, bitsToNumber(words, values));
    },
    holdsMore: longerThan(carrier.size),
    decode: (source, start, end) => wordsOf(carrier.decode(source, start, end)),
  };
}

/** The field of a {@link bitsOf}. */
export function bits<const W extends Words>(
  number: number,
  words: W,
  carrier: FixedType<number>,
): Field<readonly Word<W>[]> {
  return field(number, bitsOf(words, carrier));
}

/** Switches by their words. */
export type Switches<W extends Words> = { -readonly [K in keyof W]?: boolean };

/** Those of them that are meant. */
export type SwitchOptions<W extends Words> = { -readonly [K in keyof W]?: boolean | undefined };

/** Switches of which some are meant: `{ mst: false }` turns that one off and leaves the others as they are. */
export function switchesOf<const W extends Words>(words: W): FixedType<Switches<W>, SwitchOptions<W>> {
  const wordsOf = wordsOfBits(words);
  return {
    size: 8,
    holdsMore: holdsOtherBits(allBitsOf(words), { isMaskExact: true }),
    encode(writer, switches) {
      checkIsObject(switches);
      const given = Object.entries(switches).filter(([, value]) => value !== undefined);
      for (const [name, value] of given) {
        if (!Object.hasOwn(words, name)) throw unknownName(name, Object.keys(words));
        if (typeof value !== 'boolean') throw wrongType(`must be true or false, not ${show(value)}`, name);
      }
      const on = given.filter(([, value]) => value === true).map(([name]) => name);
      uint32.encode(writer, bitsToNumber(words, on));
      uint32.encode(
        writer,
        bitsToNumber(
          words,
          given.map(([name]) => name),
        ),
      );
    },
    decode(source, start, end) {
      const on = uint32.decode(source, start, end);
      const known = uint32.decode(source, start + 4, end);
      const switches: Record<string, boolean> = {};
      for (const word of wordsOf(known)) {
        if (typeof word === 'string') switches[word] = (on & words[word]!) !== 0;
      }
      return switches;
    },
  };
}

/** The number of a word; a number passes as it is. */
export function numberOf(words: Words, value: unknown): number {
  if (typeof value === 'number') return value;
  // What every object has, 'constructor' say, is no number.
  const number: unknown = typeof value === 'string' ? words[value] : undefined;
  if (typeof number !== 'number') throw unknownWord(words, value);
  return number;
}

function unknownWord(words: Words, value: unknown): Error {
  const known = Object.keys(words);
  const reason = `must be one of ${known.join(', ')}, or a number, not ${show(value)}`;
  if (typeof value !== 'string') return wrongType(reason);
  const nearest = nearestOf(value, known);
  return wrongValue(nearest === undefined ? reason : `${reason}: did you mean ${show(nearest)}?`);
}

/** The bits that a list of words stands for. */
export function bitsToNumber(words: Words, values: unknown): number {
  if (!Array.isArray(values)) throw wrongType(`must be an array of words, not ${show(values)}`);
  return values.reduce<number>((sum, value) => {
    const bit = numberOf(words, value);
    checkInteger(bit, 0, 0xffffffff);
    return (sum | bit) >>> 0;
  }, 0);
}

/** So many different lists are remembered of an enumeration. */
const MOST_LISTS = 1024;

/** The bits that have words. */
export function allBitsOf(words: Words): number {
  return Object.values(words).reduce((all, bit) => all | bit, 0);
}

/** Finds the words for the bits of a number. The same number gives the same list, which is frozen: tables have few. */
export function wordsOfBits<const W extends Words>(words: W): (number: number) => readonly Word<W>[] {
  let pairs: readonly [word: keyof W & string, bit: number][] | undefined;
  const lists = new Map<number, readonly Word<W>[]>();
  return (number) => {
    let list = lists.get(number);
    if (list === undefined) {
      list = Object.freeze(find(number));
      if (lists.size >= MOST_LISTS) lists.clear();
      lists.set(number, list);
    }
    return list;
  };

  function find(number: number): Word<W>[] {
    pairs ??= Object.entries(words).filter(([, bit]) => bit !== 0) as [word: keyof W & string, bit: number][];
    const found: Word<W>[] = [];
    let rest = number;
    for (let index = 0; rest !== 0 && index < pairs.length; index++) {
      const [word, bit] = pairs[index]!;
      if ((rest & bit) >>> 0 !== bit >>> 0) continue;
      found.push(word);
      rest = (rest & ~bit) >>> 0;
    }
    if (rest !== 0) found.push(rest);
    return found;
  }
}

/** Numbers below this have their words in an array, where they are found at once. */
const SMALL = 256;

/** The words of an enumeration, by their numbers. */
interface WordTable<W extends Words> {
  readonly small: readonly Word<W>[];
  readonly others: ReadonlyMap<number, Word<W>>;
}

function wordTable<W extends Words>(words: W): WordTable<W> {
  const small: Word<W>[] = Array.from({ length: SMALL }, (_, number) => number);
  const others = new Map<number, Word<W>>();
  for (const [word, number] of Object.entries(words).reverse()) {
    if (isSmall(number)) small[number] = word;
    else others.set(number, word);
  }
  return { small, others };
}

/** Finds the word of a number, of two words for it the first; a number without a word stays one. */
export function wordsByNumber<const W extends Words>(words: W): (number: number) => Word<W> {
  // Made when the first number comes.
  let table: WordTable<W> | undefined;
  return (number) => {
    const { small, others } = (table ??= wordTable(words));
    return isSmall(number) ? small[number]! : (others.get(number) ?? number);
  };
}

function isSmall(number: number): boolean {
  return number >= 0 && number < SMALL;
}

import { isArray, isObject } from '../../../../errors';
import { saidOf } from '../selectors/field';
import { isByNumber, isTest } from '../statements/comparison';
import type { NftConcatenation, NftMatch } from '../statements/statement';
import type { ValueType } from '../values/value-type';
import { textOfBits } from './changes';
import { together, termOf, termsOf, typesOf, type Context, type Term } from './terms';
import { inBraces, named, spaced } from './text';
import { formatFlags, formatKey, formatPart, formatValue, formatWithoutWord } from './values';

const comparisons = { lessThan: '<', atMost: '<=', greaterThan: '>', atLeast: '>=' } as const;

/** A field with some of its bits alone, as nft says it, is compared by a word: `ip frag-off & 8191 == 5`. */
function isPartOf({ text }: Term): boolean {
  return / & \S+$/.test(text);
}

/** What a packet is asked for. */
export function formatMatch(match: NftMatch | NftConcatenation, context: Context): string {
  if ('concatenation' in match) return formatConcatenation(match, context);
  const { value, ...one } = saidOf(match);
  const { path, selector } = one;
  const isNot = isObject(value) && !isArray(value) && 'not' in value;
  const test = isNot ? value.not : value;
  const { byNumber } = selector;
  const isOfNumber = byNumber !== undefined && isByNumber(test);
  const last = path.at(-1)!;
  const place = isOfNumber
    ? { ...one, path: [...path.slice(0, -1), selector.index ?? `${last}Index`], selector: byNumber }
    : one;
  if (!isNot) context.types.set(path.join('.'), test);
  const term = termOf(place, context);
  return spaced(term.text, formatTest(term.type, test, isNot, isPartOf(term)));
}

/** What something is compared with, by a word for that it is equal if `isPart`. */
function formatTest(type: ValueType, test: unknown, isNot: boolean, isPart: boolean): string {
  const equal = isNot ? '!=' : isPart ? '==' : '';
  if (isArray(test) && (type.isFlags !== true || test.some(isArray)))
    return spaced(equal, inBraces(test.map((one) => formatKey([type], one))));
  if (isObject(test) && !isArray(test)) return formatForm(type, test as Record<string, unknown>, isNot, equal);
  if (type.isFlags === true) return spaced(isNot ? '!' : '', formatFlags(type, test, ','));
  return spaced(equal, formatPart(type, test));
}

/** A test that is an object with a word of its own. */
function formatForm(type: ValueType, test: Record<string, unknown>, isNot: boolean, equal: string): string {
  if ('from' in test) return spaced(equal, formatPart(type, test));
  if ('set' in test) return spaced(equal, `@${named(test.set as string)}`);
  if ('equals' in test) return spaced(type.isFlags === true && !isNot ? '==' : equal, formatValue(type, test.equals));
  if ('mask' in test) {
    const { mask, value } = test;
    if (!isTest(type, value)) return formatMasked(type, mask, value, isNot);
    const isAmong = isArray(value) || (isObject(value) && 'set' in value);
    return `& ${textOfBits(type, type.parse(mask))} ${formatTest(type, value, isNot, isAmong)}`;
  }
  const [word, sign] = Object.entries(comparisons).find(([name]) => name in test)!;
  return `${sign} ${formatValue(type, test[word])}`;
}

/** Some of the bits: `& 0xff == 5`, of flags `syn / syn,ack`. */
function formatMasked(type: ValueType, mask: unknown, value: unknown, isNot: boolean): string {
  const sign = isNot ? '!=' : '==';
  if (type.isFlags !== true) return `& ${formatWithoutWord(type, mask)} ${sign} ${formatWithoutWord(type, value)}`;
  const [bits, wanted] = [mask, value].map((one) => type.format(type.parse(one)) as readonly unknown[]);
  if (wanted!.length === 0) return spaced(isNot ? '' : '!', formatFlags(type, mask, ','));
  if (bits!.length === 1) return `& ${formatFlags(type, mask, ',')} ${sign} ${formatFlags(type, value, ' | ')}`;
  return spaced(isNot ? '!=' : '', `${formatFlags(type, value, ',')} / ${formatFlags(type, mask, ',')}`);
}

function formatConcatenation({ concatenation, in: given }: NftConcatenation, context: Context): string {
  const terms = termsOf(concatenation, context);
  const isNot = 'not' in given;
  const among = isNot ? given.not : given;
  const types = typesOf(terms);
  const values = 'set' in among ? `@${named(among.set)}` : inBraces(among.map((one) => formatKey(types, one)));
  return spaced(together(terms), isNot ? '!=' : '', values);
}
